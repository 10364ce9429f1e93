"""What a notebook stores of its cards stays readable wherever it is read: executed by a program, exported, with HTML taken out."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import nbformat
import pytest

from tests.conftest import free_port

CELLS = [
    "%load_ext seldon_nb",
    "import numpy as np, pandas as pd, seldon_nb as sn\nfrom sklearn.linear_model import LogisticRegression\n"
    "rng = np.random.default_rng(0)\nX = pd.DataFrame(rng.normal(size=(200, 3)), columns=list('abc'))\ny = (X.a > 0).astype(int)",
    "%%seldon train --experiment shown\nmodel = LogisticRegression().fit(X, y)",
    "%seldon log model --name fraud --sample X.head()",
    "%seldon plan fraud@1 --to dev",
    "%seldon deploy fraud@1 --to dev",
    "dep",
    "sn.models()",
    "sn.deployments()",
    "dep.token()",
    "%seldon list",
    "%seldon history",
    "%seldon history --verify",
    "%seldon doctor",
    "%seldon here status",
    "%seldon explain SNB-312",
    "%seldon show fraudulent",
]
#: The cells whose output is a card.
SHOWN = list(range(2, len(CELLS)))
REFUSED = len(CELLS) - 1


@pytest.fixture(scope="module")
def executed(short_tmp):
    """The notebook as nbclient leaves it, which is what papermill and nbconvert run it with."""
    from nbclient import NotebookClient

    home = short_tmp / "home"
    environment = os.environ | {"SELDON_NB_HOME": str(home), "SELDON_NB_LANG": "en"}
    seldon_nb = [sys.executable, "-m", "seldon_nb"]
    subprocess.run([*seldon_nb, "here", "up", "--port", str(free_port())], env=environment, check=True, capture_output=True)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    try:
        NotebookClient(notebook, timeout=200, kernel_name="python3", allow_errors=True).execute(env=environment)
    finally:
        subprocess.run([*seldon_nb, "here", "down"], env=environment, check=True, capture_output=True)
    if kept := os.environ.get("SELDON_NB_KEEP_NOTEBOOK"):
        nbformat.write(notebook, kept)
    return notebook


def shown_in(cell) -> list[dict[str, str]]:
    return [output["data"] for output in cell["outputs"] if "data" in output]


def test_no_object_is_stored_by_its_address(executed):
    assert not re.search(r"object at 0x|IPython\.core\.display", nbformat.writes(executed))


def test_every_card_is_stored_as_html_and_as_text(executed):
    for index in SHOWN:
        cards = [data for data in shown_in(executed.cells[index]) if '<section class="snb' in data.get("text/html", "")]
        assert cards, CELLS[index]
        assert all(data["text/plain"].strip() and "<" not in data["text/plain"][:1] for data in cards), CELLS[index]


def test_what_is_stored_is_the_end_and_no_stage_on_the_way(executed):
    stored = shown_in(executed.cells[CELLS.index("%seldon deploy fraud@1 --to dev")])
    assert "✓ Answering" in stored[-1]["text/plain"]
    assert not [data for data in stored if "Deploying" in data.get("text/html", "")]
    assert [data for data in stored[:-1] if data.get("text/html") or data.get("text/plain")] == []


def test_only_what_was_refused_ended_with_an_error(executed):
    failed = [
        index for index, cell in enumerate(executed.cells) if any(output["output_type"] == "error" for output in cell["outputs"])
    ]
    assert set(failed) <= {REFUSED}
    assert "SNB-301" in str(executed.cells[REFUSED]["outputs"])


def test_nothing_that_is_stored_warns(executed):
    told = [output["text"] for cell in executed.cells for output in cell["outputs"] if output.get("name") == "stderr"]
    assert told == []


def test_a_token_is_not_stored(executed):
    assert not re.search(r"eyJ[\w-]{10,}\.", nbformat.writes(executed))


def test_a_page_made_of_it_shows_every_card_and_needs_nothing_from_outside(executed):
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter().from_notebook_node(executed)
    cards = re.findall(r'<section [^>]*class="snb.*?</section>', page, re.DOTALL)
    assert len(cards) >= len(SHOWN)
    for card in cards:
        assert "<script" not in card and "src=" not in card and "url(" not in card and "href=" not in card
    assert any('class="sp"' in card for card in cards) and any('class="tl"' in card for card in cards)


def test_a_page_that_takes_styles_and_pictures_out_still_says_everything(executed):
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter(sanitize_html=True).from_notebook_node(executed)
    for words in ("Recorded", "fingerprint", "Answering", "model loaded", "SNB-312", "not shown here"):
        assert words in page


def test_where_html_is_dropped_the_text_stands(executed):
    from nbconvert import MarkdownExporter
    from traitlets.config import Config

    config = Config({"NbConvertBase": {"display_data_priority": ["text/plain"]}})
    text, _ = MarkdownExporter(config=config).from_notebook_node(executed)
    for words in ("✓ Recorded", "fraud@1", "✓ Answering", "✓ accepted", "SNB-301", "→ Ask it:"):
        assert words in text
    assert "<section" not in text


def test_a_script_made_of_it_runs_the_same_lines(executed, tmp_path):
    from nbconvert import PythonExporter

    script, _ = PythonExporter().from_notebook_node(executed)
    assert "run_cell_magic('seldon', 'train --experiment shown'" in script
