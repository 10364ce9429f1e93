"""Shared by all tests: English, no telemetry, private homes, and places that are taken down again."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# The cluster to test on is one thing, the cluster that a test's user has chosen another.
if _theirs := os.environ.pop("KUBECONFIG", ""):
    os.environ["SELDON_NB_TEST_KUBECONFIG"] = _theirs
for variable in ("MLFLOW_TRACKING_URI", "SELDON_NB_HOME", "SELDON_NB_CLASSIFICATION", "SELDON_NB_SERVER_PYTHON"):
    os.environ.pop(variable, None)


def pytest_addoption(parser):
    parser.addoption(
        "--place", choices=("here", "cluster"), default="here", help="where the contract of tests/contract is tested"
    )


@pytest.fixture(autouse=True)
def english():
    from seldon_nb.words import use_language

    use_language("en")
    yield
    use_language(None)


@pytest.fixture(scope="module")
def short_tmp():
    """A directory with a path short enough for sockets; removed afterwards."""
    path = Path(tempfile.mkdtemp(prefix="snb-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def workspace(short_tmp):
    """A workspace of its own on this machine: real supervisor, model servers, gateway; taken down afterwards."""
    from seldon_nb.settings import Settings
    from seldon_nb.workspace import Workspace

    made = Workspace(Settings(home=short_tmp / "home"))
    try:
        made.up(port=free_port())
        yield made
    finally:
        made.close()
        made.down()


@pytest.fixture(scope="session")
def phishing():
    """The tutorial's data and an estimator fitted on it."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    from seldon_nb.data import phishing as load

    features, target = load()
    return HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(features, target), features
