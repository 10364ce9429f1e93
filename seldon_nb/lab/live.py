"""The live part of a server: the inventory, its watchers, and the way from their threads to Jupyter's event bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seldon_nb.lab.events import SCHEMA_ID

if TYPE_CHECKING:
    from seldon_nb.domain.errors import SeldonNbError
    from seldon_nb.domain.workflow import Run
    from seldon_nb.lab.app import SeldonNbApp
    from seldon_nb.lab.asked import Asked
    from seldon_nb.lab.inventory import Query
    from seldon_nb.lab.schema import Change, DeploymentsPage
    from seldon_nb.lab.watching import Tell, Watching


def live(asked: Asked) -> Live:
    """The live part of the server that was asked; made with the first request that needs it."""
    return asked.work.part("live", lambda: Live(asked))


class Live:
    """What the lists of the panel are made of."""

    def __init__(self, asked: Asked) -> None:
        from seldon_nb.lab.inventory import Inventory
        from seldon_nb.lab.views.rows import deployment_row
        from seldon_nb.lab.watching import Watching

        self.inventory = Inventory(deployment_row)
        self.watching: Watching = Watching(
            asked.workspace, self.inventory, to_the_bus(asked.app), idle_s=60.0 * asked.app.idle_minutes
        )

    def deployments(self, asked: Asked) -> DeploymentsPage:
        """GET ``deployments``: one page. Raises: SNB-711 for a query that is none."""
        from seldon_nb.lab.schema import DeploymentsPage
        from seldon_nb.lab.views.problems import problem

        query = to_query(asked)
        self.watching.attend()
        found = self.inventory.page(query)
        return DeploymentsPage(
            items=found.rows,
            offset=query.offset,
            total=found.total,
            version=found.version,
            mine=found.mine,
            shared=found.shared,
            problems=tuple(problem(error).model_copy(update={"place": place}) for place, error in self.watching.silent),
        )

    def runs(self, place: str = "", namespace: str = "") -> tuple[tuple[Run, ...], tuple[SeldonNbError, ...]]:
        """The runs that are known, newest first, and what is wrong with a place."""
        from seldon_nb.flows.runs import newest_first

        problems = self.watching.attend()
        return newest_first(self.inventory.runs(place, namespace)), problems

    def close(self) -> None:
        """End the watchers."""
        self.watching.close()


def to_query(asked: Asked) -> Query:
    """The words of a query as a question to the inventory. Raises: SNB-711."""
    from seldon_nb.cards.tones import state_word
    from seldon_nb.domain.deployment import State
    from seldon_nb.lab.inventory import MOST, SORTS, Query

    return Query(
        text=asked.text("filter"),
        place=asked.choice("place", ("here", "cluster")),
        namespace=asked.text("namespace"),
        whose=asked.choice("whose", ("mine", "shared", "all")).replace("all", ""),
        state=asked.choice("state", tuple(state.value for state in State)),
        sort=asked.choice("sort", SORTS, "name"),
        descending=asked.choice("order", ("asc", "desc"), "asc") == "desc",
        offset=asked.number("offset", 0),
        limit=asked.number("limit", 50, least=1, most=MOST),
        words=tuple((state, state_word(state)) for state in State),
    )


def to_the_bus(app: SeldonNbApp) -> Tell:
    """A function that puts changes on the server's event bus from any thread."""
    server = app.serverapp
    assert server is not None
    logger, loop = server.event_logger, server.io_loop

    def emit(changes: tuple[Change, ...]) -> None:
        for change in changes:
            if logger is not None:
                logger.emit(schema_id=SCHEMA_ID, data=change.model_dump(mode="json", by_alias=True))

    def tell(changes: tuple[Change, ...]) -> None:
        loop.add_callback(emit, changes)

    return tell
