"""How a deployment is asked: the codec that its document calls for, the endpoint that its messages go through, and what a refusal means.

Shared by whoever asks: the live check of an apply, and every prediction.
"""

from __future__ import annotations

from dataclasses import dataclass

from seldon_nb.codecs.choose import KNOWN, Codec, codec_for
from seldon_nb.codecs.protocol import Transport
from seldon_nb.domain.codes import lookup
from seldon_nb.domain.deployment import Revision
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.principal import SecretToken
from seldon_nb.ports import Endpoint, HttpAnswer, Ports
from seldon_nb.words import tr

#: What other HTTP statuses than 200 mean.  A route that is not there is an endpoint where nobody answers.
_REFUSALS = {
    **dict.fromkeys((301, 302, 303, 307, 308), "SNB-305"),
    **dict.fromkeys((401, 403), "SNB-306"),
    404: "SNB-302",
    413: "SNB-308",
    **dict.fromkeys((408, 504), "SNB-307"),
    500: "SNB-315",
    **dict.fromkeys((502, 503), "SNB-316"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask one revision."""

    ports: Ports
    revision: Revision
    codec: Codec
    endpoint: Endpoint

    def ask(self, body: bytes, token: SecretToken | None) -> HttpAnswer:
        """One question. Raises: SNB-302, SNB-303, SNB-305, SNB-307, SNB-325, SNB-328."""
        timeout = float(self.revision.timeout_s)
        return self.endpoint.ask(self.revision.target, self.codec.path, body, token, timeout_s=timeout)

    def refusal(self, answer: HttpAnswer, sent: int) -> SeldonNbError | None:
        """What an answer other than rows means; None if it is one.  Bodies are looked into for types and places only."""
        page = "html" in answer.media_type
        if answer.status == 200 and not page:
            return None
        name = str(self.revision.target)
        told = {} if page else self.codec.told(answer.body)
        if not page and (own := self.codec.failure(answer.body, name=name)) is not None:
            return own
        code = "SNB-305" if page else _REFUSALS.get(answer.status, "")
        if answer.status == 400 and told:
            code = "SNB-315"
        if not code:
            return self.unreadable(tr("The HTTP status was {status}.", status=answer.status))
        facts: dict[str, object] = {
            "name": name,
            "url": self.endpoint.url(self.revision.target),
            "status": answer.status,
            "who": str(self.ports.access.whoami()),
            "limit": sent - 1,  # not told; all that is known is that this body was too large
            "seconds": self.revision.timeout_s,
            "error_type": told.get("error_type") or tr("an error that the server does not name"),
            "where": told.get("where") or tr("a place that the server does not name"),
        }
        wanted = lookup(code).fields()
        return fail(code, **{key: fact for key, fact in facts.items() if key in wanted})

    def unreadable(self, reason: str) -> SeldonNbError:
        """SNB-325, still without its rows."""
        return fail("SNB-325", name=str(self.revision.target), reason=reason)


def way_to(ports: Ports, revision: Revision, transport: str = "") -> Way:
    """The way to a revision.

    Args:
        transport: ``rest``, ``grpc``, or empty for what the document says.

    Raises:
        SNB-303: gRPC is not offered from here.  SNB-329: no codec for this protocol and transport.
    """
    document = revision.document
    codec = codec_for(document, transport=_transport(revision, transport))
    if codec.transport is not Transport.GRPC:
        return Way(ports, revision, codec, ports.endpoint)
    if ports.grpc is None:
        raise fail("SNB-303", name=str(revision.target), reason=tr("On this machine only HTTP goes through the gateway."))
    return Way(ports, revision, codec, ports.grpc)


def _transport(revision: Revision, said: str) -> Transport | None:
    if not said:
        return None
    found = next((known for known in Transport if known.value == said.lower()), None)
    if found is None:
        spec = revision.document["spec"]
        protocol = str(spec.get("protocol") or "seldon") if isinstance(spec, dict) else "-"
        raise fail("SNB-329", name=str(revision.target), protocol=protocol, transport=said, known=KNOWN)
    return found
