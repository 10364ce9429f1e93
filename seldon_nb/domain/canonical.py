"""One byte sequence for one meaning: canonical JSON and the digests made of it.

The form follows RFC 8785 for the values that we allow (no floating-point numbers): keys sorted by code point, no white space,
UTF-8 as it is.  Floats are refused because two writers may print the same number differently, and a digest must not depend on that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

DIGEST_PREFIX = "sha256:"
_SCALARS = frozenset({str, int, bool, type(None)})


def canonical(value: Any) -> bytes:
    """Encode plain JSON values (no floats) so that equal values give equal bytes.

    Raises:
        TypeError: for a float, or for anything that JSON cannot hold.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(value: Any) -> str:
    """``sha256:`` and 64 hexadecimal digits over the canonical form of a plain JSON value."""
    return digest_bytes(canonical(value))


def digest_bytes(data: bytes) -> str:
    """``sha256:`` and 64 hexadecimal digits over the bytes as they are."""
    return DIGEST_PREFIX + hashlib.sha256(data).hexdigest()


def short(digest: str) -> str:
    """The first twelve hexadecimal digits, for people; never for comparing."""
    return digest.removeprefix(DIGEST_PREFIX)[:12]


def _refuse_floats(value: Any) -> None:
    if type(value) in _SCALARS:  # most of every document
        return
    if isinstance(value, float):
        raise TypeError("canonical JSON holds no floats: pass a string or an integer")
    if type(value) is dict or isinstance(value, Mapping):  # the second question is slow
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"canonical JSON has text keys only, not {type(key).__name__}")
            _refuse_floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_floats(item)
