"""How long each stage took, as it is told after the fact from the objects' own times."""

from __future__ import annotations

import time

from seldon_nb.cards.deployment import deployment_card
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.domain.deployment import Progress, Stage, State
from tests.cluster.reach import reach, revision
from tests.cluster.stuck import NOWHERE, bent, serving_of


def test_an_update_is_timed_from_its_own_beginning(kubeconfig, cluster, own_namespace, seldon_operator):
    """The slow stage is told as such, and what came before the update does not count."""
    probe = cluster.image("probe")
    with reach(kubeconfig) as api:
        serving = serving_of(api)
        serving.apply(revision(own_namespace, probe), NOWHERE, lambda _: None)
        time.sleep(6)
        fetching = {"name": "model-model-initializer", "image": probe, "args": ["sleep", "4"]}
        second = bent(revision(own_namespace, probe, number=2, model="fraud@2"), pod={"initContainers": [fetching]})
        began = time.monotonic()
        told = serving.apply(second, NOWHERE, lambda _: None).timeline
        took_ms = (time.monotonic() - began) * 1000
        status = serving.status(second.target)
        assert status is not None
        assert status.state is State.ANSWERING
        for timeline in (told, status.timeline):
            by_stage = {item.stage: item.took_ms for item in timeline}
            assert [item.progress for item in timeline] == [Progress.DONE] * len(Stage)
            assert by_stage[Stage.WEIGHTS] >= 3000, timeline
            assert sum(by_stage.values()) <= took_ms + 2000, (timeline, took_ms)
        time.sleep(2)
        assert serving.status(second.target) == status, "it does not grow"
        page = to_text(deployment_card(status, skin=Skin.PYTHON), Skin.PYTHON)
        assert " 0 ms" not in page
        assert "under 1 s" in page
        (light,) = (item for item in serving.statuses() if item.target == second.target)
        assert light.state is State.ANSWERING
