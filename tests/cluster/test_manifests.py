"""The manifests, applied to a real API server: who may what afterwards, as the server itself says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

MANIFESTS = Path(__file__).resolve().parents[2] / "manifests"
SELDON, ARGO, APPS = "machinelearning.seldon.io", "argoproj.io", "apps"

READ = [
    (verb, group, resource)
    for verb in ("get", "list", "watch")
    for group, resource in (
        (SELDON, "seldondeployments"),
        (APPS, "deployments"),
        (APPS, "replicasets"),
        ("", "pods"),
        ("", "events"),
        ("", "services"),
    )
]
ANALYST = [
    *READ,
    *((verb, ARGO, "workflows") for verb in ("create", "get", "list", "watch")),
    *((verb, "", "configmaps") for verb in ("create", "get", "list")),
    ("get", "", "pods/log"),
    ("get", "", "namespaces"),
    ("list", "", "resourcequotas"),
]
DEPLOYER = [
    *READ,
    *((verb, SELDON, "seldondeployments") for verb in ("create", "patch", "update", "delete")),
    *((verb, ARGO, "workflowtaskresults") for verb in ("create", "patch")),
    *((verb, "", "configmaps") for verb in ("create", "get", "list")),
    ("get", "", "pods/log"),
]
#: Nobody whom these manifests know may do any of it.
NOBODY = [
    *((verb, "", "secrets") for verb in ("get", "list", "watch", "create", "update", "delete")),
    *((verb, "", "pods") for verb in ("create", "patch", "update", "delete")),
    *((verb, "", f"pods/{sub}") for verb in ("get", "create") for sub in ("exec", "attach", "portforward")),
    *((verb, "", "serviceaccounts") for verb in ("create", "impersonate")),
    *((verb, "", "configmaps") for verb in ("update", "patch")),
    *(
        (verb, "rbac.authorization.k8s.io", what)
        for verb in ("create", "patch", "bind", "escalate")
        for what in ("roles", "rolebindings")
    ),
    *((verb, ARGO, "workflowtemplates") for verb in ("create", "patch")),
    *((verb, SELDON, "seldondeployments/status") for verb in ("patch", "update")),
    ("patch", "", "namespaces"),
    ("get", "", "services/proxy"),
    ("create", "", "services/proxy"),
]


@pytest.fixture(scope="module")
def granted(cluster, tmp_path_factory):
    """A namespace of its own with everything of ``manifests/restricted`` in it, through an overlay as a platform team writes one."""
    folder = tmp_path_factory.mktemp("overlay")
    name = "t-manifests"
    base = os.path.relpath(MANIFESTS / "restricted", folder.resolve())
    (folder / "kustomization.yaml").write_text(f"namespace: {name}\nresources: [{base}]\n")
    cluster.kubectl("apply", "--server-side", "--kustomize", str(folder))
    yield name
    cluster.api().ask("DELETE", f"/api/v1/namespaces/{name}")


def may(api, namespace, verb, group, resource, *, name="", user="", groups=()):
    """The server's own word: about whoever asks, or about somebody else if ``user`` or ``groups`` say whom."""
    plural, _, sub = resource.partition("/")
    asked = {"namespace": namespace, "verb": verb, "group": group, "resource": plural, "subresource": sub, "name": name}
    about = {"user": user or "x", "groups": list(groups)} if user or groups else {}
    kind = "SubjectAccessReview" if about else "SelfSubjectAccessReview"
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": {"resourceAttributes": asked, **about}}
    answer = api.ask("POST", f"/apis/authorization.k8s.io/v1/{kind.lower()}s", body)
    assert answer.status == 201, answer
    return answer.body["status"]["allowed"]


def test_an_analyst_may_do_the_journey_and_nothing_beside_it(cluster, granted):
    api = cluster.api("you")
    assert [right for right in ANALYST if not may(api, granted, *right)] == []
    more = [(verb, SELDON, "seldondeployments") for verb in ("create", "patch", "delete")]
    more += [(verb, ARGO, "workflows") for verb in ("patch", "update", "delete")]
    assert [right for right in (*NOBODY, *more) if may(api, granted, *right)] == []


