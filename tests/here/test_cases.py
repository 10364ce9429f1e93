"""Cases: kept in MLflow with the answers that were right, asked again part by part, found by whoever has the same tracking URI, and never of protected data."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
from seldon_nb.codecs.cells import TensorCells, cells_of
from seldon_nb.domain.audit import Act
from seldon_nb.domain.cases import CaseRows, CaseSet
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.flows import cases
from seldon_nb.flows.try_out import Question
from tests.here import view_place

FRAUD, IMAGE, CLAIMS = Target("dev", "fraud"), Target("dev", "image"), Target("protb", "claims")


@pytest.fixture(scope="module")
def place(short_tmp):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = view_place.a_workspace(short_tmp / "home")
        try:
            rows = view_place.table()
            made.log(view_place.memory(), name="fraud", sample=rows.head(5))
            made.log(view_place.memory(1.0), name="fraud", sample=rows.head(5))
            model, sample = view_place.image()
            made.log(model, name="image", sample=sample)
            made.log(view_place.memory(), name="claims", sample=rows.head(5), classification="protected-b")
            made.deploy("fraud@1", to="dev")
            made.deploy("image@1", to="dev")
            made.deploy("claims@1", to="protb")
            yield made
        finally:
            made.close()
            made.down()


def question(target: Target = FRAUD, rows: int = 12) -> Question:
    table = view_place.table().head(rows)
    return Question(target=target, columns=tuple(table), data=cells_of(table))


def refused(do, *args, **options) -> SeldonNbError:
    with pytest.raises(SeldonNbError) as caught:
        do(*args, **options)
    return caught.value


@pytest.fixture
def kept(place):
    about = cases.save(place.ports, question(), "the usual", replace=True)
    yield about
    if any(other.name == about.name for other in cases.sets(place.ports, about.model)):
        cases.delete(place.ports, about.model, about.name)


def test_a_set_is_kept_with_the_answers_of_now_and_who_kept_it(place, kept):
    assert (kept.name, kept.model, kept.version, kept.rows, kept.author) == ("the usual", "fraud", "1", 12, "you")
    assert kept.created_at.endswith("Z") and kept.id
    assert cases.sets(place.ports, "fraud") == (kept,) and cases.sets(place.ports) == (kept,)
    rows = place.ports.catalog.case_rows(kept)
    assert [row[0] for row in rows.expected] == pytest.approx(list(np.arange(12) * 1.5 + 0.25))
    assert rows.columns == ("age", "income", "region", "seen", "member") and rows.data[2][1] is None
    record = next(record for record in place.history("fraud") if record.act is Act.CASES)
    assert dict(record.details)["note"] == "the usual" and dict(record.details)["outcome"] == "saved"
    assert not any("QC" in str(value) for value in record.details.values())


def test_whoever_has_the_tracking_uri_finds_it(place, kept):
    elsewhere = MlflowCatalog(place.tracking_uri)
    (about,) = elsewhere.cases("fraud")
    assert about == kept and elsewhere.case_rows(about) == place.ports.catalog.case_rows(kept)


def test_the_same_name_is_taken_until_it_is_said_that_it_may_go(place, kept):
    error = refused(cases.save, place.ports, question(rows=3), "the usual")
    assert error.code_id == "SNB-363" and error.facts["rows"] == 12
    again = cases.save(place.ports, question(rows=3), "the usual", replace=True)
    assert cases.sets(place.ports, "fraud") == (again,) and again.rows == 3


def test_a_replay_goes_part_by_part_and_names_what_differs(place, kept):
    parts = [cases.replay(place.ports, FRAUD, "fraud", "the usual", start=start, stop=start + 5) for start in (0, 5, 10, 15)]
    assert [(part.start, part.stop, part.same, part.total) for part in parts] == [
        (0, 5, 5, 12),
        (5, 10, 5, 12),
        (10, 12, 2, 12),
        (15, 15, 0, 12),
    ]
    place.deploy("fraud@2", to="dev", name="fraud-two")
    other = cases.replay(place.ports, Target("dev", "fraud-two"), "fraud", "the usual", start=4, stop=6)
    assert other.same == 0 and [item.row for item in other.differing] == [4, 5]
    assert other.differing[0].got[0] == pytest.approx(other.differing[0].expected[0] + 1)
    near = cases.replay(place.ports, Target("dev", "fraud-two"), "fraud", "the usual", tolerance=1.5)
    assert near.same == 12


def test_tensors_are_cases_too(place):
    asked = Question(target=IMAGE, tensors=(TensorCells("0", (5, 4), [float(n) for n in range(20)]),))
    about = cases.save(place.ports, asked, "squares é")
    assert about.rows == 5
    part = cases.replay(place.ports, IMAGE, "image", "squares é", start=3, stop=5)
    assert (part.same, part.differing) == (2, ())
    cases.delete(place.ports, "image", "squares é")


def test_nothing_is_kept_of_protected_data(place):
    before = place.ports.catalog.cases()
    for target in (CLAIMS,):
        error = refused(cases.save, place.ports, question(target), "secret")
        assert error.code_id == "SNB-362" and error.facts["level"] == "protected-b"
    assert place.ports.catalog.cases() == before


def test_what_is_deleted_is_gone_files_and_all(place):
    about = cases.save(place.ports, question(rows=2), "short-lived")
    files = [path for path in place.home.root.rglob("cases.json") if about.id in str(path)]
    assert files and "QC" in files[0].read_text()
    cases.delete(place.ports, "fraud", "short-lived")
    assert not files[0].exists()
    error = refused(cases.replay, place.ports, FRAUD, "fraud", "short-lived")
    assert error.code_id == "SNB-364"
    assert refused(cases.delete, place.ports, "fraud", "short-lived").code_id == "SNB-364"
    from seldon_nb.cards.history import history_card

    text = repr(history_card(place.history("fraud")))
    assert 'deleted the cases "short-lived" of fraud' in text and 'kept 2 cases of fraud as "short-lived"' in text


def test_a_file_that_somebody_else_wrote_is_told(place, kept):
    catalog = MlflowCatalog(place.tracking_uri)
    (about,) = catalog.cases("fraud")
    file = next(path for path in place.home.root.rglob("cases.json") if about.id in str(path))
    file.write_text('{"format": 99}')
    assert refused(catalog.case_rows, about).code_id == "SNB-365"
    assert refused(catalog.case_rows, replace(about, id="0" * 32)).code_id in ("SNB-365", "SNB-140", "SNB-142")


@pytest.mark.parametrize("name", ["", "a/b", "a'b", "<b>", "x" * 65, " leading"])
def test_a_name_has_no_character_that_means_something_elsewhere(name):
    with pytest.raises(ValueError):
        CaseSet(name=name, model="m", version="1", rows=1)


def test_a_part_of_tensors_is_cut_by_rows():
    from seldon_nb.domain.cases import CaseTensor

    rows = CaseRows(tensors=(CaseTensor(name="0", shape=(3, 2), data=(1, 2, 3, 4, 5, 6)),), expected=((1,), (2,), (3,)))
    assert rows.part(1, 9).tensors[0] == CaseTensor(name="0", shape=(2, 2), data=(3, 4, 5, 6))
    assert rows.rows == 3 and pd.notna(rows.tolerance)
