"""What every place promises, written against the ports: this machine passes it now, the cluster later."""

from __future__ import annotations

import threading

import pytest

from seldon_nb.domain.audit import Act
from seldon_nb.domain.deployment import Progress, Stage, State, Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import ModelRef
from seldon_nb.ports import Ports


@pytest.fixture(scope="module")
def logged(workspace, phishing):
    model, features = phishing
    first = workspace.log(model, name="fraud", sample=features.head(), integers="float")
    second = workspace.log(model, name="fraud", sample=features.head(), integers="float", alias="champion")
    return first, second


def code_of(action, *args, **kwargs) -> str:
    with pytest.raises(SeldonNbError) as caught:
        action(*args, **kwargs)
    return caught.value.code_id


def test_a_place_offers_all_its_ports(workspace):
    assert isinstance(workspace.ports, Ports)
    assert "dev" in workspace.ports.serving.namespaces()


def test_a_logged_version_is_found_by_every_kind_of_reference(workspace, logged):
    first, second = logged
    run = first.value.lineage.run_id
    for text, found in {
        "fraud@1": first,
        "fraud/1": first,
        "models:/fraud/1": first,
        f"runs:/{run}/model": first,
        "fraud@champion": second,
        "models:/fraud@champion": second,
        "fraud": second,
    }.items():
        version = workspace.ports.catalog.find(ModelRef.parse(text))
        assert (version.version, version.digest) == (found.version, found.digest), text


def test_what_is_found_is_pinned_to_the_bytes_that_lie_there(workspace, logged):
    from seldon_nb.digests import tree_digest

    version = logged[0].value
    assert tree_digest(workspace.ports.catalog.files(version)) == version.digest


def test_a_plan_changes_nothing_and_says_the_same_twice(workspace, logged):
    before = workspace.ports.serving.statuses()
    plan, again = workspace.plan("fraud@1", to="dev"), workspace.plan("fraud@1", to="dev")
    assert plan.ok
    assert plan.digest == again.digest
    assert workspace.ports.serving.statuses() == before


def test_the_journey_ends_with_the_answers_of_the_kernel(workspace, logged, phishing):
    model, features = phishing
    plan = workspace.plan("fraud@1", to="dev")
    deployment = plan.apply()
    status = deployment.status
    assert status.state is State.ANSWERING
    assert [item.stage for item in status.timeline] == list(Stage)
    assert all(item.progress is Progress.DONE for item in status.timeline)
    shuffled = features.sample(frac=1, random_state=1)[list(reversed(features.columns))]
    answers = deployment.predict(shuffled)
    assert answers.index.equals(shuffled.index)
    assert list(answers.iloc[:, 0]) == list(model.predict(features.loc[shuffled.index]))


def test_applying_the_same_plan_again_changes_nothing(workspace, logged):
    plan = workspace.plan("fraud@1", to="dev", name="twice")
    first = plan.apply()
    number = first.revision.number
    plan.apply()
    assert first.revision.number == number
    first.delete()


def test_a_saved_plan_is_applied_by_digest(workspace, logged, tmp_path):
    plan = workspace.plan("fraud@1", to="dev", name="saved")
    path = plan.save(tmp_path / "plan.json")
    loaded = workspace.load_plan(path)
    assert loaded.digest == plan.digest
    deployment = loaded.apply()
    assert deployment.revision.plan_digest == plan.digest
    deployment.delete()


def test_an_altered_plan_is_refused(workspace, logged, tmp_path):
    path = workspace.plan("fraud@1", to="dev", name="altered").save(tmp_path / "plan.json")
    path.write_text(path.read_text().replace('"timeout_s": 60', '"timeout_s": 61'))
    assert code_of(workspace.load_plan(path).apply) == "SNB-221"
    path.write_text("{")
    assert code_of(workspace.load_plan, path) == "SNB-221"
    assert Target("dev", "altered") not in [status.target for status in workspace.statuses()]


def test_an_update_replaces_the_version_and_keeps_the_revision(workspace, logged):
    deployment = workspace.deploy("fraud@1", to="dev", name="updated")
    plan = workspace.plan("fraud@champion", to="dev", name="updated")
    assert plan.value.is_update
    assert "fraud@2" in plan.diff
    deployment = plan.apply()
    assert (deployment.revision.number, deployment.revision.model) == (2, "fraud@2")
    deployment.delete()


def test_a_plan_whose_base_changed_is_refused_with_the_difference(workspace, logged):
    stale = workspace.plan("fraud@1", to="dev", name="stale")
    deployment = workspace.deploy("fraud@2", to="dev", name="stale")
    with pytest.raises(SeldonNbError) as caught:
        stale.apply()
    assert caught.value.code_id == "SNB-220"
    assert "fraud@2" in str(caught.value.facts["diff"])
    assert deployment.revision.model == "fraud@2"
    deployment.delete()


