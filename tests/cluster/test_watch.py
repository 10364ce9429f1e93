"""Connecting and watching a real API server."""

from __future__ import annotations

import threading

import pytest

from seldon_nb.cluster import kinds
from seldon_nb.cluster.connect import source
from seldon_nb.cluster.refusals import Refused
from seldon_nb.cluster.watching import Feed, Watch, slim
from seldon_nb.domain import marks
from seldon_nb.domain.errors import SeldonNbError
from tests.cluster.reach import reach


def config_map(name, namespace, **data):
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/managed-by": "seldon-nb"}},
        "data": data,
    }


def test_an_unknown_context_is_answered_with_the_nearest(kubeconfig, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    with pytest.raises(SeldonNbError) as caught:
        source("admni")
    assert (caught.value.code_id, caught.value.facts["nearest"]) == ("SNB-530", "admin")
    assert source("admin")().server.startswith("https://")


def test_verbs_do_what_they_say_on_a_real_server(kubeconfig, own_namespace):
    with reach(kubeconfig) as api:
        made = api.create(kinds.CONFIG_MAP, own_namespace, config_map("a", own_namespace, x="1"))
        with pytest.raises(Refused) as caught:
            api.create(kinds.CONFIG_MAP, own_namespace, config_map("a", own_namespace))
        assert caught.value.status == 409
        with pytest.raises(Refused) as caught:
            api.create(kinds.CONFIG_MAP, own_namespace, {**config_map("b", own_namespace), "dta": {}})
        assert caught.value.status == 400
        api.apply(kinds.CONFIG_MAP, own_namespace, "c", config_map("c", own_namespace, y="2"))
        api.create(kinds.CONFIG_MAP, own_namespace, config_map("dry", own_namespace), dry_run=True)
        pages = list(api.pages(kinds.CONFIG_MAP, own_namespace, labels=marks.OURS, limit=1))
        assert [item["metadata"]["name"] for page in pages for item in page.items] == ["a", "c"]
        assert all(len(page.items) <= 1 for page in pages)
        seen = api.get(kinds.CONFIG_MAP, own_namespace, "a", metadata_only=True)
        assert "data" not in seen
        assert seen["kind"] == "PartialObjectMetadata"
        assert api.patch(kinds.CONFIG_MAP, own_namespace, "a", {"data": {"x": "3"}})["data"] == {"x": "3"}
        with pytest.raises(Refused):
            api.delete(kinds.CONFIG_MAP, own_namespace, "a", uid="somebody-else")
        assert api.delete(kinds.CONFIG_MAP, own_namespace, "a", uid=made["metadata"]["uid"])
        assert not api.delete(kinds.CONFIG_MAP, own_namespace, "a")


def test_changes_reach_the_listener_without_another_request(kubeconfig, own_namespace):
    heard: set[str] = set()
    arrived = threading.Condition()

    def listener(change):
        with arrived:
            heard.add(f"{change.key[1]}:{change.object is not None}")
            arrived.notify_all()

    feed = Feed(kind=kinds.CONFIG_MAP, namespace=own_namespace, labels=marks.OURS, reduce=slim)
    with reach(kubeconfig) as api, Watch(api, (feed,), listener) as watch:
        assert watch.synced(10)
        for number in range(10):
            name = f"w{number}"
            requests = api.requests
            api.create(kinds.CONFIG_MAP, own_namespace, config_map(name, own_namespace))
            with arrived:
                assert arrived.wait_for(lambda name=name: f"{name}:True" in heard, 30)
            assert number == 0 or api.requests == requests + 1, "by the one that the first was heard by"
        api.delete(kinds.CONFIG_MAP, own_namespace, "w0")
        with arrived:
            assert arrived.wait_for(lambda: "w0:False" in heard, 30)
    assert len(watch.items(kinds.CONFIG_MAP)) == 9
