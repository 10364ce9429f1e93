"""The magics in a real kernel: completion, training, deployments that do not hold it up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from tests.conftest import free_port
from tests.here.kernel import Kernel

DATA = """
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
rng = np.random.default_rng(0)
X = pd.DataFrame(rng.normal(size=(300, 3)), columns=["height", "width", "depth"])
y = (X.height + rng.normal(size=300) > 0).astype(int)
model = LogisticRegression().fit(X, y)
"""


def seldon(home, *words):
    environment = os.environ | {"SELDON_NB_HOME": str(home), "SELDON_NB_LANG": "en"}
    return subprocess.run(
        [sys.executable, "-m", "seldon_nb", *words], env=environment, check=True, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def home(short_tmp):
    path = short_tmp / "home"
    seldon(path, "here", "up", "--port", str(free_port()))
    yield path
    seldon(path, "here", "down")


@pytest.fixture(scope="module")
def kernel(home):
    made = Kernel(SELDON_NB_HOME=str(home), SELDON_NB_LANG="en")
    try:
        made.run("%load_ext seldon_nb")
        made.run(DATA)
        made.run("%seldon log model --name fraud --sample X.head() --alias champion", seconds=200)
        yield made
    finally:
        made.close()


@pytest.fixture
def fresh(tmp_path):
    """A kernel of its own, where nothing was ever done."""
    made = Kernel(SELDON_NB_HOME=str(tmp_path / "home"), SELDON_NB_LANG="en")
    try:
        made.run("%load_ext seldon_nb")
        yield made
    finally:
        made.close()


# --- completion ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jedi", [True, False], ids=["jedi", "no jedi"])
@pytest.mark.parametrize(
    ("line", "replaced", "offered"),
    [
        ("%seldon ", "", {"train", "autolog", "log", "plan", "deploy", "list", "history"}),
        ("%seldon pl", "pl", {"plan"}),
        ("%%seldon tr", "tr", {"train"}),
        ("answer = 1\n%seldon de", "de", {"deploy", "delete"}),
        ("%seldon plan ", "", {"fraud@1", "fraud@champion"}),
        ("%seldon plan fraud@", "fraud@", {"fraud@1", "fraud@champion"}),
        ("%seldon plan fraud@ch", "fraud@ch", {"fraud@champion"}),
        ("%seldon plan fraud@1 ", "", {"--to", "--server"}),
        ("%seldon plan fraud@1 --", "--", {"--to", "--server", "--caller"}),
        ("%seldon plan fraud@1 --to ", "", {"dev", "protb"}),
        ("%seldon plan fraud@1 --to=d", "d", {"dev"}),
        ("%seldon plan fraud@1 --server sk", "sk", {"sklearn"}),
        ("%seldon list ", "", {"models", "deployments"}),
        ("%seldon log ", "", {"model"}),
        ("%seldon log model --sample ", "", {"X"}),
        ("%seldon log model --classification prot", "prot", {"protected-a", "protected-b", "protected-c"}),
        ("%seldon here ", "", {"up", "down", "status"}),
        ("%seldon explain SNB-31", "SNB-31", {"SNB-312"}),
        ("%seldon explain 312", "312", {"SNB-312"}),
        ("%seldon history ", "", {"fraud@1"}),
        ("%%seldon train --", "--", {"--experiment", "--data"}),
        ("%seldon list --as ", "", {"colleague", "auditor"}),
    ],
)
def test_a_line_is_completed_at_the_cursor(kernel, jedi, line, replaced, offered):
    kernel.run(f"%config IPCompleter.use_jedi = {jedi}")
    kernel.complete(line)  # what is read in the background is there at the next key
    time.sleep(0.3)
    found = kernel.complete(line)
    assert found[0] == replaced
    assert offered <= set(found[1])
    assert not [word for word in found[1] if not word.lower().startswith(replaced.lower()) and replaced != "312"]


def test_nothing_of_python_is_offered_for_the_words_of_a_line(kernel):
    assert kernel.complete("%seldon plan pri")[1] == ["pri"]
    assert "print" in kernel.complete("pri")[1]


def test_python_is_offered_where_an_expression_stands(kernel):
    assert kernel.complete("%seldon log model --sample X.hea") == ("X.hea", ["X.head"])
    assert kernel.complete("%seldon log model --sample nothing.hea")[1] == []


def test_a_line_with_an_open_quote_is_completed(kernel):
    assert kernel.complete("%seldon plan 'fraud@ch") == ("'fraud@ch", ["'fraud@champion'"])


@pytest.mark.parametrize(
    "line", ["%seldon '", '%seldon plan "a b', "%seldon \\", "%seldon --to= =", "%seldon plan \x00 ", "%seldon " + "x" * 5000]
)
def test_no_key_press_ends_in_a_traceback(kernel, line):
    kernel.complete(line)
    assert kernel.run("1").warned == ""


LATE = """
import threading
from seldon_nb.magics import completing
from seldon_nb.verbs import offers as offering
here, come, asked = offering.Offers._here, threading.Event(), []
def late(self):
    asked.append(1)
    come.wait(600)
    return here(self)
