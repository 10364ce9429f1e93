from __future__ import annotations

import math

import pytest

from seldon_nb.checks.answers import compare
from seldon_nb.checks.contract import RULES, column_differences, covers, judge, reads_skops
from seldon_nb.checks.trial import sample_trial
from seldon_nb.domain.code import Severity
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.errors import fail
from seldon_nb.domain.model import Answer, Environment, Flavor
from seldon_nb.domain.plan import Override
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature

SKLEARN_161 = (("scikit-learn", "1.9.1", "1.6.1"),)
BROKEN = {"loaded": False, "failed_at": "load", "error_type": "AttributeError", "answers": None}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_content_with_its_allowed_sample_and_finds_its_own_code_in_the_denied_one(rule):
    assert list(rule.check(rule.allowed())) == []
    (found,) = rule.check(rule.denied())
    assert found.code == rule.code
    assert found.severity is lookup(rule.code).severity


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_facts_of_a_finding_fill_every_sentence_and_command_of_its_code(rule):
    (found,) = rule.check(rule.denied())
    assert lookup(rule.code).fields() <= set(found.facts)
    assert all(isinstance(fact, (str, int)) for fact in found.facts.values())
    assert "…" not in str(fail(found.code, **found.facts))


def test_each_code_has_one_rule():
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))


def test_a_content_trial_has_no_findings():
    assert judge(sample_trial()) == ()


def test_blocking_findings_come_first():
    trial = sample_trial(
        candidate={"size": 900_000_000, "signature": Signature(Schema(columns=(Column("age", ColumnType.LONG),)))}
    )
    assert [finding.severity for finding in judge(trial)] == [Severity.BLOCK, Severity.WARN, Severity.WARN]


def test_a_difference_of_versions_that_does_not_keep_the_model_from_loading_is_only_a_warning():
    (found,) = judge(sample_trial(replay={"missing": SKLEARN_161}))
    assert (found.code, found.facts["conflicts"], found.facts["pins"]) == (
        "SNB-124",
        "scikit-learn 1.9.1 → 1.6.1",
        '"scikit-learn==1.6.1"',
    )


def test_a_model_that_does_not_load_with_other_versions_names_the_package_and_both_versions():
    missing = (("numpy", "2.4.6", "2.3.5"), *SKLEARN_161)
    (found,) = judge(sample_trial(replay={**BROKEN, "error_hint": "Can't get attribute 'X'", "missing": missing}))
    assert found.code == "SNB-115"
    assert str(fail(found.code, **found.facts)).startswith(
        "SNB-115 Your model works here, but not with the packages of the server. scikit-learn: you have 1.9.1, the server has 1.6.1."
    )


def test_a_package_that_the_server_does_not_hold_at_all_is_named():
    trial = sample_trial(
        candidate={"flavor": Flavor.XGBOOST},
        replay={
            **BROKEN,
            "error_type": "ModuleNotFoundError",
            "error_hint": "No module named 'xgboost'",
            "missing": (*SKLEARN_161, ("xgboost", "3.2.0", "")),
        },
    )
    (found,) = judge(trial)
    assert (found.code, found.facts["package"], found.facts["found"], found.facts["pin"]) == (
        "SNB-115",
        "xgboost",
        "—",
        "xgboost",
    )


def test_a_module_that_no_conflicting_package_brings_does_not_blame_the_versions():
    (found,) = judge(sample_trial(replay={**BROKEN, "error_hint": "No module named 'mine'", "missing": SKLEARN_161}))
    assert found.code == "SNB-117"


def test_a_local_file_explains_why_the_model_does_not_load():
    found = judge(
        sample_trial(
            candidate={"local_modules": (("features", "features.py"),)},
            replay={**BROKEN, "error_hint": "No module named 'features'"},
        )
    )
    assert [finding.code for finding in found] == ["SNB-114"]
    assert found[0].facts["include"] == "--include features.py"


def test_code_of_the_notebook_blocks_until_it_is_agreed_to():
    local = {"local_modules": (("__main__", "RatioFeatures"),)}
    assert [finding.code for finding in judge(sample_trial(candidate=local))] == ["SNB-113"]
    assert judge(sample_trial(candidate=local, request={"include": ("__main__",)})) == ()


@pytest.mark.parametrize(
    ("candidate", "severity"),
    [({}, Severity.WARN), ({"flavor": Flavor.PYFUNC}, Severity.BLOCK), ({"local_modules": (("__main__", "F"),)}, Severity.BLOCK)],
)
def test_another_python_blocks_only_what_holds_code(candidate, severity):
    trial = sample_trial(candidate=candidate, request={"include": ("__main__",)}, replay={"environment": Environment("3.10.12")})
    (found,) = judge(trial)
    assert (found.code, found.severity, found.facts["python"], found.facts["server"]) == ("SNB-127", severity, "3.11", "3.10")


