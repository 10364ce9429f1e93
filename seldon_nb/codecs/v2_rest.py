"""The Open Inference Protocol over REST, as a dialect: :mod:`seldon_nb.codecs.v2` behind the interface that all protocols share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seldon_nb.codecs.explain import Fitted
from seldon_nb.codecs.protocol import Asked, Decoded
from seldon_nb.codecs.v2 import Layout, decode, question, told
from seldon_nb.domain.signature import Signature


@dataclass(frozen=True, slots=True)
class V2Rest:
    """Asks one node, or a graph of several.

    Attributes:
        node: the node's name, which is the model's name there.
        layout: how its server reads rows.
        graph: it has children: then the name in the path would be sent to each of them, and must be left out.
    """

    node: str
    layout: Layout = Layout.COLUMNS
    graph: bool = False
    shown: str = "v2, REST"
    most_rows: int = 0

    @property
    def path(self) -> str:
        """Where questions go."""
        return "/v2/models/infer" if self.graph else f"/v2/models/{self.node}/infer"

    def lay_out(self, fitted: Fitted, *, model: str) -> Asked:
        """Rows as MLServer reads them. Raises: SNB-321."""
        return question(fitted, self.layout, model=model)

    def read(self, body: bytes, signature: Signature | None) -> Decoded:
        """The answer's rows. Raises: ValueError without values."""
        return Decoded(decode(body, signature))

    def told(self, body: bytes) -> Mapping[str, str]:
        """What a model server of ours tells of an error: its type and its place."""
        return told(body)
