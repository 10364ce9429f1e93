"""The real journey of a model on one machine: supervisord, MLServer and Envoy, and everything that can be killed is killed."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from seldon_nb.digests import tree_digest
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.deployment import Progress, Revision, Stage, State, Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import Flavor, ModelVersion
from seldon_nb.domain.plan import Document, PlanSpec, documents_digest
from seldon_nb.domain.principal import Principal, Role
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.here import place as place_module
from seldon_nb.here.endpoint import HttpEndpoint
from seldon_nb.here.home import Home
from seldon_nb.here.identity import LocalAccess, identity
from seldon_nb.here.loopback import is_free
from seldon_nb.here.place import Place
from seldon_nb.here.serving import LocalServing
from seldon_nb.render.seldon.build import render

YOU = Principal("you", Role.OWNER)
SIGNATURE = Signature(
    Schema(columns=(Column("a", ColumnType.DOUBLE), Column("b", ColumnType.DOUBLE))),
    Schema(columns=(Column("y", ColumnType.DOUBLE),)),
)


def save(model: object, path: Path, *, requirements: tuple[str, ...] = (), code: tuple[str, ...] = ()) -> Path:
    """Save an estimator or a PythonModel whose inputs are two decimals, ``a`` and ``b``."""
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow warns while it is imported, and of what we leave out on purpose
        _save(model, path, pd.DataFrame({"a": [0.5], "b": [1.5]}), requirements, code)
    return path


def _save(model: object, path: Path, frame, requirements: tuple[str, ...], code: tuple[str, ...]) -> None:
    import mlflow.pyfunc
    import mlflow.sklearn
    import pandas as pd
    from mlflow.models import infer_signature

    kwargs = {"signature": infer_signature(frame, pd.DataFrame({"y": [1.0]})), "pip_requirements": list(requirements)}
    if isinstance(model, mlflow.pyfunc.PythonModel):
        mlflow.pyfunc.save_model(str(path), python_model=model, code_paths=list(code) or None, **kwargs)
    else:
        mlflow.sklearn.save_model(model, str(path), serialization_format="cloudpickle", code_paths=list(code) or None, **kwargs)


def linear(path: Path, slope: float) -> Path:
    """A model whose answer is ``slope * (a + b)``."""
    import numpy as np
    from sklearn.linear_model import LinearRegression

    model = LinearRegression()
    model.coef_, model.intercept_, model.n_features_in_ = np.array([slope, slope]), 0.0, 2
    model.feature_names_in_ = np.array(["a", "b"], dtype=object)
    return save(model, path)


def revision(
    name: str, model: Path, number: int = 1, *, namespace: str = "dev", version: int = 1, callers: tuple[Principal, ...] = (YOU,)
) -> Revision:
    """A revision that deploys the files at ``model``."""
    logged = ModelVersion(
        name=name, version=version, digest=tree_digest(model), uri=f"file://{model}", flavor=Flavor.SKLEARN, signature=SIGNATURE
    )
    spec = PlanSpec(
        version=logged,
        deployment=name,
        namespace=namespace,
        requested_by=YOU,
        callers=callers,
        classification=Classification.PROTECTED_B,
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


class WallClock:
    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


class Stand:
    """One place with its serving, as the tests use it."""

    def __init__(self, root: Path, port: int) -> None:
        self.place = Place(Home(root), port=port)
        self.serving = LocalServing(self.place)
        self.access = LocalAccess(self.place.home, identity("you"), self.serving.callers, WallClock())
        self.endpoint = HttpEndpoint(lambda: self.place.gateway.port)

    def deploy(self, rev: Revision, model: Path):
        stages: list[list[str]] = []
        status = self.serving.apply(rev, model, lambda all_: stages.append([item.progress.value for item in all_]))
        self.serving.settle()
        return status, stages

    def ask(self, target: Target, *, as_: str = "you", path: str = "/v2/models/model/infer"):
        token = self.access.token_for_probe(Principal(as_), target)
        answer = self.endpoint.ask(target, path, question(), token, timeout_s=20)
        return answer.status, answer.body

    def answer(self, target: Target) -> float:
        status, body = self.ask(target)
        assert status == 200, body
        return json.loads(body)["outputs"][0]["data"][0]

    def slot(self, target: Target):
        live = self.place.records.live(target)
        assert live is not None
        return self.place.slots.get(live.slot)

    def pid(self, target: Target) -> int:
        return self.place.supervisor.pid(self.slot(target).program)

    def state(self, target: Target):
        return next(item for item in self.serving.statuses() if item.target == target)

    def warm(self) -> None:
        wait(lambda: self.place.status().spare, 60)


def a_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(condition, seconds: float = 20.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.02)
    return pytest.fail("it did not happen in time")


def end(*pids: int) -> None:
    """kill -9, and wait until it is over."""
    processes = [psutil.Process(pid) for pid in pids]
    for process in processes:
        process.send_signal(signal.SIGKILL)
    wait(lambda: all(not process.is_running() or process.status() == psutil.STATUS_ZOMBIE for process in processes))


def code_of(call, *args, **kwargs) -> SeldonNbError:
    with pytest.raises(SeldonNbError) as caught:
        call(*args, **kwargs)
    return caught.value


FRAUD, CHURN = Target("dev", "fraud"), Target("dev", "churn")

RAISES = """
import mlflow.pyfunc

