"""Kubernetes quantities as exact numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from math import ceil

_FORM = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))(?P<unit>[a-zA-Z]*(?:[+-]?\d+)?)\Z")
_UNITS: Mapping[str, Fraction] = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    **{unit: Fraction(1000 ** (power + 1)) for power, unit in enumerate("kMGTPE")},
    **{f"{unit}i": Fraction(1024 ** (power + 1)) for power, unit in enumerate("KMGTPE")},
}


@lru_cache(maxsize=4096)
def amount(text: str | int) -> Fraction:
    """``500m`` is a half, ``1Gi`` is 1073741824; ``ValueError`` if it is no quantity."""
    found = _FORM.match(str(text))
    if found is None:
        raise ValueError(f"not a quantity: {text}")
    unit = found["unit"]
    if unit in _UNITS:
        return Fraction(found["number"]) * _UNITS[unit]
    if re.fullmatch(r"[eE][+-]?\d{1,2}", unit):
        return Fraction(found["number"]) * Fraction(10) ** int(unit[1:])
    raise ValueError(f"not a quantity: {text}")


def written(value: Fraction, resource: str) -> str:
    """A number as people write it for a resource: processors in ``m``, memory in ``Mi``, the rest as it is; rounded up."""
    kind = resource.rpartition(".")[2]
    if kind == "cpu":
        return str(int(value)) if value.denominator == 1 else f"{ceil(value * 1000)}m"
    if kind in ("memory", "ephemeral-storage"):
        return f"{ceil(value / (1 << 20))}Mi"
    return str(ceil(value))
