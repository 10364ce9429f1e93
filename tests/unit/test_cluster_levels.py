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

    def every(self, kind, namespace="", *, labels="", fields="", metadata_only=False):
        assert metadata_only
        if self.refuses:
            raise fail(self.refuses, server="https://cluster", verb="list", resource="namespaces", namespace="-", who="ana")
        return Listing(tuple({"metadata": {"name": name, "labels": marks}} for name, marks in self.labels.items()), "1")


def test_each_namespace_has_the_level_of_its_label_and_unknown_without_one():
    cluster = Cluster({"team-b": {LABEL_KEY: "protected-b"}, "team-a": {LABEL_KEY: "unclassified"}, "zoo": {}})
    assert visible.levels(cluster) == (
        ("team-a", Classification.UNCLASSIFIED),
        ("team-b", Classification.PROTECTED_B),
        ("zoo", Classification.UNKNOWN),
    )
    assert visible.namespaces(cluster) == ("team-a", "team-b", "zoo")


def test_where_we_may_not_list_them_our_own_are_told_and_nothing_is_known_of_them():
    assert visible.levels(Cluster(refuses="SNB-533")) == (("team-a", Classification.UNKNOWN), ("team-b", Classification.UNKNOWN))


def test_a_cluster_that_is_away_is_not_a_cluster_without_namespaces():
    with pytest.raises(SeldonNbError):
        visible.levels(Cluster(refuses="SNB-531"))
