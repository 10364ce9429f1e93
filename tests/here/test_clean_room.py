"""The clean process itself, with the real MLflow; and a server whose packages differ."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import time
import types
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from seldon_nb.catalog import clean_room_main as room
from seldon_nb.catalog.clean_room import LocalCleanRoom, clean_room_argv
from seldon_nb.catalog.packing import pack
from seldon_nb.checks.contract import Trial, contract_of, judge, judge_stored
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.model import Answer
from seldon_nb.ports import PackRequest

#: Another minor version of scikit-learn, whose trees have other fields than those of the version in this environment.
OTHER_SKLEARN = "1.6.1"
#: The last that reads no skops.
OLD_MLFLOW = "3.8.1"


class Server:
    """A fork server and its client, ended by its own process number."""

    def __init__(self, directory, python=None):
        self.socket = directory / "room.sock"
        self.process = subprocess.Popen(clean_room_argv(python, self.socket))
        self.client = LocalCleanRoom(python, self.socket, timeout_s=30)
        deadline = time.monotonic() + 60
        while not self.socket.exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def server(short_tmp):
    started = Server(short_tmp)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def clean_room(server):
    return server.client


@pytest.fixture(scope="module")
def claims():
    generator = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "age": generator.integers(18, 90, 40),
            "income": generator.normal(50_000, 9_000, 40),
            "region": generator.choice(["QC", "ON", "BC"], 40),
        }
    )
    return frame, (frame["age"] > 50).astype(int)


@pytest.fixture(scope="module")
def pipeline(claims):
    frame, target = claims
    columns = make_column_transformer((StandardScaler(), ["age", "income"]), (OneHotEncoder(handle_unknown="ignore"), ["region"]))
    return make_pipeline(columns, LogisticRegression()).fit(frame, target)


def tried(clean_room, tmp_path, **request):
    """The findings of one model, its candidate and its replay."""
    asked = PackRequest(name="claims", **request)
    candidate = pack(asked, tmp_path / "model")
    replay = clean_room.replay(candidate.path, candidate.sample)
    return judge(Trial(candidate=candidate, request=asked, replay=replay)), candidate, replay


def codes(findings):
    return [finding.code for finding in findings]


def test_a_pipeline_gives_the_same_answers_and_tells_what_it_does_with_missing_values(clean_room, pipeline, claims, tmp_path):
    findings, candidate, replay = tried(clean_room, tmp_path, model=pipeline, sample=claims[0].head())
    assert replay.loaded
    assert replay.answers == candidate.expected
    assert replay.permuted_equal is True
    assert dict(replay.nan) == {"age": Answer.REFUSES, "income": Answer.REFUSES, "region": Answer.SAME_KIND}
    assert replay.missing == ()
    assert codes(findings) == ["SNB-118", "SNB-122"]
    contract = contract_of(candidate, replay)
    assert (contract.checked, contract.rows, contract.nan) == (True, 5, replay.nan)
    assert contract.server is not None
    assert contract.server.version("scikit-learn")
    assert contract.server.version("mlserver") is None


def test_with_decimals_the_integer_column_has_room(clean_room, claims, tmp_path):
    frame, target = claims
    model = HistGradientBoostingClassifier(max_iter=3).fit(frame[["age", "income"]], target)
    findings, _, replay = tried(clean_room, tmp_path, model=model, sample=frame[["age", "income"]], integers="float")
    assert dict(replay.nan) == {"age": Answer.SAME_KIND, "income": Answer.SAME_KIND}
    assert findings == ()


def test_boosters_and_python_models_are_replayed(clean_room, claims, tmp_path):
    import lightgbm
    import mlflow
    import xgboost

    class Doubling(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: pd.DataFrame):
            return model_input["age"] * 2

    frame, target = claims
    numbers = frame[["age", "income"]].astype(float)
    models = {
        "xgboost": xgboost.XGBClassifier(n_estimators=2).fit(numbers, target),
        "booster": xgboost.train({}, xgboost.DMatrix(numbers, target), 2),
        "lightgbm": lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(numbers, target),
        "text": lightgbm.train({"verbose": -1}, lightgbm.Dataset(numbers, target), 2),
        "pyfunc": Doubling(),
        "array": LinearRegression().fit(numbers.to_numpy(), target),
    }
    for name, model in models.items():
        sample = numbers.to_numpy() if name == "array" else numbers.head()
        findings, _, replay = tried(clean_room, tmp_path / name, model=model, sample=sample)
        assert findings == (), (name, findings)
        assert replay.permuted_equal is (None if name == "array" else True)


def test_probabilities_are_compared(clean_room, pipeline, claims, tmp_path):
    findings, _, replay = tried(clean_room, tmp_path, model=pipeline, sample=claims[0].head(), predict="predict_proba")
    assert len(replay.answers[0]) == 2
    assert "SNB-120" not in codes(findings)


def test_a_file_of_the_notebook_is_missing_there_until_it_is_included(clean_room, claims, tmp_path, monkeypatch):
    notebook = tmp_path / "notebook"
    notebook.mkdir()
    (notebook / "snb_ratio.py").write_text(
        "from sklearn.base import BaseEstimator, TransformerMixin\n\n"
        "class Ratio(TransformerMixin, BaseEstimator):\n"
        "    def fit(self, X, y=None):\n        return self\n"
        "    def transform(self, X):\n        return X * 2\n"
        "    def __sklearn_is_fitted__(self):\n        return True\n"
    )
    monkeypatch.chdir(notebook)
    monkeypatch.syspath_prepend(str(notebook))
    import snb_ratio  # type: ignore[import-not-found]

    frame, target = claims
    model = make_pipeline(snb_ratio.Ratio(), LinearRegression()).fit(frame[["income"]], target)
    findings, _, replay = tried(clean_room, tmp_path / "without", model=model, sample=frame[["income"]])
    assert (replay.loaded, replay.error_type, replay.error_hint) == (False, "ModuleNotFoundError", "No module named 'snb_ratio'")
    assert codes(findings) == ["SNB-114"]
    assert str(fail(findings[0].code, **findings[0].facts)) == (
        "SNB-114 Your model was not logged: it needs files of yours that the server does not have. Needed and in no package: snb_ratio (snb_ratio.py)."
    )
    findings, _, replay = tried(clean_room, tmp_path / "with", model=model, sample=frame[["income"]], include=("snb_ratio.py",))
    assert replay.loaded
    assert codes(findings) == ["SNB-122"]
    sys.modules.pop("snb_ratio")


def test_code_of_the_notebook_is_refused_and_loads_when_it_is_agreed_to(clean_room, claims, tmp_path):
    script = tmp_path / "notebook.py"
    script.write_text(NOTEBOOK)
    for include, wanted in (((), ["SNB-113"]), (("__main__",), [])):
        done = subprocess.run(
            [sys.executable, str(script), str(tmp_path / f"m{len(include)}"), *include],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert done.stdout.split() == ["loaded", *wanted]


NOTEBOOK = """
import sys
from pathlib import Path
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline
from seldon_nb.catalog.clean_room import LocalCleanRoom
from seldon_nb.catalog.packing import pack
from seldon_nb.checks.contract import Trial, judge
from seldon_nb.ports import PackRequest

