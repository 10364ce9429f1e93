"""100,000 rows × 20 columns through gRPC and through REST: the same codecs, chunks and server, interleaved; prints the ratio."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from seldon_nb.calling.grpc import Address, GrpcEndpoint
from seldon_nb.codecs.choose import codec_for
from seldon_nb.codecs.chunks import SAMPLE_ROWS, rows_per_request
from seldon_nb.codecs.explain import fit
from seldon_nb.codecs.protocol import Transport
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.signature import Signature
from tests.bench.bench_predict import ROWS, rows, save, timed
from tests.here.mlserver_process import Direct, mlserver

TARGET = Target("dev", "bench")


def asking(
    endpoint: Any, node: str, signature: Signature, transport: Transport, *, raw: bool = True
) -> Callable[[pd.DataFrame], Any]:
    """Ask in parts, one after the other: what is measured is the way, not what runs beside it."""
    codec = codec_for({"spec": {"protocol": "v2", "predictors": [{"graph": {"name": node}}]}}, transport=transport, raw=raw)

    def ask(frame: pd.DataFrame) -> pd.DataFrame:
        fitted = fit(frame, signature)
        asked = codec.lay_out(fitted)
        size = rows_per_request(len(asked.body(0, SAMPLE_ROWS)), SAMPLE_ROWS)
        frames = []
        for start, stop in codec.parts(fitted.rows, size):
            answer = endpoint.ask(TARGET, codec.path, asked.body(start, stop), None, timeout_s=60)
            assert answer.status == 200
            frames.append(codec.decode(answer.body, signature).frame)
        return pd.concat(frames, ignore_index=True)

    return ask


def run(rounds: int = 5) -> list[str]:
    """Lines for the report."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    room = Path(tempfile.mkdtemp(prefix="snbg-"))
    frame = rows()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            signature = save(frame, room / "model")
        models = {"mlflow": ("MLFLOW_SERVER", room / "model"), "native": ("SKLEARN_SERVER", room / "model")}
        with mlserver(room, models) as address:
            port = json.loads((room / "served" / "settings.json").read_text())["grpc_port"]
            lines = [
                f"{ROWS:,} rows × {frame.shape[1]} columns, one request at a time, {rounds} interleaved rounds.",
                "",
                "| server | REST, s | gRPC raw, s | gRPC typed, s | REST ÷ gRPC raw | REST ÷ gRPC typed |",
                "|---|---|---|---|---|---|",
            ]
            for node, (server, _) in models.items():
                lines.append(row(address, port, node, server, frame, signature, rounds))
        return lines
    finally:
        shutil.rmtree(room, ignore_errors=True)


def row(address: str, port: int, node: str, server: str, frame: pd.DataFrame, signature: Signature, rounds: int) -> str:
    rest, grpc = Direct(address), GrpcEndpoint(lambda target: Address(f"127.0.0.1:{port}"))
    ways = {
        "rest": asking(rest, node, signature, Transport.REST),
        "raw": asking(grpc, node, signature, Transport.GRPC),
        "typed": asking(grpc, node, signature, Transport.GRPC, raw=False),
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        answers = {}
        for name, ask in ways.items():
            seconds, answers[name] = timed(lambda ask=ask: ask(frame))
            if number:  # the first round warms up, and shows that all say the same
                took[name].append(seconds)
        pd.testing.assert_frame_equal(answers["rest"], answers["raw"], check_exact=True)
        pd.testing.assert_frame_equal(answers["rest"], answers["typed"], check_exact=True)
    rest.client.close()
    grpc.close()
    a, b, c = (statistics.median(took[name]) for name in ways)
    return f"| {server} | {a:.2f} | {b:.2f} | {c:.2f} | {a / b:.2f} | {a / c:.2f} |"


if __name__ == "__main__":
    print("\n".join(run()))