@pytest.mark.parametrize(
    ("packages", "readable"),
    [
        ((("mlflow", "2.19.0"), ("skops", "0.16.0")), False),
        ((("mlflow", "3.14.0"),), False),
        ((("mlflow", "3.14.0"), ("skops", "0.16.0")), True),
        ((("mlflow", "3.8.1"), ("skops", "0.16.0")), False),
        ((("mlflow", "3.9.0"), ("skops", "0.16.0")), True),
        ((), False),
    ],
)
def test_skops_needs_a_recent_mlflow_and_skops_itself(packages, readable):
    assert reads_skops(Environment("3.11.7", packages)) is readable


def test_whole_numbers_are_named_with_the_option_that_helps():
    signature = Signature(
        Schema(columns=(Column("age", ColumnType.LONG), Column("rate", ColumnType.DOUBLE))),
        Schema(columns=(Column("p", ColumnType.DOUBLE),)),
    )
    (found,) = judge(
        sample_trial(candidate={"signature": signature}, replay={"nan": (("age", Answer.REFUSES), ("rate", Answer.SAME_KIND))})
    )
    assert (found.code, found.facts["columns"]) == ("SNB-118", "age")
    assert lookup("SNB-118").next[0].verb.endswith("--integers float")


def test_different_answers_block_but_can_be_taken_upon_oneself():
    trial = sample_trial(replay={"answers": (0.25, 0.76)})
    (found,) = judge(trial)
    assert found.blocks
    assert (found.facts["differing"], found.facts["rows"], found.facts["how"]) == (1, 2, "1e-2")
    (found,) = judge(trial, overrides=(Override("SNB-120", "chance is intended"),))
    assert not found.blocks


def test_an_override_does_not_help_where_the_code_allows_none():
    trial = sample_trial(candidate={"signature": Signature(Schema(columns=(Column("a", ColumnType.DOUBLE),)))})
    (found,) = judge(trial, overrides=(Override("SNB-126", "please"),))
    assert found.blocks


@pytest.mark.parametrize(
    ("expected", "answers", "how"),
    [
        ([1.0, 2.0], [1.0, 2.0 * (1 + 1e-10)], ""),
        ([1.0, 2.0], [1.0, 2.0 * (1 + 3e-8)], "1e-8"),
        ([math.nan, None], [math.nan, None], ""),
        ([math.nan], [None], ""),
        ([math.nan], [1.0], "inf"),
        ([math.inf, -math.inf], [math.inf, -math.inf], ""),
        ([math.inf], [-math.inf], "inf"),
        ([0.0], [1e-15], ""),
        ([1], [1.0], ""),
        ([True], [1], "kind"),
        (["yes"], ["yes "], "text"),
        (["1"], [1], "kind"),
        ([[0.1, 0.9]], [[0.1, 0.9]], ""),
        ([[0.1, 0.9]], [[0.1, 0.8]], "1e-1"),
        ([[0.1, 0.9]], [[0.1]], "kind"),
        ([{"a": 1.0}], [{"a": 1.0}], ""),
        ([{"a": 1.0}], [{"b": 1.0}], "kind"),
        ([1.0, 2.0], [1.0], "rows"),
        (3.5, 3.5, ""),
    ],
)
def test_answers_are_compared_to_nine_digits_and_text_exactly(expected, answers, how):
    comparison = compare(expected, answers)
    assert comparison.how == how
    assert comparison.equal is (how == "")


def test_differences_of_columns_say_what_is_missing_extra_and_misplaced():
    assert column_differences(("age", "income"), ("age", "income")) is None
    assert column_differences((), ("anything",)) is None
    assert column_differences(("age", "income"), ("Age", "income")) == {"missing": "age", "extra": "Age (age?)", "order": "—"}
    assert column_differences(("age", "income"), ("income", "age")) == {"missing": "—", "extra": "—", "order": "age → income"}


def test_a_file_or_directory_covers_the_module_of_its_name():
    assert covers(("src/features.py",), "features")
    assert covers(("lib/features",), "features")
    assert not covers(("src",), "features")
    assert not covers(("__main__",), "features")
    assert covers(("__main__",), "__main__")


def test_many_columns_are_cut_short():
    columns = tuple(Column(f"c{n}", ColumnType.LONG) for n in range(40))
    (found,) = judge(
        sample_trial(candidate={"signature": Signature(Schema(columns=columns), Schema(columns=columns)), "fitted_columns": ()})
    )
    assert str(found.facts["columns"]).endswith("c7 … (+32)")
