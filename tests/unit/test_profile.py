"""What is kept of a training table: a few numbers per column, never a row, and nothing at all of protected data."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from seldon_nb.catalog import profiles
from seldon_nb.codecs.profiling import MOST_ROWS, profile_of
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.profile import ColumnProfile, Holds, Profile
from seldon_nb.flows.log import LogRequest, _profile
from seldon_nb.ports import PackRequest
from seldon_nb.wire import dumps, loads


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": [20, 30, 40, 50, 60] * 6,
            "income": [1.5, np.nan, 3.25, 4.0, 5.0] * 6,
            "children": [0.0, np.nan, 1.0, 2.0, 3.0] * 6,
            "region": ["QC", "ON", "QC", None, "BC"] * 6,
            "member": [True, False, True, True, False] * 6,
            "seen": pd.to_datetime(["2024-01-02", "2024-03-04", "2024-02-01", "2024-02-02", "2024-02-03"] * 6),
            "at": pd.to_datetime(["2024-01-02 03:04:05"] * 30),
            "name": [f"person {number}" for number in range(30)],
            "blank": [None] * 30,
        }
    )


def test_each_column_is_told_by_what_it_holds(table):
    profile = profile_of(table)
    assert profile is not None and profile.rows == 30
    holds = {column.name: column.holds for column in profile.columns}
    assert holds == {
        "age": Holds.INTEGER,
        "income": Holds.NUMBER,
        "children": Holds.INTEGER,
        "region": Holds.CATEGORY,
        "member": Holds.BOOLEAN,
        "seen": Holds.DATETIME,
        "at": Holds.DATETIME,
        "name": Holds.TEXT,
        "blank": Holds.NOTHING,
    }


def test_numbers_have_a_range_and_a_typical_value_that_was_seen(table):
    age = profile_of(table).column("age")
    assert (age.minimum, age.typical, age.maximum, age.missing, age.distinct) == (20.0, 40.0, 60.0, 0, 5)
    assert profile_of(table).column("income").missing == 6


def test_categories_are_counted_and_the_most_frequent_is_typical(table):
    region = profile_of(table).column("region")
    assert region.categories == (("QC", 12), ("BC", 6), ("ON", 6)) and region.typical == "QC" and region.missing == 6


def test_names_of_people_are_no_categories_and_are_not_kept(table):
    profile = profile_of(table)
    assert profile.column("name").categories == ()
    assert "person" not in dumps(profile)


def test_dates_without_times_are_days(table):
    profile = profile_of(table)
    assert (profile.column("seen").earliest, profile.column("seen").latest) == ("2024-01-02", "2024-03-04")
    assert profile.column("at").earliest == "2024-01-02T03:04:05"


def test_a_profile_survives_being_written_and_has_a_fingerprint_of_its_numbers(table):
    profile = profile_of(table)
    again = loads(Profile, dumps(profile))
    assert again == profile and again.fingerprint == profile.fingerprint
    assert profile_of(table.assign(age=table["age"] + 1)).fingerprint != profile.fingerprint
    assert profile_of(table.sample(frac=1, random_state=1)).fingerprint == profile.fingerprint


@pytest.mark.parametrize("nothing", [None, [], pd.DataFrame(), pd.DataFrame({"a": []}), np.zeros((2, 2, 2)), "text"])
def test_what_is_no_table_has_no_profile(nothing):
    assert profile_of(nothing) is None


def test_an_array_has_columns_by_position():
    assert [column.name for column in profile_of(np.eye(3)).columns] == ["0", "1", "2"]


def test_infinite_numbers_are_no_range():
    held = profile_of(pd.DataFrame({"x": [1.0, np.inf, -np.inf, 2.0]})).column("x")
    assert (held.minimum, held.maximum) == (1.0, 2.0)
    assert profile_of(pd.DataFrame({"x": [np.inf]})).column("x").quantiles == ()


def test_the_range_of_a_long_table_is_of_all_its_rows():
    numbers = np.zeros(3 * MOST_ROWS)
    numbers[1] = -7.0
    numbers[2] = 9.0
    held = profile_of(pd.DataFrame({"x": numbers})).column("x")
    assert (held.minimum, held.maximum) == (-7.0, 9.0)


def test_a_column_has_one_number_per_share():
    with pytest.raises(ValueError):
        ColumnProfile(name="x", holds=Holds.NUMBER, quantiles=(1.0, 2.0))


def request_of(table, sample):
    return LogRequest(name="m", pack=PackRequest(model=None, sample=sample), train=table)


def test_nothing_is_kept_of_protected_data_or_of_data_that_nobody_classified(table):
    for level in Classification:
        kept = _profile(request_of(table, table), level)
        assert (kept is None) is level.is_protected


def test_a_small_sample_says_nothing_of_what_is_usual(table):
    assert _profile(request_of(None, table.head(5)), Classification.UNCLASSIFIED) is None
    kept = _profile(request_of(None, table), Classification.UNCLASSIFIED)
    assert kept is not None and kept.source == "sample"
    assert _profile(request_of(table, None), Classification.UNCLASSIFIED).source == "train"


def test_only_the_models_own_columns_are_kept_beside_it(table, tmp_path):
    profiles.write(profile_of(table), ("region", "age", "unknown"), tmp_path)
    assert [column.name for column in profiles.read(tmp_path).columns] == ["region", "age"]


def test_a_model_of_other_columns_has_no_file(table, tmp_path):
    profiles.write(profile_of(table), ("unknown",), tmp_path)
    profiles.write(None, ("age",), tmp_path)
    assert not list(tmp_path.iterdir()) and profiles.read(tmp_path) is None


def test_a_file_of_somebody_else_is_no_profile(tmp_path):
    (tmp_path / profiles.FILE).write_text("{}")
    assert profiles.read(tmp_path) is None


def test_the_logged_rows_are_read_as_plain_values(tmp_path):
    told = {"columns": ["a", "b"], "data": [[1, None], ["2024-01-01T00:00:00", [1, 2]]]}
    (tmp_path / profiles.SAMPLE).write_text(json.dumps(told))
    sample = profiles.sample(tmp_path)
    assert sample.columns == ("a", "b") and sample.data == ((1, None), ("2024-01-01T00:00:00", "[1, 2]"))
    (tmp_path / profiles.SAMPLE).write_text("[[1, 2]]")
    assert profiles.sample(tmp_path) is None


def test_what_was_seen_of_the_training_counts_before_the_sample(table):
    from seldon_nb.flows import train

    class Model:
        pass

    model = Model()
    train._remember(model, table, Classification.UNCLASSIFIED)
    request = LogRequest(name="m", pack=PackRequest(model=model, sample=table.head(25)))
    kept = _profile(request, Classification.UNCLASSIFIED)
    assert kept is not None and (kept.rows, kept.source) == (30, "train")
    assert _profile(request, Classification.PROTECTED_B) is None
