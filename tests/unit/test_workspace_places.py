"""Which place a namespace means."""

from __future__ import annotations

import pytest

from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch, tmp_path):
    for variable in ("KUBECONFIG", "SELDON_NB_PLACE", "SELDON_NB_CONTEXT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SELDON_NB_HOME", str(tmp_path / "home"))


def test_without_a_cluster_every_namespace_is_here():
    workspace = Workspace()
    assert not workspace.uses_cluster
    assert workspace.where("team-a") == ("here", "team-a")


def test_a_prefix_says_which_place():
    workspace = Workspace()
    assert workspace.where("cluster/team-a") == ("cluster", "team-a")
    assert workspace.where("here/dev") == ("here", "dev")
    with pytest.raises(SeldonNbError) as caught:
        workspace.where("prod/team-a")
    assert caught.value.code_id == "SNB-706"


@pytest.mark.parametrize(
    ("variable", "value"), [("KUBECONFIG", "/nowhere"), ("SELDON_NB_CONTEXT", "test"), ("SELDON_NB_PLACE", "cluster")]
)
def test_a_chosen_cluster_has_all_namespaces_that_are_not_here(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    workspace = Workspace(Settings.read())
    assert workspace.uses_cluster
    assert workspace.where("team-a") == ("cluster", "team-a")


def test_a_place_that_does_not_exist_is_refused(monkeypatch):
    monkeypatch.setenv("SELDON_NB_PLACE", "moon")
    with pytest.raises(SeldonNbError) as caught:
        Settings.read()
    assert caught.value.code_id == "SNB-706"


def test_the_users_word_stands_before_the_platforms(monkeypatch):
    monkeypatch.setenv("SELDON_NB_SERVER_IMAGE", "registry.example/server:2")
    settings = Settings.read()
    assert settings.cluster.server_image == "registry.example/server:2"
    assert dict(settings.origin)["cluster.server_image"] == "SELDON_NB_SERVER_IMAGE"
