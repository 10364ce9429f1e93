from __future__ import annotations

from dataclasses import replace

import pytest

from seldon_nb.checks import registry
from seldon_nb.checks.contract import RULES as CONTRACT_RULES
from seldon_nb.checks.kept import Kept
from seldon_nb.checks.registry import CONTRACT, PLAN, rules_page, run, table
from seldon_nb.checks.samples import (
    COLLEAGUE,
    NAMESPACE,
    PACKAGES,
    PINNED,
    SIGNATURE,
    YOU,
    cluster,
    context,
    deployment,
    in_cluster,
    of_model,
    predictor,
    spec,
    version,
)
from seldon_nb.checks.samples import CONTRACT as CHECKED
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.code import Severity, fill
from seldon_nb.domain.codes import ALL, lookup, operator, plan
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.errors import UserInputError, fail
from seldon_nb.domain.model import Environment, Flavor
from seldon_nb.domain.plan import Document, Override, Server
from seldon_nb.domain.principal import Principal
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.render.runtimes import RUNTIMES
from seldon_nb.render.seldon import render
from seldon_nb.render.seldon.objects import ComponentSpec


def codes(plan_context):
    return [finding.code for finding in run(plan_context)[0]]


def denied(code):
    return list(PLAN[code].check(PLAN[code].denied()))


# --- every rule ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", PLAN.values(), ids=lambda rule: rule.code)
def test_a_rule_is_content_with_its_allowed_sample_and_finds_its_own_code_in_the_denied_one(rule):
    assert list(rule.check(rule.allowed())) == []
    found = list(rule.check(rule.denied()))
    assert [finding.code for finding in found] == [rule.code]
    assert found[0].subject


@pytest.mark.parametrize("rule", PLAN.values(), ids=lambda rule: rule.code)
def test_the_facts_of_a_finding_fill_every_sentence_and_command(rule):
    (found,) = rule.check(rule.denied())
    code = lookup(rule.code)
    assert code.fields() <= set(found.facts)
    assert all(isinstance(fact, (str, int)) for fact in found.facts.values())
    commands = [step.verb for step in code.next if step.verb]
    assert all("…" not in fill(text, found.facts) for text in (code.what, code.saw, *commands))


@pytest.mark.parametrize("code", [*plan.CODES], ids=lambda code: code.id)
def test_a_code_of_a_plan_says_what_was_seen_what_to_do_and_why(code):
    assert code.what and code.saw and code.next and code.explain
    told = " ".join(fill(text, code.example) for text in code.templates())
    assert "…" not in told
    assert "!" not in told
    assert not {"pod", "container", "kubernetes", "went wrong"} & set(
        fill(code.what, code.example).lower().replace("`", " ").split()
    )


def test_every_finding_of_a_plan_has_a_rule():
    findings = {code.id for code in plan.CODES if code.severity is not None}
    assert findings <= set(PLAN)
    assert {code.id for code in operator.OPERATOR} == {f"SNB-{number}" for number in range(261, 280)}


def test_a_good_plan_has_no_findings_and_every_rule_was_asked():
    assert run(context()) == ((), len(PLAN))


NUMBERS = Signature(SIGNATURE.inputs, Schema((Column("score", ColumnType.DOUBLE),)))
SAVED = {
    Server.MLFLOW: (Flavor.SKLEARN, "cloudpickle"),
    Server.SKLEARN: (Flavor.SKLEARN, "cloudpickle"),
    Server.XGBOOST: (Flavor.XGBOOST, "ubj"),
    Server.LIGHTGBM: (Flavor.LIGHTGBM, "text"),
    Server.CUSTOM: (Flavor.PYFUNC, "cloudpickle"),
}


def of_server(server):
    flavor, saved = SAVED.get(server, (Flavor.OTHER, server.value))
    return version(flavor=flavor, serialization=saved, signature=NUMBERS)


@pytest.mark.parametrize("server", [server for server, runtime in RUNTIMES.items() if runtime.ours])
def test_what_we_render_passes_every_rule(server):
    assert codes(context(spec=spec(version=of_server(server), server=server))) == []


