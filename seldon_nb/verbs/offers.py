"""What can be completed: the same lists for a shell's Tab and a notebook's.

A shell asks once and waits for the answer.  A notebook asks while somebody types: every list is read by a thread of its own, kept for some seconds,
and what is not there in time is offered at the next key.  Nothing is started and nothing is raised.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from seldon_nb.words import tr

if TYPE_CHECKING:
    from seldon_nb.workspace import Workspace

#: How long a list is kept.
KEEP_S = 5.0
#: How long somebody who types is held up, all lists together.
PATIENCE_S = 0.06
#: With more versions than that, names are offered first and versions once the name stands.
FEW = 30

Read = Callable[[], Iterable[str]]


class Offers:
    """The lists of one workspace.

    Args:
        workspace: gives the workspace; called only when a list of it is asked for.
        patient: wait for each list (a shell) or not longer than :data:`PATIENCE_S` (a notebook).
        variables: of a kind (``model`` or ``data``) and the beginning of a word, the notebook's variables, and their attributes after a dot.
    """

    def __init__(
        self,
        workspace: Callable[[], Workspace],
        *,
        patient: bool = True,
        variables: Callable[[str, str], Sequence[str]] = lambda kind, begun: (),
    ) -> None:
        self._workspace = workspace
        self._patient = patient
        self.variables = variables
        self._held: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._reading: dict[str, threading.Event] = {}
        self._deadline = 0.0

    def begin(self) -> Offers:
        """Somebody pressed a key: the patience begins anew."""
        self._deadline = time.monotonic() + PATIENCE_S
        return self

    def models(self) -> tuple[str, ...]:
        """``fraud@3`` … newest first, then ``fraud@champion``."""
        return self._known("models", self._models)

    def namespaces(self) -> tuple[str, ...]:
        """``dev``, ``cluster/team-a``."""
        return tuple(dict.fromkeys((*self._known("here", self._here), *self._known("cluster", self._cluster))))

    def deployments(self) -> tuple[str, ...]:
        """``here/dev/fraud``: place, namespace and name of each that the person may see."""
        return (*self._known("deployments here", self._seen_here), *self._known("deployments cluster", self._seen_in_cluster))

    def _models(self) -> Iterable[str]:
        from seldon_nb.catalog.glance import references

        return [f"{name}@{rest}" for name, rest in references(self._workspace().tracking_uri)]

    def _here(self) -> Iterable[str]:
        workspace = self._workspace()
        return workspace.ports.serving.namespaces() if workspace.uses_here else ()

    def _cluster(self) -> Iterable[str]:
        workspace = self._workspace()
        if not workspace.uses_cluster:
            return ()
        names = workspace.cluster.serving.namespaces()
        return [f"cluster/{name}" if workspace.uses_here else name for name in names]

    def _seen_here(self) -> Iterable[str]:
        return self._seen("here") if self._workspace().uses_here else ()

    def _seen_in_cluster(self) -> Iterable[str]:
        return self._seen("cluster") if self._workspace().uses_cluster else ()

    def _seen(self, place: str) -> Iterable[str]:
        from seldon_nb.flows.deployments import visible

        return [f"{place}/{status.target}" for status in visible(self._workspace().at(place))]

    def _known(self, kind: str, read: Read) -> tuple[str, ...]:
        at, held = self._held.get(kind, (-KEEP_S, ()))
        if time.monotonic() - at < KEEP_S:
            return held
        if self._patient:
            self._read(kind, read)
        else:
            done = self._reading.get(kind)
            if done is None:
                done = self._reading[kind] = threading.Event()
                threading.Thread(target=self._read, args=(kind, read), name="seldon-nb-offers", daemon=True).start()
            done.wait(max(0.0, self._deadline - time.monotonic()))
        return self._held.get(kind, (0.0, ()))[1]  # if it is not there in time, the former list is better than none

    def _read(self, kind: str, read: Read) -> None:
        try:
            found = tuple(read())
        except Exception:  # nobody who types wants to read of it; the verb itself will say what is wrong
            found = ()
        self._held[kind] = (time.monotonic(), found)
        if done := self._reading.pop(kind, None):
            done.set()


def _of(context: click.Context) -> Offers:
    found = context.find_root().obj
    if isinstance(found, Offers):
        return found
    from seldon_nb.workspace import current

    return Offers(current)


def references(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Model versions and aliases; with many of them, names first (``fraud@``)."""
    found = [ref for ref in _of(context).models() if ref.startswith(incomplete)]
    if "@" not in incomplete and len(found) > FEW:
        found = [name + "@" for name in dict.fromkeys(ref.rpartition("@")[0] for ref in found)]
    return [CompletionItem(ref, help=tr("model version")) for ref in found]


def namespaces(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Namespaces, a cluster's with the name of their place where both places are used."""
    return [
        CompletionItem(name, help=tr("namespace"))
        for name in _of(context).namespaces()
        if name.startswith(incomplete) or name.partition("/")[2].startswith(incomplete or "/")
    ]


def deployments(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Deployments, as short as tells them from each other: ``fraud``, ``dev/fraud``, ``cluster/team-a/fraud``."""
    full = _of(context).deployments()
    every = [form for text in full for form in _forms(text)]
    found = []
    for text in full:
        own = [form for form in _forms(text) if every.count(form) == 1]
        if any(form.startswith(incomplete) for form in _forms(text)):  # of two with one name, each is offered by a longer form
            found.append(next((form for form in own if form.startswith(incomplete)), own[0]))
    return [CompletionItem(form, help=tr("deployment")) for form in dict.fromkeys(found)]


def _forms(full: str) -> list[str]:
    """``fraud``, ``dev/fraud``, ``here/dev/fraud``."""
    place, namespace, name = full.split("/", 2)
    return [name, f"{namespace}/{name}", f"{place}/{namespace}/{name}"]


def shown(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Whatever ``show`` and ``history`` take: deployments, then model versions."""
    return [*deployments(context, param, incomplete), *references(context, param, incomplete)]


def codes(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Every code, ``SNB-312`` or only its number."""
    from seldon_nb.domain.codes import ALL

    wanted = incomplete.upper()
    return [
        CompletionItem(code, help=tr("code"))
        for code in sorted(ALL)
        if code.startswith(wanted) or code[4:].startswith(wanted or "-")
    ]


def model_variables(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The estimators that a notebook holds; files, in a shell."""
    return _variables(context, "model", incomplete)


def data_variables(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The tables and arrays that a notebook holds; files, in a shell."""
    return _variables(context, "data", incomplete)


def _variables(context: click.Context, kind: str, incomplete: str) -> list[CompletionItem]:
    offers = context.find_root().obj
    if not isinstance(offers, Offers):
        return [CompletionItem(incomplete, type="file")]
    return [
        CompletionItem(name, help=tr("variable")) for name in offers.variables(kind, incomplete) if name.startswith(incomplete)
    ]
