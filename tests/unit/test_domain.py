"""The values that cannot be wrong."""

from __future__ import annotations

import pytest

from seldon_nb.domain.canonical import canonical, digest_of, short
from seldon_nb.domain.classification import Classification, highest
from seldon_nb.domain.code import Severity
from seldon_nb.domain.codes import ALL
from seldon_nb.domain.errors import CLASSES, UsageError, fail
from seldon_nb.domain.model import Flavor, ModelRef, ModelVersion
from seldon_nb.domain.names import as_dns_label, is_dns_label, nearest
from seldon_nb.domain.plan import Finding, Override, PlanSpec
from seldon_nb.domain.principal import Principal, SecretToken
from seldon_nb.domain.signature import Column, ColumnType, Schema, Tensor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fraud@1", ModelRef(name="fraud", version=1)),
        ("fraud/1", ModelRef(name="fraud", version=1)),
        ("fraud@champion", ModelRef(name="fraud", alias="champion")),
        ("models:/fraud/1", ModelRef(name="fraud", version=1)),
        ("models:/fraud@champion", ModelRef(name="fraud", alias="champion")),
        ("models:/fraud/latest", ModelRef(name="fraud")),
        ("runs:/0123456789abcdef0123456789abcdef/model", ModelRef(run_id="0123456789abcdef0123456789abcdef", path="model")),
        ("fraud", ModelRef(name="fraud")),
        ("  claims risk@12 ", ModelRef(name="claims risk", version=12)),
    ],
)
def test_references_are_read_the_way_people_write_them(text, expected):
    assert ModelRef.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "fraud@", "@1", "fraud/champion", "fraud@0", "a/b/c", "models:/fraud", "s3://bucket/x", "fraud@1@2", "runs:/zz/model"],
)
def test_what_is_no_reference_is_refused(text):
    with pytest.raises(ValueError):
        ModelRef.parse(text)


def test_classifications_are_ordered_and_unknown_counts_as_protected_b():
    assert Classification.UNCLASSIFIED < Classification.PROTECTED_A < Classification.PROTECTED_B < Classification.SECRET
    assert Classification.UNKNOWN.is_protected
    assert Classification.UNKNOWN >= Classification.PROTECTED_B
    assert Classification.UNKNOWN <= Classification.PROTECTED_B
    assert not Classification.UNKNOWN < Classification.PROTECTED_B
    assert highest(Classification.UNCLASSIFIED, Classification.UNKNOWN) is Classification.UNKNOWN
    assert highest(Classification.PROTECTED_C, Classification.UNKNOWN) is Classification.PROTECTED_C
    assert highest() is Classification.UNKNOWN


@pytest.mark.parametrize("text", [None, "", "unclassifed", "UNCLASSIFIED ", "protected b"])
def test_an_unreadable_classification_is_never_unclassified(text):
    level = Classification.parse(text)
    assert level is (
        Classification.UNCLASSIFIED
        if text and text.strip() == "UNCLASSIFIED"
        else Classification.PROTECTED_B
        if text == "protected b"
        else Classification.UNKNOWN
    )


def test_canonical_json_is_one_byte_sequence_for_one_meaning():
    assert canonical({"b": 1, "a": ["é", None, True]}) == '{"a":["é",null,true],"b":1}'.encode()
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert len(short(digest_of({}))) == 12


@pytest.mark.parametrize("value", [1.5, {"a": [1.0]}, {1: "a"}, {"a": {2: 3}}])
def test_canonical_json_refuses_what_two_writers_might_write_differently(value):
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize(
    ("name", "label"),
    [("Fraude (été)", "fraude-ete"), ("fraud_v2", "fraud-v2"), ("42 things", "things"), ("---", "model"), ("x" * 80, "x" * 63)],
)
def test_any_name_has_a_nearest_label(name, label):
    assert as_dns_label(name) == label
    assert is_dns_label(label)


@pytest.mark.parametrize("name", ["", "Fraud", "1x", "a-", "a.b", "a_b", "é", "x" * 64, "a\n", "а"])
def test_what_is_no_label_is_refused(name):
    assert not is_dns_label(name)


def test_the_nearest_names_come_first_whatever_their_case():
    assert nearest("Fruad", ["fraud", "churn", "Frauds"])[0] == "fraud"


def test_a_token_never_prints_itself():
    token = SecretToken("eyJhbGciOi.secret.value", "seldon-nb:here:dev/fraud", "you", 1)
    assert "secret" not in repr(token).replace("SecretToken", "")
    assert "secret" not in f"{token} {token!s} {[token]}".replace("SecretToken", "")
    assert token.reveal().endswith("value")


def version(**changes):
    return ModelVersion(
        **{"name": "fraud", "version": 1, "digest": "sha256:" + "0" * 64, "uri": "file:///m", "flavor": Flavor.SKLEARN} | changes
    )


@pytest.mark.parametrize("changes", [{"name": "a/b"}, {"version": 0}, {"digest": "sha256:abc"}, {"name": ""}, {"name": " x"}])
def test_an_impossible_model_version_cannot_be_built(changes):
    with pytest.raises(ValueError):
        version(**changes)


def spec(**changes):
    base = {
        "version": version(classification=Classification.UNCLASSIFIED),
        "deployment": "fraud",
        "namespace": "dev",
        "classification": Classification.UNCLASSIFIED,
        "requested_by": Principal("you"),
    }
    return PlanSpec(**base | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"deployment": "Fraud"},
        {"namespace": "dev.x"},
        {"version": version(classification=Classification.PROTECTED_B)},
        {"version": version(classification=Classification.UNKNOWN)},
        {"timeout_s": 0},
        {"callers": (Principal("you"), Principal("you"))},
    ],
)
def test_an_impossible_plan_spec_cannot_be_built(changes):
    assert spec()
    with pytest.raises(ValueError):
        spec(**changes)


def test_a_schema_has_columns_or_tensors_and_names_each_once():
    column, tensor = Column("a", ColumnType.LONG), Tensor("t", "float32", (-1, 3))
    with pytest.raises(ValueError):
        Schema(columns=(column,), tensors=(tensor,))
    with pytest.raises(ValueError):
        Schema(columns=(column, column))
    assert not Schema()


def test_an_override_has_a_reason_and_a_finding_knows_whether_it_can_be_overridden():
    with pytest.raises(ValueError):
        Override("SNB-111", "  ")
    firm = next(code for code in ALL.values() if code.severity is Severity.BLOCK and not code.overridable)
    with pytest.raises(ValueError):
        Finding(firm.id, firm.example, overridden_by="because")
    error_only = next(code for code in ALL.values() if code.severity is None)
    with pytest.raises(ValueError):
        Finding(error_only.id)


@pytest.mark.parametrize("code", ALL.values(), ids=lambda code: code.id)
def test_every_code_says_its_sentences_and_raises_as_its_kind(code):
    error = fail(code.id, **code.example)
    assert isinstance(error, UsageError if code.id.startswith("SNB-7") else CLASSES[code.kind])
    assert (
        "…" not in str(error).replace("SNB-…", "")
        or "…" in code.what + code.saw
        or any("…" in str(value) for value in code.example.values())
    )
    assert code.what.endswith((".", ":")) or code.what.endswith("}")
    assert "!" not in code.what.replace("!=", "")
    assert code.explain, "explain tells why the rule exists"
    for word in ("pod", "CRD", "VirtualService", "Kubernetes", "traceback"):
        assert f" {word} " not in f" {code.what} "


def test_an_error_survives_without_a_card_renderer():
    assert fail("SNB-702", code="x", nearest="SNB-900")._render_traceback_()
