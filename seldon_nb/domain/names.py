"""Names that are right by construction.

Sources: RFC 1035 labels, because a deployment's and a predictor's name become Kubernetes Service names; 63 characters because they
become label values.  A model's name is MLflow's own: anything but ``/ : @`` and control characters.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
MAX_LABEL = 63
#: ``<deployment>-<predictor>-<node>`` and an index must fit one label, or the operator replaces the name by a hash.
MAX_TOGETHER = 63


def is_dns_label(name: str) -> bool:
    """Whether a name is lower case, starts with a letter, ends with a letter or digit, and has 63 characters at most."""
    return len(name) <= MAX_LABEL and DNS_LABEL.match(name) is not None


def as_dns_label(name: str) -> str:
    """The nearest DNS label to any text: ``"Fraude (été)"`` gives ``fraude-ete``; ``"model"`` if nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    label = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    label = re.sub(r"^[0-9-]+", "", label)[:MAX_LABEL].rstrip("-")
    return label or "model"


def is_model_name(name: str) -> bool:
    """Whether MLflow and our references can hold this name."""
    return bool(name) and len(name) <= 256 and name == name.strip() and not re.search(r"[/:@\x00-\x1f\x7f]", name)


def nearest(word: str, known: Iterable[str], *, most: int = 3) -> tuple[str, ...]:
    """The known words most like ``word``, best first; case does not count."""
    by_fold: dict[str, str] = {}
    for item in known:
        by_fold.setdefault(item.casefold(), item)
    matches = difflib.get_close_matches(word.casefold(), list(by_fold), n=most, cutoff=0.5)
    return tuple(by_fold[match] for match in matches)
