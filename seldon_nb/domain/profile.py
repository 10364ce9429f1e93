"""The profile of a table: what its columns hold, in a few numbers each, without any of its rows.

Made of the training data when a model is logged, and kept beside the model, so that whoever tries it knows what is usual.  Categories and the smallest and
largest value are values all the same: no profile is kept of protected data.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from seldon_nb.domain.canonical import digest_of

#: The shares of the rows at which a column's numbers are cut: the smallest, some between, the largest.
SHARES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
#: A text column with more different values than that has no categories.
MOST_CATEGORIES = 50


class Holds(enum.Enum):
    """What a column holds."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CATEGORY = "category"  # few different texts, each seen more than once or all of them known
    TEXT = "text"
    DATETIME = "datetime"
    NOTHING = "nothing"  # every value is missing
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """One column.

    Attributes:
        name: as the model knows it.
        missing: how many rows have no value there.
        distinct: how many different values the others have; of a very long column, as many as were looked at have.
        quantiles: of numbers, the values at :data:`SHARES`; empty for anything else.
        categories: of a category or a boolean, every value and how often it was seen, the most frequent first; empty for anything else.
        earliest, latest: of dates, ISO 8601; empty for anything else.
    """

    name: str
    holds: Holds
    missing: int = 0
    distinct: int = 0
    quantiles: tuple[float, ...] = ()
    categories: tuple[tuple[str, int], ...] = ()
    earliest: str = ""
    latest: str = ""

    def __post_init__(self) -> None:
        if self.quantiles and len(self.quantiles) != len(SHARES):
            raise ValueError("a profile has one number per share")

    @property
    def minimum(self) -> float | None:
        """The smallest number; None if it holds none."""
        return self.quantiles[0] if self.quantiles else None

    @property
    def maximum(self) -> float | None:
        """The largest number; None if it holds none."""
        return self.quantiles[-1] if self.quantiles else None

    @property
    def typical(self) -> float | str | None:
        """The middle number, or the most frequent category; None if neither is known."""
        if self.quantiles:
            return self.quantiles[SHARES.index(0.5)]
        return self.categories[0][0] if self.categories else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A table: how many rows, and each of its columns in order.

    Attributes:
        source: ``train`` if it was made of the training data, ``sample`` if of the sample only.
    """

    rows: int
    columns: tuple[ColumnProfile, ...] = ()
    source: str = "train"

    def column(self, name: str) -> ColumnProfile | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def only(self, names: tuple[str, ...]) -> Profile:
        """The columns of these names, in their order; those that are not there are left out."""
        found = tuple(column for name in names if (column := self.column(name)) is not None)
        return replace(self, columns=found)

    @property
    def missing(self) -> int:
        """How many values are missing in all columns together."""
        return sum(column.missing for column in self.columns)

    @property
    def fingerprint(self) -> str:
        """``sha256:…`` over everything it says: two tables with the same one look alike in every number that is kept here."""
        return digest_of({"rows": self.rows, "columns": [_body(column) for column in self.columns]})


def _body(column: ColumnProfile) -> dict[str, object]:
    return {
        "name": column.name,
        "holds": column.holds.value,
        "missing": column.missing,
        "distinct": column.distinct,
        "quantiles": [repr(number) for number in column.quantiles],  # canonical JSON knows whole numbers only
        "categories": [[name, count] for name, count in column.categories],
        "dates": [column.earliest, column.latest],
    }