def test_of_two_applies_at_once_exactly_one_wins(workspace, logged):
    plans = [workspace.plan("fraud@1", to="dev", name="race"), workspace.plan("fraud@2", to="dev", name="race")]
    outcomes: list[str] = []

    def attempt(plan):
        try:
            plan.apply()
            outcomes.append("ok")
        except SeldonNbError as error:
            outcomes.append(error.code_id)

    threads = [threading.Thread(target=attempt, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes.count("ok") == 1
    assert set(outcomes) - {"ok"} <= {"SNB-220", "SNB-224"}
    deployment = workspace.deployment("race")
    assert deployment.revision.number == 1
    deployment.delete()


def test_only_those_on_the_list_are_answered(workspace, logged, phishing):
    _, features = phishing
    workspace.deploy("fraud@1", to="dev", name="shared", callers="colleague")
    assert len(workspace.as_("colleague").deployment("shared").predict(features.head(2))) == 2
    assert code_of(workspace.as_("stranger").deployment, "shared") == "SNB-301"
    auditor = workspace.as_("auditor").deployment("shared")
    assert code_of(auditor.predict, features.head(2)) in {"SNB-401", "SNB-306"}
    assert code_of(workspace.as_("colleague").delete, "shared") == "SNB-401"
    assert code_of(workspace.as_("colleague").plan, "fraud@2", to="dev", name="shared") == "SNB-401"
    workspace.delete("shared")


def test_a_protected_model_does_not_go_to_an_unclassified_namespace(workspace, logged, phishing):
    model, features = phishing
    workspace.log(model, name="claims", sample=features.head(), integers="float", classification="protected-b")
    plan = workspace.plan("claims@1", to="dev")
    assert not plan.ok
    assert "SNB-402" in {finding.code for finding in plan.findings if finding.blocks}
    assert code_of(plan.apply) == "SNB-222"
    deployment = workspace.deploy("claims@1", to="protb")
    answers = deployment.predict(features.head(3))
    assert "does not show" in repr(answers) or "do not show" in repr(answers)
    assert "do not show" in answers._repr_html_()
    assert list(answers.reveal().iloc[:, 0]) == list(model.predict(features.head(3)))
    deployment.delete()


def test_every_act_leaves_a_record_and_the_chain_holds(workspace, logged):
    deployment = workspace.deploy("fraud@1", to="dev", name="recorded")
    deployment.token(5)
    deployment.delete()
    acts = [record.act for record in workspace.history("dev/recorded")]
    assert [act for act in acts if act is not Act.CALLS] == [Act.APPLY, Act.TOKEN, Act.DELETE]
    assert workspace.verify().ok


def test_calls_are_told_without_their_content(workspace, logged, phishing):
    _, features = phishing
    deployment = workspace.deploy("fraud@1", to="dev", name="called")
    marker = 0.123456789012
    sample = features.head(1).assign(https=marker)
    deployment.predict(sample)
    workspace.ports.clock.sleep(1.0)
    records = [record for record in workspace.history("dev/called") if record.act is Act.CALLS]
    assert any(record.details["caller"] == "you" and record.details["outcome"] == "allowed" for record in records)
    assert any(record.details["outcome"] == "denied" for record in records), "the live check's refused caller is told too"
    for file in workspace.home.root.rglob("*"):
        if file.is_file() and "mlflow" not in file.parts and not file.name.endswith((".pkl", ".sock")):
            content = file.read_bytes()
            assert str(marker).encode() not in content, file
            assert b"eyJ" not in content or file.name.endswith((".json", ".bin")), file
    deployment.delete()


def test_the_link_of_the_swagger_page_opens_the_endpoints_own_description(workspace, logged):
    import httpx

    deployment = workspace.deploy("fraud@1", to="dev", name="described")
    page, _, fragment = deployment.docs_url.partition("#")
    namespace, name, node, token = fragment.split("/")
    assert httpx.get(page, trust_env=False).status_code == 200
    url = f"{deployment.url}/v2/models/{node}/docs/dataplane.json"
    assert (namespace, name) == ("dev", "described")
    assert httpx.get(url, trust_env=False).status_code == 401
    described = httpx.get(url, trust_env=False, headers={"Authorization": f"Bearer {token}"})
    assert "/v2/models/{model_name}/infer" in described.text or f"/v2/models/{node}/infer" in described.text
    deployment.delete()


def test_unknown_names_are_answered_with_the_nearest(workspace, logged):
    for action, code, near in [
        (lambda: workspace.plan("fruad@1", to="dev"), "SNB-130", "fraud"),
        (lambda: workspace.plan("fraud@99", to="dev"), "SNB-131", "2"),
        (lambda: workspace.plan("fraud@champoin", to="dev"), "SNB-132", "champion"),
        (lambda: workspace.plan("fraud@1", to="dve"), "SNB-212", "dev"),
        (lambda: workspace.plan("fraud@1", to="dev", callers="colleage"), "SNB-216", "colleague"),
        (lambda: workspace.deployment("nothing-like-it"), "SNB-301", ""),
        (lambda: workspace.plan("a/b/c", to="dev"), "SNB-133", ""),
    ]:
        with pytest.raises(SeldonNbError) as caught:
            action()
        assert caught.value.code_id == code
        assert near in str(caught.value.facts)
