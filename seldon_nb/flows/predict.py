"""Predict: rows in, answers out, through the same route that every caller takes.

In order: the deployment's document says how it is asked, the rows are compared with the signature (nothing is sent if they do not fit), a token is made, the
rows go out in parts of about two mebibytes, the answers come back as one frame with the index of the rows.  Either all rows are answered or an error says which
part was not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from seldon_nb.codecs.chunks import SAMPLE_ROWS, rows_per_request
from seldon_nb.codecs.explain import Fitted, fit
from seldon_nb.codecs.notes import Notes
from seldon_nb.codecs.protocol import Asked
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.principal import SecretToken
from seldon_nb.ports import HttpAnswer, Ports, Progress
from seldon_nb.steps.asking import Way, way_to
from seldon_nb.words import tr

if TYPE_CHECKING:
    import pandas as pd

#: Seconds before its end at which a token is no longer used.
TOKEN_MARGIN_S = 30
#: Requests on their way at once: while the server works on one, the next is written.  Measured: two are up to a fifth faster than one, three no faster
#: than two.
IN_FLIGHT = 2

Tokens = Callable[[Target], SecretToken]


@dataclass(frozen=True, slots=True)
class Prediction:
    """Answers to all rows that were sent; never to a part of them.

    Attributes:
        frame: one row per row asked about, in their order and with their index.
        seconds: from the first look at the rows to the frame.
        requests: how many there were.
        model: the version that answered (``fraud@3``).
        notes: what was done to the rows on their way.
    """

    frame: pd.DataFrame
    seconds: float
    requests: int
    model: str
    notes: Notes = field(default_factory=Notes)


def token_keeper(ports: Ports) -> Tokens:
    """A source of tokens that makes one per endpoint and keeps it until shortly before its end; may be used by several threads."""
    kept: dict[Target, SecretToken] = {}
    lock = threading.Lock()

    def token(target: Target) -> SecretToken:
        with lock:
            held = kept.get(target)
            if held is None or held.expires_at - ports.clock.now() < TOKEN_MARGIN_S:
                held = kept[target] = ports.access.token(target)
            return held

    return token


def predict(
    ports: Ports,
    revision: Revision,
    data: Any,
    *,
    progress: Progress | None = None,
    tokens: Tokens | None = None,
    in_flight: int = IN_FLIGHT,
    transport: str = "",
) -> Prediction:
    """Ask the revision that serves, in the protocol that it speaks.

    Args:
        data: see :func:`seldon_nb.codecs.explain.fit`.
        progress: shows how many rows are answered, if there is more than one request.
        tokens: where tokens come from; pass the same :func:`token_keeper` again to make fewer.
        in_flight: requests on their way at once, 1 to 8.
        transport: ``rest`` or ``grpc``; empty for what the deployment's document says.

    Raises:
        SNB-303, SNB-328, SNB-329: it cannot be asked like this from here; nothing was sent.
        SNB-320 … SNB-324, SNB-326: the rows do not fit; nothing was sent.
        SNB-401: this identity may not call the deployment.
        SNB-302, SNB-305 … SNB-308, SNB-315, SNB-316, SNB-325, SNB-327: a part was not answered; the fact ``rows`` names it, and nothing is returned.
    """
    began = ports.clock.monotonic()
    way = way_to(ports, revision, transport)
    fitted = fit(data, revision.signature, model=revision.model)
    asking = _Asking(way, way.codec.lay_out(fitted, model=revision.model), tokens or token_keeper(ports))
    parts = asking.parts(fitted)
    with _shown(progress, revision, fitted.rows, len(parts)) as advance:
        frames = asking.all(parts, advance, max(1, min(in_flight, 8, len(parts))))
    frame, notes = _together(frames, fitted, revision)
    return Prediction(frame, ports.clock.monotonic() - began, len(parts), revision.model, notes)


@contextmanager
def _shown(progress: Progress | None, revision: Revision, rows: int, parts: int) -> Iterator[Callable[[int], None]]:
    if progress is None or parts < 2:
        yield lambda n: None
        return
    progress.start(tr("Asking {name}", name=str(revision.target)), rows)
    try:
        yield progress.advance
    finally:
        progress.close()


@dataclass(frozen=True, slots=True)
class _Asking:
    way: Way
    asked: Asked
    tokens: Tokens

    def parts(self, fitted: Fitted) -> list[tuple[int, int]]:
        """The rows of each request; the first rows stand for all: a body that is somewhat longer than wished for does no harm."""
        most = self.way.codec.dialect.most_rows
        sample = min(fitted.rows, SAMPLE_ROWS)
        if fitted.whole or (sample == fitted.rows and (not most or fitted.rows <= most)):
            return [(0, fitted.rows)]
        size = most or rows_per_request(len(self.asked.body(0, sample)), sample)
        return list(self.way.codec.parts(fitted.rows, size))

    def all(self, parts: list[tuple[int, int]], advance: Callable[[int], None], in_flight: int) -> list[pd.DataFrame]:
        """The answers to all parts in their order; the first failure ends the rest."""
        if in_flight == 1:
            frames = []
            for start, stop in parts:
                frames.append(self.part(start, stop, len(parts)))
                advance(stop - start)
            return frames
        with ThreadPoolExecutor(in_flight, thread_name_prefix="seldon_nb-predict") as pool:
            waiting: list[Future[pd.DataFrame]] = [pool.submit(self.part, start, stop, len(parts)) for start, stop in parts]
            try:
                frames = []
                for future, (start, stop) in zip(waiting, parts, strict=True):
                    frames.append(future.result())
                    advance(stop - start)
                return frames
            finally:  # also on an interrupt: what has not begun is not begun any more
                pool.shutdown(wait=False, cancel_futures=True)

    def part(self, start: int, stop: int, parts: int) -> pd.DataFrame:
        """The answers to rows ``start`` to ``stop``; an error carries them as the fact ``rows``, counted from 1 as people do."""
        rows = f"{start + 1:,}–{stop:,}"
        try:
            body = self.asked.body(start, stop)
            answer = self._ask(body)
            refusal = self.way.refusal(answer, len(body))
            if refusal is not None:
                raise refusal
            return self._read(answer, stop - start, parts)
        except SeldonNbError as error:
            error.facts.setdefault("rows", rows)
            if error.code_id == "SNB-315" and parts > 1:
                error.facts["where"] = tr("{where}, for rows {rows}", where=error.facts["where"], rows=rows)
            raise

    def _ask(self, body: bytes) -> HttpAnswer:
        target = self.way.revision.target
        try:
            return self.way.ask(body, self.tokens(target))
        except SeldonNbError as error:
            if error.code_id == "SNB-325" and "limit" in error.facts:
                raise self.way.unreadable(tr("It is longer than {limit} bytes.", limit=error.facts["limit"])) from error
            if error.code_id != "SNB-302":
                raise
        # A kept connection may have been closed between two questions; a model's answer does not depend on being asked once.
        return self.way.ask(body, self.tokens(target))

    def _read(self, answer: HttpAnswer, rows: int, parts: int) -> pd.DataFrame:
        revision = self.way.revision
        try:
            frame = self.way.codec.decode(answer.body, revision.signature, name=str(revision.target)).frame
        except ValueError as error:
            raise self.way.unreadable(tr("It is not an answer of the protocol ({reason}).", reason=str(error))) from error
        if len(frame) != rows and parts > 1:
            reason = tr("The model gave {got} answers to {rows} rows, so it cannot be asked in parts.", got=len(frame), rows=rows)
            raise self.way.unreadable(reason)
        return frame


def _together(frames: list[pd.DataFrame], fitted: Fitted, revision: Revision) -> tuple[pd.DataFrame, Notes]:
    import pandas as pd

    if len({tuple(frame.columns) for frame in frames}) > 1:
        reason = tr("Its parts have different columns.")
        raise fail("SNB-325", name=str(revision.target), reason=reason, rows=f"1–{fitted.rows:,}")
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    if len(frame) != fitted.rows:
        return frame, replace(fitted.notes, other_rows=len(frame))
    if fitted.index is not None:
        frame.index = fitted.index
    return frame, fitted.notes
