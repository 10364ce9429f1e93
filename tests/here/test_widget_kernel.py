"""What the panel asks a kernel silently: real questions to a real ipykernel, of which nothing is left in its history, its names or its outputs."""

from __future__ import annotations

import json
import os
import sqlite3
import sys

import pytest

SETUP = """
import numpy as np, pandas as pd
CANARY = "canary-8d1f"
X = pd.DataFrame({"age": [41, 20, 65], "income": [1.5, float("nan"), 3.0], "region": ["QC", CANARY, "é\\n'\\""], "seen": pd.to_datetime(["2024-01-02"] * 3)})
other = pd.DataFrame({"a": [1]})
matrix = np.arange(8.0).reshape(4, 2)
single = pd.Series([1, 2], name="age")
_hidden = X
number = 3
class Model:
    def predict(self, rows):
        assert str(rows["age"].dtype) == "int64" and str(rows["seen"].dtype).startswith("datetime64")
        return rows["age"].to_numpy() * 2.0
    def predict_proba(self, rows):
        return np.column_stack([rows["age"] / 100, 1 - rows["age"] / 100])
class Broken:
    def predict(self, rows):
        raise ValueError(CANARY)
class Odd(pd.DataFrame):
    @property
    def shape(self):
        raise RuntimeError
class Shy:
    predict = len
    def __getattribute__(self, name):
        raise RuntimeError
clf, broken, odd, shy = Model(), Broken(), Odd({"a": [1]}), Shy()
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """An ipykernel with a history of its own, and what is in it."""
    from jupyter_client.manager import KernelManager

    home = tmp_path_factory.mktemp("ipython")
    manager = KernelManager(kernel_name="python3")
    manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager.start_kernel(env={**os.environ, "IPYTHONDIR": str(home), "SELDON_NB_LANG": "en"})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(SETUP, timeout=60)
        yield Kernel(client, home)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


class Kernel:
    def __init__(self, client, home):
        self.client, self.home = client, home
        self.heard = []

    def ask(self, **question):
        """As the browser asks: silently, with one expression."""
        expression = f"__import__('seldon_nb.widgets.kernel', fromlist=['ask']).ask({json.dumps(json.dumps(question))})"
        reply = self.client.execute_interactive(
            "", silent=True, store_history=False, user_expressions={"x": expression}, output_hook=self.heard.append, timeout=60
        )
        found = reply["content"]["user_expressions"]["x"]
        assert found["status"] == "ok", found
        return json.loads(found["data"]["text/plain"])

    def value(self, expression):
        reply = self.client.execute_interactive("", silent=True, user_expressions={"x": expression}, timeout=60)
        return reply["content"]["user_expressions"]["x"]["data"]["text/plain"]


COLUMNS = ["age", "income", "region", "seen"]


def test_tables_and_arrays_are_found_those_that_fit_first(kernel):
    found = kernel.ask(do="frames", columns=COLUMNS)["frames"]
    assert (found[0]["name"], found[0]["rows"], found[0]["columns"], found[0]["fits"]) == ("X", 3, COLUMNS, True)
    assert {(frame["name"], frame["kind"], frame["fits"]) for frame in found[1:]} == {
        ("other", "frame", False),
        ("matrix", "array", False),
        ("single", "series", False),
    }
    wide = kernel.ask(do="frames", columns=["p", "q"])["frames"]
    assert wide[0]["name"] == "matrix" and wide[0]["fits"]


def test_rows_come_as_plain_values_part_by_part(kernel):
    found = kernel.ask(do="rows", name="X", columns=COLUMNS, start=1, stop=3)
    assert found == {
        "columns": COLUMNS,
        "data": [[20, None, "canary-8d1f", "2024-01-02T00:00:00"], [65, 3.0, "é\n'\"", "2024-01-02T00:00:00"]],
        "total": 3,
    }
    assert kernel.ask(do="rows", name="matrix", columns=["p", "q"], stop=1)["data"] == [[0.0, 1.0]]
    assert kernel.ask(do="rows", name="single", columns=["age"])["data"] == [[1], [2]]


def test_models_are_found_and_answer_to_the_models_own_types(kernel):
    found = kernel.ask(do="models")["models"]
    assert {(model["name"], model["type"]) for model in found} == {("clf", "Model"), ("broken", "Broken")}
    data = kernel.ask(do="rows", name="X", columns=COLUMNS)["data"]
    types = ["long", "double", "string", "datetime"]
    told = kernel.ask(do="answers", name="clf", columns=COLUMNS, data=data, types=types)
    assert (told["columns"], told["data"]) == (["prediction"], [[82.0], [40.0], [130.0]]) and told["took_ms"] >= 1
    chances = kernel.ask(do="answers", name="clf", columns=COLUMNS, data=data, types=types, method="predict_proba")
    assert chances["columns"] == ["prediction_0", "prediction_1"] and len(chances["data"]) == 3


@pytest.mark.parametrize(
    "question",
    [
        {"do": "rows", "name": "nothing"},
        {"do": "rows", "name": "X.drop(columns='age')"},
        {"do": "rows", "name": "__import__('os').system('touch /tmp/never')"},
        {"do": "rows", "name": "_hidden"},
        {"do": "rows", "name": "number"},
        {"do": "rows", "name": "X", "columns": ["missing"]},
        {"do": "rows", "name": ["X"]},
        {"do": "answers", "name": "X", "columns": ["a"], "data": [[1]]},
        {"do": "answers", "name": "broken", "columns": ["a"], "data": [[1]]},
        {"do": "answers", "name": "clf", "columns": ["a", "a"], "data": [[1]]},
        {"do": "answers", "name": "clf", "columns": ["a"], "data": [[1]], "method": "__class__"},
        {"do": "frames", "columns": 3},
        {"do": "nonsense"},
        {},
    ],
)
def test_what_cannot_be_done_is_a_problem_and_never_an_exception(kernel, question):
    problem = kernel.ask(**question)["problem"]
    assert problem["code"] == "SNB-367" and problem["what"] and problem["saw"] and problem["next"]
    assert "canary" not in json.dumps(problem)


def test_problems_are_told_in_the_language_that_is_asked_for(kernel):
    told = kernel.ask(do="rows", name="nothing", language="en")["problem"]
    assert "nothing" in told["what"] and told["saw"] == "There is no such variable."


def test_nothing_lands_in_the_history_the_names_or_the_outputs(kernel):
    before = kernel.value("sorted(globals())")
    kernel.ask(do="rows", name="X", columns=COLUMNS)
    kernel.ask(
        do="answers",
        name="clf",
        columns=COLUMNS,
        data=[[41, 1.0, "only-in-question", None]],
        types=["long", "double", "string", "datetime"],
    )
    assert kernel.value("sorted(globals())") == before
    assert kernel.value("(len(Out), [line for line in In if 'kernel' in line])") == "(0, [])"
    told = {message["msg_type"] for message in kernel.heard}
    assert told <= {"status"}
    kernel.client.execute_interactive("get_ipython().history_manager.writeout_cache()", silent=True, timeout=60)
    written = b"".join(path.read_bytes() for path in kernel.home.rglob("history.sqlite*"))
    assert b"only-in-question" not in written and b"widgets.kernel" not in written
    for path in kernel.home.rglob("history.sqlite"):
        with sqlite3.connect(path) as database:
            assert not database.execute("select * from history where source like '%widgets%'").fetchall()


def test_a_kernel_that_is_no_notebook_has_nothing_to_tell():
    from seldon_nb.widgets import kernel as here

    assert json.loads(repr(here.frames())) == {"frames": []} and json.loads(repr(here.models())) == {"models": []}
    assert json.loads(repr(here.rows("X")))["problem"]["code"] == "SNB-367"
    assert json.loads(repr(here.ask("not json")))["problem"]["code"] == "SNB-367"


def test_it_is_imported_without_anything_heavy():
    import subprocess

    code = "import sys, seldon_nb.widgets.kernel; print([m for m in ('pandas', 'numpy', 'mlflow', 'pydantic', 'IPython') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
