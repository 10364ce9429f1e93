"""A Jupyter server with our extension and nothing else, and a way to ask it as the panel does.

The fixtures of pytest-jupyter hold for this directory only: they bring an event loop and a server into every test.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403
from tornado.httpclient import HTTPRequest
from tornado.httputil import HTTPHeaders

from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace
from tests.conftest import free_port


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    body: dict
    headers: HTTPHeaders
    text: str


@pytest.fixture(scope="session")
def lab_home(tmp_path_factory):
    """The home of a place that was never up; each test file may have its own."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def living():
    """A workspace of this machine with a model, deployed as ``dev/fraud``; taken down afterwards."""
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    rows = pd.DataFrame({"age": [20.0, 30.0, 40.0, 50.0], "amount": [1.0, 2.5, 3.0, 9.0]})
    model = LogisticRegression().fit(rows, np.array([0, 0, 1, 1]))
    root = Path(tempfile.mkdtemp(prefix="snb-"))
    made = Workspace(Settings(home=root / "home"))
    try:
        made.up(port=free_port())
        made.log(model, name="fraud", sample=rows, data="rows.csv")
        made.deploy("fraud@1", to="dev")
        yield made
    finally:
        made.close()
        made.down()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def extension_config():
    """What an administrator settled; a test may replace it."""
    return {}


@pytest.fixture
def make_workspace(lab_home):
    """Makes the workspace of the server; a test may replace it."""

    def make(settings: Settings) -> Workspace:
        return Workspace(Settings(home=lab_home, classification=settings.classification))

    return make


@pytest.fixture
def jp_server_config(extension_config, make_workspace):
    return {
        "ServerApp": {"jpserver_extensions": {"seldon_nb.lab": True, "jupyter_server_terminals": False}},
        "SeldonNbApp": {"workspace_factory": make_workspace, **extension_config},
    }


@pytest.fixture
def ask(jp_serverapp, http_server_client, jp_auth_header, jp_base_url):
    """``await ask("POST", "plans", {...})``: as the panel asks, with a token; ``headers`` adds, or with None takes away."""

    async def fetch(method, path, body=None, *, headers=None, raw=None, timeout=60):
        sent = {"X-Seldon-NB": "1", "X-Seldon-NB-Language": "en", "Content-Type": "application/json", **jp_auth_header}
        sent.update(headers or {})
        data = raw if raw is not None else json.dumps(body if body is not None else {}) if method != "GET" else None
        request = HTTPRequest(
            http_server_client.get_url(f"{jp_base_url}seldon-nb/{path}"),
            method=method,
            headers={name: value for name, value in sent.items() if value is not None},
            body=data,
            request_timeout=timeout,
            allow_nonstandard_methods=True,
        )
        answer = await super(type(http_server_client), http_server_client).fetch(request, raise_error=False)
        text = answer.body.decode() if answer.body else ""
        return Reply(answer.code, json.loads(text) if text.startswith("{") else {}, answer.headers, text)

    return fetch
