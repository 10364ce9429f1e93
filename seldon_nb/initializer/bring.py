"""The whole delivery: bring to one side, compare with the plan, and only then show."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from seldon_nb.digests import tree_digest, tree_files
from seldon_nb.initializer import stores, web
from seldon_nb.initializer.order import Order
from seldon_nb.initializer.paths import Budget, only_files, unpack
from seldon_nb.initializer.refusal import CHANGED, NOT_THERE, RefusalError, shown

#: Where the model server looks for packages that come before its own.
ENVIRONMENT = ".snb/environment"
_WORK = ".snb-bringing"


def bring(order: Order) -> dict[str, str | int]:
    """Fill ``order.target``; what it says of it: files, bytes, digest.

    Until the files are verified they lie in a hidden directory on the same volume, which is gone afterwards either way.  A target that holds
    the planned files already (the container was started again) is left as it is.

    Raises:
        RefusalError: nothing was brought, and nothing new is visible.
    """
    budget = Budget(order.limit, order.seconds)
    order.target.mkdir(parents=True, exist_ok=True)
    for left in order.target.glob(f"{_WORK}*"):
        shutil.rmtree(left, ignore_errors=True)
    if complete(order):
        return facts(order)
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=order.target))
    try:
        model = work / "model"
        model.mkdir()
        fetch(order, model, budget)
        only_files(model)
        uncovered(model)
        found = tree_digest(model)
        if found != order.digest:
            raise RefusalError(CHANGED, planned=order.digest, found=found)
        if order.environment:
            environment(order, model, work, budget)
        show(model, order.target, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return facts(order)


def complete(order: Order) -> bool:
    """Whether the target holds the planned files already; those of an environment cannot be told any more, so then they are brought again."""
    return not order.environment and any(order.target.iterdir()) and tree_digest(order.target) == order.digest


def fetch(order: Order, into: Path, budget: Budget) -> None:
    """The files by the way that the address names."""
    parts = urlsplit(order.source)
    if parts.scheme in ("http", "https"):
        if web.PROXY in parts.path:
            web.mlflow(order.source, into, budget, order.secret)
        else:
            web.archive(order.source, into, budget, order.secret)
    elif parts.scheme == "pvc":
        stores.volume(order.source, into, budget, order.claims)
    elif parts.scheme in ("", "file", "runs", "models", "mlflow-artifacts"):
        raise RefusalError(NOT_THERE, source=shown(order.source), reason="no pod can reach this kind of address.")
    else:
        stores.rclone(order.source, into, budget, order.secret)


def uncovered(model: Path) -> None:
    """Remove what the digest says nothing about: compiled Python that somebody laid beside a file would run in its stead."""
    kept = {model / relative for relative in tree_files(model)}
    for path in [path for path in model.rglob("*") if path.is_file() and path not in kept]:
        path.unlink()
    for path in sorted((path for path in model.rglob("__pycache__")), reverse=True):
        shutil.rmtree(path)


def environment(order: Order, model: Path, work: Path, budget: Budget) -> None:
    """The packed environment, verified as an archive before anything of it is unpacked.

    Raises:
        SNB-337: it is not the one that was packed.
    """
    parts = urlsplit(order.archive)
    packed = work / "environment.tar.gz"
    if parts.scheme in ("http", "https"):
        web.download(order.archive, packed, budget, order.secret)
    else:
        brought = work / "packed"
        brought.mkdir()
        if parts.scheme == "pvc":
            stores.volume(order.environment, brought, budget, order.claims)
        else:
            stores.rclone(order.archive, brought, budget, order.secret)
        wanted = brought / order.archive.rpartition("/")[2]
        if not wanted.is_file():
            raise RefusalError(NOT_THERE, source=shown(order.archive), reason="nothing lies there.")
        wanted.rename(packed)
    with packed.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    found = f"sha256:{digest.hexdigest()}"
    if found != order.environment_digest:
        raise RefusalError(CHANGED, planned=order.environment_digest, found=found)
    unpack(packed, model / ENVIRONMENT, budget, shown(order.archive))


def show(model: Path, target: Path, work: Path) -> None:
    """Move everything to its place; what lay there before goes."""
    for old in list(target.iterdir()):
        if old != work:
            shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    for path in sorted(model.iterdir()):
        path.rename(target / path.name)


def facts(order: Order) -> dict[str, str | int]:
    """What was brought."""
    files = [path for path in order.target.rglob("*") if path.is_file() and not path.is_relative_to(order.target / ".snb")]
    return {"files": len(files), "bytes": sum(path.stat().st_size for path in files), "digest": order.digest}
