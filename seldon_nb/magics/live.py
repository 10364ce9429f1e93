"""Long work in a notebook: a card that changes in its place, while the kernel is free or while somebody waits."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from seldon_nb.magics.view import CardView, Nothing

if TYPE_CHECKING:
    from seldon_nb.cards.card import Card
    from seldon_nb.domain.deployment import StageStatus
    from seldon_nb.domain.errors import SeldonNbError
    from seldon_nb.domain.workflow import Run
    from seldon_nb.handles import Deployment, Plan
    from seldon_nb.workspace import Workspace

_LOOK_S = 0.1


class NotebookTeller:
    """Shows the stages of long work in one place of the output, from the second second on, and removes it at the end."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._handle: Any = None

    def __call__(self, stages: tuple[StageStatus, ...]) -> None:
        """Show where it is, from the second second on."""
        if time.monotonic() - self._since < 2.0:
            return
        from IPython.display import display

        from seldon_nb.cards.card import Card
        from seldon_nb.cards.deployment import timeline
        from seldon_nb.words import tr

        view = CardView(Card(kind="progress", title=tr("Deploying"), blocks=(timeline(stages),)))
        if self._handle is None:
            self._handle = display(view, display_id=True)
        else:
            self._handle.update(view)

    def close(self) -> None:
        """Remove what was shown."""
        if self._handle is not None:
            self._handle.update(Nothing())
            self._handle = None


class Notice:
    """A word that something takes some seconds, for as long as it does."""

    def __enter__(self) -> None:
        from IPython.display import display

        from seldon_nb.cards.card import Card, Tone
        from seldon_nb.words import tr

        title = tr("Opening the record of runs, which takes some seconds the first time")
        self._handle = display(CardView(Card(kind="progress", title=title, tone=Tone.BUSY)), display_id=True)

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            self._handle.update(Nothing())


def deploy(workspace: Workspace, plan: Plan) -> Deployment:
    """Hand a plan over, show how far it is in this cell's output, and return at once.

    The plan is carried by a process of its own (or a cluster's workflow): neither an interrupt nor the end of this kernel stops it half-way.

    Returns:
        The deployment; whatever is asked of it first waits for the end of the apply.

    Raises:
        What refuses the plan at once; see ``Workspace.start``.
    """
    from IPython.display import display

    from seldon_nb.handles import Deployment

    run = workspace.start(plan)
    handle = display(CardView(coming_card(run)), display_id=True)
    following = Following(workspace, run, handle)
    following.start()
    return Deployment(workspace, run.target, coming=following.wait)


class Following:
    """One run that is followed by a thread of its own; ``handle`` is the place of its card."""

    def __init__(self, workspace: Workspace, run: Run, handle: Any) -> None:
        self._workspace, self._run, self._handle = workspace, run, handle
        self._error: SeldonNbError | None = None
        self._thread = threading.Thread(target=self._follow, name=f"seldon-nb-follow-{run.name}", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def wait(self) -> None:
        """Until the run has ended; an interrupt ends the waiting only.  Raises what the run ended with."""
        while self._thread.is_alive():
            self._thread.join(_LOOK_S)
        if self._error is not None:
            raise self._error

    def _follow(self) -> None:
        from seldon_nb.domain.errors import SeldonNbError
        from seldon_nb.parser import as_fault

        try:
            card = self._end(self._workspace.follow(self._run, self._tell))
        except SeldonNbError as error:
            self._error = error
        except Exception as error:
            self._error = as_fault(error, "deploy")
        else:
            self._show(card)
            return
        self._show(_error_card(self._error))

    def _tell(self, stages: tuple[StageStatus, ...]) -> None:
        self._show(coming_card(self._run, stages))

    def _end(self, run: Run) -> Card:
        """The deployment as it is now; raises what the run failed with."""
        from seldon_nb.cards.deployment import deployment_card
        from seldon_nb.cards.skin import Skin
        from seldon_nb.domain.errors import fail
        from seldon_nb.domain.workflow import Phase

        if run.phase is not Phase.SUCCEEDED:
            raise fail(run.code or "SNB-541", **dict(run.facts))
        return deployment_card(self._workspace.look_at(run.target), skin=Skin.NOTEBOOK)

    def _show(self, card: Card) -> None:
        if self._handle is not None:
            self._handle.update(CardView(card))


def _error_card(error: SeldonNbError) -> Card:
    from seldon_nb.cards.error import error_card
    from seldon_nb.cards.skin import Skin

    return error_card(error, skin=Skin.NOTEBOOK)


def coming_card(run: Run, stages: tuple[StageStatus, ...] = ()) -> Card:
    """A deployment on its way."""
    from seldon_nb.cards.card import Card, Step, Text, Tone
    from seldon_nb.cards.deployment import timeline
    from seldon_nb.domain.deployment import Stage, StageStatus
    from seldon_nb.words import tr

    told = stages or run.stages or tuple(StageStatus(stage) for stage in Stage)
    return Card(
        kind="progress",
        title=f"{run.target} · {run.model}" if run.model else str(run.target),
        tone=Tone.BUSY,
        state=tr("Deploying"),
        blocks=(
            timeline(told, whole_seconds=run.target.place == "cluster"),
            Text(tr("The kernel is free: go on working. `dep` waits for it once you ask something of it.")),
        ),
        steps=(Step(tr("It goes on without this notebook. Should the kernel be restarted, look here:"), f"show {run.target}"),),
        data={"namespace": run.target.namespace, "name": run.target.name, "place": run.target.place, "run": run.name},
    )
