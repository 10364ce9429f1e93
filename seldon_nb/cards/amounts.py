"""Numbers, sizes, times and moments as people of one language write them."""

from __future__ import annotations

from datetime import datetime

from seldon_nb.domain.clock import parse_timestamp
from seldon_nb.words import N_, language, tr

_MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)


def number(n: int) -> str:
    """``12,345`` in English, ``12 345`` (narrow no-break spaces) in French."""
    return f"{n:,}" if language() == "en" else f"{n:,}".replace(",", "\u202f")


def decimal(value: float, digits: int = 1) -> str:
    """``1.8`` in English, ``1,8`` in French."""
    text = f"{value:,.{digits}f}"
    return text if language() == "en" else text.replace(",", "\u202f").replace(".", ",")


def size(n: int) -> str:
    """Bytes in decimal units: ``1.2 MB``."""
    if n < 1000:
        return tr("{n} bytes", n=n)
    if n < 1_000_000:
        return tr("{n} kB", n=decimal(n / 1e3))
    if n < 1_000_000_000:
        return tr("{n} MB", n=decimal(n / 1e6))
    return tr("{n} GB", n=decimal(n / 1e9))


def duration(ms: int) -> str:
    """Milliseconds as ``14 ms``, ``1.8 s`` or ``1 min 40 s``."""
    if ms < 1000:
        return tr("{n} ms", n=ms)
    if ms < 60_000:
        return tr("{n} s", n=decimal(ms / 1000))
    return tr("{minutes} min {seconds} s", minutes=number(ms // 60_000), seconds=ms % 60_000 // 1000)


def moment(at: str, *, year: bool = False) -> str:
    """An RFC 3339 time as ``3 Mar 14:02`` in the reader's own time zone; the text as it is if it is no time of ours."""
    try:
        local = datetime.fromtimestamp(parse_timestamp(at)).astimezone()
    except (ValueError, OverflowError, OSError):
        return at
    month = tr(_MONTHS[local.month - 1])
    clock = tr("{hour}:{minute}", hour=f"{local.hour:02d}", minute=f"{local.minute:02d}")
    if year:
        return tr("{day} {month} {year} {clock}", day=local.day, month=month, year=local.year, clock=clock)
    return tr("{day} {month} {clock}", day=local.day, month=month, clock=clock)


def year_of(at: str) -> str:
    """``2026`` of an RFC 3339 time."""
    return at[:4]


def listed(items: list[str]) -> str:
    """``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return tr("{some} and {last}", some=", ".join(items[:-1]), last=items[-1])
