"""What a cluster has and allows, against what a plan needs."""

from __future__ import annotations

from fractions import Fraction

import pytest

from seldon_nb.checks import made
from seldon_nb.checks.quantities import amount, written
from seldon_nb.checks.registry import run
from seldon_nb.checks.room import STEPS
from seldon_nb.checks.samples import (
    IN_CLUSTER,
    cluster,
    context,
    deployment,
    in_cluster,
    own,
    pod,
    predictor,
    revision,
    served,
)
from seldon_nb.checks.samples import image as container
from seldon_nb.domain.artifact import ArtifactSource
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.code import Severity
from seldon_nb.domain.namespace import QuotaLine, Right, SecretFacts
from seldon_nb.render.seldon.objects import ComponentSpec, Explainer, Resources, SvcOrchSpec


def found(plan):
    return {finding.code: finding for finding in run(plan)[0]}


def codes(plan):
    return set(found(plan))


def quota(resource, hard, used="0"):
    return (QuotaLine(resource, hard, used, "compute"),)


def test_a_good_plan_for_a_cluster_has_nothing_against_it():
    assert run(cluster())[0] == ()
    assert run(cluster(pod_security="restricted"))[0] == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500m", Fraction(1, 2)),
        ("1", Fraction(1)),
        (2, Fraction(2)),
        ("0.1", Fraction(1, 10)),
        ("1Gi", Fraction(1 << 30)),
        ("1G", Fraction(10**9)),
        ("128974848", Fraction(128974848)),
        ("129e6", Fraction(129_000_000)),
        ("1E3", Fraction(1000)),
        ("1E", Fraction(10**18)),
        ("100u", Fraction(1, 10_000)),
        ("1.5Gi", Fraction(3 << 29)),
    ],
)
def test_quantities_are_exact(text, value):
    assert amount(text) == value


@pytest.mark.parametrize("text", ["", "Gi", "1 Gi", "1gi", "1GiB", "ten", "1e", "--1", "1e999999999"])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(ValueError):
        amount(text)


def test_amounts_are_written_as_people_write_them():
    assert written(amount("1184Mi"), "requests.memory") == "1184Mi"
    assert written(amount("1500m"), "cpu") == "1500m"
    assert written(amount("2"), "limits.cpu") == "2"
    assert written(amount("1"), "pods") == "1"


@pytest.mark.parametrize(
    ("resource", "enough", "short"),
    [
        ("requests.memory", "1184Mi", "1183Mi"),
        ("memory", "1184Mi", "1183Mi"),
        ("requests.cpu", "700m", "699m"),
        ("limits.memory", "2816Mi", "2815Mi"),
        ("pods", "2", "1"),
        ("count/pods", "2", "1"),
        ("services", "2", "1"),
        ("configmaps", "2", "1"),
        ("count/deployments.apps", "1", "0"),
    ],
)
def test_a_first_deployment_and_its_steps_fit_exactly(resource, enough, short):
    assert "SNB-241" not in codes(cluster(quota=quota(resource, enough)))
    blocked = found(cluster(quota=quota(resource, short)))["SNB-241"]
    assert blocked.blocks
    assert blocked.facts["quota"] == "compute"


def test_what_others_use_is_taken_off():
    assert "SNB-241" in codes(cluster(quota=quota("requests.memory", "4Gi", "3Gi")))
    assert "SNB-241" not in codes(cluster(quota=quota("requests.memory", "4Gi", "2Gi")))


def test_an_update_needs_room_for_both_and_the_same_again_needs_none():
    live = revision(in_cluster(timeout_s=30))
    assert "SNB-241" in codes(cluster(live=live, quota=quota("requests.memory", "1183Mi")))
    assert "SNB-241" not in codes(cluster(live=live, quota=quota("count/deployments.apps", "0")))
    assert "SNB-241" not in codes(cluster(live=revision(in_cluster()), quota=quota("requests.memory", "0")))


def copies(count, memory="1Gi", **changes):
    asks = Resources(requests={"cpu": "1", "memory": memory}, limits={"cpu": "1", "memory": memory})
    return deployment(predictor(own(), pod(container(resources=asks)), replicas=count, **changes))


def needed(document, former, resource):
    live = revision(in_cluster(), former) if former else None
    plan = cluster(document=document, live=live, quota=quota(resource, "0"))
    blocked = found(plan).get("SNB-241")
    return amount(blocked.facts["need"]) - amount(STEPS.get(resource, "0")) if blocked else None


@pytest.mark.parametrize(
    ("new", "former", "pods"),
    [(4, None, 4), (4, 4, 1), (5, 4, 3), (8, 8, 2), (1, 1, 1), (2, 6, 0), (0, None, 0)],
)
def test_a_rolling_update_is_a_quarter_more(new, former, pods):
    before = copies(former, memory="1Gi") if former else None
    after = copies(new, memory="1025Mi")
    assert needed(after, before, "pods") == pods


def test_a_larger_version_needs_the_difference_for_every_copy():
    # at the end four of 2Gi and one of 1Gi run, each with an engine of 512Mi; four of 1Gi are used already
    assert needed(copies(4, "2Gi"), copies(4, "1Gi"), "requests.memory") == amount("5632Mi")


