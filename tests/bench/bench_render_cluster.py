"""A thousand deployments: document, rules and workflow of each, beside hera building the same workflow.

``python -m tests.bench.bench_render_cluster``
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.samples import NAMESPACE, PACKAGES, spec
from seldon_nb.domain.plan import Base, Document, Plan, PlanSpec, plan_digest
from seldon_nb.render.argo import workflow
from seldon_nb.render.argo.workflow import to_bytes
from seldon_nb.render.seldon import render

MANY = 1000
ROUNDS = 3


def specs() -> list[PlanSpec]:
    """A thousand different wishes."""
    return [
        spec(namespace="dev", place="cluster", deployment=f"fraud-{i}", tracking_uri="http://mlflow:5000") for i in range(MANY)
    ]


def plan_of(asked: PlanSpec) -> Plan:
    """Document, rules, digest: what a plan is, without asking a cluster."""
    document = render(asked).to_document()
    context = PlanContext(spec=asked, document=document, namespace=NAMESPACE, namespaces=("dev",), server=PACKAGES)
    findings, passed = run(context)
    documents = (Document("SeldonDeployment", document),)
    digest = plan_digest(asked, documents, Base())
    return Plan(spec=asked, findings=findings, documents=documents, base=Base(), passed=passed, digest=digest)


def timed(work: Callable[[], Any]) -> float:
    """The median of a few rounds, in seconds."""
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def of_hera(documents: list[dict[str, Any]]) -> None:
    """The same workflows by hera's own classes, from its models to a plain dict."""
    from hera.workflows import Container, ContainerNode, ContainerSet, Workflow
    from hera.workflows import models as m

    for document in documents:
        body = document["spec"]
        apply, report = body["templates"]
        made = Workflow(
            name=document["metadata"]["name"],
            namespace=document["metadata"]["namespace"],
            labels=document["metadata"]["labels"],
            annotations=document["metadata"]["annotations"],
            entrypoint=body["entrypoint"],
            on_exit=body["onExit"],
            service_account_name=body["serviceAccountName"],
            automount_service_account_token=False,
            active_deadline_seconds=body["activeDeadlineSeconds"],
            archive_logs=False,
            pod_gc=m.PodGC(strategy="OnPodSuccess", delete_delay_duration="10m"),
            ttl_strategy=m.TTLStrategy(secondsAfterSuccess=86400, secondsAfterFailure=604800),
            security_context=m.PodSecurityContext(**body["securityContext"]),
            volumes=[m.Volume(**volume) for volume in body["volumes"]],
        )
        with made:
            with ContainerSet(
                name="apply", volume_mounts=[m.VolumeMount(**item) for item in apply["containerSet"]["volumeMounts"]]
            ):
                for step in apply["containerSet"]["containers"]:
                    ContainerNode(
                        name=step["name"],
                        image=step["image"],
                        command=step["command"],
                        env=[m.EnvVar(**item) for item in step["env"]],
                        security_context=m.SecurityContext(**step["securityContext"]),
                        dependencies=step.get("dependencies"),
                    )
            body = report["container"]
            Container(name="report", image=body["image"], command=body["command"], env=[m.EnvVar(**item) for item in body["env"]])
        made.to_dict()


def run() -> list[str]:
    """Lines for the report."""
    asked = specs()
    plans = [plan_of(item) for item in asked]
    documents = [workflow(plan) for plan in plans]
    both = timed(lambda: [to_bytes(workflow(plan_of(item))) for item in asked])
    alone = timed(lambda: [workflow(plan) for plan in plans])
    theirs = timed(lambda: of_hera(documents[:100])) * MANY / 100
    return [
        f"| {MANY:,} deployments | measured | goal |",
        "|---|---|---|",
        f"| render + checks + workflow | {both:.2f} s | ≤ 1 s |",
        f"| their workflows alone | {alone:.2f} s | – |",
        f"| the same workflows by hera | {theirs:.2f} s, {theirs / alone:.1f} × ours | – |",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
