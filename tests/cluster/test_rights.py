"""Rights, namespaces and records on a real API server, as people who may little."""

from __future__ import annotations

import threading
import time

import pytest
import yaml

from seldon_nb.cluster import kinds
from seldon_nb.cluster.access import ClusterAccess
from seldon_nb.cluster.audit import ClusterAudit
from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.cluster.facts import MOST, Facts
from seldon_nb.cluster.rights import Rights
from seldon_nb.cluster.serving import ClusterServing
from seldon_nb.domain.audit import Act
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.principal import Principal
from tests.cluster.reach import Clock, reach


def access_of(api):
    return ClusterAccess(api, Rights(api, time.monotonic), Clock())


def grant(cluster, namespace, person, text):
    """Apply a request as the administrator."""
    cluster.kubectl("apply", "-f", "-", given=text)


def test_a_request_that_is_granted_as_it_stands_is_enough(kubeconfig, cluster, own_namespace):
    with reach(kubeconfig, "colleague") as api:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine"}}
        with pytest.raises(SeldonNbError) as caught:
            api.create(kinds.CONFIG_MAP, own_namespace, body)
        assert caught.value.code_id == "SNB-533"
        assert (caught.value.facts["verb"], caught.value.facts["resource"]) == ("create", "configmaps")
        request = str(caught.value.facts["request"])
        assert [item["kind"] for item in yaml.safe_load_all(request)] == ["Role", "RoleBinding"]
        grant(cluster, own_namespace, "colleague", request)
        for _ in range(50):
            try:
                api.create(kinds.CONFIG_MAP, own_namespace, body)
                break
            except SeldonNbError:
                time.sleep(0.1)
        with pytest.raises(SeldonNbError):
            api.every(kinds.CONFIG_MAP, own_namespace)  # nothing more than was asked for


def test_who_we_are_and_what_we_may_is_the_clusters_own_word(kubeconfig, cluster, own_namespace):
    target = Target(own_namespace, "fraud", "cluster")
    with reach(kubeconfig) as admin, reach(kubeconfig, "stranger") as stranger:
        assert access_of(stranger).whoami().name == "stranger"
        assert all(access_of(admin).may(verb, target) for verb in ("plan", "apply", "delete", "predict", "see", "audit"))
        assert not any(access_of(stranger).may(verb, target) for verb in ("plan", "apply", "delete", "predict", "see", "audit"))


def test_a_token_is_for_one_endpoint_and_for_minutes(kubeconfig, cluster, own_namespace):
    cluster.kubectl("create", "serviceaccount", "snb-client", "-n", own_namespace)
    target = Target(own_namespace, "fraud", "cluster")
    with reach(kubeconfig) as api, reach(kubeconfig, "stranger") as stranger:
        before = int(time.time())
        token = access_of(api).token(target, minutes=10)
        assert token.audience == f"seldon-nb:{own_namespace}/fraud"
        assert before + 600 <= token.expires_at + 1 and token.expires_at - 1 <= time.time() + 600
        assert token.reveal() not in repr(token)
        for minutes in (5, 61):
            with pytest.raises(SeldonNbError) as caught:
                access_of(api).token(target, minutes=minutes)
            assert caught.value.code_id == "SNB-405"
        with pytest.raises(SeldonNbError) as caught:
            access_of(stranger).token(target)
        assert caught.value.code_id == "SNB-401"


def test_a_plan_learns_all_of_a_namespace_in_eight_requests(kubeconfig, cluster, own_namespace, seldon_operator):
    cluster.kubectl(
        "label",
        "namespace",
        own_namespace,
        "data.statcan.gc.ca/classification=protected-b",
        "pod-security.kubernetes.io/enforce=restricted",
    )
    cluster.kubectl("create", "quota", "small", "--hard=pods=3,requests.memory=1Gi", "-n", own_namespace)
    cluster.kubectl(
        "create",
        "configmap",
        "seldon-nb",
        "--from-literal=storageSecret=store",
        "--from-literal=gateway=https://gw",
        "-n",
        own_namespace,
    )
    cluster.kubectl("create", "secret", "generic", "store", "--from-literal=RCLONE_CONFIG_S3_TYPE=s3", "-n", own_namespace)
    cluster.kubectl("annotate", "secret", "store", "seldon-nb.io/remotes=S3,minio", "-n", own_namespace)
    with reach(kubeconfig) as api:
        before = api.requests
        facts, live = Facts(api, Rights(api, time.monotonic)).of(own_namespace, deployment="fraud")
        assert api.requests - before <= MOST
    assert live is None
    assert facts.ceiling is Classification.PROTECTED_B
    assert facts.pod_security == "restricted"
    assert ("pods", "3", "small") in {(line.resource, line.hard, line.quota) for line in facts.quota}
    assert facts.settings.gateway == "https://gw"
    assert (facts.secrets[0].exists, facts.secrets[0].remotes) == (True, ("s3", "minio"))
    assert all(right.allowed for right in facts.rights)


def test_an_unknown_namespace_is_answered_with_the_nearest(kubeconfig, cluster, own_namespace):
    with reach(kubeconfig) as api:
        serving = ClusterServing(api, ClusterEndpoint(api), Clock())
        with pytest.raises(SeldonNbError) as caught:
            serving.namespace(own_namespace[:-1])
        assert caught.value.code_id == "SNB-212"
        assert caught.value.facts["nearest"] == own_namespace
        assert own_namespace in serving.namespaces()


def test_somebody_who_may_not_list_namespaces_is_answered_all_the_same(kubeconfig, cluster, own_namespace):
    with reach(kubeconfig, "stranger") as api:
        serving = ClusterServing(api, ClusterEndpoint(api), Clock())
        before = api.requests
        assert isinstance(serving.namespaces(), tuple)
        assert api.requests - before == 1
        facts = serving.namespace(own_namespace, deployment="fraud")
        assert facts.ceiling is Classification.UNKNOWN
        assert not any(right.allowed for right in facts.rights)


def test_records_of_several_writers_at_once_are_one_chain(kubeconfig, cluster, own_namespace):
    with reach(kubeconfig) as api:
        audit = ClusterAudit(api, Clock(), namespace=own_namespace)

        def write(number):
            for _ in range(4):
                audit.append(
                    who=Principal(f"writer-{number}"),
                    act=Act.APPLY,
                    subject=f"{own_namespace}/fraud",
                    details={"revision": number},
                )

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        mine = list(audit.records(subject=f"{own_namespace}/fraud"))
        assert sorted(record.seq for record in mine) == list(range(1, 17))
        assert audit.verify().ok
        api.delete(kinds.CONFIG_MAP, own_namespace, "snb-audit-00000007")
        verdict = audit.verify()
        assert (verdict.ok, verdict.bad_seq) == (False, 7)
