"""How many rows go into one request."""

from __future__ import annotations

from collections.abc import Iterator

#: Bytes of a request body to aim at.  Measured with 100,000 rows of 20 columns on two cores: half a mebibyte takes twice as long, four are an eighth
#: faster and make the progress bar, the gateway's buffer and a lost part four times as coarse.
TARGET_BYTES = 2 << 20
#: Rows of a request at most, however short they are.
MOST_ROWS = 50_000
#: Rows that are written to learn how long a row is.
SAMPLE_ROWS = 256


def rows_per_request(sample_bytes: int, sample_rows: int, *, target: int = TARGET_BYTES, most: int = MOST_ROWS) -> int:
    """How many rows make a body of about ``target`` bytes, given that ``sample_rows`` rows made ``sample_bytes``; 1 to ``most``."""
    per_row = max(1.0, sample_bytes / max(1, sample_rows))
    return max(1, min(most, int(target / per_row)))


def spans(rows: int, size: int) -> Iterator[tuple[int, int]]:
    """``(start, stop)`` of consecutive parts of ``size`` rows at most, as equal as can be."""
    parts = -(-rows // size)
    for part in range(parts):
        yield part * rows // parts, (part + 1) * rows // parts
