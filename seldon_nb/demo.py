"""``seldon-nb demo``: the whole journey with a real data set, on this machine or in a cluster, and what to type next."""

from __future__ import annotations

import time
from typing import Any

from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.words import tr
from seldon_nb.workspace import Workspace

NAME = "fraud"
NAMESPACE = "dev"


def run(workspace: Workspace, to: str = NAMESPACE) -> int:
    """Train, log, plan, apply, ask, and here also as somebody who must be refused; returns the exit code."""
    began = time.monotonic()
    place = begin(workspace, to)

    heading(2, tr("Train a model on 1,250 web sites, some of them phishing"))
    model, features, score = train()
    print("  " + tr("Right on {percent} % of the sites it had not seen.", percent=round(score * 100)))

    heading(3, tr("Log it: 'sn.log(model, name=\"fraud\", sample=X.head())'"))
    version = workspace.log(model, name=NAME, sample=features.head(), data="UCI Website Phishing")
    show(version)

    heading(4, tr("See the plan: '{line}'", line=f'sn.plan("{version.ref}", to="{to}")'))
    plan = workspace.plan(version.ref, to=to)
    show(plan)

    heading(5, tr("Apply it: 'plan.apply()'"))
    deployment = plan.apply()
    show(deployment)

    heading(6, tr("Ask it: 'dep.predict(X)'"))
    same = ask(deployment, model, features.head(3))
    if place == "here":
        print("  " + tr("colleague: {answer}", answer=ask_as_colleague(workspace)))

    print()
    print(tr("Done in {seconds} s. What to type next:", seconds=f"{time.monotonic() - began:.1f}"))
    lines = following(workspace) if place == "here" else following_in_cluster(deployment)
    for line, why in lines:
        print(f"  {line}\n      {why}")
    return 0 if same else 1


def begin(workspace: Workspace, to: str) -> str:
    """Bring this machine's place up, or look at the cluster; returns which place it is."""
    place, namespace = workspace.where(to)
    if place == "cluster":
        heading(1, tr("Look at the cluster: who you are there, and which namespaces you may see"))
        ports = workspace.cluster
        names = ", ".join(ports.serving.namespaces())
        print(
            "  "
            + tr(
                "You are {who}; the model goes to {namespace}, one of: {names}.",
                who=str(ports.access.whoami()),
                namespace=namespace,
                names=names,
            )
        )
        return place
    heading(1, tr("Start this machine's place: a model server, a gateway, a clean room"))
    report = workspace.up()
    print("  " + tr("Ready; the gateway listens on 127.0.0.1:{port}.", port=report.port))
    return place


def ask(deployment: Any, model: Any, rows: Any) -> bool:
    """Ask with a few rows and say whether the answers are the kernel's."""
    answers = deployment.predict(rows)
    same = list(answers.iloc[:, 0]) == list(model.predict(rows))
    verdict = tr("the same as in the kernel") if same else tr("NOT the same as in the kernel")
    print("  " + tr("you: three answers, {verdict}.", verdict=verdict))
    return same


def train() -> tuple[Any, Any, float]:
    """A gradient-boosted classifier, the features, and its accuracy on a quarter that it had not seen."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import train_test_split

    from seldon_nb.data import phishing

    features, target = phishing()
    seen, unseen, target_seen, target_unseen = train_test_split(features, target, random_state=0, stratify=target)
    model = HistGradientBoostingClassifier(random_state=0).fit(seen, target_seen)
    return model, features, float(model.score(unseen, target_unseen))


def ask_as_colleague(workspace: Workspace) -> str:
    """What a colleague who was not given the right sees, through the gateway itself."""
    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.principal import Principal, Role

    target = Target(NAMESPACE, NAME)
    ports = workspace.ports
    secret = ports.access.token_for_probe(Principal("colleague", Role.COLLEAGUE), target)
    answer = ports.endpoint.ask(target, "/v2/models/model/ready", None, secret, timeout_s=5.0)
    return (
        tr("refused with {status}", status=answer.status)
        if answer.status >= 400
        else tr("answered with {status}", status=answer.status)
    )


def following_in_cluster(deployment: Any) -> list[tuple[str, str]]:
    """What to type next in a cluster, and why."""
    name = str(deployment.target)
    return [
        (f".venv/bin/seldon-nb show {name}", tr("the deployment's state and its six stages")),
        (f".venv/bin/seldon-nb history {name} --verify", tr("who did what, and proof that nobody changed the record")),
        (f".venv/bin/seldon-nb delete {name}", tr("stop and forget it; its revisions stay")),
    ]


def following(workspace: Workspace) -> list[tuple[str, str]]:
    """What to type next here, and why."""
    return [
        ("make lab", tr("the tutorial notebook, notebooks/01-quickstart.ipynb")),
        (
            f"MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false .venv/bin/mlflow ui --workers 1 --backend-store-uri {workspace.tracking_uri}",
            tr("the MLflow page with the run, the model and its versions"),
        ),
        (".venv/bin/seldon-nb show fraud --docs", tr("the link of the endpoint's Swagger page, good for ten minutes")),
        (".venv/bin/seldon-nb history fraud --verify", tr("who did what, and proof that nobody changed the record")),
        (".venv/bin/seldon-nb here down", tr("stop every process")),
    ]


def heading(number: int, text: str) -> None:
    """A numbered heading."""
    print(f"\n{number}. {text}")


def show(thing: Any) -> None:
    """A card as indented text."""
    for line in to_text(thing.card(Skin.SHELL), Skin.SHELL).splitlines():
        print(f"  {line}".rstrip())
