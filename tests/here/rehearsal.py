"""What the tests of serving share: small real models, revisions of them, and questions past the gateway."""

from __future__ import annotations

import http.client
import json
import socket
import time
from pathlib import Path

from seldon_nb.digests import tree_digest
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.model import Flavor, ModelVersion
from seldon_nb.domain.plan import Document, PlanSpec, documents_digest
from seldon_nb.domain.principal import Principal, Role
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.render.seldon.build import render

YOU = Principal("you", Role.OWNER)
SIGNATURE = Signature(
    Schema(columns=(Column("a", ColumnType.DOUBLE), Column("b", ColumnType.DOUBLE))), Schema(columns=(Column("y", ColumnType.DOUBLE),))
)


def save(model: object, path: Path, *, requirements: tuple[str, ...] = (), code: tuple[str, ...] = ()) -> Path:
    """Save an estimator or a PythonModel whose inputs are two decimals, ``a`` and ``b``."""
    import mlflow.pyfunc
    import mlflow.sklearn
    import pandas as pd
    from mlflow.models import infer_signature

    frame = pd.DataFrame({"a": [0.5], "b": [1.5]})
    kwargs = {"signature": infer_signature(frame, pd.DataFrame({"y": [1.0]})), "pip_requirements": list(requirements)}
    if isinstance(model, mlflow.pyfunc.PythonModel):
        mlflow.pyfunc.save_model(str(path), python_model=model, code_paths=list(code) or None, **kwargs)
    else:
        mlflow.sklearn.save_model(model, str(path), serialization_format="cloudpickle", code_paths=list(code) or None, **kwargs)
    return path


def linear(path: Path, slope: float) -> Path:
    """A model whose answer is ``slope * (a + b)``."""
    import numpy as np
    from sklearn.linear_model import LinearRegression

    model = LinearRegression()
    model.coef_, model.intercept_, model.n_features_in_ = np.array([slope, slope]), 0.0, 2
    model.feature_names_in_ = np.array(["a", "b"], dtype=object)
    return save(model, path)


def revision(name: str, model: Path, number: int = 1, *, namespace: str = "dev", version: int = 1, callers: tuple[Principal, ...] = (YOU,)) -> Revision:
    """A revision that deploys the files at ``model``."""
    logged = ModelVersion(
        name=name, version=version, digest=tree_digest(model), uri=f"file://{model}", flavor=Flavor.SKLEARN, signature=SIGNATURE
    )
    spec = PlanSpec(
        version=logged, deployment=name, namespace=namespace, requested_by=YOU, callers=callers, classification=Classification.PROTECTED_B
    )
    documents = (Document("SeldonDeployment", render(spec).to_document()),)
    return Revision(
        target=Target(namespace, name),
        number=number,
        plan_digest="sha256:" + "0" * 64,
        documents_digest=documents_digest(documents),
        model=logged.ref,
        model_digest=logged.digest,
        classification=spec.classification,
        applied_by=YOU,
        applied_at=timestamp(time.time()),
        callers=callers,
        documents=documents,
        signature=SIGNATURE,
    )


def question(a: float = 1.0, b: float = 2.0) -> bytes:
    """One row as a V2 request."""
    inputs = [{"name": name, "shape": [1, 1], "datatype": "FP64", "data": [value]} for name, value in (("a", a), ("b", b))]
    return json.dumps({"parameters": {"content_type": "pd"}, "inputs": inputs}).encode()


def ask_socket(path: Path, url: str, body: bytes | None = None, *, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Past the gateway: what the model server itself answers."""
    connection = http.client.HTTPConnection("slot")
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.sock.settimeout(20)
        connection.sock.connect(str(path))
        connection.request("GET" if body is None else "POST", url, body, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