@pytest.mark.parametrize("engine", ["none", "own"])
@pytest.mark.parametrize("protocol", ["", "seldon"])
@pytest.mark.parametrize("server", list(Server))
def test_what_we_render_for_the_strictest_namespace_of_a_cluster_is_never_blocked(server, protocol, engine):
    asked = in_cluster(
        version=of_server(server), server=server, protocol=protocol if server in (Server.CUSTOM, Server.TENSORFLOW) else ""
    )
    document = render(asked, engine=engine, engine_image=PINNED.format("engine"))
    found, _ = run(cluster(spec=asked, document=document, pod_security="restricted"))
    # nobody looked into files of other layouts; the proxy before TensorFlow Serving has no image of ours
    expected = {
        Server.HUGGINGFACE: {"SNB-123", "SNB-249"},
        Server.TRITON: {"SNB-123", "SNB-249"},
        Server.TENSORFLOW: {"SNB-123", "SNB-249", "SNB-290"},
    }
    assert {finding.code for finding in found} <= expected.get(server, set())
    assert not any(finding.blocks for finding in found)


def test_the_native_lightgbm_server_answers_probabilities_where_a_classifier_gives_labels():
    classifier = version(flavor=Flavor.LIGHTGBM, serialization="text")
    assert codes(context(spec=spec(version=classifier, server=Server.LIGHTGBM))) == ["SNB-217"]


# --- the registry --------------------------------------------------------------------------------------------------------------


def test_two_rules_of_one_code_are_refused():
    with pytest.raises(ValueError, match="two rules find SNB-210"):
        table([PLAN["SNB-210"]], [PLAN["SNB-210"]])


def test_a_rule_whose_code_is_no_finding_is_refused():
    with pytest.raises(ValueError, match="SNB-220 is an error"):
        table([replace(PLAN["SNB-210"], code="SNB-220")])


def test_blocking_findings_come_first_then_by_code_and_place():
    asked = spec(version=version(signature=None, size=900_000_000), callers=(YOU, Principal("zoe"), Principal("adam")))
    found, passed = run(context(spec=asked))
    assert [(finding.code, finding.subject) for finding in found] == [
        ("SNB-111", "signature"),
        ("SNB-216", "caller adam"),
        ("SNB-216", "caller zoe"),
        ("SNB-125", "fraud"),
    ]
    assert passed == len(PLAN) - 3


def test_an_override_is_kept_with_its_reason_and_no_longer_blocks():
    asked = spec(version=version(signature=None), overrides=(Override("SNB-111", "the old callers send arrays"),))
    (found,), _ = run(context(spec=asked))
    assert (found.code, found.overridden_by, found.blocks) == ("SNB-111", "the old callers send arrays", False)


def test_overridden_findings_stand_behind_those_that_block():
    asked = spec(version=version(signature=None), overrides=(Override("SNB-111", "old callers"),), callers=(Principal("zoe"),))
    assert codes(context(spec=asked)) == ["SNB-216", "SNB-111"]


@pytest.mark.parametrize("code", ["SNB-402", "SNB-403", "SNB-261", "SNB-999", "snb-111", "*", ""])
def test_what_cannot_be_overridden_is_refused(code):
    with pytest.raises(UserInputError) as caught:
        run(context(spec=spec(overrides=(Override(code, "because"),))))
    assert caught.value.code_id == "SNB-223"
    assert "cannot be overridden" in str(caught.value)


def test_an_override_of_what_is_not_found_changes_nothing():
    assert run(context(spec=spec(overrides=(Override("SNB-111", "just in case"),)))) == ((), len(PLAN))


def test_nothing_about_other_peoples_data_can_be_overridden():
    assert not any(ALL[code].overridable for code in PLAN if code.startswith("SNB-4"))


def test_the_page_of_rules_names_each_with_weight_source_and_override():
    page = rules_page()
    assert page.startswith("# Rules\n")
    rows = [line for line in page.splitlines() if line.startswith("| SNB-")]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == sorted({*PLAN, *CONTRACT})
    assert all(row.count(" | ") == 5 for row in rows)
    (row,) = [row for row in rows if "SNB-111" in row]
    assert "blocks" in row
    assert "with a reason" in row
    assert "log, plan" in next(row for row in rows if "SNB-126" in row)


def test_the_contracts_rules_are_in_the_registry():
    assert set(CONTRACT) == {rule.code for rule in CONTRACT_RULES}
    assert registry.PLAN is PLAN


