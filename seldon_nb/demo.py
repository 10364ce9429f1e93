"""``seldon-nb demo``: the whole journey on this machine, with a real data set, and what to type next."""

from __future__ import annotations

import time
from typing import Any

from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.words import tr
from seldon_nb.workspace import Workspace

NAME = "fraud"
NAMESPACE = "dev"


def run(workspace: Workspace) -> int:
    """Train, log, plan, apply, ask as an allowed and as a denied caller; returns the exit code."""
    began = time.monotonic()
    heading(1, tr("Start this machine's place: a model server, a gateway, a clean room"))
    report = workspace.up()
    print("  " + tr("Ready; the gateway listens on 127.0.0.1:{port}.", port=report.port))

    heading(2, tr("Train a model on 1,250 web sites, some of them phishing"))
    model, features, score = train()
    print("  " + tr("Right on {percent} % of the sites it had not seen.", percent=round(score * 100)))

    heading(3, tr("Log it: 'sn.log(model, name=\"fraud\", sample=X.head())'"))
    version = workspace.log(model, name=NAME, sample=features.head(), data="UCI Website Phishing")
    show(version)

    heading(4, tr('See the plan: \'sn.plan("{ref}", to="dev")\'', ref=version.ref))
    plan = workspace.plan(version.ref, to=NAMESPACE)
    show(plan)

    heading(5, tr("Apply it: 'plan.apply()'"))
    deployment = plan.apply()
    show(deployment)

    heading(6, tr("Ask, as an allowed and as a denied caller"))
    answers = deployment.predict(features.head(3))
    same = list(answers.iloc[:, 0]) == list(model.predict(features.head(3)))
    print(
        "  "
        + tr(
            "you: three answers, {verdict}.",
            verdict=tr("the same as in the kernel") if same else tr("NOT the same as in the kernel"),
        )
    )
    refused = ask_as_colleague(workspace)
    print("  " + tr("colleague: {answer}", answer=refused))

    print()
    print(tr("Done in {seconds} s. What to type next:", seconds=f"{time.monotonic() - began:.1f}"))
    for line, why in following(workspace, deployment):
        print(f"  {line}\n      {why}")
    return 0 if same else 1


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


def following(workspace: Workspace, deployment: Any) -> list[tuple[str, str]]:
    """What to type next, and why."""
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
