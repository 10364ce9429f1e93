"""From a SeldonDeployment to the settings of the MLServer that answers for it on one machine.

It reads the document that the cluster would receive and does with it what Seldon's operator does there; what one machine cannot do it
names (:func:`unrehearsable`) instead of leaving it out in silence.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from seldon_nb.render.runtimes import MODEL_DIR, Runtime, runtime_of_document
from seldon_nb.render.seldon.build import IMAGE, annotation
from seldon_nb.render.seldon.document import read
from seldon_nb.render.seldon.objects import Container, Node, Predictor, SeldonDeployment

_MAX_MESSAGE = 64 << 20  # bytes of one gRPC message, as much as the gateway lets through


def node_name(document: Mapping[str, Any]) -> str:
    """The name of the node that answers, as it stands in ``/v2/models/<name>/infer``."""
    name: str = document["spec"]["predictors"][0]["graph"]["name"]
    return name


def has_model_settings(document: Mapping[str, Any]) -> bool:
    """Whether a server of ours stands behind the first node, so that :func:`model_settings` has an answer."""
    try:
        node, env = _answering(document)
    except ValueError:
        return False
    return runtime_of_document(node.implementation, env) is not None


def model_settings(document: Mapping[str, Any], *, model_dir: str) -> dict[str, Any]:
    """``model-settings.json`` for the document's first node.

    Args:
        model_dir: where the model's files are on this machine; takes the place of ``/mnt/models``.

    Raises:
        ValueError: if no server of ours stands behind the node; :func:`has_model_settings` says so beforehand.
    """
    node, env = _answering(document)
    runtime = runtime_of_document(node.implementation, env)
    if runtime is None:
        raise ValueError(f"spec.predictors[0].graph: no server for {node.implementation or node.name}")
    parameters = {"uri": _local(env.get("MLSERVER_MODEL_URI", MODEL_DIR), model_dir), "version": _version(document)}
    if content_type := env.get("MLSERVER_MODEL_CONTENT_TYPE"):
        parameters["content_type"] = content_type
    return {
        "name": node.name,
        "implementation": runtime.implementation,
        "platform": runtime.server.value,
        "parameters": parameters,
    }


def server_settings(
    document: Mapping[str, Any],
    *,
    host: str = "127.0.0.1",
    http_port: int = 8080,
    grpc_port: int = 8081,
    metrics_port: int = 8082,
    state_dir: str = "",
) -> dict[str, Any]:
    """``settings.json`` for the document.

    The server answers on the loopback interface, in one process; it never sends a traceback (which would hold rows), and it keeps what it
    writes in ``state_dir`` and not in the working directory.
    """
    _, env = _answering(document)
    settings: dict[str, Any] = {
        "debug": False,
        "host": host,
        "http_port": http_port,
        "grpc_port": grpc_port,
        "metrics_port": metrics_port,
        "parallel_workers": int(env.get("MLSERVER_PARALLEL_WORKERS", "0")),
        "load_models_at_startup": True,
        "grpc_max_message_length": _MAX_MESSAGE,
        "gzip_enabled": False,  # the gateway is on the same machine
        "cache_enabled": False,  # answers are not kept
    }
    if state_dir:
        settings |= {"metrics_dir": f"{state_dir}/metrics", "environments_dir": f"{state_dir}/environments"}
    return settings


def unrehearsable(document: Mapping[str, Any] | SeldonDeployment, *, image: str = IMAGE) -> tuple[str, ...]:
    """What of a document a single machine cannot rehearse: the paths of the fields, in the document's order.

    Args:
        image: the server image that this machine stands in for with its own packages.

    Raises:
        ValueError: if the document cannot be read.
    """
    spec = (document if isinstance(document, SeldonDeployment) else SeldonDeployment.from_document(document)).spec
    found: list[str] = []
    if spec.protocol not in ("v2", "kfserving"):
        found.append("spec.protocol")
    if spec.transport == "grpc":
        found.append("spec.transport")
    if spec.server_type not in ("", "rpc"):
        found.append("spec.serverType")
    if (spec.replicas or 1) > 1:
        found.append("spec.replicas")
    found += [f"spec.predictors[{index}]" for index in range(1, len(spec.predictors))]
    if spec.predictors:
        found += _in_predictor(spec.predictors[0], "spec.predictors[0]", image)
    return tuple(found)


def _in_predictor(predictor: Predictor, path: str, image: str) -> list[str]:
    found: list[str] = []
    if (predictor.replicas or 1) > 1:
        found.append(f"{path}.replicas")
    for name, held in (("explainer", predictor.explainer), ("ssl", predictor.ssl), ("svcOrchSpec", predictor.svc_orch_spec)):
        if held is not None:
            found.append(f"{path}.{name}")
    found += _in_graph(predictor, path)
    for index, part in enumerate(predictor.component_specs):
        where = f"{path}.componentSpecs[{index}]"
        if (part.replicas or 1) > 1:
            found.append(f"{where}.replicas")
        scaling = (("hpaSpec", part.hpa_spec), ("kedaSpec", part.keda_spec), ("pdbSpec", part.pdb_spec))
        found += [f"{where}.{name}" for name, held in scaling if held is not None]
        for position, container in enumerate(part.containers):
            if (
                container.name != predictor.graph.name
                or container.image not in ("", image)
                or container.command
                or container.args
            ):
                found.append(f"{where}.spec.containers[{position}]")
    return found


def _in_graph(predictor: Predictor, path: str) -> list[str]:
    node = predictor.graph
    found = [f"{path}.graph.children[{index}]" for index in range(len(node.children))]
    if runtime_of(node, predictor.container(node.name)) is None:
        found.insert(0, f"{path}.graph")
    if node.logger is not None:
        found.append(f"{path}.graph.logger")
    return found


def runtime_of(node: Node, container: Container | None) -> Runtime | None:
    """The server of ours behind a node, or None."""
    return runtime_of_document(node.implementation, _env(container))


def _answering(document: Mapping[str, Any]) -> tuple[Node, dict[str, str]]:
    """The first predictor's node and what its container is told; ``ValueError`` if there is none, or it cannot be read."""
    try:
        predictor = document["spec"]["predictors"][0]
        node = read(Node, predictor["graph"])
        containers = [found for part in predictor.get("componentSpecs", ()) for found in part["spec"]["containers"]]
        found = next((found for found in containers if found["name"] == node.name), {"env": ()})
        return node, {item["name"]: item.get("value", "") for item in found.get("env", ())}
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"spec.predictors[0]: {type(error).__name__}") from None


def _env(container: Container | None) -> dict[str, str]:
    return {item.name: item.value for item in container.env} if container else {}


def _local(uri: str, model_dir: str) -> str:
    """A path in the pod as a path on this machine, always inside the model's directory."""
    inside = uri.removeprefix(MODEL_DIR) if (uri + "/").startswith(MODEL_DIR + "/") else uri
    inside = posixpath.normpath("/" + inside).lstrip("/")  # ``..`` ends at the top
    return f"{model_dir}/{inside}" if inside else model_dir


def _version(document: Mapping[str, Any]) -> str:
    """The model's version number, so that every answer says which one gave it."""
    return annotation(document, "model").rpartition("@")[2] or "1"
