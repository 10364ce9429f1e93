"""What every place promises, written against the ports: this machine keeps it, and so does a Kubernetes (``--place cluster``)."""

from __future__ import annotations

import threading

import pytest

from seldon_nb.domain.audit import Act
from seldon_nb.domain.deployment import Progress, Stage, State, Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import ModelRef
from seldon_nb.ports import Ports


@pytest.fixture(scope="module")
def logged(ground, phishing):
    model, features = phishing
    first = ground.workspace.log(model, name="fraud", sample=features.head(), integers="float")
    second = ground.workspace.log(model, name="fraud", sample=features.head(), integers="float", alias="champion")
    return first, second


def code_of(action, *args, **kwargs) -> str:
    with pytest.raises(SeldonNbError) as caught:
        action(*args, **kwargs)
    return caught.value.code_id


def test_a_place_offers_all_its_ports(ground):
    assert isinstance(ground.ports, Ports)
    assert ground.open in ground.ports.serving.namespaces()
    assert ground.ports.serving.namespaces() == tuple(name for name, _ in ground.ports.serving.levels())


def test_a_logged_version_is_found_by_every_kind_of_reference(ground, logged):
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
        version = ground.workspace.ports.catalog.find(ModelRef.parse(text))
        assert (version.version, version.digest) == (found.version, found.digest), text


def test_what_is_found_is_pinned_to_the_bytes_that_lie_there(ground, logged):
    from seldon_nb.digests import tree_digest

    version = logged[0].value
    assert tree_digest(ground.workspace.ports.catalog.files(version)) == version.digest


def test_a_plan_changes_nothing_and_says_the_same_twice(ground, logged):
    before = ground.ports.serving.statuses()
    plan, again = ground.workspace.plan("fraud@1", to=ground.open), ground.workspace.plan("fraud@1", to=ground.open)
    assert plan.ok
    assert plan.digest == again.digest
    assert ground.ports.serving.statuses() == before


def test_the_journey_ends_with_the_answers_of_the_kernel(ground, logged, phishing):
    model, features = phishing
    plan = ground.workspace.plan("fraud@1", to=ground.open)
    deployment = plan.apply()
    status = deployment.status
    assert status.state is State.ANSWERING
    assert [item.stage for item in status.timeline] == list(Stage)
    assert all(item.progress is Progress.DONE for item in status.timeline)
    shuffled = features.sample(frac=1, random_state=1)[list(reversed(features.columns))]
    answers = deployment.predict(shuffled)
    assert answers.index.equals(shuffled.index)
    assert list(answers.iloc[:, 0]) == list(model.predict(features.loc[shuffled.index]))


def test_applying_the_same_plan_again_changes_nothing(ground, logged):
    plan = ground.workspace.plan("fraud@1", to=ground.open, name="twice")
    first = plan.apply()
    number = first.revision.number
    plan.apply()
    assert first.revision.number == number
    first.delete()


def test_a_saved_plan_is_applied_by_digest(ground, logged, tmp_path):
    plan = ground.workspace.plan("fraud@1", to=ground.open, name="saved")
    path = plan.save(tmp_path / "plan.json")
    loaded = ground.workspace.load_plan(path)
    assert loaded.digest == plan.digest
    deployment = loaded.apply()
    assert deployment.revision.plan_digest == plan.digest
    deployment.delete()


def test_an_altered_plan_is_refused(ground, logged, tmp_path):
    path = ground.workspace.plan("fraud@1", to=ground.open, name="altered").save(tmp_path / "plan.json")
    path.write_text(path.read_text().replace('"timeout_s": 60', '"timeout_s": 61'))
    assert code_of(ground.workspace.load_plan(path).apply) == "SNB-221"
    path.write_text("{")
    assert code_of(ground.workspace.load_plan, path) == "SNB-221"
    assert Target(ground.open, "altered", ground.place) not in [status.target for status in ground.workspace.statuses()]


def test_an_update_replaces_the_version_and_keeps_the_revision(ground, logged):
    deployment = ground.workspace.deploy("fraud@1", to=ground.open, name="updated")
    plan = ground.workspace.plan("fraud@champion", to=ground.open, name="updated")
    assert plan.value.is_update
    assert "fraud@2" in plan.diff
    deployment = plan.apply()
    assert (deployment.revision.number, deployment.revision.model) == (2, "fraud@2")
    deployment.delete()


def test_a_plan_whose_base_changed_is_refused_with_the_difference(ground, logged):
    stale = ground.workspace.plan("fraud@1", to=ground.open, name="stale")
    deployment = ground.workspace.deploy("fraud@2", to=ground.open, name="stale")
    with pytest.raises(SeldonNbError) as caught:
        stale.apply()
    assert caught.value.code_id == "SNB-220"
    assert "fraud@2" in str(caught.value.facts["diff"])
    assert deployment.revision.model == "fraud@2"
    deployment.delete()


def test_of_two_applies_at_once_exactly_one_wins(ground, logged):
    plans = [
        ground.workspace.plan("fraud@1", to=ground.open, name="race"),
        ground.workspace.plan("fraud@2", to=ground.open, name="race"),
    ]
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
    deployment = ground.workspace.deployment("race")
    assert deployment.revision.number == 1
    deployment.delete()


