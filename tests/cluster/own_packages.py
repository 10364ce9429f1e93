"""``python -m tests.cluster.own_packages``: a person whose kernel has other packages than the server logs a model and deploys it with their own.

Started by a test with the packages of that kernel before the others; prints one JSON line.
"""

from __future__ import annotations

import json
import sys
import time


def main(namespace: str, doings: str) -> None:
    import sklearn
    from sklearn.ensemble import HistGradientBoostingClassifier

    from seldon_nb.data import phishing
    from seldon_nb.workspace import Workspace

    features, target = phishing()
    features, target = features[:500], target[:500]
    model = HistGradientBoostingClassifier(random_state=0, max_iter=10).fit(features, target)
    workspace = Workspace()
    told: dict[str, object] = {"sklearn": sklearn.__version__}
    if "log" in doings:
        workspace.log(model, name="fraud", sample=features.head())
    without = workspace.plan("fraud@1", to=namespace)
    told["without"] = {item.code: dict(item.facts).get("conflicts") for item in without.value.findings}
    other = {"name": "second"} if "second" in doings else {}
    plan = workspace.plan("fraud@1", to=namespace, environment="own", **other)
    told["findings"] = [item.code for item in plan.value.findings]
    told["blocked"] = [item.code for item in plan.value.findings if item.blocks]
    told["document"] = plan.value.document("SeldonDeployment")
    told["pinned"] = plan.value.spec.environment.digest
    if {"deploy", "second"} & set(doings.split("+")):
        began = time.monotonic()
        deployment = workspace.apply(plan)
        told["seconds"] = round(time.monotonic() - began, 1)
        answers = deployment.predict(features.head(50))
        told["same"] = list(answers.iloc[:, 0]) == list(model.predict(features.head(50)))
        told["live"] = deployment.revision.document
    workspace.close()
    print(json.dumps(told, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
