"""Why nothing was brought: a code of the product's table, and facts for its sentences."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

CHANGED = "SNB-337"  # the files are not the planned ones
NOT_THERE = "SNB-336"  # the address is wrong, or nothing lies there
LOCKED = "SNB-338"  # the secret is missing, is for another remote, or was refused
UNSAFE = "SNB-150"  # an archive or a listing names a path outside the model
TOO_LARGE = "SNB-151"
UNREACHABLE = "SNB-152"  # nobody answers, or not in time
NOT_TOLD = "SNB-153"  # the environment lacks what to bring
NO_ROOM = "SNB-154"

#: What is worth another try; everything else is final.
PASSING = frozenset({UNREACHABLE})

_CREDENTIALS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/@]*@")


class RefusalError(Exception):
    """Nothing is brought; ``facts`` hold names, addresses without credentials, and amounts."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = {name: clean(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}


def clean(text: str) -> str:
    """Text without user names and passwords of addresses, in one line of at most 300 characters."""
    return " ".join(_CREDENTIALS.sub(lambda found: found[0].partition("://")[0] + "://", text).split())[:300]


def shown(uri: str) -> str:
    """An address as it may be shown: without user, password, query and fragment."""
    parts = urlsplit(uri)
    if not parts.netloc:
        return clean(uri)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