offering.Offers._here = late
completing._offers.clear()
"""


def test_completion_does_not_hold_up_whoever_types(kernel):
    """A list that does not come is offered once it has; whoever types goes on without it."""
    kernel.run(LATE)
    try:
        for _ in range(3):
            assert "dev" not in kernel.complete("%seldon plan fraud@1 --to ")[1]
        assert kernel.run("print(len(asked), come.is_set())").printed.strip() == "1 False"
    finally:
        kernel.run("offering.Offers._here = here; come.set(); completing._offers.clear()")


def test_completion_starts_nothing_and_loads_no_engine(fresh, tmp_path):
    fresh.complete("%seldon plan ")
    fresh.complete("%seldon plan x --to ")
    fresh.complete("%seldon show ")
    time.sleep(1)
    left = fresh.run(
        "import sys, psutil; print([name for name in ('mlflow', 'pandas', 'kubernetes') if name in sys.modules], psutil.Process().children())"
    )
    assert left.printed.strip() == "[] []"
    assert not (tmp_path / "home" / "mlflow" / "mlflow.db").exists()


# --- training ------------------------------------------------------------------------------------------------------------------


def test_a_cell_that_trains_leaves_a_strip_with_its_former_runs(kernel):
    for strength in (1.0, 0.1):
        kernel.run(f"%%seldon train --experiment compared\nmodel = LogisticRegression(C={strength}).fit(X, y)")
    cell = kernel.run("%%seldon train --experiment compared\nmodel = LogisticRegression(C=0.001).fit(X, y)\nmodel.score(X, y)")
    value, strip = cell.outputs  # the cell's own last value, then the strip
    assert float(value["text/plain"]) > 0.5
    text = strip["text/plain"]
    assert "✓ Recorded" in text and "UNCLASSIFIED" in text and ": LogisticRegression" in text
    assert "Against the last 2 runs" in text and "than in the last run" in text
    assert "300 rows of 3 columns · fingerprint" in text and "as in the last run" in text
    assert "%seldon log model --name compared --sample 'X.head()'" in text
    assert strip["text/html"].count('<svg class="sp"') == 3
    assert cell.warned == ""


def test_what_is_logged_of_a_run_is_no_row_and_no_model(kernel):
    cell = kernel.run(
        "import mlflow\nfrom seldon_nb.workspace import current\nclient = mlflow.MlflowClient(current().tracking_uri)\n"
        "runs = client.search_runs([client.get_experiment_by_name('compared').experiment_id])\n"
        "print({item.path for run in runs for item in client.list_artifacts(run.info.run_id)}, [run.data.tags['seldon_nb.classification'] for run in runs])"
    )
    assert "input_example" not in cell.printed and "MLmodel" not in cell.printed and "unclassified" in cell.printed


def test_other_data_has_another_fingerprint(kernel):
    kernel.run("%%seldon train --experiment prints\nLogisticRegression().fit(X, y)")
    cell = kernel.run("%%seldon train --experiment prints\nLogisticRegression().fit(X.assign(depth=X.depth * 2), y)")
    assert "other than in the last run" in cell.text
    assert "Give the model a name in the notebook" in cell.text


def test_a_search_over_parameters_is_one_run(kernel):
    cell = kernel.run(
        "%%seldon train --experiment searched\nfrom sklearn.model_selection import GridSearchCV\n"
        "found = GridSearchCV(LogisticRegression(), {'C': [0.1, 1.0]}, cv=2).fit(X, y)"
    )
    assert ("GridSearchCV" in cell.text and "best_cv_score" in cell.text) or "training_" in cell.text
    assert "before this one" not in cell.text
    assert "%seldon log found" in cell.text


def test_a_cell_that_fits_nothing_says_so_calmly(kernel):
    cell = kernel.run("%%seldon train\n2 + 2")
    assert cell.outputs[0]["text/plain"] == "4"
    assert "No model was fitted in this cell" in cell.text


def test_an_error_in_the_cell_is_the_cells_own(kernel):
    cell = kernel.run("%%seldon train\nvalue = 1\nvalue / 0", ok=False)
    assert (cell.status, cell.error) == ("error", "ZeroDivisionError")
    assert "line 3" in cell.trace.replace("\x1b[39m", "").replace("\x1b[32m", "") or "3" in cell.trace
    assert "seldon_nb/" not in cell.trace
    assert "Not recorded" in cell.text


def test_an_error_after_the_fit_is_told_beside_the_run(kernel):
    cell = kernel.run("%%seldon train --experiment stopped\nmodel = LogisticRegression().fit(X, y)\n1 / 0", ok=False)
    assert cell.error == "ZeroDivisionError"
    assert "Recorded, then stopped" in cell.text


def test_a_cell_may_await(kernel):
    cell = kernel.run("%%seldon train\nimport asyncio\nawait asyncio.sleep(0)\n'waited'")
    assert cell.outputs[0]["text/plain"] == "'waited'"


def test_the_cell_stays_in_the_history_as_it_was_written(kernel):
    kernel.run("%%seldon train\n'as written'")
    raw = kernel.run("print(get_ipython().history_manager.input_hist_raw[-2])").printed
    assert raw == "%%seldon train\n'as written'\n"


def test_a_line_that_cannot_be_read_runs_nothing(kernel):
    cell = kernel.run("%%seldon train --nonsense\nnever = True", ok=False)
    assert "SNB-701" in cell.text and cell.status == "error"
    assert kernel.run("'never' in globals()").text == "False"


def test_only_train_is_followed_by_a_cell(kernel):
    cell = kernel.run("%%seldon plan fraud@1\n1", ok=False)
    assert "SNB-701" in cell.text


def test_autolog_leaves_a_strip_below_every_cell_that_fits(kernel):
    assert "✓ On" in kernel.run("%seldon autolog on --experiment standing").text
    try:
        assert "✓ Recorded" in kernel.run("model = LogisticRegression().fit(X, y)").text
        assert kernel.run("3 + 4").text == "7"
        assert "Recorded" not in kernel.run("1 / 0", ok=False).text
        assert "No model was fitted" in kernel.run("%%seldon train\n5").text
        assert "Against the last run" in kernel.run("model = LogisticRegression().fit(X, y)").text
    finally:
        assert "Off" in kernel.run("%seldon autolog off").text
    assert kernel.run("LogisticRegression().fit(X, y) and None").text == ""


def test_the_users_own_choices_of_mlflow_stand_again(kernel, tmp_path):
    kernel.run(
        f"import mlflow, os\nmlflow.set_tracking_uri('sqlite:///{tmp_path}/own.db')\nmlflow.set_experiment('own')\n"
        "mlflow.sklearn.autolog(max_tuning_runs=3, log_models=False, silent=True)"
    )
    try:
        assert "Experiment  own" in kernel.run("%%seldon train\nmodel = LogisticRegression().fit(X, y)").text
        after = kernel.run(
            "from mlflow.utils.autologging_utils import get_autologging_config as chosen\n"
            "print(mlflow.get_tracking_uri()[-6:], mlflow.get_experiment(os.environ['MLFLOW_EXPERIMENT_ID']).name, "
            "chosen('sklearn', 'max_tuning_runs'), chosen('sklearn', 'disable'), 'MLFLOW_RUN_CONTEXT' in os.environ)"
        )
        assert after.printed.split() == ["own.db", "own", "3", "False", "False"]
    finally:
        kernel.run(
            "mlflow.sklearn.autolog(disable=True)\nmlflow.set_tracking_uri(None)\nmlflow.tracking.fluent._active_experiment_id = None\n"
            "[os.environ.pop(name, None) for name in ('MLFLOW_TRACKING_URI', 'MLFLOW_EXPERIMENT_ID')]"
        )


def test_data_below_a_protected_directory_protects_what_is_trained_on_it(kernel, tmp_path):
    folder = tmp_path / "protected-b" / "claims"
    folder.mkdir(parents=True)
    kernel.run(f"X.assign(y=y).to_csv({str(folder / 'claims.csv')!r}, index=False)")
    cell = kernel.run(
        f"%%seldon train --experiment claims\nclaims = pd.read_csv({str(folder / 'claims.csv')!r})\n"
        "features = claims.drop(columns='y')\nclaimed = LogisticRegression().fit(features, claims.y)"
    )
    assert "PROTECTED B" in cell.text and f"This cell read `{tmp_path}/protected-b`" in cell.text
    logged = kernel.run("%seldon log claimed --name claims --sample features.head(2)", seconds=200)
    assert "PROTECTED B" in logged.text and 'classification="protected-b"' in logged.printed
    assert kernel.run(
        "from seldon_nb.flows.train import remembered; print(remembered(claimed), remembered(model) is not None)"
    ).printed.split() == [
        "None",
        "True",
    ]


def test_a_directory_says_its_classification_in_a_file(kernel, tmp_path):
    (tmp_path / ".classification").write_text("Protected A\n")
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    cell = kernel.run(f"%%seldon train --data {tmp_path / 'data.csv'}\nLogisticRegression().fit(X, y)")
    assert "PROTECTED A" in cell.text


def test_the_profile_of_a_model_goes_with_the_model(kernel):
    kernel.run("%%seldon train\nkept = LogisticRegression().fit(X, y)")
    assert kernel.run("print(remembered(kept).rows, [column.name for column in remembered(kept).columns])").printed == (
        "300 ['height', 'width', 'depth']\n"
    )
    kernel.run("from seldon_nb.flows import train as _train\nkey = id(kept)\ndel kept\nimport gc; gc.collect()")
    assert kernel.run("print(key in _train._models)").printed == "False\n"


# --- deployments ---------------------------------------------------------------------------------------------------------------


def test_a_deployment_does_not_hold_up_the_kernel(kernel):
    cell = kernel.run("%seldon deploy fraud@1 --to dev --name live", watched=True)
    assert "Deploying" in cell.text and "The kernel is free" in cell.text
    assert 'dep = sn.deploy("fraud@1", to="dev", name="live")' in cell.printed
    assert kernel.run("print(dep.target)").printed == "dev/live\n"
    kernel.settle(cell, "✓ Answering")
    assert len(cell.outputs) == 1  # in its place
    assert "Deploying" not in cell.text and "✓ answering" in cell.text


def test_wait_holds_the_kernel(kernel):
    cell = kernel.run("%seldon deploy fraud@1 --to dev --name waited --wait", watched=True)
    assert "✓ Answering" in cell.text and "You were answered in" in cell.text


def test_a_notebook_that_a_program_runs_keeps_the_outputs_of_the_end(kernel):
    cell = kernel.run("%seldon deploy fraud@1 --to dev --name stored")
    assert "✓ Answering" in cell.outputs[-1]["text/plain"]
    assert all("Deploying" not in output.get("text/html", "") for output in cell.outputs)


def test_what_is_blocked_is_refused_at_once(kernel):
    cell = kernel.run("%seldon deploy fraud@1 --to dev --name blocked --server xgboost", watched=True, ok=False)
    assert "SNB-" in cell.text and cell.status == "error"


def test_a_deployment_that_fails_says_so_in_its_place(kernel):
    kernel.run(
        "import seldon_nb as sn, shutil\nfrom urllib.parse import urlsplit\nmv = sn.log(model, name='doomed', sample=X.head(2))",
        seconds=200,
    )
    kernel.run("plan = sn.plan('doomed@1', to='dev')\nshutil.rmtree(urlsplit(mv.value.uri).path)")
    kernel.run("import tempfile; file = tempfile.mktemp(suffix='.json'); plan.save(file)")
    cell = kernel.run("get_ipython().run_line_magic('seldon', f'deploy --plan {file}')", watched=True)
    kernel.settle(cell, "SNB-")
    assert "Deploying" not in cell.text and len(cell.outputs) == 1
    asked = kernel.run("dep.url", watched=True, ok=False)
    assert "SNB-" in asked.text and asked.status == "error"


def test_an_interrupt_does_not_end_a_deployment_that_is_on_its_way(kernel):
    kernel.run("import time")
    kernel.run("%seldon deploy fraud@1 --to dev --name interrupted", watched=True)
    timer = threading.Timer(0.3, kernel.interrupt)
    timer.start()
    cell = kernel.run("while True:\n    time.sleep(0.05)", ok=False)
    timer.join()
    assert cell.error == "KeyboardInterrupt"
    assert kernel.run("print(dep.predict(X.head(3)).shape, dep.status.state.value)").printed == "(3, 1) answering\n"


def test_a_restart_of_the_kernel_does_not_end_the_deployment(home):
    kernel = Kernel(SELDON_NB_HOME=str(home), SELDON_NB_LANG="en")
    try:
        kernel.run("%load_ext seldon_nb")
        kernel.run("%seldon deploy fraud@1 --to dev --name survivor", watched=True)
        kernel.restart()
        until = time.monotonic() + 60
        state = ""
        while time.monotonic() < until and state != "answering":
            found = json.loads(seldon(home, "list", "--json").stdout)["deployments"]
            state = next((item["state"] for item in found if item["name"] == "survivor"), "")
            time.sleep(0.3)
        assert state == "answering"
    finally:
        kernel.close()


# --- cards ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(kernel):
    kernel.run(
        "import seldon_nb as sn\n"
        "if 'live' not in {found.target.name for found in sn.deployments()}:\n"
        "    sn.deploy('fraud@1', to='dev', name='live')"
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sn.models()", "fraud@1"),
        ("sn.models()[0]", "Clean process"),
        ("sn.models().items[-1]", "fraud@1"),
        ("sn.model('fraud@1')", "Clean process"),
        ("sn.plan('fraud@1', to='dev')", "Plan · deploy fraud@1 to dev"),
        ("sn.deployments()", "answering"),
        ("sn.deployment('live')", "Endpoint"),
        ("sn.deployment('live').status", "Endpoint"),
        ("sn.deployment('live').token()", "A token for"),
        ("sn.deployment('live').history()", "History of dev/live"),
        ("sn.history()", "History"),
        ("sn.verify()", "record"),
        ("sn.doctor()", "Python"),
        ("sn.here.up()", "Gateway"),
    ],
)
def test_whatever_a_call_returns_shows_as_a_card(kernel, served, line, words):
    cell = kernel.run(line)
    assert '<section class="snb' in cell.html
    assert words.lower() in cell.text.lower()


def test_lists_are_still_lists(kernel):
    kernel.run("import seldon_nb as sn")
    cell = kernel.run(
        "found = sn.deployments(); print(isinstance(found, list), len(found) == len([d.target for d in found]), isinstance(sn.history(), tuple), "
        "[mv.ref for mv in sn.models()][-1], len(sn.models()) == len(sn.models().items))"
    )
    assert cell.printed.split() == ["True", "True", "True", "fraud@1", "True"]
