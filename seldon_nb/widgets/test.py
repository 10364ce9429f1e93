"""The test view in a notebook: a reference that JupyterLab draws, and a picture without values for everybody else.

The reference holds names only.  The view asks the server extension, not the kernel, so it survives a restart, works in a saved notebook, and what is typed or
answered there never becomes an output, a widget's state or a message that is kept.
"""

from __future__ import annotations

from typing import Any

from seldon_nb.cards.card import Block, Card, Step, Table, Text
from seldon_nb.cards.html import to_html
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.cards.tones import badge
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.words import tr, trn

#: What the panel's renderer is registered for.
MIME = "application/vnd.seldon-nb.test+json"
#: Of the reference; a renderer refuses another one.
VERSION = 1
_MOST_FIELDS = 40


class TestView:
    """Displays the test view of one deployment.

    Args:
        target: which deployment; it need not be answering, and nothing is asked of it.
        revision: what is known of it already, for the static picture; None if nothing is.
        predictor: which of its predictors.
    """

    __test__ = False  # its name begins with Test, but pytest has no business here

    def __init__(self, target: Target, revision: Revision | None = None, *, predictor: str = "default") -> None:
        self._target = target
        self._revision = revision
        self._predictor = predictor

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            MIME: self.reference(),
            "text/html": to_html(self.card(), Skin.NOTEBOOK),
            "text/plain": to_text(self.card(), Skin.NOTEBOOK),
        }

    def __repr__(self) -> str:
        return to_text(self.card(), Skin.PYTHON)

    def reference(self) -> dict[str, str | int]:
        """Which view to draw: names, nothing else."""
        return {
            "v": VERSION,
            "place": self._target.place,
            "namespace": self._target.namespace,
            "deployment": self._target.name,
            "predictor": self._predictor,
        }

    def card(self) -> Card:
        """The static picture: what the model takes, and how to open the view."""
        blocks: list[Block] = [
            Text(tr("This is where the test form is drawn when the notebook is open in JupyterLab with the seldon_nb panel.")),
        ]
        mark = ""
        if self._revision is not None:
            mark = badge(self._revision.classification)
            blocks += _fields(self._revision)
        blocks.append(Text(tr("Values stay in this view: nothing is saved in the notebook.")))
        return Card(
            kind="test",
            title=tr("Test {name}", name=str(self._target)),
            badge=mark,
            blocks=tuple(blocks),
            steps=(
                Step(tr("Open it in the panel: Deployments, then the row's Test tab.")),
                Step(tr("Or ask from a cell:"), f"predict {self._target} X"),
            ),
            python=f'sn.deployment("{self._target}").widget()',
            data=self.reference(),
        )


def _fields(revision: Revision) -> list[Block]:
    """What goes in, by name and type; no range, no category, no row."""
    if revision.signature is None:
        return [Text(tr("{model} was logged without a signature, so its columns are not known.", model=revision.model))]
    inputs = revision.signature.inputs
    if inputs.is_tensor:
        headers = (tr("Input"), tr("Type"), tr("Shape"))
        shapes = [" × ".join(tr("any") if side == -1 else str(side) for side in tensor.shape) for tensor in inputs.tensors]
        rows = [(tensor.name, tensor.dtype, shape) for tensor, shape in zip(inputs.tensors, shapes, strict=True)]
    else:
        headers = (tr("Input"), tr("Type"), tr("Required"))
        rows = [(column.name, column.type.value, tr("yes") if column.required else tr("no")) for column in inputs.columns]
    caption = trn("{model} takes {n} input", "{model} takes {n} inputs", len(rows), model=revision.model)
    blocks: list[Block] = [Table(headers, tuple(rows[:_MOST_FIELDS]), caption=caption)]
    if len(rows) > _MOST_FIELDS:
        blocks.append(Text(trn("and {n} more", "and {n} more", len(rows) - _MOST_FIELDS)))
    return blocks