class Raises(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        print("printed", model_input.iloc[0, 0])
        if model_input.iloc[0, 0] == 777.25:
            raise SystemExit(3)
        raise ValueError(f"bad row {model_input.iloc[0].tolist()}")
"""


@pytest.fixture(scope="module")
def stand(short_tmp):
    made = Stand(short_tmp / "home", a_port())
    made.place.up()
    yield made
    made.endpoint.close()
    made.place.down()
    assert made.place.supervisor.processes() == []
    assert list(made.place.home.run.iterdir()) == []
    assert is_free(made.place.file.port)


@pytest.fixture(scope="module")
def models(short_tmp):
    return {slope: linear(short_tmp / f"model-{slope}", slope) for slope in (1.0, 2.0)}


@pytest.fixture(scope="module")
def fraud(stand, models):
    """dev/fraud answers ``a + b``."""
    return stand.deploy(revision("fraud", models[1.0]), models[1.0])


def pids(stand) -> dict[str, int]:
    """The process of each program."""
    return {name: state.pid for name, state in stand.place.supervisor.states().items()}


@pytest.fixture
def impatient(monkeypatch):
    """Whoever waits for the place's lock is told soon, and a model server that does not come is waited for all day."""
    monkeypatch.setattr(place_module, "_LOCK_S", 5.0)
    monkeypatch.setattr(place_module, "_RESTORE_S", 86_400.0)


# --- up ------------------------------------------------------------------------------------------------------------------------


def test_a_place_that_runs_is_left_alone_and_nobody_is_waited_for(stand, impatient):
    stand.place.up()
    before = stand.place.supervisor.own_pid(), pids(stand)
    with stand.place.lock():  # somebody else's apply
        report = stand.place.up()
    assert (report.running, report.started, report.restored) == (True, (), ())
    assert (stand.place.supervisor.own_pid(), pids(stand)) == before


def test_two_processes_that_start_a_place_at_once_end_with_one(short_tmp):
    root, port = short_tmp / "twice", a_port()
    code = "import sys; from pathlib import Path; from seldon_nb.here.home import Home; from seldon_nb.here.place import Place; "
    code += "print(Place(Home(Path(sys.argv[1])), port=int(sys.argv[2])).up().running)"
    both = [subprocess.Popen([sys.executable, "-c", code, str(root), str(port)], stdout=subprocess.PIPE) for _ in range(2)]
    place = Place(Home(root))
    try:
        assert [process.communicate(timeout=60)[0] for process in both] == [b"True\n", b"True\n"]
        names = [" ".join(process.cmdline()) for process in place.supervisor.processes()]
        assert sum("supervisor.supervisord" in name for name in names) == 1
        assert sum("envoy" in name for name in names) == 1
        assert sum("model_server.py" in name for name in names) == 1
    finally:
        place.down()


def test_a_taken_port_is_refused_with_a_free_one_and_nothing_runs(short_tmp):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        place = Place(Home(short_tmp / "taken"), port=port)
        error = code_of(place.up)
    assert error.code_id == "SNB-510"
    assert error.facts["port"] == port
    assert f"process {os.getpid()}" in str(error.facts["holder"])
    assert place.supervisor.processes() == []


def test_a_missing_program_is_named(short_tmp):
    place = Place(Home(short_tmp / "bare"), port=a_port(), server_python=short_tmp / "no" / "python")
    error = code_of(place.up)
    assert error.code_id == "SNB-511"
    assert str(short_tmp / "no" / "python") in str(error.facts["missing"])


# --- apply -------------------------------------------------------------------------------------------------------------------------


def test_a_deployed_model_answers_through_the_gateway(stand, fraud):
    status, stages = fraud
    assert status.state is State.ANSWERING
    assert status.url == f"http://127.0.0.1:{stand.place.file.port}/seldon/dev/fraud"
    assert [item.stage for item in status.timeline] == list(Stage)
    assert {item.progress for item in status.timeline} == {Progress.DONE}
    assert stages[0] == ["running", *["waiting"] * 5]
    assert stages[-1] == ["done"] * 6
    assert stand.answer(FRAUD) == 3.0
    assert stand.ask(FRAUD, as_="stranger")[0] == 403
    assert stand.serving.live(FRAUD).model == "fraud@1"
    assert stand.serving.callers(FRAUD) == ("you",)
    assert stand.serving.namespace("dev").deployments == ("fraud",)


def test_the_server_listens_on_a_private_socket_only(stand, fraud):
    slot = stand.slot(FRAUD)
    assert stat.S_IMODE(slot.socket.stat().st_mode) == 0o600
    server = psutil.Process(stand.pid(FRAUD))
    assert [item for item in server.net_connections(kind="inet") if item.status == psutil.CONN_LISTEN] == []
    for path in [slot.root, *slot.root.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.parent != slot.root, path
    assert tree_digest(slot.model) == stand.serving.live(FRAUD).model_digest


def test_the_gateway_hides_the_repository(stand, fraud):
    assert stand.ask(FRAUD, path="/v2/repository/models/model/unload")[0] == 403
    assert stand.answer(FRAUD) == 3.0


def test_calls_are_counted_and_timed(stand, fraud):
    before = stand.state(FRAUD).calls
    for _ in range(3):
        stand.answer(FRAUD)
    assert wait(lambda: stand.state(FRAUD).calls >= before + 3)
    assert stand.state(FRAUD).p50_ms is not None


def test_an_update_answers_from_the_new_model_without_a_gap(stand, fraud, models):
    former = stand.slot(FRAUD)
    stand.warm()
    stop, seen = threading.Event(), []

    def keep_asking() -> None:
        while not stop.is_set():
            status, body = stand.ask(FRAUD)
            seen.append((status, json.loads(body)["outputs"][0]["data"][0] if status == 200 else body))

    caller = threading.Thread(target=keep_asking)
    caller.start()
    try:
        stand.deploy(revision("fraud", models[2.0], 2, version=2), models[2.0])
    finally:
        stop.set()
        caller.join()
    assert {status for status, _ in seen} == {200}
    assert [value for _, value in seen] == sorted(value for _, value in seen)
    assert {value for _, value in seen} == {3.0, 6.0}
    assert not former.root.exists()
    assert former.program not in stand.place.supervisor.states()
    assert [item.number for item in stand.serving.revisions(FRAUD)] == [1, 2]


def test_a_new_version_that_cannot_be_loaded_leaves_the_former(stand, fraud, models, short_tmp):
    slot, files = stand.slot(FRAUD), tree_digest(stand.slot(FRAUD).model)
    bad = shutil.copytree(models[1.0], short_tmp / "bad")
    (bad / "model.pkl").write_bytes(b"not a pickle")
    (bad / "requirements.txt").write_text("mlflow==1.0.0\nno-such-package==3.1\n")
    number = stand.serving.live(FRAUD).number + 1
    stages = []
    error = code_of(stand.serving.apply, revision("fraud", bad, number, version=3), bad, stages.append)
    stand.serving.settle()
    assert error.code_id == "SNB-312"
    assert error.facts["error_type"] == "UnpicklingError"
    assert "no-such-package: model 3.1, server none" in str(error.facts["versions"])
    assert [item.progress.value for item in stages[-1]] == ["done", "done", "done", "done", "failed", "waiting"]
    assert stand.slot(FRAUD) == slot
    assert tree_digest(slot.model) == files
    assert stand.serving.live(FRAUD).number == number - 1
    assert stand.answer(FRAUD) in (3.0, 6.0)


def test_a_model_that_needs_the_notebooks_files_says_which(stand, short_tmp):
    module = short_tmp / "needs_file.py"
    module.write_text(
        "import mlflow.pyfunc\n"
        "class Needs(mlflow.pyfunc.PythonModel):\n"
        "    def load_context(self, context):\n"
        "        open('/nowhere/lookup.csv')\n"
        "    def predict(self, context, model_input, params=None):\n"
        "        return model_input['a']\n"
    )
    sys.path.insert(0, str(short_tmp))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import needs_file
        model = save(needs_file.Needs(), short_tmp / "needs", code=(str(module),))
    finally:
        sys.path.remove(str(short_tmp))
    error = code_of(stand.serving.apply, revision("needs", model), model, lambda _: None)
    stand.serving.settle()
    assert error.code_id == "SNB-310"
    assert error.facts["error_type"] == "FileNotFoundError"
    assert "/nowhere/lookup.csv" in str(error.facts["hint"])
    assert stand.serving.live(Target("dev", "needs")) is None


def test_changed_files_are_refused(stand, models, short_tmp):
    copy = shutil.copytree(models[1.0], short_tmp / "changed")
    rev = revision("changed", copy)
    (copy / "model.pkl").write_bytes((copy / "model.pkl").read_bytes() + b"\0")
    assert code_of(stand.serving.apply, rev, copy, lambda _: None).code_id == "SNB-128"
    stand.serving.settle()


def test_a_stale_base_is_refused(stand, fraud, models):
    error = code_of(stand.serving.apply, revision("fraud", models[1.0], 9), models[1.0], lambda _: None)
    assert error.code_id == "SNB-220"
    assert error.facts["planned"] == 8


def test_of_two_applies_at_once_one_is_told_so(stand, models):
    stand.warm()
    codes: list[str] = []
    inside, go = threading.Event(), threading.Event()

    def report(stages) -> None:
        if stages[1].progress is Progress.RUNNING:
            inside.set()
            go.wait(20)

    first = threading.Thread(target=lambda: stand.serving.apply(revision("churn", models[1.0]), models[1.0], report))
    first.start()
    try:
        inside.wait(20)
        codes.append(code_of(stand.serving.apply, revision("churn", models[1.0]), models[1.0], lambda _: None).code_id)
        codes.append(code_of(stand.serving.delete, CHURN).code_id)
    finally:
        go.set()
        first.join()
        stand.serving.settle()
    assert codes == ["SNB-224", "SNB-224"]
    assert stand.answer(CHURN) == 3.0
    stand.serving.delete(CHURN)
    stand.serving.settle()


def test_a_full_disk_refuses_and_leaves_nothing(stand, fraud, models, monkeypatch):
    usage = shutil.disk_usage(stand.place.home.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    error = code_of(stand.serving.apply, revision("big", models[1.0]), models[1.0], lambda _: None)
    assert (error.code_id, error.facts["free_mb"]) == ("SNB-515", 1)
    stand.serving.settle()
    assert stand.serving.live(Target("dev", "big")) is None


def test_an_unknown_namespace_is_answered_with_the_nearest(stand):
    error = code_of(stand.serving.namespace, "dve")
    assert (error.code_id, error.facts["nearest"], error.facts["known"]) == ("SNB-212", "dev", "dev, protb")


# --- no payload ----------------------------------------------------------------------------------------------------------------------


def test_no_error_and_no_log_holds_a_value_of_a_row(stand, short_tmp):
    namespace: dict[str, object] = {"__name__": "__main__"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(RAISES, "raises.py", "exec"), namespace)
    model = save(namespace["Raises"](), short_tmp / "raises")
    target = Target("dev", "raises")
    stand.deploy(revision("raises", model), model)
    slot = stand.slot(target)
    status, body = ask_socket(slot.socket, "/v2/models/model/infer", question(98765.25, 43210.75))
    assert status == 500
    assert json.loads(body) == {
        "error": "the model raised ValueError",
        "error_type": "ValueError",
        "where": "raises.py:9 in predict",
    }
    assert ask_socket(slot.socket, "/v2/models/model/infer", question(777.25, 43210.75))[0] == 500
    assert stand.ask(target)[0] == 500
    secret = json.dumps(
        {"inputs": [{"name": "98765.25", "shape": ["98765.25"], "datatype": "98765.25", "data": "43210.75"}]}
    ).encode()
    for raw in (secret, b'{"inputs": 98765.25', b"98765.25"):
        status, body = ask_socket(slot.socket, "/v2/models/model/infer", raw)
        assert status in (400, 422), body
        assert b"98765" not in body
    one_column = json.dumps({"inputs": [{"name": "a", "shape": [1, 1], "datatype": "FP64", "data": [98765.25]}]}).encode()
    status, body = ask_socket(slot.socket, "/v2/models/model/infer", one_column)
    assert status == 500
    assert b"98765" not in body
    assert stand.pid(target) == slot.state().pid
    text = "".join(path.read_text() for path in slot.root.glob("log*")) + stand.place.supervisor.log.read_text()
    assert "ValueError at raises.py:9 in predict" in text
    assert "98765" not in text
    assert "43210" not in text
    assert "printed" not in text
    stand.serving.delete(target)
    stand.serving.settle()
    assert stand.serving.live(target) is None
    assert not slot.root.exists()
    assert stand.ask(target)[0] == 403


# --- what stops comes back ---------------------------------------------------------------------------------------------------------------


def test_a_killed_model_server_comes_back_by_itself(stand, fraud):
    former = stand.pid(FRAUD)
    end(former)
    assert stand.state(FRAUD).state is State.RESTORING
    report = stand.place.up()
    assert [(item.what, item.reason) for item in report.restored] == [("dev/fraud", "terminated by SIGKILL")]
    assert stand.state(FRAUD).state is State.ANSWERING
    assert stand.state(FRAUD).note == "The model server of dev/fraud had stopped (terminated by SIGKILL) and is back."
    assert stand.answer(FRAUD) in (3.0, 6.0)
    assert stand.place.up().restored == ()


def test_a_killed_gateway_comes_back_with_its_routes_each_time(stand, fraud):
    for _ in range(6):  # more often than the supervisor tries by itself
        end(stand.place.supervisor.pid("gateway"))
        assert [item.what for item in stand.place.up().restored] == ["gateway"]
        assert stand.answer(FRAUD) in (3.0, 6.0)


def test_after_a_killed_supervisor_the_model_answers_and_the_next_command_mends_it(stand, fraud):
    server = stand.pid(FRAUD)
    end(stand.place.supervisor.own_pid())
    assert stand.answer(FRAUD) in (3.0, 6.0)
    assert stand.state(FRAUD).state is State.STOPPED
    assert stand.state(FRAUD).diagnosis == "SNB-516"
    restored = [item.what for item in stand.place.up().restored]
    assert restored[0] == "supervisor"
    assert {"gateway", "dev/fraud"} <= set(restored)
    assert not psutil.pid_exists(server)
    assert stand.answer(FRAUD) in (3.0, 6.0)


def test_after_a_restart_of_the_machine_everything_is_as_it_was(stand, fraud):
    expected = stand.answer(FRAUD)
    before = {str(item.target): item.revision for item in stand.serving.statuses()}
    end(*(process.pid for process in stand.place.supervisor.processes()))
    assert list(stand.place.home.run.glob("*.sock"))
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", stand.place.file.port))
        thief.listen()
        assert code_of(stand.place.up).code_id == "SNB-510"
        assert stand.place.supervisor.processes() == []
    another = Place(stand.place.home)
    assert "supervisor" in [item.what for item in another.up().restored]
    assert {str(item.target): item.revision for item in stand.serving.statuses()} == before
    assert {item.state for item in stand.serving.statuses()} == {State.ANSWERING}
    assert stand.answer(FRAUD) == expected


def test_what_an_interrupted_apply_left_is_removed_by_the_next_command(stand, fraud):
    stand.warm()
    code = "import sys; from pathlib import Path; from seldon_nb.here.home import Home; from seldon_nb.here.place import Place; "
    code += "print(Place(Home(Path(sys.argv[1]))).slots.claim('dev/half').id)"
    done = subprocess.run([sys.executable, "-c", code, str(stand.place.home.root)], capture_output=True, check=True)
    slot = stand.place.slots.get(done.stdout.decode().strip())
    assert slot.root.exists()
    stand.place.up()
    assert not slot.root.exists()
    assert slot.program not in stand.place.supervisor.states()


def test_a_lost_copy_of_the_model_is_told(stand, fraud, models):
    target = Target("protb", "lost")
    stand.deploy(revision("lost", models[1.0], namespace="protb"), models[1.0])
    slot = stand.slot(target)
    shutil.rmtree(slot.root)
    assert (stand.state(target).state, stand.state(target).diagnosis) == (State.STUCK, "SNB-317")
    stand.serving.delete(target)
    stand.serving.settle()


def test_a_model_that_ends_its_server_while_loading_is_refused(stand, models, short_tmp):
    import cloudpickle

    class Ends:
        def __reduce__(self):
            return os._exit, (7,)

    deadly = shutil.copytree(models[1.0], short_tmp / "deadly")
    (deadly / "model.pkl").write_bytes(cloudpickle.dumps(Ends()))
    error = code_of(stand.serving.apply, revision("deadly", deadly), deadly, lambda _: None)
    stand.serving.settle()
    assert error.code_id == "SNB-310"
    assert error.facts["error_type"] == "stop"
    assert stand.serving.live(Target("dev", "deadly")) is None


@pytest.mark.timeout(60)
def test_a_server_that_was_given_up_is_told_and_not_waited_for(stand, fraud, monkeypatch, impatient):
    states = stand.place.supervisor.states()
    name = stand.slot(FRAUD).program
    given_up = {**states, name: replace(states[name], state="FATAL", pid=0)}
    monkeypatch.setattr(stand.place.supervisor, "states", lambda: given_up)
    assert (stand.state(FRAUD).state, stand.state(FRAUD).diagnosis) == (State.STUCK, "SNB-319")
    stand.place.up()
    with stand.place.lock():  # what was given up is no reason to look after the place again
        assert stand.place.up().restored == ()
    monkeypatch.undo()
    stand.place.up()


def test_another_port_moves_the_place(stand, fraud):
    former, port = stand.place.file.port, a_port()
    assert stand.place.up(port=port).port == port
    assert is_free(former)
    assert stand.answer(FRAUD) in (3.0, 6.0)
    assert stand.state(FRAUD).url == f"http://127.0.0.1:{port}/seldon/dev/fraud"


def test_down_leaves_nothing_and_up_brings_it_back(stand, fraud):
    expected, port = stand.answer(FRAUD), stand.place.file.port
    assert not stand.place.down().running
    assert stand.place.supervisor.processes() == []
    assert list(stand.place.home.run.iterdir()) == []
    assert is_free(port)
    assert stand.state(FRAUD).state is State.STOPPED
    assert not stand.place.down().running
    report = stand.place.up()
    assert report.restored == ()
    assert stand.answer(FRAUD) == expected