def test_an_analyst_has_no_rights_in_another_namespace(cluster, granted):
    api = cluster.api("you")
    assert [right for right in ANALYST if may(api, "default", *right)] == []


def test_the_steps_account_may_deploy_and_may_not_read_secrets_or_make_pods(cluster, granted):
    api, account = cluster.api(), f"system:serviceaccount:{granted}:snb-deployer"
    assert [right for right in DEPLOYER if not may(api, granted, *right, user=account)] == []
    more = [(verb, ARGO, "workflows") for verb in ("create", "patch")] + [("create", "", "serviceaccounts/token")]
    assert [right for right in (*NOBODY, *more) if may(api, granted, *right, user=account)] == []
    assert [right for right in DEPLOYER if may(api, "default", *right, user=account)] == []


def test_the_gateways_account_has_no_right_at_all(cluster, granted):
    api, account = cluster.api(), f"system:serviceaccount:{granted}:snb-client"
    assert [right for right in (*ANALYST, *DEPLOYER, *NOBODY) if may(api, granted, *right, user=account)] == []


def test_a_caller_gets_tokens_of_one_account_only(cluster, granted):
    api, callers = cluster.api(), ("callers",)
    token = ("create", "", "serviceaccounts/token")
    assert may(api, granted, *token, name="snb-client", groups=callers)
    assert not may(api, granted, *token, name="snb-deployer", groups=callers)
    assert may(api, granted, "create", SELDON, "seldondeployments/infer", groups=callers)
    assert [right for right in (*NOBODY, ("create", ARGO, "workflows")) if may(api, granted, *right, groups=callers)] == []


def test_a_keeper_takes_deployments_away_and_stops_workflows(cluster, granted):
    api = cluster.api()
    wanted = [("delete", SELDON, "seldondeployments"), ("patch", ARGO, "workflows"), ("delete", ARGO, "workflows")]
    assert [right for right in wanted if not may(api, granted, *right, groups=("keepers",))] == []
    assert [right for right in NOBODY if may(api, granted, *right, groups=("keepers",))] == []


def test_an_auditor_reads_the_record_and_does_nothing(cluster, granted):
    api = cluster.api("auditor")
    wanted = [("list", SELDON, "seldondeployments"), ("list", ARGO, "workflows"), ("list", "", "configmaps")]
    assert [right for right in wanted if not may(api, granted, *right)] == []
    more = [("create", ARGO, "workflows"), ("create", "", "configmaps"), ("delete", "", "configmaps")]
    more += [("create", SELDON, "seldondeployments/infer"), ("delete", SELDON, "seldondeployments")]
    assert [right for right in (*NOBODY, *more) if may(api, granted, *right)] == []


def test_a_stranger_has_no_rights(cluster, granted):
    assert [right for right in (*ANALYST, *NOBODY) if may(cluster.api("stranger"), granted, *right)] == []


def test_the_namespace_is_strict_and_says_what_it_holds(cluster, granted):
    labels = cluster.api().ask("GET", f"/api/v1/namespaces/{granted}").body["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["data.statcan.gc.ca/classification"] == "protected-b"
    settings = cluster.api("you").ask("GET", f"/api/v1/namespaces/{granted}/configmaps/seldon-nb").body["data"]
    assert settings["serviceAccount"] == "snb-deployer"


def test_only_the_steps_account_gives_its_token_to_pods(cluster, granted):
    """Argo does not hand a template's ``automountServiceAccountToken: true`` on to the pod, so the account itself must say so."""
    for account, gives in (("snb-deployer", True), ("snb-client", False)):
        found = cluster.api().ask("GET", f"/api/v1/namespaces/{granted}/serviceaccounts/{account}").body
        assert found["automountServiceAccountToken"] is gives


def test_the_component_for_clusters_without_a_gateway_can_be_added(cluster, granted, tmp_path):
    parts = {name: os.path.relpath(MANIFESTS / name, tmp_path.resolve()) for name in ("namespace", "through-api-server")}
    (tmp_path / "kustomization.yaml").write_text(
        f"namespace: {granted}\nresources: [{parts['namespace']}]\ncomponents: [{parts['through-api-server']}]\n"
    )
    made = cluster.kubectl("kustomize", str(tmp_path))
    assert made.count("services/proxy") == 1 and "namespace: team-a" not in made
