"""What the tests of the cluster's adapters share: a connection as somebody, an endpoint through the API server, a small revision to apply."""

from __future__ import annotations

import contextlib
import functools

from seldon_nb.cluster.api import Api
from seldon_nb.cluster.credentials import of_context
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.plan import Document, documents_digest
from seldon_nb.domain.principal import Principal
from seldon_nb.places import SystemClock

Clock = SystemClock


def api_as(kubeconfig, context: str = "admin") -> Api:
    return Api(functools.partial(of_context, context, str(kubeconfig)))


@contextlib.contextmanager
def reach(kubeconfig, context: str = "admin"):
    """A connection that is closed afterwards."""
    api = api_as(kubeconfig, context)
    try:
        yield api
    finally:
        api.close()


def revision(
    namespace: str,
    image: str,
    *,
    name: str = "fraud",
    number: int = 1,
    model: str = "fraud@1",
    answer: str = "one",
    deadline: int = 30,
    args=(),
) -> Revision:
    """A document of our shape whose server answers every question with ``answer``."""
    probe = {"httpGet": {"path": "/v2/health/ready", "port": 9000}, "periodSeconds": 1}
    pod = {
        "securityContext": {"runAsNonRoot": True, "runAsUser": 8888, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": 8,
        "containers": [
            {
                "name": "model",
                "image": image,
                "imagePullPolicy": "IfNotPresent",
                "args": list(args) or ["serve", ":9000", answer],
                "readinessProbe": probe,
                "livenessProbe": {**probe, "periodSeconds": 10},
                # A busy machine learns late that the route has changed; the real operator lets a model go on for 10 s.
                "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
                "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            }
        ],
    }
    document = {
        "apiVersion": "machinelearning.seldon.io/v1",
        "kind": "SeldonDeployment",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/managed-by": "seldon-nb"},
            "annotations": {
                "seldon-nb.io/model": model,
                "seldon-nb.io/callers": "colleague,you",
                "seldon-nb.io/classification": "unclassified",
            },
        },
        "spec": {
            "protocol": "v2",
            "predictors": [
                {
                    "name": "default",
                    "replicas": 1,
                    "progressDeadlineSeconds": deadline,
                    "annotations": {"seldon.io/no-engine": "true"},
                    "graph": {"name": "model", "type": "MODEL"},
                    "componentSpecs": [{"spec": pod}],
                }
            ],
        },
    }
    documents = (Document("SeldonDeployment", document),)
    return Revision(
        target=Target(namespace, name, "cluster"),
        number=number,
        plan_digest=f"sha256:{number:064x}",
        documents_digest=documents_digest(documents),
        model=model,
        model_digest=f"sha256:{number:064x}",
        classification=Classification.UNCLASSIFIED,
        applied_by=Principal("you"),
        applied_at="2026-11-21T12:00:00.000Z",
        callers=(Principal("colleague"), Principal("you")),
        documents=documents,
    )
