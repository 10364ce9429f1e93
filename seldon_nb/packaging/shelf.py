"""Where packed environments are kept: in the model's own store, under the digest of the wish, each archive called by its own digest.

``<shelf>/<key>/index.json`` says which archive of a key is used; it is written last, so a key that has an index has its archive.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from seldon_nb.domain.environment import OwnEnvironment
from seldon_nb.domain.errors import fail
from seldon_nb.initializer import stores, web
from seldon_nb.initializer.paths import Budget
from seldon_nb.initializer.refusal import NOT_THERE, RefusalError, shown
from seldon_nb.packaging.environment import Packed

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_INDEX = "index.json"
_LIMIT = 8 << 30
_SECONDS = 600.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose environment it is, for sentences."""

    model: str
    namespace: str


def own_digest(
    environment: OwnEnvironment, whose: Whose, pack: Callable[[Path], Packed | None], *, secret: str = ""
) -> tuple[str, bool]:
    """The digest of the archive for a wish, packed and kept now if nobody has yet; empty if nothing differs from the server's own packages.

    Args:
        pack: packs into a directory; None if nothing differs.
        secret: the Secret that opens the store, by name.

    Returns:
        The digest, and whether the archive was there already.

    Raises:
        SNB-157: the store takes or gives nothing.  SNB-337: the plan names another archive than the one that is there.
        SNB-155, SNB-156: what ``pack`` raises.
    """
    found = _kept(environment, whose, secret)
    if found:
        _same(environment, found, whose)
        return found, True
    with tempfile.TemporaryDirectory() as room:
        packed = pack(Path(room))
        if packed is None:
            return "", False
        _same(environment, packed.digest, whose)
        _keep(environment, packed, whose, secret)
    return packed.digest, False


def _same(environment: OwnEnvironment, found: str, whose: Whose) -> None:
    if environment.digest and environment.digest != found:
        raise fail(
            "SNB-337",
            name=whose.model,
            model=whose.model,
            model_name=whose.model.partition("@")[0],
            namespace=whose.namespace,
            planned=environment.digest,
            found=found,
        )


def _kept(environment: OwnEnvironment, whose: Whose, secret: str) -> str:
    """The digest that the index names; empty if there is no index."""
    uri, budget = f"{environment.uri}/{_INDEX}", Budget(1 << 20, _SECONDS)
    with tempfile.TemporaryDirectory() as room:
        try:
            if _on_the_web(uri):
                web.download(uri, Path(room) / _INDEX, budget, secret)
            else:
                stores.rclone(uri, Path(room), budget, secret)
            index = json.loads((Path(room) / _INDEX).read_bytes())
        except RefusalError as refusal:
            if refusal.code == NOT_THERE:
                return ""
            raise _not_kept(environment, whose, refusal) from None
        except (OSError, ValueError):
            return ""
    digest = index.get("digest") if isinstance(index, dict) and index.get("key") == environment.key else None
    return digest if isinstance(digest, str) and _DIGEST.match(digest) else ""


def _keep(environment: OwnEnvironment, packed: Packed, whose: Whose, secret: str) -> None:
    index = {
        "key": environment.key,
        "digest": packed.digest,
        "requirements": list(environment.requirements),
        "packages": [list(item) for item in packed.packages],
        "size": packed.archive.stat().st_size,
    }
    file = packed.archive.with_name(_INDEX)
    file.write_text(json.dumps(index, indent=1, sort_keys=True), encoding="utf-8")
    try:
        for path, name in ((packed.archive, f"{packed.digest.removeprefix('sha256:')}.tar.gz"), (file, _INDEX)):
            uri, budget = f"{environment.uri}/{name}", Budget(_LIMIT, _SECONDS)
            if _on_the_web(uri):
                web.upload(path, uri, budget, secret)
            else:
                stores.send(path, uri, budget, secret)
    except RefusalError as refusal:
        raise _not_kept(environment, whose, refusal) from None


def _on_the_web(uri: str) -> bool:
    return urlsplit(uri).scheme in ("http", "https")


def _not_kept(environment: OwnEnvironment, whose: Whose, refusal: RefusalError) -> Exception:
    reason = str(refusal.facts.get("reason", refusal.code))
    return fail("SNB-157", model=whose.model, namespace=whose.namespace, source=shown(environment.uri), reason=reason)