def test_seldons_engine_counts_and_can_be_made_smaller():
    whole = made.pods(deployment(predictor(own(), pod(container()))))
    assert [item.name for item in whole[0].containers] == ["model", "seldon-container-engine"]
    small = SvcOrchSpec(resources=Resources(requests={"cpu": "50m"}))
    (changed,) = made.pods(deployment(predictor(own(), pod(container()), svc_orch_spec=small)))
    assert changed.containers[1].resources.requests == {"cpu": "50m"}


def test_an_explainer_is_a_pod_of_its_own():
    found = made.pods(deployment(predictor(explainer=Explainer(type="AnchorTabular", model_uri="s3://m"))))
    assert [item.workload for item in found] == ["fraud-default-0-model", "fraud-default-explainer"]


def test_scaling_counts_from_its_least():
    part = ComponentSpec(hpa_spec={"minReplicas": 2, "maxReplicas": 9}, spec=pod(container()).spec)
    assert made.pods(deployment(predictor(own(), part)))[0].replicas == 2


def test_a_namespaces_defaults_fill_what_is_not_said_and_then_they_count():
    line = quota("limits.cpu", "4")
    assert "SNB-242" in codes(cluster(quota=line))
    assert not codes(cluster(quota=line, default_limits=(("cpu", "1"),)))
    assert "SNB-241" in codes(cluster(quota=line, default_limits=(("cpu", "8"),)))


def test_a_quota_that_nobody_can_read_is_left_to_the_cluster():
    assert codes(cluster(quota=quota("requests.memory", "lots"), default_requests=(("memory", "64Mi"),))) == set()


# --- rights, names, images -----------------------------------------------------------------------------------------------------


def test_a_right_to_look_that_is_missing_is_a_warning_and_a_right_to_act_blocks():
    rights = (Right("get", "pods/log", False), Right("create", "configmaps", False), Right("list", "pods", True))
    missing = {item.subject: item for item in run(cluster(rights=rights))[0]}
    assert set(missing) == {"right to get pods/log", "right to create configmaps"}
    assert missing["right to get pods/log"].severity is Severity.WARN
    assert missing["right to create configmaps"].blocks


def test_a_name_that_is_somebody_elses_is_never_taken():
    assert found(cluster(owner="argocd"))["SNB-243"].facts["owner"] == "argocd"


def test_a_tag_is_a_warning_only_where_data_is_protected():
    tagged = in_cluster(image="", step_image="")
    assert "SNB-246" in codes(cluster(spec=tagged))
    assert "SNB-246" not in codes(cluster(spec=tagged, ceiling=Classification.UNCLASSIFIED))
    assert "SNB-246" not in codes(cluster(spec=tagged, ceiling=Classification.UNKNOWN))


def test_a_cluster_that_nobody_looked_into_is_not_accused():
    assert "SNB-247" not in codes(cluster(engines=()))


def test_one_machine_is_not_judged_as_a_cluster():
    assert codes(context(namespace=IN_CLUSTER.__class__("dev", Classification.PROTECTED_B, IN_CLUSTER.members))) == set()


# --- files ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "uri",
    [
        "mlflow-artifacts:/1/m/artifacts",
        "runs:/0a1b2c3d/model",
        "models:/fraud/3",
        "file:///home/you/m",
        "/home/you/m",
        "dbfs:/m",
    ],
)
def test_an_address_that_means_something_elsewhere_only_is_refused(uri):
    theirs = deployment(predictor(served(model_uri=uri)))
    assert found(cluster(document=theirs))["SNB-250"].facts["found"] == uri
    assert found(cluster(spec=in_cluster(source=ArtifactSource(uri=uri))))["SNB-250"].blocks


@pytest.mark.parametrize(
    "uri",
    [
        "s3://models/fraud/3",
        "gs://b/p",
        "pvc://claim/p",
        "https://files.example/m",
        "http://mlflow:5000/api/2.0/mlflow-artifacts/artifacts/1",
    ],
)
def test_an_address_that_the_cluster_understands_is_left_alone(uri):
    assert "SNB-250" not in codes(cluster(spec=in_cluster(source=ArtifactSource(uri=uri))))


@pytest.mark.parametrize(
    ("secrets", "code"),
    [
        ((), None),
        ((SecretFacts("models-s3", True, ("s3",)),), None),
        ((SecretFacts("models-s3", True),), None),
        ((SecretFacts("models-s3", None),), None),
        ((SecretFacts("models-s3", False),), "SNB-251"),
        ((SecretFacts("models-s3", True, ("gcs", "az")),), "SNB-252"),
        ((SecretFacts("models-s3x", True, ("gcs",)),), None),
    ],
)
def test_the_secret_is_judged_by_its_name_and_by_what_it_says_it_is_for(secrets, code):
    expected = {code} if code else set()
    assert codes(cluster(secrets=secrets)) == expected


def test_a_store_that_is_open_needs_no_secret_and_another_is_warned_of():
    assert "SNB-253" in codes(cluster(spec=in_cluster(source=ArtifactSource(uri="s3://models/fraud/3"))))
    assert "SNB-253" not in codes(cluster(spec=in_cluster(source=ArtifactSource(uri="pvc://models/fraud/3"))))


def test_files_that_our_initializer_verifies_may_keep_their_address():
    former = in_cluster(
        version=in_cluster().version.__class__(**{**_fields(in_cluster().version), "digest": "sha256:" + "90" * 32})
    )
    assert "SNB-254" not in codes(cluster(live=revision(former)))


def _fields(value):
    return {name: getattr(value, name) for name in value.__dataclass_fields__}
