"""A thousand different plans: render, every rule, documents and digest; against ``hera`` building a workflow of the same size.

The workflow is Argo's way to run the same thing: a template with a container of the same environment, probes, resources and volumes. Both
sides end with plain JSON values, in the same run, interleaved; medians of the rounds.  It is work for one processor and nothing waits, so
processor time is what is measured: a busy machine does not change it much.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.registry import PLAN
from seldon_nb.checks.registry import run as judge
from seldon_nb.checks.samples import CONTRACT, NAMESPACE, PACKAGES, YOU, version
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.plan import Base, Document, Plan, PlanSpec, Server, plan_digest
from seldon_nb.domain.principal import Principal
from seldon_nb.render.mlserver import model_settings
from seldon_nb.render.seldon import render
from seldon_nb.render.text import diff

MANY = 1000
LEVELS = (Classification.UNCLASSIFIED, Classification.PROTECTED_A, Classification.PROTECTED_B, Classification.UNKNOWN)


def specs(count: int) -> list[PlanSpec]:
    """So many different wishes: other models, sizes, levels, callers; every third has something to say against it."""
    made = []
    for number in range(count):
        level = LEVELS[number % len(LEVELS)]
        model = version(
            name=f"model-{number}",
            version=number + 1,
            digest=f"sha256:{number:064x}",
            uri=f"s3://models/model-{number}/{number + 1}",
            classification=level,
            contract=None if number % 7 == 0 else CONTRACT,
            signature=None if number % 9 == 0 else version().signature,
            size=(number + 1) << 18,
        )
        callers = (YOU, Principal("colleague" if number % 3 else "coleague"))
        server = Server.XGBOOST if number % 5 == 0 else Server.MLFLOW
        made.append(
            PlanSpec(
                version=model,
                deployment=f"model-{number}",
                namespace="dev",
                classification=level,
                requested_by=YOU,
                callers=callers,
                server=server,
                timeout_s=number % 60 + 1,
            )
        )
    return made


def plan(spec: PlanSpec, *, compare: bool = False) -> Plan:
    """One plan of a new deployment, as the flow composes it."""
    document = render(spec).to_document()
    documents = (
        Document("SeldonDeployment", document),
        Document("mlserver/model-settings.json", model_settings(document, model_dir="/mnt/models")),
    )
    findings, passed = judge(PlanContext(spec=spec, document=document, namespace=NAMESPACE, server=PACKAGES))
    base = Base()
    return Plan(
        spec=spec,
        findings=findings,
        documents=documents,
        base=base,
        diff=diff({}, document, spec.deployment) if compare else "",
        passed=passed,
        digest=plan_digest(spec, documents, base),
    )


def workflow(number: int) -> dict[str, Any]:
    """A workflow of the same size through hera: one container with what a server of ours has."""
    from hera.workflows import Container, EmptyDirVolume, Env, Resources, Workflow
    from hera.workflows.models import (
        Capabilities,
        HTTPGetAction,
        PodSecurityContext,
        Probe,
        SeccompProfile,
        SecurityContext,
    )

    def probe(path: str, period: int, timeout: int, failures: int) -> Probe:
        return Probe(
            http_get=HTTPGetAction(path=path, port="9000"),
            period_seconds=period,
            timeout_seconds=timeout,
            failure_threshold=failures,
        )

    labels = {"data.statcan.gc.ca/classification": "protected-b"}
    with Workflow(
        name=f"model-{number}",
        namespace="dev",
        entrypoint="model",
        labels={**labels, "app.kubernetes.io/managed-by": "seldon-nb"},
        annotations={
            "seldon-nb.io/callers": "colleague,you",
            "seldon-nb.io/model": f"model-{number}@{number + 1}",
            "seldon-nb.io/model-digest": f"sha256:{number:064x}",
            "seldon-nb.io/requested-by": "you",
        },
        automount_service_account_token=False,
        security_context=PodSecurityContext(
            fs_group=8888,
            run_as_group=8888,
            run_as_user=8888,
            run_as_non_root=True,
            seccomp_profile=SeccompProfile(type="RuntimeDefault"),
        ),
        active_deadline_seconds=211,
    ) as made:
        Container(
            name="model",
            image="seldon-nb/model-server:0.1.0",
            image_pull_policy="IfNotPresent",
            args=[f"s3://models/model-{number}/{number + 1}"],
            labels=labels,
            env=[
                Env(name="HOME", value="/tmp"),
                Env(name="MLSERVER_DEBUG", value="false"),
                Env(name="MLSERVER_PARALLEL_WORKERS", value="0"),
            ],
            resources=Resources(cpu_request="500m", memory_request="512Mi", memory_limit="1024Mi"),
            security_context=SecurityContext(
                allow_privilege_escalation=False, capabilities=Capabilities(drop=["ALL"]), read_only_root_filesystem=True
            ),
            readiness_probe=probe("/v2/health/ready", 1, 1, 3),
            liveness_probe=probe("/v2/health/live", 10, 5, 6),
            volumes=[EmptyDirVolume(name="tmp", mount_path="/tmp")],
        )
    built: dict[str, Any] = made.to_dict()
    return built


def timed(work: Callable[[], object]) -> float:
    """Seconds of processor time of one run of some work; what it made is let go of."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def run(rounds: int = 5) -> list[str]:
    """Lines for the report."""
    many, few = specs(MANY), specs(MANY // 10)
    plans = [plan(spec) for spec in many]
    assert len({item.digest for item in plans}) == MANY
    blocked = sum(not item.ok for item in plans)
    rules = len(PLAN)
    sizes = (len(json.dumps(plans[1].document("SeldonDeployment"))), len(json.dumps(workflow(1))))
    del plans
    times: dict[str, list[float]] = {"plans": [], "few": [], "with diff": [], "hera": []}
    for _ in range(rounds):
        times["plans"].append(timed(lambda: [plan(spec) for spec in many]))
        times["hera"].append(timed(lambda: [workflow(number) for number in range(MANY)]))
        times["few"].append(timed(lambda: [plan(spec) for _ in range(5) for spec in few]) / 5)
        times["with diff"].append(timed(lambda: [plan(spec, compare=True) for spec in many]))
    median = {name: statistics.median(seconds) for name, seconds in times.items()}
    linear = median["plans"] / (10 * median["few"])
    return [
        f"Each plan: a document of {sizes[0]:,} bytes, MLServer's settings, {rules} rules, the digest; {blocked} of {MANY} are blocked by a finding. "
        f"The peer: a workflow of {sizes[1]:,} bytes built with hera, no rules, no digest.",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| {MANY:,} different plans | {median['plans']:.2f} s | ≤ 1 s |",
        f"| for each, 1,000 against 100 | × {linear:.2f} | linear (≤ 1.25) |",
        f"| hera, {MANY:,} workflows | {median['hera']:.2f} s | – |",
        f"| plans against hera | {median['plans'] / median['hera']:.2f} | – |",
        f"| with the difference as text | {median['with diff']:.2f} s | – |",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
