"""The journey through a workflow: an update under load, a version that never answers, and kernels that die on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from seldon_nb.domain.audit import Act
from seldon_nb.domain.deployment import State
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.workflow import Phase, Step
from tests.cluster.ground import in_a_cluster

#: A kernel that applies a plan and is expected to die over it.
KERNEL = """
import sys
from pathlib import Path
from seldon_nb.workspace import Settings, Workspace
home, uri, plan = sys.argv[1:]
Workspace(Settings(home=Path(home), tracking_uri=uri, place="cluster", context="you")).load_plan(plan).apply()
"""


@pytest.fixture(scope="module")
def ground(short_tmp, seldon_operator):
    with in_a_cluster(short_tmp, "snb-journey", "snb-journey-b") as made:
        yield made


@pytest.fixture(scope="module")
def rows():
    import pandas as pd

    return pd.DataFrame({"amount": [1.0, 2.0, 3.0], "age": [30.0, 40.0, 50.0]})


@pytest.fixture(scope="module")
def logged(ground, rows):
    """``steady@1`` answers 1 to everything, ``steady@2`` answers 2."""
    from sklearn.dummy import DummyClassifier

    for answer in (1, 2):
        model = DummyClassifier(strategy="constant", constant=answer).fit(rows, [1, 2, 1])
        ground.workspace.log(model, name="steady", sample=rows)


class Load:
    """Somebody who asks all the time, each time through the deployment's own handle."""

    def __init__(self, deployment, rows) -> None:
        self.answers: list[int] = []
        self.lost: list[str] = []
        self._stop = threading.Event()
        self._asking = threading.Thread(target=self._ask, args=(deployment, rows))

    def _ask(self, deployment, rows) -> None:
        while not self._stop.is_set():
            try:
                self.answers.append(int(deployment.predict(rows).iloc[0, 0]))
            except SeldonNbError as error:
                self.lost.append(error.code_id)
            time.sleep(0.05)

    def __enter__(self):
        self._asking.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self._asking.join()


def test_an_update_loses_no_request_and_is_said_to_answer_when_only_it_answers(ground, logged, rows):
    deployment = ground.workspace.deploy("steady@1", to=ground.open)
    with Load(ground.as_("you").deployment("steady"), rows) as load:
        updated = ground.workspace.deploy("steady@2", to=ground.open)
        after = [int(deployment.predict(rows).iloc[0, 0]) for _ in range(30)]
    assert load.lost == []
    assert len(load.answers) > 50
    assert load.answers == sorted(load.answers) or set(load.answers) == {1, 2}
    assert set(after) == {2}, "once it is said to answer, nothing else answers"
    assert (updated.revision.number, updated.revision.model, updated.status.state) == (2, "steady@2", State.ANSWERING)


def test_a_version_that_never_answers_leaves_the_former_one_serving_and_says_so(ground, logged, rows):
    deployment = ground.workspace.deploy("steady@1", to=ground.open, name="kept")
    other = ground.as_("you")
    other.settings = replace(other.settings, cluster=replace(other.settings.cluster, server_image="seldon-nb/model-server:9.9.9"))
    plan = other.plan("steady@2", to=ground.open, name="kept")
    with Load(deployment, rows) as load, pytest.raises(SeldonNbError) as caught:
        plan.apply()
    assert caught.value.code_id == "SNB-330"
    assert "9.9.9" in str(caught.value.facts)
    assert load.lost == []
    assert set(load.answers) == {1}
    found = ground.as_("you").deployment("kept")
    assert found.revision.model == "steady@1"
    assert found.status.state is State.ANSWERING


def reached(run, step: Step) -> bool:
    """Whether a run has come to a step."""
    before = [item for item in run.steps if list(Step).index(item.step) < list(Step).index(step)]
    return all(item.progress.value == "done" for item in before)


@pytest.mark.parametrize("step", list(Step), ids=lambda step: step.value)
def test_a_kernel_that_dies_takes_nothing_with_it(ground, logged, rows, tmp_path, step):
    name = f"left-at-{step.value}"
    plan = ground.workspace.plan("steady@1", to=ground.open, name=name)
    path = plan.save(tmp_path / "plan.json")
    words = [sys.executable, "-c", KERNEL, str(tmp_path / "home"), ground.workspace.settings.tracking_uri, str(path)]
    kernel = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        run = None
        while run is None or not (reached(run, step) or run.ended):
            assert kernel.poll() is None or run is not None, kernel.stderr.read()
            run = ground.ports.workflows.run(plan.digest, deployment_of(ground, name))
    finally:
        kernel.send_signal(signal.SIGKILL)
        kernel.wait()
        kernel.stderr.close()

    # Another kernel, which knows nothing of the first.
    again = ground.as_("you")
    assert name in {found.target.name for found in again.deployments()} or again.deployment(name)
    deployment = again.load_plan(path).apply()
    assert [int(answer) for answer in deployment.predict(rows).iloc[:, 0]] == [1, 1, 1]
    assert deployment.revision.number == 1
    assert deployment.revision.plan_digest == plan.digest
    before = deployment.revision
    again.load_plan(path).apply()
    assert deployment.revision == before, "the second time changes nothing"
    run = ground.ports.workflows.run(plan.digest, deployment.target)
    assert (run.phase, run.name.endswith("-a2")) == (Phase.SUCCEEDED, False)
    acts = [record.act for record in again.history(f"{ground.open}/{name}")]
    assert acts == [Act.APPLY], "the workflow wrote the record, once"
    deployment.delete()


def deployment_of(ground, name):
    from seldon_nb.domain.deployment import Target

    return Target(ground.open, name, "cluster")


def test_what_is_only_on_its_way_is_found_by_another_kernel(ground, logged):
    deployment = ground.workspace.deploy("steady@1", to=ground.open, name="begun", wait=False)
    found = ground.as_("you").deployment("begun")
    assert found.status.state in (State.STARTING, State.ANSWERING)
    assert found.revision.model == "steady@1"
    ended = ground.ports.workflows.follow(ground.ports.workflows.run(found.revision.plan_digest, found.target), lambda _: None)
    assert ended.phase is Phase.SUCCEEDED, ended
    deployment.delete()
