"""What was done to rows on their way, told and never hidden."""

from __future__ import annotations

from dataclasses import dataclass

from seldon_nb.words import tr, trn


@dataclass(frozen=True, slots=True)
class Notes:
    """What was done to the rows on their way to the model.

    Attributes:
        dropped: columns that the model does not know and that were left out.
        near: pairs (left-out column, optional column of the model that was not sent) whose names are alike.
        rounded: columns whose type in the model holds fewer digits than some values had.
        by_position: the model's columns in the order in which the unnamed columns of an array were taken for them.
        other_rows: how many rows the answer has, if that is not how many were asked about; -1 if it is.
    """

    dropped: tuple[str, ...] = ()
    near: tuple[tuple[str, str], ...] = ()
    rounded: tuple[str, ...] = ()
    by_position: tuple[str, ...] = ()
    other_rows: int = -1

    def __bool__(self) -> bool:
        return bool(self.sentences())

    def sentences(self) -> tuple[str, ...]:
        """What to show, one sentence each, in the user's language."""
        told: list[str] = []
        if self.dropped:
            told.append(
                trn(
                    "Column {names} is not in the model and was left out.",
                    "{n} columns are not in the model and were left out: {names}.",
                    len(self.dropped),
                    names=listed(self.dropped),
                )
            )
        told += [
            tr("Did you mean the optional column `{known}` by `{given}`?", given=given, known=known) for given, known in self.near
        ]
        if self.rounded:
            told.append(
                trn(
                    "The model's type of column {names} holds fewer digits; some values were rounded.",
                    "The model's types of {n} columns hold fewer digits; some values were rounded: {names}.",
                    len(self.rounded),
                    names=listed(self.rounded),
                )
            )
        if self.by_position:
            told.append(tr("The array's columns were taken in the model's order: {names}.", names=listed(self.by_position)))
        if self.other_rows >= 0:
            told.append(
                trn(
                    "The model gave one answer to all rows together.",
                    "The model gave {n} answers to all rows together.",
                    self.other_rows,
                )
            )
        return tuple(told)


def listed(names: tuple[str, ...] | list[str], *, most: int = 12) -> str:
    """```a`, `b` and 3 more``: names for a sentence; never more than ``most`` of them."""
    shown = ", ".join(f"`{name}`" for name in names[:most])
    rest = len(names) - most
    return shown if rest <= 0 else trn("{shown} and one more", "{shown} and {n} more", rest, shown=shown)
