"""``history``: what was done, newest first, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado import web

from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.lab.asked import Asked
from seldon_nb.lab.handler import Resource

if TYPE_CHECKING:
    from seldon_nb.domain.audit import AuditRecord
    from seldon_nb.lab.schema import HistoryPage, HistoryRow, Problem

_MOST = 500


class HistoryResource(Resource):
    """GET: records of all places, a page at a time; ``verify`` recomputes the chain."""

    auth_resource = "seldon_nb:history"

    @web.authenticated
    async def get(self) -> None:
        """Tell what was done."""
        await self.answer(told)


def told(asked: Asked) -> HistoryPage:
    """The records about a subject, or all; a place that is silent, or a chain that is broken, is a problem beside them."""
    from seldon_nb.lab.schema import HistoryPage

    offset, limit = asked.number("offset", 0), asked.number("limit", 100, least=1, most=_MOST)
    place = asked.choice("place", ("here", "cluster"))
    verify = asked.choice("verify", ("0", "1"), "0") == "1"
    subject, namespace, whose = asked.text("subject"), asked.text("namespace"), asked.choice("whose", ("mine", "shared"))
    words = asked.text("filter").casefold().split()
    rows: list[HistoryRow] = []
    problems: list[Problem] = []
    whole: bool | None = None
    for name in asked.workspace.places:
        if place not in ("", name):
            continue
        found, trouble, holds = _of_place(asked, name, subject, verify=verify)
        rows += [row for row in found if _fits(row, words, namespace, whose, asked.workspace.at(name).access.whoami().name)]
        problems += trouble
        whole = holds if whole is None else whole and holds is not False
    rows.sort(key=lambda row: row.at, reverse=True)
    return HistoryPage(
        items=tuple(rows[offset : offset + limit]), offset=offset, total=len(rows), problems=tuple(problems), whole=whole
    )


def _of_place(asked: Asked, place: str, subject: str, *, verify: bool) -> tuple[list[HistoryRow], list[Problem], bool | None]:
    """(rows in the order of the records, problems, whether the chain holds or None if that was not asked)."""
    from seldon_nb.flows.history import verify as verified
    from seldon_nb.lab.views.problems import problem
    from seldon_nb.lab.views.rows import history_row

    ports = None
    try:
        ports = asked.workspace.at(place)
        me = ports.access.whoami().name
        records: tuple[AuditRecord, ...] = asked.workspace.history_at(place, subject)
        rows = [history_row(record, me) for record in records]
    except SeldonNbError as error:
        return [], [problem(error)], None
    if not verify:
        return rows, [], None
    try:
        return rows, [], verified(ports).ok
    except SeldonNbError as error:
        return rows, [problem(error)], False


def _fits(row: HistoryRow, words: list[str], namespace: str, whose: str, me: str) -> bool:
    if namespace and not row.subject.startswith(f"{namespace}/"):
        return False
    if whose and (row.who == me) != (whose == "mine"):
        return False
    text = f"{row.text} {row.subject} {row.who}".casefold()
    return all(word in text for word in words)


ROUTES = ((r"history", HistoryResource),)
