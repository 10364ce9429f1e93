"""Samples for the rules: one good plan, and how to bend it in one place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from seldon_nb.checks.context import PlanContext
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.model import Answer, Contract, Environment, Flavor, ModelVersion
from seldon_nb.domain.namespace import NamespaceFacts, PlaceSettings, SecretFacts
from seldon_nb.domain.plan import Document, PlanSpec
from seldon_nb.domain.principal import Principal, Role
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.render.seldon import render
from seldon_nb.render.seldon.objects import ComponentSpec, Container, Metadata, Node, PodSpec, Predictor, SeldonDeployment, Spec

YOU = Principal("you", Role.OWNER)
COLLEAGUE = Principal("colleague", Role.COLLEAGUE)
AUDITOR = Principal("auditor", Role.AUDITOR)

SIGNATURE = Signature(
    Schema((Column("age", ColumnType.DOUBLE), Column("income", ColumnType.DOUBLE))), Schema((Column("fraud", ColumnType.LONG),))
)
PACKAGES = Environment("3.11.7", (("mlflow", "3.17.2"), ("numpy", "2.4.1"), ("scikit-learn", "1.9.1")))
NAMESPACE = NamespaceFacts("dev", Classification.PROTECTED_B, (YOU, COLLEAGUE, AUDITOR), ("churn",))
CONTRACT = Contract(
    checked=True,
    load_ms=900,
    predict_ms=3,
    rows=5,
    nan=(("age", Answer.SAME_KIND), ("income", Answer.SAME_KIND)),
    server=PACKAGES,
)


def version(**changes: Any) -> ModelVersion:
    """``fraud@3``, a checked scikit-learn model of 1 MiB."""
    good = ModelVersion(
        name="fraud",
        version=3,
        digest="sha256:" + "3f" * 32,
        uri="s3://models/fraud/3",
        flavor=Flavor.SKLEARN,
        serialization="cloudpickle",
        signature=SIGNATURE,
        environment=PACKAGES,
        classification=Classification.UNCLASSIFIED,
        contract=CONTRACT,
        size=1 << 20,
    )
    return replace(good, **changes)


def spec(**changes: Any) -> PlanSpec:
    """``fraud@3`` to ``dev`` for two callers; fields of the version may be given too, as ``version=version(…)``."""
    good: dict[str, Any] = {
        "version": version(),
        "deployment": "fraud",
        "namespace": "dev",
        "classification": Classification.UNCLASSIFIED,
        "requested_by": YOU,
        "callers": (YOU, COLLEAGUE),
    }
    good |= changes
    good["classification"] = changes.get("classification", good["version"].classification)
    return PlanSpec(**good)


def context(*, document: Any = None, **changes: Any) -> PlanContext:
    """A plan with nothing to say against it; ``document`` may be typed or plain, the rendered one if None."""
    good: dict[str, Any] = {"spec": spec(), "namespace": NAMESPACE, "namespaces": ("dev", "prod"), "server": PACKAGES}
    good |= changes
    if document is None:
        document = render(good["spec"])
    if isinstance(document, SeldonDeployment):
        document = document.to_document()
    return PlanContext(document=document, **good)


SOURCE = ArtifactSource(uri="s3://models/fraud/3", secret="models-s3")  # noqa: S106 - its name
PINNED = "registry.example/ml/{}@sha256:" + "5e" * 32
IN_CLUSTER = replace(
    NAMESPACE,
    place="cluster",
    engines=("argo", "seldon"),
    secrets=(SecretFacts("models-s3", True, ("s3",)),),
    settings=PlaceSettings(gateway="https://models.example"),
)


def in_cluster(**changes: Any) -> PlanSpec:
    """The good spec, for a cluster: files from S3, images by digest."""
    good: dict[str, Any] = {"place": "cluster", "source": SOURCE}
    return spec(**{**good, "image": PINNED.format("server"), "step_image": PINNED.format("step"), **changes})


def cluster(*, spec: PlanSpec | None = None, document: Any = None, live: Revision | None = None, **facts: Any) -> PlanContext:
    """A plan for a cluster with nothing to say against it; ``facts`` bend those of its namespace."""
    return context(spec=spec or in_cluster(), document=document, live=live, namespace=replace(IN_CLUSTER, **facts))


def revision(asked: PlanSpec, document: SeldonDeployment | None = None, number: int = 4) -> Revision:
    """What lives: a spec that was applied, with its own document if none is given."""
    return Revision(
        target=Target(asked.namespace, asked.deployment, asked.place),
        number=number,
        plan_digest="sha256:" + "0" * 64,
        documents_digest="sha256:" + "1" * 64,
        model=asked.version.ref,
        model_digest=asked.version.digest,
        classification=asked.classification,
        applied_by=YOU,
        applied_at="2026-11-21T10:02:11Z",
        callers=asked.callers,
        documents=(Document("SeldonDeployment", (document or render(asked)).to_document()),),
    )


def of_model(**changes: Any) -> PlanContext:
    """The good plan, for a model version that differs in these fields."""
    return context(spec=spec(version=version(**changes)))


# --- documents -----------------------------------------------------------------------------------------------------------------


def served(name: str = "model", **changes: Any) -> Node:
    """A node that one of Seldon's servers stands behind."""
    return Node(**{"name": name, "implementation": "MLFLOW_SERVER", "model_uri": "s3://models/fraud/3", **changes})


def own(name: str = "model", **changes: Any) -> Node:
    """A node with a container of one's own."""
    return Node(**{"name": name, "type": "MODEL", **changes})


def pod(*containers: Container, **changes: Any) -> ComponentSpec:
    """A pod of these containers."""
    return ComponentSpec(spec=PodSpec(containers=containers), **changes)


def image(name: str = "model", **changes: Any) -> Container:
    """A container with an image."""
    return Container(**{"name": name, "image": "registry.example/mine:1", **changes})


def predictor(graph: Node | None = None, *pods: ComponentSpec, **changes: Any) -> Predictor:
    """A predictor called ``default``."""
    return Predictor(**{"name": "default", "graph": graph or served(), "component_specs": pods, **changes})


def deployment(*predictors: Predictor, name: str = "fraud", **changes: Any) -> SeldonDeployment:
    """A document of these predictors; of one good one if none are given."""
    whole: dict[str, Any] = {"predictors": predictors or (predictor(),), "protocol": "v2", **changes}
    return SeldonDeployment(metadata=Metadata(name=name, namespace="dev"), spec=Spec(**whole))
