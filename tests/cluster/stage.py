"""Everything around our own code that the journey in a cluster needs, for real: node, operator, images, an MLflow server, a namespace with its roles."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seldon_nb.domain.classification import LABEL_KEY
from tests.cluster import images, node
from tests.cluster.foreign import Foreign
from tests.cluster.operator_fixtures import REAL, stand_in

CHECKOUT = Path(__file__).resolve().parents[2]
MANIFESTS = CHECKOUT / "manifests"
PERSONA = "you"


@dataclass(frozen=True)
class Stage:
    """What was set up.

    Attributes:
        cluster: the node of this machine, or the user's own.
        kubeconfig: whose current context is the analyst's.
        tracking_uri: MLflow, for this machine and for pods alike.
    """

    cluster: node.Node | Foreign
    kubeconfig: Path
    tracking_uri: str
    namespace: str


@contextlib.contextmanager
def stage(
    directory: Path, namespace: str = "team-a", tell: Callable[[str], None] = print, *, cluster: node.Node | Foreign | None = None
) -> Iterator[Stage]:
    """Set up, and take down what was started here; the node and its images stay.

    Args:
        directory: an empty one, for MLflow's files and the logs.
        cluster: where; the node of this machine if None.
    """
    tell("the node …")
    machine = cluster or node.ensure()
    tell("the images …")
    for name in ("model-server", "step"):
        machine.import_image(images.build(name).archive)
    with contextlib.ExitStack() as ends:
        if not REAL:
            tell("the stand-in for Seldon's operator …")
            ends.enter_context(stand_in(machine.kubeconfig, machine.host_ip, directory / "operator.log"))
        tell("an MLflow server that pods reach …")
        uri = ends.enter_context(mlflow_server(machine.host_ip, directory))
        tell(f"the namespace {namespace} with its roles …")
        prepare(machine, namespace, uri)
        yield Stage(machine, as_persona(machine, directory, namespace), uri, namespace)


def prepare(machine: node.Node | Foreign, namespace: str, tracking_uri: str, *, classification: str = "unclassified") -> None:
    """A strict namespace with the platform team's settings and roles."""
    api = machine.api()
    restricted = {"pod-security.kubernetes.io/enforce": "restricted", LABEL_KEY: classification}
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": restricted}})
    settings = {
        "serverImage": images.reference("model-server"),
        "stepImage": images.reference("step"),
        "trackingUri": tracking_uri,
        "serviceAccount": "snb-deployer",
    }
    api.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "seldon-nb", "namespace": namespace}, "data": settings}
    )
    with tempfile.TemporaryDirectory(prefix="snb-overlay-") as folder:  # no gateway stands in front of this cluster
        base, component = (
            os.path.relpath(MANIFESTS / part, Path(folder).resolve()) for part in ("namespace", "through-api-server")
        )
        told = f"namespace: {namespace}\nresources: [{base}]\ncomponents: [{component}]\n"
        (Path(folder) / "kustomization.yaml").write_text(told, "utf-8")
        machine.kubectl("apply", "--server-side", "--kustomize", folder)
    # Whoever tries it out answers for the namespace too.
    words = (
        "create",
        "rolebinding",
        f"snb-keeper-{PERSONA}",
        "--role=snb-keeper",
        f"--user={PERSONA}",
        "--dry-run=client",
        "-o",
        "yaml",
    )
    machine.kubectl("apply", "-n", namespace, "-f", "-", given=machine.kubectl(*words))


def as_persona(machine: node.Node | Foreign, directory: Path, namespace: str) -> Path:
    """A kubeconfig whose current context is the analyst's, in their namespace."""
    import yaml

    told = yaml.safe_load(machine.kubeconfig.read_text("utf-8"))
    told["current-context"] = PERSONA
    for context in told["contexts"]:
        context["context"]["namespace"] = namespace
    path = directory / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(told), "utf-8")
    return path


@contextlib.contextmanager
def mlflow_server(host: str, directory: Path, *, root: str = "") -> Iterator[str]:
    """A real MLflow server on an address that pods reach; ends by its pid.

    Args:
        root: where models lie if whoever logs them writes there directly (``s3://…``); else the server hands files out.
    """
    from tests.conftest import free_port

    port = free_port()
    uri = f"http://{host}:{port}"
    with (directory / "mlflow.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", "--host", host, "--port", str(port), "--workers", "1",
             "--allowed-hosts", f"{host}:{port},{host}", "--backend-store-uri", f"sqlite:///{directory / 'mlflow.db'}",
             *(["--no-serve-artifacts", "--default-artifact-root", root] if root else ["--artifacts-destination", str(directory / "files")])],
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            cwd=directory,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    try:
        wait_for(f"{uri}/health")
        yield uri
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def wait_for(url: str, seconds: float = 90) -> None:
    """Until the address answers. Raises TimeoutError."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + seconds
    while True:
        try:
            with opener.open(url, timeout=2):
                return
        except OSError as error:
            if time.monotonic() > end:
                raise TimeoutError(f"{url}: {error}") from None
            time.sleep(0.1)
