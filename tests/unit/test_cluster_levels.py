"""How sensitive the data of each namespace of a cluster may be, as far as we may look."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from seldon_nb.cluster import visible
from seldon_nb.cluster.api import Listing
from seldon_nb.domain.classification import LABEL_KEY, Classification
from seldon_nb.domain.errors import SeldonNbError, fail


@dataclass
class Own:
    namespace: str = "team-a"


@dataclass
class Cluster:
    """Lists its namespaces, or refuses with a code."""

    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    refuses: str = ""
    credentials: Own = field(default_factory=Own)
    named: set[str] = field(default_factory=lambda: {"team-b"})
    readable: dict[tuple[str, str], dict] = field(default_factory=dict)
    looked: list[tuple[str, str]] = field(default_factory=list)

    def every(self, kind, namespace="", *, labels="", fields="", metadata_only=False):
        assert metadata_only
        if self.refuses:
            raise fail(self.refuses, server="https://cluster", verb="list", resource="namespaces", namespace="-", who="ana")
        return Listing(tuple({"metadata": {"name": name, "labels": marks}} for name, marks in self.labels.items()), "1")

    def find(self, kind, namespace, name, *, metadata_only=False):
        self.looked.append((namespace, name))
        if (namespace, name) in self.readable:
            return self.readable[namespace, name]
        raise fail("SNB-533", server="https://cluster", verb="get", resource=kind.resource, namespace=namespace, who="ana")


def test_each_namespace_has_the_level_of_its_label_and_unknown_without_one():
    cluster = Cluster({"team-b": {LABEL_KEY: "protected-b"}, "team-a": {LABEL_KEY: "unclassified"}, "zoo": {}})
    assert visible.levels(cluster) == (
        ("team-a", Classification.UNCLASSIFIED),
        ("team-b", Classification.PROTECTED_B),
        ("zoo", Classification.UNKNOWN),
    )
    assert visible.namespaces(cluster) == ("team-a", "team-b", "zoo")


def test_where_we_may_not_list_them_each_of_our_own_is_looked_at():
    closed = Cluster(refuses="SNB-533")
    assert visible.namespaces(closed) == ("team-a", "team-b")
    assert closed.looked == [], "names cost no request each"
    assert visible.levels(closed) == (("team-a", Classification.UNKNOWN), ("team-b", Classification.UNKNOWN))
    label = {"metadata": {"name": "team-a", "labels": {LABEL_KEY: "unclassified"}}}
    settings = {"metadata": {"name": "seldon-nb"}, "data": {"classification": "protected-a"}}
    open_ = Cluster(refuses="SNB-533", readable={("", "team-a"): label, ("team-b", "seldon-nb"): settings})
    assert visible.levels(open_) == (("team-a", Classification.UNCLASSIFIED), ("team-b", Classification.PROTECTED_A))


def test_a_cluster_that_is_away_is_not_a_cluster_without_namespaces():
    with pytest.raises(SeldonNbError):
        visible.levels(Cluster(refuses="SNB-531"))
