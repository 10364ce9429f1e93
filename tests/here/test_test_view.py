"""The test view's Python half against real deployments: the form, the answer, the same question in four languages, and answers side by side."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import warnings

import numpy as np
import pandas as pd
import pytest

from seldon_nb.codecs.cells import TensorCells
from seldon_nb.codecs.snippets import VARIABLE
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.flows.compare import Other, compare
from seldon_nb.flows.form import form
from seldon_nb.flows.snippets import snippets
from seldon_nb.flows.try_out import PROTECTED_ROWS, Question, ask
from seldon_nb.lab.routes.test import shown, shown_text
from tests.here import view_place
from tests.lab.r import why_no_r

FRAUD = Target("dev", "fraud")


@pytest.fixture(scope="module")
def place(short_tmp):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what libraries say while models are made is not what is tested
        made = view_place.a_workspace(short_tmp / "home")
        try:
            rows = view_place.table()
            made.log(view_place.memory(), name="fraud", sample=rows.head(5), train=rows.assign(answer=1))
            made.log(view_place.memory(1.0), name="fraud", sample=rows.head(5))
            made.log(view_place.memory(), name="fraud", sample=rows.head(5))
            model, sample = view_place.chances()
            made.log(model, name="chances", sample=sample, predict="predict_proba")
            made.log(view_place.speaker(), name="speaker", sample=pd.DataFrame({"x": [0.0, 1.0, 2.0]}))
            model, sample = view_place.image()
            made.log(model, name="image", sample=sample)
            made.log(view_place.memory(), name="claims", sample=rows.head(5), train=rows, classification="protected-b")
            for name in ("fraud@1", "chances@1", "speaker@1", "image@1"):
                made.deploy(name, to="dev")
            made.deploy("claims@1", to="protb")
            yield made
        finally:
            made.close()
            made.down()


def cells(rows: pd.DataFrame) -> tuple[tuple[object, ...], ...]:
    from seldon_nb.codecs.cells import cells_of

    return cells_of(rows)


def question(rows: pd.DataFrame, target: Target = FRAUD) -> Question:
    return Question(target=target, columns=tuple(rows), data=cells(rows))


def refused(do, *args, **options) -> SeldonNbError:
    with pytest.raises(SeldonNbError) as caught:
        do(*args, **options)
    return caught.value


# --- the form ----------------------------------------------------------------------------------------------------------------------------


def test_the_form_asks_for_each_column_as_it_was_in_training(place):
    found = form(place.ports, FRAUD)
    fields = {field.name: field for field in found.fields}
    assert [field.kind for field in found.fields] == ["integer", "number", "category", "date", "boolean"]
    assert (fields["age"].minimum, fields["age"].maximum, fields["age"].accepts_missing) == (18.0, 89.0, False)
    assert isinstance(fields["age"].typical, int)
    assert fields["age"].hint == "18 to 89 in training"
    assert fields["income"].accepts_missing is True
    assert set(fields["region"].choices) == set(view_place.REGIONS)
    assert found.answering and found.keep and found.problem is None and found.predictor == "default"
    assert found.versions == ("3", "2") and found.most_rows == 1000
    assert found.sample is not None and found.sample.data[0][0] == 41 and found.sample.data[0][3] == "2024-07-19"
    assert found.sample.data[2][1] is None
    assert "nothing is saved" in found.notice


def test_a_model_of_tensors_has_a_grid(place):
    found = form(place.ports, Target("dev", "image"))
    assert [(tensor.name, tensor.dtype, tensor.shape) for tensor in found.tensors] == [("0", "float64", (-1, 4))]
    assert found.fields == () and found.sample is None and found.why_no_sample


def test_the_form_of_protected_data_tells_no_value_of_it(place):
    found = form(place.ports, Target("protb", "claims"))
    assert not found.keep and found.sample is None and "protected" in found.why_no_sample and found.cases == ()
    assert {(field.minimum, field.maximum, field.typical, field.choices, field.hint) for field in found.fields} == {
        (None, None, None, (), "")
    }
    assert found.most_rows == PROTECTED_ROWS
    version = place.model("claims@1").value
    assert not list(place.ports.catalog.files(version).glob("seldon_nb_profile*"))


def test_a_stranger_is_told_of_no_deployment_and_a_predictor_must_be_there(place):
    stranger = place.as_("stranger")
    assert refused(form, stranger.ports, FRAUD).code_id == "SNB-301"
    assert refused(ask, stranger.ports, question(view_place.table().head(1))).code_id == "SNB-301"
    assert refused(form, place.ports, FRAUD, "canary").code_id == "SNB-361"
    assert refused(form, place.ports, Target("dev", "frod")).code_id == "SNB-301"


# --- the answer --------------------------------------------------------------------------------------------------------------------------


def test_every_value_arrives_as_it_was_typed(place):
    rows = view_place.table()
    reply = ask(place.ports, question(rows), tokens=place.tokens)
    assert [row[0] for row in reply.data] == pytest.approx(list(np.arange(len(rows)) * 1.5 + 0.25))
    assert reply.model == "fraud@1" and reply.took_ms > 0 and reply.shares == ()


def test_what_does_not_fit_is_explained_at_its_field_and_row(place):
    good = list(cells(view_place.table().head(1))[0])
    for column, value, code in (
        (0, None, "SNB-322"),
        (0, "old", "SNB-321"),
        (0, 41.5, "SNB-321"),
        (3, "soon", "SNB-321"),
        (4, 1, "SNB-321"),
    ):
        bad = [*good]
        bad[column] = value
        asked = Question(target=FRAUD, columns=tuple(view_place.table()), data=(tuple(good), tuple(bad)))
        error = refused(ask, place.ports, asked)
        name = view_place.table().columns[column]
        assert (error.code_id, error.facts["field"], error.facts["row"]) == (code, name, 1), value
        assert "soon" not in repr(error.facts) and "old" not in repr(error.facts)
    error = refused(ask, place.ports, Question(target=FRAUD, columns=("Age",), data=((1,),)))
    assert error.code_id == "SNB-320" and "did you mean" in str(error.facts["differences"])
    assert refused(ask, place.ports, Question(target=FRAUD)).code_id in ("SNB-320", "SNB-323")


def test_everything_that_does_not_fit_is_told_at_once_where_nothing_is_sent(place):
    asked = Question(target=FRAUD, columns=tuple(view_place.table()), data=((None, "x", "QC", "soon", True),))
    found = snippets(place.ports, asked)
    assert found.lines is None
    assert [error.facts["field"] for error in found.problems] == ["age", "income", "seen"]


def test_probabilities_become_shares_and_tensors_are_asked(place):
    reply = ask(
        place.ports, Question(target=Target("dev", "chances"), columns=("x", "y"), data=((0, 1), (2.5, None if False else 3)))
    )
    assert len(reply.shares) == 2 and sum(share for _, share in reply.shares[0]) == pytest.approx(1)
    image = Target("dev", "image")
    reply = ask(place.ports, Question(target=image, tensors=(TensorCells("0", (2, 4), list(range(8))),)))
    assert [row[0] for row in reply.data] == pytest.approx([6, 22])
    error = refused(ask, place.ports, Question(target=image, tensors=(TensorCells("0", (2, 4), [1, 2]),)))
    assert error.code_id == "SNB-324"


def test_too_much_at_once_is_refused_and_sooner_for_protected_data(place):
    rows = pd.concat([view_place.table()] * 3, ignore_index=True)
    assert len(ask(place.ports, question(rows)).data) == 126
    assert refused(ask, place.ports, question(rows), most=100).code_id == "SNB-360"
    claims = Target("protb", "claims")
    assert refused(ask, place.ports, question(rows, claims)).code_id == "SNB-360"
    assert len(ask(place.ports, question(rows.head(100), claims)).data) == 100
    large = rows.head(3).assign(region="x" * 400_000)
    assert refused(ask, place.ports, question(large, claims)).facts["limit"] == "1,024 KiB"


# --- text is text ------------------------------------------------------------------------------------------------------------------------


def test_a_model_that_answers_with_markup_and_escapes_is_shown_as_these_characters(place):
    target = Target("dev", "speaker")
    reply = ask(place.ports, Question(target=target, columns=("x",), data=((0,), (1,), (2,))))
    assert tuple(row[0] for row in reply.data) == view_place.HOSTILE  # nothing is lost on the way
    seen = [row[0] for row in shown(reply.data)]
    assert seen[0] == "<img src=x onerror=alert(1)>"
    assert seen[1] == "␛[31mred␛[0m ␛]8;;http://x␇link"
    assert shown_text("a\x9b31mb\u202ec") == "a⟨9B⟩31mb⟨U+202E⟩c"


# --- elsewhere ---------------------------------------------------------------------------------------------------------------------------


def run(command: list[str], text: str, token: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {VARIABLE: token, "R_LIBS_USER": ""}
    return subprocess.run(command, input=text, text=True, capture_output=True, timeout=120, env=environment, cwd="/")


def answers_in(output: str) -> list[float]:
    return json.loads(output)["outputs"][0]["data"]


@pytest.fixture(scope="module")
def written(place):
    rows = view_place.table().head(14)
    found = snippets(place.ports, question(rows))
    assert found.lines is not None and VARIABLE in found.note
    token = place.token(FRAUD).reveal()
    for text in (found.lines.json, found.lines.curl, found.lines.python, found.lines.r):
        assert token not in text and "eyJ" not in text
    return found.lines, token, list(np.arange(14) * 1.5 + 0.25)


def test_the_lines_of_the_shell_and_of_python_give_the_same_answers(written):
    lines, token, wanted = written
    done = run(["bash", "-euo", "pipefail"], lines.curl, token)
    assert answers_in(done.stdout) == pytest.approx(wanted), done.stderr
    done = run([sys.executable, "-I", "-"], lines.python, token)
    assert answers_in(done.stdout) == pytest.approx(wanted), done.stderr


def test_the_lines_of_r_run_in_plain_r_and_give_the_same_answers(written):
    if why := why_no_r():
        (pytest.fail if os.environ.get("SELDON_NB_REQUIRE_R") or os.environ.get("CI") else pytest.skip)(why)
    lines, token, wanted = written
    tell = '\ncat("\\n@", toJSON(answer$outputs$data[[1]], digits = NA), sep = "")\n'
    done = run(["Rscript", "--vanilla", "-"], lines.r + tell, token)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.rpartition("@")[2]) == pytest.approx(wanted)
    assert run(["Rscript", "--vanilla", "-"], lines.r, "not a token").returncode != 0


def test_the_lines_of_many_rows_show_the_first_and_say_so(place):
    found = snippets(place.ports, question(pd.concat([view_place.table()] * 2)))
    assert found.lines is not None and json.loads(found.lines.json)["inputs"][0]["shape"] == [50]
    assert "50 of 84" in found.note


# --- side by side ------------------------------------------------------------------------------------------------------------------------


def test_a_version_that_nobody_serves_is_asked_in_a_clean_process(place):
    asked = question(view_place.table().head(6))
    found = compare(place.ports, asked, [Other(version="2"), Other(version="3")])
    assert [party.error for party in found.parties] == [None, None, None]
    assert "clean process" in found.parties[1].how and found.parties[1].label == "fraud@2"
    assert found.differing == (0, 1, 2, 3, 4, 5)  # all of version 2, none of version 3
    assert "6 of 6 rows differ by more than 1e-06" in found.text
    assert (
        "packages" not in compare(place.ports, asked, [Other(version="2")]).text
    )  # it is another model, nothing to wonder about
    alike = compare(place.ports, asked, [Other(version="3")])
    assert alike.differing == () and alike.text == "The answers to 6 rows are the same, within 1e-06."


def test_a_version_that_is_served_is_asked_there(place):
    place.deploy("fraud@2", to="dev", name="fraud-two")
    found = compare(place.ports, question(view_place.table().head(3)), [Other(version="2")])
    assert found.parties[1].how == "through the endpoint of dev/fraud-two" and found.differing == (0, 1, 2)
    asked = question(view_place.table().head(3), Target("protb", "claims"))
    other = compare(place.ports, asked, [Other(version="7")]).parties[1].error
    assert other is not None and other.code_id == "SNB-131"


def test_the_kernels_answers_are_laid_beside_with_the_rows_that_differ(place):
    rows = view_place.table().head(4)
    mine = [(row * 1.5 + 0.25,) for row in range(4)]
    mine[2] = (99.0,)
    found = compare(place.ports, question(rows), [Other(label="model", columns=("prediction",), answers=tuple(mine))])
    assert found.differing == (2,) and found.parties[1].label == "model" and "1 of 4 rows differs" in found.text
    short = compare(place.ports, question(rows), [Other(answers=((1.0,),))])
    assert short.parties[1].error is not None and short.parties[1].error.code_id == "SNB-366"
    assert short.text == "Nothing could be compared."


# --- the widget --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dev/fraud", "dev/image", "protb/claims"])
def test_the_widget_asks_nobody_and_holds_names_only(place, name, monkeypatch):
    handle, asked, me = place.deployment(name), [], threading.get_ident()

    def noting(act):
        original = getattr(socket.socket, act)

        def noted(self, *arguments):
            if threading.get_ident() == me:
                asked.append(act)
            return original(self, *arguments)

        return noted

    for act in ("connect", "send", "sendall"):
        monkeypatch.setattr(socket.socket, act, noting(act))
    bundle = handle.widget()._repr_mimebundle_()
    assert asked == []
    namespace, deployment = name.split("/")
    assert bundle["application/vnd.seldon-nb.test+json"] == {
        "v": 1,
        "place": "here",
        "namespace": namespace,
        "deployment": deployment,
        "predictor": "default",
    }
    text = bundle["text/html"] + bundle["text/plain"]
    assert ("age" in text and "long" in text) or "float64" in text
    assert not any(value in text for value in ("89", "31632", "QC", "quoted"))


# --- a saved notebook --------------------------------------------------------------------------------------------------------------------

CELLS = (
    "import seldon_nb as sn, pandas as pd, json",
    "canary = 'canary-' + 'a91c'\nrows = pd.DataFrame({'age': [4711], 'income': [8152.25], 'region': [canary]})",
    "dep = sn.deployment('{name}')\ndep.widget()",
)
SILENT = "__import__('seldon_nb.widgets.kernel', fromlist=['ask']).ask({})"


def notebook(name: str):
    from nbformat.v4 import new_code_cell, new_notebook

    made = new_notebook(cells=[new_code_cell(source.replace("{name}", name)) for source in CELLS])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


@pytest.fixture
def kernel_of(place, monkeypatch, tmp_path):
    """What a notebook of this place is started with."""
    monkeypatch.setenv("SELDON_NB_HOME", str(place.home.root))
    monkeypatch.setenv("SELDON_NB_LANG", "en")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    return tmp_path


def check_saved(text: str, name: str) -> None:
    seen = json.loads(text)
    outputs = seen["cells"][-1]["outputs"]
    (shown_cell,) = [output for output in outputs if "data" in output]
    reference = shown_cell["data"]["application/vnd.seldon-nb.test+json"]
    assert set(reference) == {"v", "place", "namespace", "deployment", "predictor"}
    assert f"{reference['namespace']}/{reference['deployment']}" == name
    assert "text/html" in shown_cell["data"] and "text/plain" in shown_cell["data"]
    assert "widgets" not in seen["metadata"]
    for value in ("4711", "8152.25", "canary-a91c", "31632", "QC"):
        assert value not in text.replace("[4711]", "").replace("[8152.25]", ""), value


@pytest.mark.parametrize("name", ["dev/fraud", "protb/claims"])
def test_a_saved_notebook_holds_no_value_even_after_the_panel_has_asked(kernel_of, name):
    import asyncio

    from nbclient import NotebookClient
    from nbformat import writes

    class Panel(NotebookClient):
        """Asks the kernel as the panel does, between the last cell and the end."""

        async def async_execute_cell(self, cell, cell_index, *args, **kwargs):
            done = await super().async_execute_cell(cell, cell_index, *args, **kwargs)
            question = json.dumps(json.dumps({"do": "rows", "name": "rows"}))
            if cell_index == len(CELLS) - 1:
                sent = self.kc.execute(
                    "", silent=True, store_history=False, user_expressions={"x": SILENT.replace("{}", question)}
                )
                while True:
                    reply = await asyncio.wait_for(self.kc.get_shell_msg(timeout=None), 60)
                    if reply["parent_header"].get("msg_id") == sent:
                        self.seen = reply["content"]["user_expressions"]["x"]["data"]["text/plain"]
                        break
            return done

    made = notebook(name)
    client = Panel(
        made, kernel_name="python3", timeout=120, store_widget_state=True, resources={"metadata": {"path": str(kernel_of)}}
    )
    client.execute()
    assert "canary-a91c" in client.seen  # the panel got the values
    check_saved(writes(made), name)  # the notebook did not
    history = b"".join(path.read_bytes() for path in kernel_of.rglob("history.sqlite*"))
    assert b"widgets.kernel" not in history


def test_papermill_leaves_the_same_static_picture(kernel_of):
    papermill = pytest.importorskip("papermill")
    from nbformat import write

    write(notebook("dev/fraud"), kernel_of / "in.ipynb")
    papermill.execute_notebook(
        str(kernel_of / "in.ipynb"), str(kernel_of / "out.ipynb"), kernel_name="python3", progress_bar=False
    )
    check_saved((kernel_of / "out.ipynb").read_text(), "dev/fraud")


def test_cards_and_tables_of_such_answers_do_nothing_either(place):
    from seldon_nb.cards.card import Card, Text
    from seldon_nb.cards.html import to_html
    from seldon_nb.cards.skin import Skin
    from seldon_nb.cards.text import to_text

    frame = place.deployment("dev/speaker").predict(pd.DataFrame({"x": [0.0, 1.0, 2.0]}))
    card = Card(kind="prediction", title="dev/speaker", blocks=(Text("\n".join(frame.iloc[:, 0])),))
    for skin in (Skin.NOTEBOOK, Skin.SHELL):
        for text in (to_html(card, skin), to_text(card, skin)):
            assert "\x1b" not in text and "\x07" not in text
        assert "<img src" not in to_html(card, skin) and "&lt;img src" in to_html(card, skin)
    assert "<img src" not in frame.to_html() and "&lt;img src" in frame.to_html()


def test_a_training_table_is_named_in_the_same_words_as_the_sample(place, tmp_path):
    from seldon_nb.cards.skin import Skin
    from seldon_nb.grammar import Session
    from seldon_nb.parser import run as run_words

    class Reader:
        def model(self, text):
            return view_place.chances()[0]

        def frame(self, text, *, columns=()):
            return view_place.chances()[1] if text == "X_train" else view_place.chances()[1].head(3)

    words = ["log", "clf", "--name", "worded", "--sample", "X.head(3)", "--train", "X_train"]
    outcome = run_words(words, Session(workspace=place, reader=Reader(), skin=Skin.NOTEBOOK))
    assert outcome.python == 'mv = sn.log(clf, name="worded", sample=X.head(3), train=X_train)'
    profile = place.ports.catalog.profile(outcome.value.value)
    assert profile is not None and (profile.rows, profile.source) == (30, "train")


# --- protected data ----------------------------------------------------------------------------------------------------------------------


def test_protected_rows_never_go_to_an_endpoint_that_may_hold_less(place):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        place.log(view_place.memory(1.0), name="claims", sample=view_place.table().head(5))
        place.deploy("claims@2", to="dev", name="open-claims")
    rows = view_place.table().head(3)
    found = compare(place.ports, question(rows, Target("protb", "claims")), [Other(version="2")])
    assert found.parties[1].error is None and "clean process" in found.parties[1].how
    downwards = compare(place.ports, question(rows, Target("dev", "open-claims")), [Other(version="1")])
    assert downwards.parties[1].how == "through the endpoint of protb/claims"


def test_no_file_of_the_place_holds_a_value_that_was_asked_about(place):
    canary = "canary-7be04"
    rows = view_place.table().head(2).assign(region=canary, income=[8213746.375, 8213746.375])
    for target in (Target("protb", "claims"), FRAUD):
        asked = question(rows, target)
        assert ask(place.ports, asked).data and canary in snippets(place.ports, asked).lines.json
        assert compare(place.ports, asked, [Other(version="2")]).parties[1].error is None
        bad = Question(target=target, columns=asked.columns, data=((canary, *asked.data[0][1:]),))
        assert canary not in repr(refused(ask, place.ports, bad).facts)
    place.history()  # calls are told too
    files = [path for path in place.home.root.rglob("*") if path.is_file()]
    assert len(files) > 50
    for path in files:
        held = path.read_bytes()
        assert canary.encode() not in held and b"8213746" not in held, path