# --- classification ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ceiling", list(Classification))
@pytest.mark.parametrize("level", list(Classification))
def test_nothing_goes_above_the_ceiling(level, ceiling):
    found = codes(replace(of_model(classification=level), namespace=replace(NAMESPACE, ceiling=ceiling)))
    highest_allowed = Classification.UNCLASSIFIED if ceiling is Classification.UNKNOWN else ceiling
    assert ("SNB-402" in found) == (level.effective.rank > highest_allowed.rank)


@pytest.mark.parametrize("label", ["Unclassified ", "UNCLASSIFIED", "unclassified"])
def test_case_and_space_do_not_lower_or_raise_a_level(label):
    assert "SNB-403" not in codes(of_model(classification=Classification.parse(label)))


@pytest.mark.parametrize(
    "label",
    ["", "*", "none", "un-classified", "unclassified,protected-b", "ｕｎｃｌａｓｓｉｆｉｅｄ", "unclassified\u200b", None],
)
def test_a_label_that_only_looks_like_open_counts_as_protected(label):
    open_only = replace(NAMESPACE, ceiling=Classification.UNCLASSIFIED)
    found = codes(replace(of_model(classification=Classification.parse(label)), namespace=open_only))
    assert found == ["SNB-402", "SNB-403"]


def test_the_verdict_on_a_classification_says_both_levels():
    (found,) = denied("SNB-402")
    assert str(fail("SNB-402", **found.facts)) == (
        "SNB-402 fraud@3 was not sent to dev: it is too sensitive for that namespace. fraud@3 is protected-b; dev takes at most protected-a."
    )


# --- people --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["coleague", "colleague2", "colleag", "colleague.evil", "colleague+x", "you@evil", "auditor-"])
def test_a_name_that_only_looks_like_a_members_is_refused(name):
    (found,), _ = run(context(spec=spec(callers=(YOU, COLLEAGUE, Principal(name)))))
    assert (found.code, found.facts["caller"]) == ("SNB-216", name)


@pytest.mark.parametrize("name", ["*", "", "COLLEAGUE", "cоlleague", "colleague\n", " colleague", "colleague,you"])
def test_what_is_no_name_cannot_even_be_asked_for(name):
    with pytest.raises(ValueError):
        Principal(name)


# --- names ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("Fraud", "fraud"),
        ("a.b", "a-b"),
        ("9lives", "lives"),
        ("fraud_1", "fraud-1"),
        ("-a", "a"),
        ("été", "ete"),
        ("", "model"),
        ("*", "model"),
        ("fraud\n", "fraud"),
        ("x" * 64, "x" * 63),
    ],
)
def test_a_deployments_name_is_mended(name, suggestion):
    found = run(context(document=deployment(name=name)))[0][0]
    assert (found.code, found.facts["suggestion"]) == ("SNB-210", suggestion)


def test_names_that_fit_together_just_so_are_left_alone():
    just = "x" * (63 - len("-default-0-model"))
    assert codes(context(spec=spec(deployment=just))) == []
    assert codes(context(spec=spec(deployment=just + "x"))) == ["SNB-211"]


def test_a_node_has_48_characters_at_most():
    asked = deployment(
        predictor(predictor().graph.__class__(name="m" * 49, implementation="MLFLOW_SERVER", model_uri="s3://m")), name="f"
    )
    assert "SNB-227" in codes(context(document=asked, spec=spec(place="cluster")))


# --- the model -----------------------------------------------------------------------------------------------------------------


def test_a_model_nobody_tried_is_judged_by_what_is_known_of_the_server():
    untried = of_model(contract=None, environment=Environment("3.10.1", (("numpy", "1.26.4"),)), flavor=Flavor.PYFUNC)
    assert codes(untried) == ["SNB-127"]


def test_without_a_server_to_compare_with_versions_are_not_judged():
    asked = spec(version=version(contract=None, environment=Environment("3.10.1", (("numpy", "1.26.4"),))))
    assert codes(context(spec=asked, server=None)) == []


def test_the_server_of_now_counts_not_the_one_of_the_contract():
    newer = Environment("3.11.7", (("mlflow", "3.17.2"), ("numpy", "2.5.0"), ("scikit-learn", "1.9.1")))
    (found,), _ = run(context(server=newer))
    assert (found.code, found.facts["conflicts"]) == ("SNB-124", "numpy 2.4.1 → 2.5.0")


