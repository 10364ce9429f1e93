"""What ``log`` is made of, each part beside its peer: the question in the clean room, the registration, and the check of the record.

Peers, in the same run and in turn: a process of its own for each question, MLflow's own ``log_model`` into the same database, and the least that any
check of a chain has to do (read each line as JSON and hash it).
"""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seldon_nb.catalog.clean_room import LocalCleanRoom, clean_room_argv
from seldon_nb.catalog.connection import quiet
from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
from seldon_nb.data import phishing
from seldon_nb.domain.audit import Act
from seldon_nb.domain.model import Lineage
from seldon_nb.domain.principal import Principal
from seldon_nb.here.audit import JsonlAudit
from seldon_nb.places import SystemClock
from seldon_nb.ports import PackRequest

RECORDS = 2_000


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one run of some work."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def in_turn(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The median of each, in milliseconds; the first round of both only fills caches."""
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds + 1)][1:]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def estimator() -> tuple[Any, Any]:
    """A small model and five rows for it."""
    from sklearn.linear_model import LogisticRegression

    features, target = phishing()
    features = features.astype("float64")
    return LogisticRegression(max_iter=500).fit(features, target), features.head()


def replays(catalog: MlflowCatalog, room: Path, rounds: int) -> tuple[float, float]:
    """A question to a model in the room that is open, and in a process that is started for it."""
    model, sample = estimator()
    packed = catalog.pack(PackRequest(model=model, sample=sample), room / "asked")
    socket = room / "room.sock"
    process = subprocess.Popen(clean_room_argv(None, socket))
    try:
        open_room, alone = LocalCleanRoom(None, socket, coming=lambda: process.poll() is None), LocalCleanRoom()
        return in_turn(
            lambda: open_room.replay(packed.path, packed.sample), lambda: alone.replay(packed.path, packed.sample), rounds
        )
    finally:
        process.terminate()
        process.wait(10)


def registrations(catalog: MlflowCatalog, uri: str, room: Path, rounds: int) -> tuple[float, float]:
    """Pack and register a version, and MLflow's own way to the same: ``log_model`` with a name in the registry."""
    import mlflow.sklearn

    model, sample = estimator()
    count = iter(range(10_000))

    def ours() -> None:
        candidate = catalog.pack(PackRequest(model=model, sample=sample), room / f"packed-{next(count)}")
        catalog.register(candidate, "ours", tags={}, lineage=Lineage())

    def theirs() -> None:
        with mlflow.start_run():
            mlflow.sklearn.log_model(
                model, name="model", registered_model_name="theirs", input_example=sample, pip_requirements=["scikit-learn"]
            )

    mlflow.set_tracking_uri(uri)
    mlflow.create_experiment("theirs", artifact_location=(room / "theirs").as_uri())
    mlflow.set_experiment("theirs")
    with quiet():
        return in_turn(ours, theirs, rounds)


def checks(room: Path, rounds: int) -> tuple[float, float]:
    """The whole record verified, and each of its lines read and hashed."""
    audit = JsonlAudit(room, SystemClock())
    for number in range(RECORDS):
        audit.append(who=Principal("you"), act=Act.CALLS, subject="dev/fraud", details={"calls": number})
    lines = (room / "records.jsonl").read_bytes().splitlines()
    return in_turn(audit.verify, lambda: [(json.loads(line), hashlib.sha256(line).hexdigest()) for line in lines], rounds)


def run(rounds: int = 9) -> list[str]:
    """Lines for the report."""
    with tempfile.TemporaryDirectory(prefix="snbl-") as directory, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow warns while it is imported
        room = Path(directory)
        uri = f"sqlite:///{room / 'mlflow.db'}"
        catalog = MlflowCatalog(uri, room / "artifacts")
        asked, alone = replays(catalog, room, rounds)
        registered, own = registrations(catalog, uri, room, rounds)
        (room / "audit").mkdir(mode=0o700)
        checked, least = checks(room / "audit", rounds)
    return [
        "| what | measured | peer | ours ÷ peer | goal |",
        "|---|---|---|---|---|",
        f"| a question in the clean room, its server running | {asked:.0f} ms | a process for it: {alone:.0f} ms | {asked / alone:.2f} | ≤ 0.2 |",
        f"| pack and register a version | {registered:.0f} ms | MLflow's `log_model`, not tried in a clean process: {own:.0f} ms | {registered / own:.2f} | ≤ 1 |",
        f"| verify {RECORDS:,} records | {checked:.1f} ms ({checked / RECORDS * 1000:.0f} µs each) | read and hash each line: {least:.1f} ms | {checked / least:.1f} | ≤ 100 µs each |",
    ]


if __name__ == "__main__":
    print("\n".join(run()))
