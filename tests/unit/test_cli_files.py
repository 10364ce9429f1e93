"""In a shell, data is a file: text keeps what it means."""

from __future__ import annotations

import pandas as pd
import pytest

from seldon_nb.cli import FileReader
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.signature import Column, ColumnType

COLUMNS = (Column("code", ColumnType.STRING), Column("opened", ColumnType.DATETIME), Column("age", ColumnType.LONG))


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_leading_zeros_and_dates_survive(tmp_path, suffix):
    path = tmp_path / f"rows{suffix}"
    rows = pd.DataFrame({"code": ["007", "042"], "opened": ["2026-11-02", "2026-11-03"], "age": [1, 2]})
    if suffix == ".csv":
        rows.to_csv(path, index=False)
    else:
        rows.to_json(path, orient="records", lines=True)
    read = FileReader().frame(str(path), columns=COLUMNS)
    assert list(read["code"]) == ["007", "042"]
    assert read["opened"].dtype.kind == "M"
    assert read["age"].dtype.kind == "i"


@pytest.mark.parametrize(
    ("name", "content"), [("rows.txt", "a"), ("missing.csv", None), ("broken.json", "{"), ("dates.csv", "opened\nyesterday?\n")]
)
def test_what_cannot_be_read_is_said(tmp_path, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(SeldonNbError) as caught:
        FileReader().frame(str(path), columns=COLUMNS)
    assert caught.value.code_id == "SNB-705"