def test_a_model_that_did_not_load_when_it_was_tried_is_blocked():
    (found,), _ = run(of_model(contract=replace(CHECKED, checked=False)))
    assert (found.code, found.blocks) == ("SNB-117", True)


def test_what_the_clean_room_just_saw_is_told_in_full():
    seen = Kept(
        loaded=False,
        environment=PACKAGES,
        failed_at="load",
        error_type="ModuleNotFoundError",
        error_hint="No module named 'features'",
    )
    (found,), _ = run(context(replay=seen))
    assert (found.code, found.facts["error_type"], found.facts["hint"]) == (
        "SNB-117",
        "ModuleNotFoundError",
        "No module named 'features'.",
    )


def test_a_passed_through_model_is_only_a_warning():
    passed = of_model(flavor=Flavor.OTHER, serialization="statsmodels", contract=replace(CHECKED, checked=False, server=None))
    assert codes(passed) == ["SNB-123"]


@pytest.mark.parametrize(
    ("server", "flavor", "saved", "modules", "suggestion"),
    [
        (Server.SKLEARN, Flavor.XGBOOST, "ubj", (), "mlflow"),
        (Server.SKLEARN, Flavor.SKLEARN, "skops", (), "mlflow"),
        (Server.SKLEARN, Flavor.SKLEARN, "cloudpickle", ("features",), "mlflow"),
        (Server.XGBOOST, Flavor.XGBOOST, "xgb", (), "mlflow"),
        (Server.LIGHTGBM, Flavor.LIGHTGBM, "cloudpickle", (), "mlflow"),
        (Server.LIGHTGBM, Flavor.PYFUNC, "code", (), "mlflow"),
    ],
)
def test_a_server_that_cannot_read_the_model_is_refused_and_one_that_can_is_offered(server, flavor, saved, modules, suggestion):
    asked = spec(version=version(flavor=flavor, serialization=saved, extra_modules=modules), server=server)
    found = {finding.code: finding for finding in run(context(spec=asked))[0]}
    assert found["SNB-213"].facts["suggestion"] == suggestion


def test_files_that_changed_since_they_were_logged_are_seen():
    assert codes(context(found_digest="sha256:" + "00" * 32)) == ["SNB-128"]


def test_a_kept_replay_says_nothing_that_nobody_saw():
    kept = Kept(loaded=True, environment=PACKAGES)
    assert kept.answers is None
    assert kept.permuted_equal is None


# --- the place -----------------------------------------------------------------------------------------------------------------


def test_an_unknown_namespace_offers_the_nearest():
    (found,), _ = run(context(spec=spec(namespace="dve"), namespace=None))
    assert (found.code, found.facts["nearest"], found.facts["known"]) == ("SNB-212", "dev", "dev, prod")


def test_more_of_the_same_answers_is_a_warning_in_a_rehearsal():
    scaled = deployment(predictor(None, ComponentSpec(hpa_spec={"maxReplicas": 3})))
    found = next(finding for finding in run(context(document=scaled))[0] if finding.code == "SNB-215")
    assert found.severity == Severity.WARN


def test_a_cluster_is_not_asked_to_be_one_machine():
    many = deployment(predictor(traffic=50), predictor(name="canary", traffic=50))
    assert "SNB-215" in codes(context(document=many))
    assert "SNB-215" not in codes(context(document=many, spec=spec(place="cluster")))


def test_a_plan_of_what_lives_says_that_nothing_would_change():
    asked = spec()
    live = Revision(
        target=Target("dev", "fraud"),
        number=7,
        plan_digest="sha256:" + "0" * 64,
        documents_digest="sha256:" + "1" * 64,
        model="fraud@3",
        model_digest=asked.version.digest,
        classification=asked.classification,
        applied_by=YOU,
        applied_at="2026-11-21T10:02:11Z",
        callers=asked.callers,
        documents=(Document("SeldonDeployment", render(asked).to_document()),),
    )
    (found,), _ = run(context(live=live))
    assert (found.code, found.severity, found.facts["revision"]) == ("SNB-225", Severity.INFO, 7)
