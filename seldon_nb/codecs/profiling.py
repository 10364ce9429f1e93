"""A table's profile: its columns in a few numbers each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seldon_nb.codecs.columns import plain
from seldon_nb.codecs.kinds import Found, found_in
from seldon_nb.domain.profile import MOST_CATEGORIES, SHARES, ColumnProfile, Holds, Profile

if TYPE_CHECKING:
    import pandas as pd

#: From so many rows on, a table says what is usual.
FEWEST_ROWS = 20
#: From longer tables, so many numbers stand for all, one every so many rows; the smallest and the largest are of all.
MOST_ROWS = 200_000
#: A longer text is a text, never a category.
_LONGEST_CATEGORY = 80
_HOLDS = {
    Found.INTEGERS: Holds.INTEGER,
    Found.DECIMALS: Holds.NUMBER,
    Found.FRACTIONS: Holds.NUMBER,
    Found.BOOLEANS: Holds.BOOLEAN,
    Found.TEXT: Holds.TEXT,
    Found.DATES: Holds.DATETIME,
    Found.NOTHING: Holds.NOTHING,
}


def profile_of(table: Any, *, source: str = "train") -> Profile | None:
    """What a table's columns hold.

    Args:
        table: a DataFrame (n_rows, n_columns), whatever has ``to_pandas``, or a two-dimensional array, whose columns are named ``0``, ``1``…
        source: ``train`` or ``sample``.

    Returns:
        The profile; None for anything else, or for a table without rows.
    """
    import numpy as np
    import pandas as pd

    if not isinstance(table, pd.DataFrame) and hasattr(table, "to_pandas"):
        table = table.to_pandas()
    if isinstance(table, np.ndarray) and table.ndim == 2:
        table = pd.DataFrame(table).infer_objects()
    if not isinstance(table, pd.DataFrame) or not len(table):
        return None
    columns = tuple(_column(str(name), table.iloc[:, place]) for place, name in enumerate(table.columns))
    return Profile(rows=len(table), columns=columns, source=source)


def _column(name: str, series: pd.Series[Any]) -> ColumnProfile:
    series = plain(series)
    present = series.dropna()
    missing = len(series) - len(present)
    holds = _HOLDS.get(found_in(series), Holds.OTHER)
    if holds in (Holds.NOTHING, Holds.OTHER) or not len(present):
        return ColumnProfile(name=name, holds=holds if len(present) else Holds.NOTHING, missing=missing)
    if holds in (Holds.INTEGER, Holds.NUMBER):
        return _numbers(name, present, missing)
    if holds is Holds.DATETIME:
        return _dates(name, present, missing)
    return _texts(name, present, missing, boolean=holds is Holds.BOOLEAN)


def _numbers(name: str, present: pd.Series[Any], missing: int) -> ColumnProfile:
    import numpy as np

    numbers = present.to_numpy(dtype="float64")
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return ColumnProfile(name=name, holds=Holds.NUMBER, missing=missing)
    whole = bool((np.trunc(finite) == finite).all())  # integers with gaps arrive as decimals
    some = finite[:: -(-len(finite) // MOST_ROWS)]
    # of the values themselves, so that a whole number's quantiles are whole
    cuts = np.quantile(some, SHARES, method="nearest")
    cuts[0], cuts[-1] = finite.min(), finite.max()
    return ColumnProfile(
        name=name,
        holds=Holds.INTEGER if whole else Holds.NUMBER,
        missing=missing,
        distinct=len(np.unique(finite)),
        quantiles=tuple(float(cut) for cut in cuts),
    )


def _dates(name: str, present: pd.Series[Any], missing: int) -> ColumnProfile:
    import pandas as pd

    moments = pd.to_datetime(present)
    days = bool((moments == moments.dt.normalize()).all())
    first, last = ((moment.date() if days else moment).isoformat() for moment in (moments.min(), moments.max()))
    return ColumnProfile(
        name=name, holds=Holds.DATETIME, missing=missing, distinct=int(moments.nunique()), earliest=first, latest=last
    )


def _texts(name: str, present: pd.Series[Any], missing: int, *, boolean: bool) -> ColumnProfile:
    counts = present.value_counts()
    few = boolean or (
        len(counts) <= MOST_CATEGORIES
        and 2 * len(counts) <= len(present)  # names and sentences are mostly seen once: they are nobody's categories
        and all(len(str(value)) <= _LONGEST_CATEGORY for value in counts.index)
    )
    pairs = sorted(((str(value), int(count)) for value, count in counts.items()), key=lambda pair: (-pair[1], pair[0]))
    return ColumnProfile(
        name=name,
        holds=Holds.BOOLEAN if boolean else Holds.CATEGORY if few else Holds.TEXT,
        missing=missing,
        distinct=len(counts),
        categories=tuple(pairs) if few else (),
    )