FACTOR = 2

class Ratio(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self
    def transform(self, X):
        return X * FACTOR
    def __sklearn_is_fitted__(self):
        return True

frame = pd.DataFrame({"a": [float(n) for n in range(60)]})
model = make_pipeline(Ratio(), HistGradientBoostingRegressor(max_iter=2)).fit(frame, frame["a"])
request = PackRequest(model=model, sample=frame.head(), include=tuple(sys.argv[2:]))
candidate = pack(request, Path(sys.argv[1]))
replay = LocalCleanRoom().replay(candidate.path, candidate.sample)
print("loaded" if replay.loaded else replay.error_hint)
for finding in judge(Trial(candidate=candidate, request=request, replay=replay)):
    assert finding.code != "SNB-113" or finding.facts["objects"] == "Ratio", finding
    print(finding.code)
"""


def test_a_model_that_reads_from_the_notebook_raises_there_without_its_message(clean_room, claims, tmp_path, monkeypatch):
    import mlflow

    monkeypatch.setenv("SNB_ONLY_HERE", "1")

    class Reads(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: pd.DataFrame):
            if "SNB_ONLY_HERE" not in os.environ:
                raise ValueError(f"row {model_input.to_dict()}")
            return model_input["income"]

    findings, _, replay = tried(clean_room, tmp_path, model=Reads(), sample=claims[0][["income"]].head())
    assert (replay.loaded, replay.failed_at, replay.error_type, replay.error_hint) == (True, "predict", "ValueError", "")
    assert codes(findings) == ["SNB-137"]


def test_other_answers_are_found(clean_room, claims, tmp_path):
    import mlflow

    class Moody(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: pd.DataFrame):
            import os

            return model_input["income"] + os.getpid()

    findings, _, _ = tried(clean_room, tmp_path, model=Moody(), sample=claims[0][["income"]].head())
    (found,) = findings
    assert (found.code, found.facts["differing"], found.facts["rows"]) == ("SNB-120", 5, 5)


@pytest.mark.timeout(120)
def test_a_model_that_never_ends_is_ended(server, claims, tmp_path):
    import mlflow

    class Endless(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: pd.DataFrame):
            import os
            import time

            if os.getppid() == parent:  # in the room only: a process of its own for the question would answer
                time.sleep(600)
            return model_input["income"]

    parent = server.process.pid
    impatient = LocalCleanRoom(None, server.socket, timeout_s=1)
    before = set(psutil.Process(parent).children())
    _, _, replay = tried(impatient, tmp_path, model=Endless(), sample=claims[0][["income"]].head())
    assert (replay.loaded, replay.error_type) == (False, "TimeoutError")
    assert psutil.wait_procs(set(psutil.Process(parent).children()) - before, timeout=20)[1] == []


def test_a_model_that_takes_its_process_down_is_told_and_the_room_stays_open(server, pipeline, claims, tmp_path):
    import mlflow

    class Deadly(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: pd.DataFrame):
            import os
            import signal

            if os.getppid() == parent:
                os.kill(os.getpid(), signal.SIGSEGV)
            return model_input["income"]

    parent = server.process.pid
    findings, _, replay = tried(server.client, tmp_path / "deadly", model=Deadly(), sample=claims[0][["income"]].head())
    assert (replay.loaded, replay.error_type) == (False, "SIGSEGV")
    assert codes(findings) == ["SNB-117"]
    _, _, replay = tried(server.client, tmp_path / "next", model=pipeline, sample=claims[0].head())
    assert replay.loaded


def test_nothing_is_left_behind_and_nothing_is_written_into_the_model(server, pipeline, claims, tmp_path):
    from seldon_nb.digests import tree_digest

    before = set(Path(room.tempfile.gettempdir()).glob("seldon-nb-room-*"))
    _, candidate, _ = tried(server.client, tmp_path, model=pipeline, sample=claims[0].head())
    assert tree_digest(candidate.path) == candidate.digest
    deadline = time.monotonic() + 5
    while (left := set(Path(room.tempfile.gettempdir()).glob("seldon-nb-room-*")) - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left


def test_the_socket_is_its_owners_alone(server):
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o600


def test_without_a_server_one_process_answers_one_question(pipeline, claims, tmp_path):
    findings, candidate, replay = tried(
        LocalCleanRoom(None, tmp_path / "nobody.sock"), tmp_path, model=pipeline, sample=claims[0].head()
    )
    assert replay.answers == candidate.expected
    assert codes(findings) == ["SNB-118", "SNB-122"]


def test_the_environment_is_asked_once(clean_room, monkeypatch):
    environment = clean_room.environment()
    assert environment.python == ".".join(map(str, sys.version_info[:3]))
    assert environment.version("mlflow")
    asked = []
    monkeypatch.setattr(clean_room, "_ask", asked.append)
    for _ in range(100):
        assert clean_room.environment() is environment
    assert asked == []


def test_a_python_that_cannot_be_started_is_told(tmp_path):
    with pytest.raises(SeldonNbError) as told:
        LocalCleanRoom(tmp_path / "no-python").environment()
    assert told.value.code_id == "SNB-511"
    assert told.value.facts["python"] == str(tmp_path / "no-python")


def test_the_room_ends_with_whoever_started_it(short_tmp):
    socket = short_tmp / "orphan.sock"
    starter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess,sys,time; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); time.sleep(60)",
            *clean_room_argv(None, socket),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    with starter.stdout as out:
        pid = int(out.readline())
    deadline = time.monotonic() + 60
    while not socket.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    LocalCleanRoom(None, socket).environment()  # it serves
    starter.kill()
    starter.wait()
    deadline = time.monotonic() + 10
    while socket.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    if socket.exists():
        os.kill(pid, signal.SIGKILL)
    assert not socket.exists()


def test_a_room_that_is_open_needs_no_new_python_for_a_question(clean_room, server, tmp_path, monkeypatch):
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(generator.random((50, 10)), columns=[f"c{place}" for place in range(10)])
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame, (frame["c0"] > 0.5).astype(int))
    candidate = pack(PackRequest(model=model, sample=frame.head()), tmp_path / "m")
    begun = []
    monkeypatch.setattr(clean_room, "_ask_once", begun.append)
    for _ in range(3):
        assert clean_room.replay(candidate.path, candidate.sample).loaded
    assert begun == []
    assert server.process.poll() is None


# --- a server whose packages differ ------------------------------------------------------------------------------------------------------


def older(directory, *packages):
    """A Python with the packages of this environment, and others in front of them."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert uv, "uv is in the dev extra"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(directory)], check=True)
    done = subprocess.run(
        [uv, "pip", "install", "--quiet", "--no-deps", "--python", str(directory / "bin" / "python"), *packages],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (installed,) = directory.glob("lib/python*/site-packages")
    (installed / "behind.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return directory / "bin" / "python"


@pytest.fixture(scope="session")
def other_python(tmp_path_factory):
    return older(tmp_path_factory.mktemp("other-server") / "venv", f"scikit-learn=={OTHER_SKLEARN}")


@pytest.fixture(scope="module")
def other_room(other_python, short_tmp):
    directory = short_tmp / "other"
    directory.mkdir()
    started = Server(directory, other_python)
    yield started.client
    started.stop()


def test_the_other_server_is_seen_as_it_is(other_room):
    assert other_room.environment().version("scikit-learn") == OTHER_SKLEARN
    assert other_room.environment().version("mlflow")


def test_a_model_that_the_servers_version_cannot_load_names_the_package_and_both_versions(other_room, claims, tmp_path):
    import sklearn

    frame, target = claims
    numbers = frame[["age", "income"]].astype(float)
    model = CalibratedClassifierCV(LogisticRegression(), method="temperature").fit(numbers, target)  # new in 1.8
    findings, _, replay = tried(other_room, tmp_path, model=model, sample=numbers)
    assert (replay.loaded, replay.error_type) == (False, "AttributeError")
    assert replay.error_hint == "Can't get attribute '_TemperatureScaling' on <module 'sklearn.calibration'>"
    blocking = findings[0]
    assert (blocking.code, blocking.facts["package"]) == ("SNB-115", "scikit-learn")
    assert (blocking.facts["wanted"], blocking.facts["found"], blocking.facts["pin"]) == (
        sklearn.__version__,
        OTHER_SKLEARN,
        f"scikit-learn=={OTHER_SKLEARN}",
    )
    sentence = str(fail(blocking.code, **blocking.facts))
    assert f"scikit-learn: you have {sklearn.__version__}, the server has {OTHER_SKLEARN}." in sentence


def test_a_model_that_loads_there_and_then_raises_names_the_conflict_too(other_room, claims, tmp_path):
    import sklearn

    frame, target = claims
    model = LogisticRegression().fit(frame[["income"]], target)
    findings, _, replay = tried(other_room, tmp_path, model=model, sample=frame[["income"]], predict="predict_proba")
    assert (replay.loaded, replay.failed_at, replay.error_type) == (True, "predict", "AttributeError")
    assert codes(findings) == ["SNB-137"]
    assert findings[0].facts["conflicts"] == f"scikit-learn {sklearn.__version__} → {OTHER_SKLEARN}"


def test_a_model_that_loads_with_another_version_is_only_warned_of(other_room, claims, tmp_path):
    import sklearn

    frame, target = claims
    model = make_pipeline(StandardScaler(), LinearRegression()).fit(frame[["income"]], target)
    findings, _, replay = tried(other_room, tmp_path, model=model, sample=frame[["income"]])
    assert replay.loaded
    assert "SNB-124" in codes(findings)
    told = next(finding for finding in findings if finding.code == "SNB-124")
    assert told.facts["conflicts"] == f"scikit-learn {sklearn.__version__} → {OTHER_SKLEARN}"
    assert "SNB-120" not in codes(findings)


def test_a_skops_model_is_refused_by_a_server_whose_mlflow_is_older(clean_room, claims, tmp_path):
    from seldon_nb.catalog.connection import quiet
    from seldon_nb.catalog.reading import version_of

    frame, target = claims
    sample = frame[["income"]]
    model = LinearRegression().fit(sample, target)
    with quiet():
        from mlflow.models import infer_signature
        from mlflow.sklearn import save_model

        signature = infer_signature(sample, model.predict(sample))
        save_model(model, tmp_path / "m", serialization_format="skops", signature=signature, pip_requirements=["scikit-learn"])
    record = types.SimpleNamespace(name="claims", version="1", tags={}, aliases=[], run_id="", creation_timestamp=0)
    version = version_of(record, (tmp_path / "m").as_uri(), tmp_path / "m")
    assert codes(judge_stored(version, clean_room.replay(tmp_path / "m", None))) == []
    old = older(tmp_path / "venv", *(f"{package}=={OLD_MLFLOW}" for package in ("mlflow", "mlflow-skinny", "mlflow-tracing")))
    # that MLflow loads it without a word, into nothing, and raises with the first question: the rule has to know
    found = judge_stored(version, LocalCleanRoom(old).replay(tmp_path / "m", sample))[0]
    assert (found.code, found.facts["serialization"], found.facts["readable"]) == ("SNB-116", "skops", "cloudpickle, pickle")


def test_a_package_that_comes_to_the_server_is_noticed(other_python, short_tmp):
    directory = short_tmp / "changing"
    directory.mkdir()
    changing = Server(directory, other_python)
    (packages,) = other_python.parents[1].glob("lib/python*/site-packages")
    info = packages / "snb_new-1.0.dist-info"
    try:
        assert changing.client.environment().version("snb-new") is None
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: snb-new\nVersion: 1.0\n")
        assert changing.client.environment().version("snb-new") == "1.0"
        assert changing.process.wait(timeout=10) == 0
    finally:
        shutil.rmtree(info, ignore_errors=True)
        changing.stop()


# --- the coding of samples --------------------------------------------------------------------------------------------------------------

EXACT = {
    "floats": pd.Series([0.1, float("nan"), float("inf"), -0.0, 5e-324]),
    "float32": pd.Series([0.1, 1e-40], dtype="float32"),
    "integers": pd.Series([2**63 - 1, -(2**63)]),
    "int8": pd.Series([-128, 127], dtype="int8"),
    "unsigned": pd.Series([2**64 - 1], dtype="uint64"),
    "booleans": pd.Series([True, False]),
    "nullable integers": pd.Series([1, None], dtype="Int64"),
    "nullable booleans": pd.Series([True, None], dtype="boolean"),
    "text": pd.Series(["é", "", None, "\x00"]),
    "objects": pd.Series(
        [None, "a", 1, 2.5, True, b"\xff", date(2024, 2, 29), Decimal("0.10"), [1, [2]], {"k": 1}], dtype="object"
    ),
    "times": pd.Series(
        [datetime(2024, 2, 29, 12, 0, 0, 1, tzinfo=timezone.utc).replace(tzinfo=None), None], dtype="datetime64[us]"
    ),
    "nanoseconds": pd.Series(pd.to_datetime(["2024-02-29 00:00:00.000000001"]).astype("datetime64[ns]")),
    "zones": pd.Series(pd.to_datetime(["2024-07-01 12:00"])).dt.tz_localize("America/Toronto"),
    "categories": pd.Series(["b", None, "a"], dtype=pd.CategoricalDtype(["b", "a", "c"], ordered=True)),
}


@pytest.mark.parametrize("kind", EXACT)
def test_a_sample_arrives_as_it_was_sent(kind):
    import json

    frame = pd.DataFrame({"column": EXACT[kind]})
    again = room.decode_sample(json.loads(json.dumps(room.encode_sample(frame))))
    pd.testing.assert_frame_equal(again, frame, check_exact=True)


@pytest.mark.parametrize(
    "array", [np.eye(3, dtype="float32"), np.array([["a", "é"]]), np.array([[1, None]], dtype=object), np.zeros((0, 2))]
)
def test_an_array_arrives_as_it_was_sent(array):
    again = room.decode_sample(room.encode_sample(array))
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)


def test_answers_of_every_form_become_plain():
    assert room.plain(np.array([1, 2])) == [1, 2]
    assert room.plain(pd.DataFrame({"a": [1], "b": ["x"]})) == [{"a": 1, "b": "x"}]
    assert room.plain(pd.Series([pd.Timestamp("2024-01-01"), pd.NaT])) == ["2024-01-01T00:00:00", None]
    assert room.plain([np.float64(0.5), None, b"\x00"]) == [0.5, None, "AA=="]
    assert room.plain({"a": np.array([1.5])}) == {"a": [1.5]}
    assert room.plain(object()) == "<object>"


def test_a_foreign_message_is_not_read():
    import io

    with pytest.raises(ValueError, match="too long"):
        room.read_message(io.BytesIO(b"\xff" * 16))
    with pytest.raises(EOFError):
        room.read_message(io.BytesIO(b"\x00" * 7 + b"\x09{}"))
