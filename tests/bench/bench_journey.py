"""From ``log`` to the first correct answer: warm, cold, against MLServer's own start and against ``mlflow models serve``."""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib import error as urlerror
from urllib import request as urlrequest

ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in ("PYTHONDONTWRITEBYTECODE", "SELDON_NB_HOME")} | {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}

#: One process: prepare what is not measured (imports, the estimator), then log → plan → apply → answer, and print the seconds.
JOURNEY = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import mlflow, mlflow.sklearn, cloudpickle
from sklearn.ensemble import HistGradientBoostingClassifier
from seldon_nb.data import phishing
from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace
from pathlib import Path
X, y = phishing()
model = HistGradientBoostingClassifier(max_iter=50, random_state=0).fit(X, y)
workspace = Workspace(Settings(home=Path(sys.argv[1])))
out = []
for turn in range(int(sys.argv[2])):
    began = time.perf_counter(); cloudpickle.dumps(model); own = time.perf_counter() - began
    began = time.perf_counter()
    mv = workspace.log(model, name=f"bench{turn}", sample=X.head(), integers="float"); logged = time.perf_counter()
    plan = workspace.plan(mv.ref, to="dev"); planned = time.perf_counter()
    dep = plan.apply(); applied = time.perf_counter()
    answers = dep.predict(X.head(1)); done = time.perf_counter()
    assert answers.iloc[0, 0] == model.predict(X.head(1))[0]
    out.append({"own": own, "log": logged - began, "plan": planned - logged, "apply": applied - planned, "answer": done - applied, "total": done - began})
    dep.delete()  # or the next cold start would bring it back first
    if sys.argv[3] == "keep":
        time.sleep(7)  # a new warm spare takes its time; what is measured is a deploy that finds one
print(json.dumps(out))
"""


def journey(home: Path, turns: int, mode: str) -> list[dict[str, float]]:
    done = subprocess.run(
        [sys.executable, "-c", JOURNEY, str(home), str(turns), mode], capture_output=True, text=True, env=ENVIRONMENT, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def down(home: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "seldon_nb", "here", "down"],
        env=ENVIRONMENT | {"SELDON_NB_HOME": str(home)},
        capture_output=True,
        check=True,
    )


def saved_model(into: Path) -> Path:
    import mlflow.sklearn
    from mlflow.models import infer_signature
    from sklearn.ensemble import HistGradientBoostingClassifier

    from seldon_nb.data import phishing

    features, target = phishing()
    model = HistGradientBoostingClassifier(max_iter=50, random_state=0).fit(features, target)
    signature = infer_signature(features.astype("float64"), model.predict(features))
    mlflow.sklearn.save_model(
        model, into, serialization_format="cloudpickle", signature=signature, pip_requirements=["scikit-learn"]
    )
    return into


def until(url: str, body: bytes | None, seconds: float = 60) -> None:
    """Ask until the answer is 200."""
    deadline = time.perf_counter() + seconds
    while True:
        try:
            ask = urlrequest.Request(url, data=body, headers={"Content-Type": "application/json"})
            with urlrequest.urlopen(ask, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urlerror.URLError, OSError):
            pass
        if time.perf_counter() > deadline:
            raise TimeoutError(url)
        time.sleep(0.02)


def stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def mlserver_start(model: Path, room: Path) -> float:
    """Seconds from spawn to the model's readiness."""
    from tests.conftest import free_port

    shutil.rmtree(room, ignore_errors=True)
    room.mkdir()
    ports = [free_port() for _ in range(3)]
    settings = {
        "host": "127.0.0.1",
        "http_port": ports[0],
        "grpc_port": ports[1],
        "metrics_port": ports[2],
        "parallel_workers": 0,
    }
    (room / "settings.json").write_text(json.dumps(settings))
    (room / "model-settings.json").write_text(
        json.dumps({"name": "m", "implementation": "mlserver_mlflow.MLflowRuntime", "parameters": {"uri": str(model)}})
    )
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "mlserver"), "start", str(room)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    try:
        until(f"http://127.0.0.1:{ports[0]}/v2/models/m/ready", None)
        return time.perf_counter() - began
    finally:
        stop(process)


def mlflow_serve(model: Path) -> float:
    """Seconds from spawn to the first answer of ``mlflow models serve``."""
    from seldon_nb.data import phishing
    from tests.conftest import free_port

    port = free_port()
    body = json.dumps({"dataframe_split": json.loads(phishing()[0].head(1).astype("float64").to_json(orient="split"))}).encode()
    began = time.perf_counter()
    command = [
        str(Path(sys.executable).parent / "mlflow"),
        "models",
        "serve",
        "-m",
        str(model),
        "--env-manager",
        "local",
        "-p",
        str(port),
        "-w",
        "1",
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        start_new_session=True,
    )
    try:
        until(f"http://127.0.0.1:{port}/invocations", body)
        return time.perf_counter() - began
    finally:
        stop(process)


def run(warm_turns: int = 7, cold_rounds: int = 5) -> list[str]:
    """Lines for the report."""
    room = Path(tempfile.mkdtemp(prefix="snbb-"))
    home = room / "home"
    try:
        model = saved_model(room / "model")
        warm = journey(home, warm_turns + 2, "keep")[2:]  # the first turns start the place and fill caches
        down(home)
        cold, own, peer = [], [], []
        for _ in range(cold_rounds):
            cold.append(journey(home, 1, "once")[0]["total"])
            down(home)
            own.append(mlserver_start(model, room / "server"))
            peer.append(mlflow_serve(model))
        beyond = statistics.median(item["total"] - item["own"] for item in warm)
        parts = ", ".join(
            f"{part} {statistics.median(item[part] for item in warm) * 1000:.0f} ms"
            for part in ("log", "plan", "apply", "answer")
        )
        c, o, p = (statistics.median(values) for values in (cold, own, peer))
        ratio = statistics.median(a / b for a, b in zip(cold, own, strict=True))
        return [
            "| what | measured | goal |",
            "|---|---|---|",
            f"| warm: log → plan → apply → first correct answer, beyond the estimator's own serialisation | {beyond:.2f} s ({parts}) | ≤ 0.25 s |",
            f"| cold: the same with nothing running | {c:.2f} s | |",
            f"| MLServer's own start, spawn to ready | {o:.2f} s | |",
            f"| cold ÷ MLServer's own start | {ratio:.2f} | ≤ 1.2 |",
            f"| peer: `mlflow models serve`, spawn to first answer (the model is saved already) | {p:.2f} s | |",
            f"| peer ÷ cold, peer ÷ warm | {p / c:.1f} ×, {p / beyond:.0f} × | |",
        ]
    finally:
        if home.exists():
            down(home)
        shutil.rmtree(room, ignore_errors=True)


if __name__ == "__main__":
    print("\n".join(run()))