def test_only_those_on_the_list_are_answered(ground, logged, phishing):
    _, features = phishing
    ground.workspace.deploy("fraud@1", to=ground.open, name="shared", callers="colleague")
    assert len(ground.as_("colleague").deployment("shared").predict(features.head(2))) == 2
    # A cluster tells whoever may see nothing at all how to ask for the right.
    assert code_of(ground.as_("stranger").deployment, "shared") in {"SNB-301", "SNB-533"}
    auditor = ground.as_("auditor").deployment("shared")
    assert code_of(auditor.predict, features.head(2)) in {"SNB-401", "SNB-306"}
    assert code_of(ground.as_("colleague").delete, "shared") == "SNB-401"
    assert code_of(ground.as_("colleague").plan, "fraud@2", to=ground.open, name="shared") in {"SNB-401", "SNB-533"}
    ground.workspace.delete("shared")


def test_a_protected_model_does_not_go_to_an_unclassified_namespace(ground, logged, phishing):
    model, features = phishing
    ground.workspace.log(model, name="claims", sample=features.head(), integers="float", classification="protected-b")
    plan = ground.workspace.plan("claims@1", to=ground.open)
    assert not plan.ok
    assert "SNB-402" in {finding.code for finding in plan.findings if finding.blocks}
    assert code_of(plan.apply) == "SNB-222"
    deployment = ground.workspace.deploy("claims@1", to=ground.protected)
    answers = deployment.predict(features.head(3))
    assert "does not show" in repr(answers) or "do not show" in repr(answers)
    assert "do not show" in answers._repr_html_()
    assert list(answers.reveal().iloc[:, 0]) == list(model.predict(features.head(3)))
    deployment.delete()


def test_every_act_leaves_a_record_and_the_chain_holds(ground, logged):
    deployment = ground.workspace.deploy("fraud@1", to=ground.open, name="recorded")
    deployment.token(10)
    deployment.delete()
    acts = [record.act for record in ground.workspace.history(f"{ground.open}/recorded")]
    assert [act for act in acts if act is not Act.CALLS] == [Act.APPLY, Act.TOKEN, Act.DELETE]
    assert ground.workspace.verify().ok


@pytest.mark.only("here")  # in a cluster it is the gateway that tells of calls
def test_calls_are_told_without_their_content(ground, logged, phishing):
    _, features = phishing
    deployment = ground.workspace.deploy("fraud@1", to=ground.open, name="called")
    marker = 0.123456789012
    sample = features.head(1).assign(https=marker)
    deployment.predict(sample)
    ground.workspace.ports.clock.sleep(1.0)
    records = [record for record in ground.workspace.history("dev/called") if record.act is Act.CALLS]
    assert any(record.details["caller"] == "you" and record.details["outcome"] == "allowed" for record in records)
    assert any(record.details["outcome"] == "denied" for record in records), "the live check's refused caller is told too"
    for file in ground.workspace.home.root.rglob("*"):
        if file.is_file() and "mlflow" not in file.parts and not file.name.endswith((".pkl", ".sock")):
            content = file.read_bytes()
            assert str(marker).encode() not in content, file
            assert b"eyJ" not in content or file.name.endswith((".json", ".bin")), file
    deployment.delete()


@pytest.mark.only("here")  # in a cluster without a gateway there is no address to show a page at
def test_the_link_of_the_swagger_page_opens_the_endpoints_own_description(ground, logged):
    import httpx

    deployment = ground.workspace.deploy("fraud@1", to=ground.open, name="described")
    page, _, fragment = deployment.docs_url.partition("#")
    namespace, name, node, token = fragment.split("/")
    assert httpx.get(page, trust_env=False).status_code == 200
    url = f"{deployment.url}/v2/models/{node}/docs/dataplane.json"
    assert (namespace, name) == ("dev", "described")
    assert httpx.get(url, trust_env=False).status_code == 401
    described = httpx.get(url, trust_env=False, headers={"Authorization": f"Bearer {token}"})
    assert "/v2/models/{model_name}/infer" in described.text or f"/v2/models/{node}/infer" in described.text
    deployment.delete()


def test_unknown_names_are_answered_with_the_nearest(ground, logged):
    asked = [
        (lambda: ground.workspace.plan("fruad@1", to=ground.open), "SNB-130", "fraud"),
        (lambda: ground.workspace.plan("fraud@99", to=ground.open), "SNB-131", "2"),
        (lambda: ground.workspace.plan("fraud@champoin", to=ground.open), "SNB-132", "champion"),
        (lambda: ground.workspace.plan("fraud@1", to=f"{ground.open[:-1]}w"), "SNB-212", ground.open),
        (lambda: ground.workspace.deployment("nothing-like-it"), "SNB-301", ""),
        (lambda: ground.workspace.plan("a/b/c", to=ground.open), "SNB-133", ""),
    ]
    if ground.place == "here":  # a cluster has no list of all its people
        asked.append((lambda: ground.workspace.plan("fraud@1", to=ground.open, callers="colleage"), "SNB-216", "colleague"))
    for action, code, near in asked:
        with pytest.raises(SeldonNbError) as caught:
            action()
        assert caught.value.code_id == code
        assert near in str(caught.value.facts)
