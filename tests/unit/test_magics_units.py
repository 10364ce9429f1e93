"""The parts of the magics that need no kernel: what is offered, what is read, what is compared, what is told."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seldon_nb.cards import training as cards
from seldon_nb.cards.card import Tone
from seldon_nb.codecs.fingerprint import fingerprint
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.training import Trained, TrainingRun
from seldon_nb.magics import completing, hooks, reads
from seldon_nb.verbs import offers as offering
from seldon_nb.verbs.offers import Offers

# --- what is offered -------------------------------------------------------------------------------------------------------------


class Slow:
    """A workspace whose lists take their time."""

    def __init__(self, gate: threading.Event | None = None) -> None:
        self.gate, self.asked = gate, 0
        self.tracking_uri, self.uses_here, self.uses_cluster = "file:///nowhere", True, False
        self.ports = self
        self.serving = self

    def namespaces(self):
        self.asked += 1
        if self.gate is not None:
            self.gate.wait(60)
        return ("dev", "protb")


def test_a_list_that_is_late_is_offered_at_the_next_key():
    gate = threading.Event()
    slow = Slow(gate)
    offers = Offers(lambda: slow, patient=False)
    assert offers.begin().namespaces() == ()  # whoever waits for the list gets it
    gate.set()
    until = time.monotonic() + 60
    while not offers.begin().namespaces() and time.monotonic() < until:
        time.sleep(0.01)
    assert offers.namespaces() == ("dev", "protb")
    assert slow.asked == 1


def test_a_list_is_kept_for_some_seconds(monkeypatch):
    slow = Slow()
    offers = Offers(lambda: slow)
    assert offers.namespaces() == offers.namespaces() == ("dev", "protb")
    assert slow.asked == 1
    monkeypatch.setattr(offering, "KEEP_S", 0.0)
    offers.namespaces()
    assert slow.asked == 2


def test_a_list_that_cannot_be_read_is_empty():
    def broken():
        raise RuntimeError

    offers = Offers(broken)
    assert (offers.models(), offers.namespaces(), offers.deployments()) == ((), (), ())


def offered(line, **lists):
    offers = Offers(lambda: None, patient=False, variables=lambda kind, begun: lists.get(kind, ()))
    now = time.monotonic()
    offers._held = {
        kind: (now, lists.get(kind.replace(" ", "_"), ()))
        for kind in ("models", "here", "cluster", "deployments here", "deployments cluster")
    }
    words, _, value = completing.split(line)
    return [item.value for item in completing._ask(offers, words, value)]


def test_few_versions_are_offered_in_full_and_many_by_name():
    many = tuple(f"{name}@{number}" for name in ("fraud", "churn") for number in range(40))
    assert offered("plan ", models=("fraud@2", "fraud@1", "fraud@champion")) == ["fraud@2", "fraud@1", "fraud@champion"]
    assert offered("plan ", models=many) == ["fraud@", "churn@"]
    assert len(offered("plan fraud@", models=many)) == 40


def test_namespaces_of_a_cluster_carry_its_name_and_are_found_without():
    both = {"here": ("dev",), "cluster": ("cluster/team-a", "cluster/dev")}
    assert offered("plan x --to ", **both) == ["dev", "cluster/team-a", "cluster/dev"]
    assert offered("plan x --to te", **both) == ["cluster/team-a"]
    assert offered("plan x --to cluster/d", **both) == ["cluster/dev"]


def test_a_deployment_is_offered_as_short_as_tells_it_from_others():
    names = {
        "deployments_here": ("here/dev/fraud", "here/dev/churn"),
        "deployments_cluster": ("cluster/team-a/fraud", "cluster/dev/churn"),
    }
    assert offered("delete ", **names) == ["dev/fraud", "here/dev/churn", "team-a/fraud", "cluster/dev/churn"]
    assert offered("delete fr", **names) == ["dev/fraud", "team-a/fraud"]  # 'fraud' alone would name neither
    assert offered("delete team", **names) == ["team-a/fraud"]


def test_show_takes_deployments_and_models():
    assert offered("show ", deployments_here=("here/dev/fraud",), models=("fraud@1",)) == ["fraud", "fraud@1"]


def test_variables_are_offered_by_what_they_are():
    class Model:
        def fit(self):
            """Fits."""

        def predict(self):
            """Predicts."""

    held = {
        "model": Model(),
        "Model": Model,
        "X": pd.DataFrame({"a": [1]}),
        "array": np.zeros(2),
        "_": Model(),
        "n": 3,
        "hidden": Model(),
    }
    shell = SimpleNamespace(user_ns=held, user_ns_hidden={"hidden": 1})
    assert completing.variables(shell, "model") == ["model"]
    assert completing.variables(shell, "data") == ["X", "array"]
    assert "X.head" in completing.variables(shell, "data", "X.he")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plan fra", (["plan"], "fra", "fra")),
        ("plan ", (["plan"], "", "")),
        ("", ([], "", "")),
        ("log model --sample 'X.head", (["log", "model", "--sample"], "'X.head", "X.head")),
        ('predict "a b" x', (["predict", "a b"], "x", "x")),
        ("a\\ b", (["a\\"], "b", "b")),
    ],
)
def test_a_line_is_split_up_to_the_cursor(text, expected):
    assert completing.split(text) == expected


@given(st.text(max_size=40))
def test_any_text_can_be_split(text):
    words, raw, value = completing.split(text)
    assert text.endswith(raw) and len(value) <= len(raw)
    assert all(isinstance(word, str) for word in words)


def test_a_name_with_spaces_is_offered_in_quotes():
    assert completing._quoted("my model@1", "") == "'my model@1'"
    assert completing._quoted("fraud@1", "") == "fraud@1"
    assert completing._quoted("fraud@1", '"') == '"fraud@1"'


def test_a_shell_completes_from_the_same_lists(tmp_path):
    environment = os.environ | {
        "SELDON_NB_HOME": str(tmp_path / "home"),
        "_SELDON_NB_COMPLETE": "bash_complete",
        "COMP_WORDS": "seldon-nb plan x --to ",
        "COMP_CWORD": "4",
    }
    done = subprocess.run([sys.executable, "-m", "seldon_nb"], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["plain,dev", "plain,protb"], done.stderr
    assert (
        "train"
        not in subprocess.run(
            [sys.executable, "-m", "seldon_nb", "--help"],
            env=os.environ | {"SELDON_NB_LANG": "en"},
            capture_output=True,
            text=True,
            check=True,
        )
        .stdout.split("Commands:")[1]
        .split("\n  log ")[0]
    )


# --- the cell ----------------------------------------------------------------------------------------------------------------------


def test_the_first_line_of_a_cell_becomes_one_line():
    lines = ["%%seldon train --experiment fraud\n", "1 / 0\n"]
    assert hooks.transform(lines) == ["get_ipython().run_line_magic('seldon', 'train --experiment fraud')\n", "1 / 0\n"]
    assert hooks.transform(hooks.transform(lines)) == hooks.transform(lines)


@pytest.mark.parametrize("first", ["%%seldon plan x\n", "%%seldon training\n", "x = 1\n", "# %%seldon train\n", "%%time\n"])
def test_other_cells_stay_as_they_are(first):
    assert hooks.transform([first, "%%seldon train\n"]) == [first, "%%seldon train\n"]


def test_what_stands_behind_train_is_never_code():
    (line,) = hooks.transform(["%%seldon train --experiment ') or print('x\n"])
    import ast

    call = ast.parse(line).body[0].value
    assert [argument.value for argument in call.args] == ["seldon", "train --experiment ') or print('x"]


def test_loading_twice_hangs_everything_once():
    from IPython.core.interactiveshell import InteractiveShell

    from seldon_nb import magics

    shell = InteractiveShell()
    magics.load(shell)
    magics.load(shell)
    assert sum(item is hooks.transform for item in shell.input_transformers_cleanup) == 1
    assert sum(hasattr(item, "_seldon_nb") for item in shell.Completer.custom_matchers) == 1


def test_an_interrupted_line_is_interrupted_and_no_fault_of_ours():
    from seldon_nb.cards.skin import Skin
    from seldon_nb.grammar import Session
    from seldon_nb.parser import run

    def models(*_, **__):
        raise KeyboardInterrupt

    session = Session(workspace=SimpleNamespace(models=models), reader=None, skin=Skin.SHELL)
    with pytest.raises(KeyboardInterrupt):
        run(["list", "models"], session)


def test_what_is_asked_of_a_deployment_on_its_way_waits_until_it_is_not_interrupted():
    from seldon_nb.domain.deployment import Target
    from seldon_nb.handles import Deployment

    came: list[str] = []

    def coming():
        came.append("waited")
        if len(came) == 1:
            raise KeyboardInterrupt

    dep = Deployment(SimpleNamespace(token=lambda target, minutes: f"token of {target}"), Target("dev", "fraud"), coming=coming)
    assert (dep.target.name, came) == ("fraud", [])
    with pytest.raises(KeyboardInterrupt):
        dep.token()
    assert (dep.token(), came) == ("token of dev/fraud", ["waited", "waited"])
    assert (dep.token(), len(came)) == ("token of dev/fraud", 2)


def test_what_an_apply_ended_with_is_raised_once_and_then_what_serves_is_asked():
    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.errors import SeldonNbError, fail
    from seldon_nb.handles import Deployment

    def coming():
        raise fail("SNB-301", name="x", nearest="-")

    dep = Deployment(SimpleNamespace(token=lambda target, minutes: "token"), Target("dev", "fraud"), coming=coming)
    with pytest.raises(SeldonNbError):
        dep.token()
    assert dep.token() == "token"


# --- what data declares ------------------------------------------------------------------------------------------------------------


def test_directories_declare_by_name_or_by_file(tmp_path):
    mount = tmp_path / "protected-b" / "claims"
    plain = tmp_path / "open"
    mount.mkdir(parents=True)
    plain.mkdir()
    (plain / ".classification").write_text("Protected A\nwhatever\n")
    found = reads.declared((str(mount / "x.csv"), str(plain)))
    assert found == {str(tmp_path / "protected-b"): Classification.PROTECTED_B, str(plain): Classification.PROTECTED_A}


def test_ordinary_words_declare_nothing(tmp_path):
    for name in ("secret", "confidential", "unclassified"):
        (tmp_path / name).mkdir()
    assert reads.declared(tuple(str(tmp_path / name / "x") for name in ("secret", "confidential", "unclassified"))) == {}


def test_files_are_heard_of_while_somebody_watches(tmp_path):
    folder = tmp_path / "protected-c"
    folder.mkdir()
    (folder / "data.csv").write_text("a\n1\n")
    reads.begin()
    try:
        pd.read_csv(folder / "data.csv")
        assert reads.declared() == {str(folder): Classification.PROTECTED_C}
    finally:
        reads.end()
    pd.read_csv(folder / "data.csv")
    assert reads.declared() == {}


def test_what_is_written_is_not_read(tmp_path):
    folder = tmp_path / "protected-c"
    folder.mkdir()
    reads.begin()
    try:
        (folder / "out.csv").write_text("a\n")
        assert reads.declared() == {}
    finally:
        reads.end()


# --- fingerprints ------------------------------------------------------------------------------------------------------------------

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": [0.5, None, 2.5], "c": ["x", "y", None]})


def test_equal_data_has_an_equal_fingerprint():
    assert fingerprint(FRAME) == fingerprint(FRAME.copy())
    assert (fingerprint(FRAME).rows, fingerprint(FRAME).columns, fingerprint(FRAME).every) == (3, 3, 1)


@pytest.mark.parametrize(
    "other",
    [
        FRAME.iloc[::-1],
        FRAME.rename(columns={"a": "A"}),
        FRAME[["b", "a", "c"]],
        FRAME.astype({"a": "float64"}),
        FRAME.iloc[:2],
        FRAME.assign(b=[0.5, None, 2.6]),
    ],
    ids=["rows turned", "renamed", "columns turned", "another type", "shorter", "another value"],
)
def test_other_data_has_another_fingerprint(other):
    assert fingerprint(other).digest != fingerprint(FRAME).digest


def test_the_index_does_not_count_and_the_target_does():
    assert fingerprint(FRAME.set_index([[7, 8, 9]])) == fingerprint(FRAME)
    assert fingerprint(FRAME, [0, 1, 1]).digest != fingerprint(FRAME, [0, 1, 0]).digest != fingerprint(FRAME).digest


@pytest.mark.parametrize(
    "data",
    [
        np.arange(6).reshape(3, 2),
        np.array([["a", 1], ["b", None]], dtype=object),
        pd.Series([1, 2]),
        [1, 2, 3],
        [[1, 2], [3]],
        np.zeros((2, 3, 4)),
    ],
    ids=["array", "objects", "series", "list", "ragged", "tensor"],
)
def test_whatever_models_are_fitted_to_has_one(data):
    assert fingerprint(data).digest.startswith("sha256:")
    assert fingerprint(data) == fingerprint(data)


def test_a_sparse_matrix_has_one():
    from scipy import sparse

    matrix = sparse.random(20, 5, density=0.3, random_state=0, format="csc")
    assert fingerprint(matrix) == fingerprint(matrix.copy()) != fingerprint(matrix * 2)


def test_what_has_no_rows_has_none():
    assert fingerprint(object()) is None


def test_cells_that_cannot_be_read_leave_the_form_only():
    taken = fingerprint(pd.DataFrame({"a": [[1], [2]]}))
    assert taken is not None and taken.every == 0


def test_a_great_table_is_sampled(monkeypatch):
    monkeypatch.setattr("seldon_nb.codecs.fingerprint.MOST_CELLS", 100)
    taken = fingerprint(pd.DataFrame({"a": np.arange(1000)}))
    assert taken.every == 11


# --- the strip ---------------------------------------------------------------------------------------------------------------------


def test_what_the_user_measured_comes_first_and_three_are_enough():
    names = {
        "training_accuracy_score": 1,
        "training_roc_auc": 1,
        "Model_score_X_test": 1,
        "mean_fit_time": 1,
        "std_test_score": 1,
        "val_auc": 1,
    }
    assert cards.best(names) == ("val_auc", "Model_score_X_test", "training_roc_auc")


@pytest.mark.parametrize(
    ("name", "value", "last", "tone", "words"),
    [
        ("auc", 0.91, 0.90, Tone.GOOD, "0.010 higher than in the last run"),
        ("auc", 0.90, 0.91, Tone.WARN, "0.010 lower than in the last run"),
        ("log_loss", 0.2, 0.3, Tone.GOOD, "0.100 lower than in the last run"),
        ("training_mean_squared_error", 3.0, 2.0, Tone.WARN, "1.000 higher than in the last run"),
        ("rows_kept", 3.0, 2.0, Tone.NEUTRAL, "1.000 higher than in the last run"),
        ("auc", 0.90001, 0.90002, Tone.NEUTRAL, "as in the last run"),
        ("auc", 0.9, None, Tone.NEUTRAL, "the first of its kind"),
        ("n", 1.7e308, -1.7e308, Tone.NEUTRAL, "as in the last run"),
    ],
)
def test_better_and_worse_are_said_only_where_it_is_known(name, value, last, tone, words):
    assert cards._compared(name, value, last) == (words, tone)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9412, "0.941"),
        (12.345, "12.3"),
        (4200.4, "4,200"),
        (0.00002, "2.0e-05"),
        (0.0, "0.000"),
        (-0.5, "-0.500"),
        (3e12, "3.0e+12"),
    ],
)
def test_a_metric_reads_as_people_write_it(value, text):
    assert cards.figure(value) == text


def test_machines_are_told_the_numbers_and_no_sentence():
    run = TrainingRun(id="r", name="calm-fox", experiment="fraud", metrics={"auc": 0.9}, estimator="LogisticRegression")
    told = cards.training_card(
        Trained(runs=(replace(run, id="q"), run), former=(replace(run, metrics={"auc": 0.8}),), level=Classification.SECRET)
    ).data
    assert told["metrics"] == {"auc": {"value": 0.9, "former": [0.8]}}
    assert (told["classification"], told["data"], told["run"]) == ("secret", None, "r")
