"""From a plan's spec to its SeldonDeployment.

The shape is the one that a real operator admitted under the strictest pod rules and that answered soonest: no engine container (or one of
ours), a hardened pod, and probes of ours.  The operator's own probes wait 20 seconds before they look, and its own servers' images are years
old, so neither is left to its defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from seldon_nb.domain import marks
from seldon_nb.domain.classification import LABEL_KEY
from seldon_nb.domain.plan import PlanSpec
from seldon_nb.render.runtimes import RUNTIMES, Runtime
from seldon_nb.render.seldon import names, sizes
from seldon_nb.render.seldon.engine import ENGINE_IMAGE, engine_container
from seldon_nb.render.seldon.hardened import TF_SERVING, pod, servers
from seldon_nb.render.seldon.initializer import STEP_IMAGE, claim_volumes, initializer_container
from seldon_nb.render.seldon.objects import ComponentSpec, Container, Metadata, Node, Predictor, SeldonDeployment, Spec

#: The image of all our servers; a place may have it under another name.
IMAGE = "seldon-nb/model-server:0.1.0"
PREDICTOR = "default"
NODE = "model"
TIMEOUT = "seldon.io/rest-timeout"

Engine = Literal["none", "own"]


def render(
    spec: PlanSpec,
    *,
    image: str = "",
    initializer: Container | None = None,
    engine: Engine = "none",
    engine_image: str = ENGINE_IMAGE,
) -> SeldonDeployment:
    """The document of a plan; the same spec gives the same document.

    Args:
        image: the server's image; the spec's own, or the release's for the servers that are ours, if empty.
        initializer: brings the model's files to ``/mnt/models`` in place of Seldon's own, which a strict namespace refuses; it is
            given the name and the volume that the operator looks for.  If none is given, the spec's source has one of ours.
        engine: ``none`` lets calls reach the server directly; ``own`` puts Seldon's engine before it, hardened, in ``engine_image``.
    """
    runtime = RUNTIMES[spec.server]
    return SeldonDeployment(
        metadata=Metadata(
            name=spec.deployment,
            namespace=spec.namespace,
            labels={marks.MANAGED_BY: marks.US, **_labels(spec)},
            annotations=provenance(spec),
        ),
        spec=Spec(
            annotations={TIMEOUT: str(spec.timeout_s * 1000)},
            protocol=protocol_of(spec),
            predictors=(
                Predictor(
                    name=PREDICTOR,
                    annotations={names.NO_ENGINE: "true"} if engine == "none" else {},
                    labels=_labels(spec),
                    replicas=1,
                    progress_deadline_seconds=sizes.deadline_s(spec.version),
                    graph=_node(spec, runtime),
                    component_specs=(_component(spec, image, initializer, engine, engine_image),),
                ),
            ),
        ),
    )


def protocol_of(spec: PlanSpec) -> str:
    """What the server will speak: what was asked for, or what it speaks best."""
    return spec.protocol or RUNTIMES[spec.server].protocols[0]


def image_of(spec: PlanSpec) -> str:
    """The server's image: the one asked for, or the release's; empty where the operator's own stands."""
    return spec.image or (IMAGE if RUNTIMES[spec.server].ours else "")


def provenance(spec: PlanSpec) -> dict[str, str]:
    """What a plan was made of, as annotations of the deployment itself: a pod's annotations cannot hold ``=``."""
    version = spec.version
    facts = {
        "model": version.ref,
        "model-digest": version.digest,
        "run": version.lineage.run_id,
        "server": spec.server.value,
        "classification": spec.classification.value,
        "requested-by": spec.requested_by.name,
        "callers": ",".join(sorted(caller.name for caller in spec.callers)),
        "environment": spec.environment.key if spec.environment else "",
        "overrides": ",".join(sorted(override.code for override in spec.overrides)),
    }
    return {marks.PREFIX + key: value for key, value in facts.items() if value}


def _labels(spec: PlanSpec) -> dict[str, str]:
    return {LABEL_KEY: spec.classification.effective.value}


def _node(spec: PlanSpec, runtime: Runtime) -> Node:
    return Node(
        name=NODE,
        implementation=runtime.prepackaged,
        type="" if runtime.prepackaged else "MODEL",
        model_uri=spec.source.uri if spec.source else spec.version.uri,
        env_secret_ref_name=spec.source.secret if spec.source else "",
    )


def _component(spec: PlanSpec, image: str, initializer: Container | None, engine: Engine, engine_image: str) -> ComponentSpec:
    if initializer is None and spec.source is not None:
        image_of_steps = spec.step_image or STEP_IMAGE
        initializer = initializer_container(spec.source, spec.version.digest, image_of_steps, environment=spec.environment)
    protocol = protocol_of(spec)
    containers = servers(spec, protocol, NODE, image or image_of(spec))
    labels = _labels(spec)
    if engine == "own":
        before = engine_container(
            deployment=spec.deployment,
            namespace=spec.namespace,
            predictor=PREDICTOR,
            node=NODE,
            protocol=protocol,
            image=engine_image,
        )
        containers = (*containers, before)
        # without it the Service finds no pod, and the state is Available all the same
        labels = {**labels, names.APP_LABEL: names.service_name(spec.deployment, PREDICTOR)}
    loads = TF_SERVING if any(container.name == TF_SERVING for container in containers) else NODE
    return ComponentSpec(
        # one name for the workload, however many containers it has
        metadata=Metadata(name=NODE if len(containers) > 1 else "", labels=labels),
        spec=pod(containers, initializer, loads=loads, volumes=claim_volumes(spec.source)),
    )


def annotation(document: Mapping[str, object], key: str) -> str:
    """One of our annotations of a document, by its short name (``model``, ``callers``…); empty if it has none."""
    metadata = document.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    value = annotations.get(marks.PREFIX + key) if isinstance(annotations, Mapping) else None
    return value if isinstance(value, str) else ""
