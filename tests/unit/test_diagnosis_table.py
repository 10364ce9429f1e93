"""The table of failures in the README is the one that the codes give."""

from __future__ import annotations

from pathlib import Path

import pytest

from seldon_nb.cards.failures import BEGIN, CAUSES, END, failures_table, renewed
from seldon_nb.domain.codes import ALL, cluster
from seldon_nb.words import use_language

README = Path(__file__).parents[2] / "README.md"


def test_every_cause_of_the_cluster_has_a_row() -> None:
    assert {code.id for code in cluster.CODES} <= set(CAUSES) <= set(ALL)
    rows = [line for line in failures_table().splitlines() if line.startswith("| SNB-")]
    assert len(rows) == len(CAUSES) == len(set(CAUSES))


def test_the_readmes_table_is_fresh() -> None:
    use_language("en")
    try:
        page = README.read_text(encoding="utf-8")
        assert renewed(page) == page, "run 'python -m seldon_nb.cards.failures README.md'"
    finally:
        use_language(None)


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="needs"):
        renewed("# A page")
    assert renewed(f"a\n{BEGIN}\nold\n{END}\nb").endswith(f"{END}\nb")
