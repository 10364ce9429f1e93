"""``dep.predict`` of 100,000 rows × 20 columns against a hand-tuned loop over httpx with the same chunking, on one real MLServer, interleaved."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pandas as pd

from seldon_nb.codecs.chunks import rows_per_request, spans
from seldon_nb.codecs.explain import fit
from seldon_nb.codecs.v2 import question
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature, Tensor
from seldon_nb.flows.predict import predict
from tests.here.mlserver_process import Direct, mlserver, ports, revision

ROWS, COLUMNS = 100_000, 20


def rows() -> pd.DataFrame:
    draw = np.random.default_rng(11)
    return pd.DataFrame({f"feature_{number:02d}": draw.normal(size=ROWS) for number in range(COLUMNS)})


def save(frame: pd.DataFrame, path: Path) -> Signature:
    """A cheap model, so that the way weighs more than the answer."""
    import mlflow
    from mlflow.models import infer_signature
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit(frame.head(1000), frame.head(1000).sum(axis=1))
    signature = infer_signature(frame.head(), model.predict(frame.head()))
    mlflow.sklearn.save_model(model, path, signature=signature, serialization_format="cloudpickle", pip_requirements=[])
    takes = Schema(columns=tuple(Column(str(name), ColumnType.DOUBLE) for name in frame))
    return Signature(takes, Schema(tensors=(Tensor("0", "float64", (-1,)),)))


def by_hand(client: httpx.Client, url: str, frame: pd.DataFrame, parts: list[tuple[int, int]]) -> pd.DataFrame:
    """What somebody who knows the protocol, orjson and httpx would write: nothing is checked, nothing is explained."""
    columns = [(str(name), np.ascontiguousarray(frame[name].to_numpy())) for name in frame]
    answers = []
    for start, stop in parts:
        inputs = [
            {
                "name": name,
                "shape": [stop - start],
                "datatype": "FP64",
                "parameters": {"content_type": "np"},
                "data": values[start:stop],
            }
            for name, values in columns
        ]
        body = orjson.dumps({"parameters": {"content_type": "pd"}, "inputs": inputs}, option=orjson.OPT_SERIALIZE_NUMPY)
        answer = client.post(url, content=body, headers={"Content-Type": "application/json"})
        answer.raise_for_status()
        answers.append(np.array(orjson.loads(answer.content)["outputs"][0]["data"]))
    return pd.DataFrame({"prediction": np.concatenate(answers)}, index=frame.index)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def run(rounds: int = 7) -> list[str]:
    """Lines for the report."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    room = Path(tempfile.mkdtemp(prefix="snbp-"))
    frame = rows()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            signature = save(frame, room / "model")
        fitted = fit(frame, signature)
        sample = len(question(fitted).body(0, 256))
        parts = list(spans(ROWS, rows_per_request(sample, 256)))
        whole = len(question(fitted).body(0, ROWS))
        with mlserver(
            room, {"mlflow": ("MLFLOW_SERVER", room / "model"), "native": ("SKLEARN_SERVER", room / "model")}
        ) as address:
            lines = [
                f"{len(parts)} requests of {parts[0][1]:,} rows and {whole / len(parts) / 2**20:.1f} MiB each; {rounds} interleaved rounds.",
                "",
                "| server | `predict`, s | one at a time, s | by hand, s | rows a second | by hand ÷ ours | goal |",
                "|---|---|---|---|---|---|---|",
            ]
            for node, server in (("mlflow", "MLFLOW_SERVER"), ("native", "SKLEARN_SERVER")):
                lines.append(row(address, node, server, frame, signature, parts, rounds))
        return lines
    finally:
        shutil.rmtree(room, ignore_errors=True)


def row(
    address: str, node: str, server: str, frame: pd.DataFrame, signature: Signature, parts: list[tuple[int, int]], rounds: int
) -> str:
    endpoint = Direct(address)
    asked = revision(node, server, signature)
    url = f"{address}/v2/models/{node}/infer"
    seams = ports(endpoint)
    with httpx.Client(trust_env=False, headers={"Accept-Encoding": "identity"}, timeout=60) as client:
        ours, single, theirs = [], [], []
        for number in range(rounds + 1):
            took, hand = timed(lambda: by_hand(client, url, frame, parts))
            theirs.append(took)
            took, prediction = timed(lambda: predict(seams, asked, frame))
            ours.append(took)
            took, slow = timed(lambda: predict(seams, asked, frame, in_flight=1))
            single.append(took)
            if not number:  # the first round warms up, and shows that both say the same
                pd.testing.assert_frame_equal(prediction.frame, hand)
                pd.testing.assert_frame_equal(slow.frame, hand)
    endpoint.client.close()
    middle = [statistics.median(times[1:]) for times in (ours, single, theirs)]
    ratio = middle[2] / middle[0]
    return f"| {server} | {middle[0]:.2f} | {middle[1]:.2f} | {middle[2]:.2f} | {ROWS / middle[0]:,.0f} | {ratio:.2f} | ≥ 0.90 |"


if __name__ == "__main__":
    print("\n".join(run()))
