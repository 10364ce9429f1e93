"""MLflow's signatures and ours."""

from __future__ import annotations

from typing import Any

from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor


def infer(sample: Any, answers: Any) -> Any:
    """MLflow's signature of a sample and its answers."""
    import warnings

    from mlflow.models import infer_signature

    with warnings.catch_warnings():
        # said again, with the columns' names and what to do, by SNB-118
        warnings.filterwarnings("ignore", message=r"(?s).*integer column", category=UserWarning)
        return infer_signature(sample, answers)


def of_mlflow(signature: Any) -> Signature | None:
    """Our value of MLflow's signature; None for None, or if it takes no inputs."""
    if signature is None or signature.inputs is None:
        return None
    return Signature(
        _schema(signature.inputs.to_dict()), _schema(signature.outputs.to_dict()) if signature.outputs is not None else Schema()
    )


def of_mlmodel(written: dict[str, Any] | None) -> Signature | None:
    """Our value of the ``signature`` of an MLmodel file: JSON text in ``inputs`` and ``outputs``."""
    import json

    if not written or not written.get("inputs"):
        return None
    return Signature(
        _schema(json.loads(written["inputs"])), _schema(json.loads(written["outputs"])) if written.get("outputs") else Schema()
    )


def _schema(specs: list[dict[str, Any]]) -> Schema:
    tensors = [spec for spec in specs if spec.get("type") == "tensor"]
    if tensors:
        return Schema(tensors=tuple(_tensor(spec, place) for place, spec in enumerate(tensors)))
    return Schema(columns=tuple(_column(spec, place) for place, spec in enumerate(specs)))


def _tensor(spec: dict[str, Any], place: int) -> Tensor:
    described = spec["tensor-spec"]
    return Tensor(str(spec.get("name") or place), str(described["dtype"]), tuple(int(side) for side in described["shape"]))


def _column(spec: dict[str, Any], place: int) -> Column:
    try:
        kind = ColumnType(spec["type"])
    except ValueError:  # arrays, objects and maps
        kind = ColumnType.ANY
    name = spec.get("name")
    return Column(str(place if name is None else name), kind, bool(spec.get("required", True)))
