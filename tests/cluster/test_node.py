"""The node is a real Kubernetes: pods run, names resolve, workflows succeed, and nobody has rights unless given."""

from __future__ import annotations

import urllib.request

import pytest

from tests.cluster import node as nodes
from tests.cluster.node.api import condition

PHASES = ("Succeeded", "Failed")


def pod(node, namespace, name, *words, **spec):
    container = {"name": "main", "image": node.image("probe"), "args": list(words)}
    body = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [container], **spec}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": body,
    }


def processes(node):
    return {name: (process.pid, process.create_time()) for name in node.started if (process := node.process(name)) is not None}


def finished(node, namespace, name):
    path = f"/api/v1/namespaces/{namespace}/pods/{name}"
    found = node.api().wait(path, lambda seen: seen.get("status", {}).get("phase") in PHASES)
    logs = node.api().ask("GET", f"{path}/log").body.get("text", "")
    return found["status"]["phase"], logs.strip()


def test_bringing_it_up_twice_gives_the_same_node_and_starts_nothing(node):
    before = processes(node)
    again = nodes.ensure()
    assert again.first == node.first
    assert again.tokens == node.tokens
    assert processes(again) == before
    assert nodes.running() == again


def test_every_program_of_it_runs_and_the_node_is_ready(node):
    assert [name for name in node.started if node.process(name) is None] == []
    node.wait_ready(timeout=5)


def test_a_pod_runs_to_completion_and_kubectl_shows_its_log(node, own_namespace):
    node.api().apply(pod(node, own_namespace, "hello", "say", "good", "morning"))
    assert finished(node, own_namespace, "hello")[0] == "Succeeded"
    assert node.kubectl("-n", own_namespace, "logs", "hello") == "good morning\n"


def test_a_pod_that_fails_says_its_exit_code(node, own_namespace):
    node.api().apply(pod(node, own_namespace, "broken", "exit", "3"))
    assert finished(node, own_namespace, "broken")[0] == "Failed"
    found = node.api().ask("GET", f"/api/v1/namespaces/{own_namespace}/pods/broken").body
    assert found["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 3


def test_too_much_memory_ends_a_container_as_out_of_memory(node, own_namespace):
    document = pod(node, own_namespace, "hungry", "allocate", "200")
    document["spec"]["containers"][0]["resources"] = {"limits": {"memory": "48Mi"}}
    node.api().apply(document)
    assert finished(node, own_namespace, "hungry")[0] == "Failed"
    found = node.api().ask("GET", f"/api/v1/namespaces/{own_namespace}/pods/hungry").body
    assert found["status"]["containerStatuses"][0]["state"]["terminated"]["reason"] == "OOMKilled"


def test_a_service_answers_pods_by_its_name_and_the_host_by_its_address(node, own_namespace):
    api = node.api()
    api.apply(pod(node, own_namespace, "web", "serve", ":8080", "hello"))
    service = {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    api.apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": own_namespace}, "spec": service})
    api.wait(f"/api/v1/namespaces/{own_namespace}/pods/web", condition("Ready"))
    api.apply(pod(node, own_namespace, "ask", "get", "http://web"))
    api.apply(pod(node, own_namespace, "ask-in-full", "get", f"http://web.{own_namespace}.svc.cluster.local"))
    assert finished(node, own_namespace, "ask") == ("Succeeded", "200 hello")
    assert finished(node, own_namespace, "ask-in-full") == ("Succeeded", "200 hello")
    address = api.ask("GET", f"/api/v1/namespaces/{own_namespace}/services/web").body["spec"]["clusterIP"]
    with urllib.request.urlopen(f"http://{address}", timeout=5) as answer:
        assert answer.read() == b"hello\n"


def test_pods_reach_the_object_store(node, own_namespace):
    node.api().apply(pod(node, own_namespace, "ask", "get", f"{node.s3.url}/minio/health/live"))
    assert finished(node, own_namespace, "ask") == ("Succeeded", "200")


def test_an_unknown_name_is_refused_and_nothing_waits(node, own_namespace):
    node.api().apply(pod(node, own_namespace, "lost", "resolve", "nowhere.example", "0"))
    phase, log = finished(node, own_namespace, "lost")
    assert phase == "Failed"
    assert "no such host" in log  # said by the node's own names; whoever waits for others' ends with a timeout


def test_a_workflow_of_one_step_succeeds(node, own_namespace):
    api = node.api()
    rules = [{"apiGroups": ["argoproj.io"], "resources": ["workflowtaskresults"], "verbs": ["create", "patch"]}]
    version = "rbac.authorization.k8s.io/v1"
    metadata = {"name": "steps", "namespace": own_namespace}
    api.apply({"apiVersion": version, "kind": "Role", "metadata": metadata, "rules": rules})
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "steps"}
    subjects = [{"kind": "ServiceAccount", "name": "default", "namespace": own_namespace}]
    api.apply({"apiVersion": version, "kind": "RoleBinding", "metadata": metadata, "roleRef": reference, "subjects": subjects})
    container = {"image": node.image("probe"), "command": ["/bin/probe"], "args": ["say", "hello"]}
    body = {"entrypoint": "main", "templates": [{"name": "main", "container": container}]}
    workflow = {"name": "one", "namespace": own_namespace}
    api.apply({"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": workflow, "spec": body})
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{own_namespace}/workflows/one"
    done = api.wait(path, lambda seen: seen.get("status", {}).get("phase") in (*PHASES, "Error"))
    assert done["status"]["phase"] == "Succeeded", done["status"]


@pytest.mark.parametrize("persona", ["you", "colleague", "stranger", "auditor"])
def test_a_persona_has_no_rights_until_given_some(node, own_namespace, persona):
    refused = node.api(persona).ask("GET", f"/api/v1/namespaces/{own_namespace}/pods")
    assert refused.status == 403
    assert f'User "{persona}" cannot list resource "pods"' in refused.message


def test_a_role_for_the_analysts_holds_for_them_and_nobody_else(node, own_namespace):
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"}
    subjects = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "analysts"}]
    metadata = {"name": "analysts", "namespace": own_namespace}
    node.api().apply(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": reference,
            "subjects": subjects,
        }
    )
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{own_namespace}/workflows"
    node.api("you").wait(path, lambda found: found["items"] == [], timeout=10)
    for other in ("colleague", "auditor", "stranger"):
        assert node.api(other).ask("GET", path).status == 403


def test_a_restricted_namespace_refuses_a_pod_that_runs_as_root(node, own_namespace):
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    node.api().apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": own_namespace, "labels": labels}})
    document = pod(node, own_namespace, "root", "say", "hello", securityContext={"runAsUser": 0})
    refused = node.api().ask("POST", f"/api/v1/namespaces/{own_namespace}/pods", document)
    assert refused.status == 403
    assert "violates PodSecurity" in refused.message


def test_a_program_can_be_stopped_and_started_again(node):
    with node.without("argo"):
        assert node.process("argo") is None
    assert node.process("argo") is not None


def test_leftovers_names_what_a_running_node_holds(node):
    kinds = {line.split()[0] for line in nodes.leftovers()}
    assert kinds == {"process", "network", "cgroup", "directory"}
