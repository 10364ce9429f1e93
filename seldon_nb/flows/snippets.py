"""The lines that ask the same question from elsewhere: made of the body that would be sent; nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seldon_nb.codecs.choose import codec_for
from seldon_nb.codecs.protocol import Transport
from seldon_nb.codecs.snippets import VARIABLE, Lines, lines_of
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.flows.try_out import Question, check_rows, chosen, misfits, rows_of, serving
from seldon_nb.ports import Ports
from seldon_nb.words import tr

#: More rows make no line easier to read.
SHOWN_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippets:
    """The lines, or everything that does not fit; ``note`` is one or two sentences about them."""

    lines: Lines | None = None
    problems: tuple[SeldonNbError, ...] = ()
    note: str = ""


def snippets(ports: Ports, question: Question) -> Snippets:
    """The question in four languages.

    Raises:
        SNB-301, SNB-361: nobody is there to be asked.  SNB-329: it speaks no protocol of HTTP that we know.
    """
    revision = serving(ports, question.target)
    chosen(revision, question.predictor)
    check_rows(revision, question)
    codec = codec_for(revision.document, transport=Transport.REST)
    shown = question if question.tensors else replace(question, data=question.data[:SHOWN_ROWS])
    problems = tuple(misfits(question, revision.signature, model=revision.model))
    if problems:
        return Snippets(problems=problems)
    try:
        rows = rows_of(shown, revision.signature, model=revision.model)
        body = codec.encode(rows, revision.signature, model=revision.model).body
    except SeldonNbError as error:  # fits the model, but not its protocol
        if "column" in error.facts:
            error.facts["field"] = error.facts["column"]
        return Snippets(problems=(error,))
    url = f"{ports.endpoint.url(revision.target)}/{codec.path.removeprefix('/')}"
    notes = [tr("Put a token into the variable {variable} first: it is in none of these lines.", variable=VARIABLE)]
    if len(shown.data) < len(question.data):
        notes.append(tr("The first {shown} of {rows} rows are shown.", shown=len(shown.data), rows=len(question.data)))
    spec = revision.document["spec"]
    if isinstance(spec, dict) and spec.get("transport") == Transport.GRPC.value:
        notes.append(tr("This deployment was made for gRPC; these lines ask over HTTP, which it may not answer."))
    return Snippets(lines=lines_of(url, body, timeout_s=revision.timeout_s), note=" ".join(notes))
