"""What is deployed, on disk: the one truth from which everything else of the place is made again.

::

    deployments/<namespace>/<name>/live.json          which revision serves, and from which slot
    deployments/<namespace>/<name>/revisions/<n>.json every revision of this life, kept
    deployments/<namespace>/<name>/former/<k>/<n>.json those of former lives, from before a delete
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from seldon_nb import wire
from seldon_nb.domain.deployment import Revision, StageStatus, Target
from seldon_nb.here.home import Home, write_private


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What serves: the revision, the slot that answers, and how its apply went, stage by stage."""

    revision: Revision
    slot: str
    timeline: tuple[StageStatus, ...] = ()


class Records:
    """The files of all deployments of one home.  Writers hold the deployment's lock."""

    def __init__(self, home: Home) -> None:
        self._root = home.deployments
        self._seen: dict[Path, tuple[int, int, Live]] = {}

    def folder(self, target: Target) -> Path:
        """The directory of one deployment, made if it is not there."""
        path = self._root / target.namespace / target.name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        path.mkdir(exist_ok=True, mode=0o700)
        return path

    def live(self, target: Target) -> Live | None:
        """What serves under this name, or None."""
        return self._read(self._root / target.namespace / target.name / "live.json")

    def all(self) -> tuple[Live, ...]:
        """Everything that serves, sorted by namespace and name."""
        found = (self._read(path) for path in sorted(self._root.glob("*/*/live.json")))
        return tuple(live for live in found if live is not None)

    def revisions(self, target: Target) -> tuple[Revision, ...]:
        """The revisions of this life, oldest first."""
        files = (self._root / target.namespace / target.name / "revisions").glob("*.json")
        return tuple(wire.loads(Revision, path.read_bytes()) for path in sorted(files, key=lambda path: int(path.stem)))

    def commit(self, live: Live) -> None:
        """Write a revision, then that it serves; durable when this returns.

        Raises:
            OSError: nothing changed then, as far as :meth:`live` tells.
        """
        folder = self.folder(live.revision.target)
        (folder / "revisions").mkdir(exist_ok=True, mode=0o700)
        write_private(folder / "revisions" / f"{live.revision.number}.json", wire.dumps(live.revision).encode())
        write_private(folder / "live.json", wire.dumps(live).encode())

    def end(self, target: Target) -> None:
        """Say that nothing serves under this name; its revisions move to ``former`` and stay."""
        folder = self._root / target.namespace / target.name
        (folder / "live.json").unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            former = folder / "former"
            former.mkdir(exist_ok=True, mode=0o700)
            (folder / "revisions").rename(former / str(1 + sum(1 for _ in former.iterdir())))

    def unreadable(self) -> tuple[str, ...]:
        """``namespace/name`` of deployments whose file cannot be read: damaged, or written by a later release."""
        paths = (path for path in sorted(self._root.glob("*/*/live.json")) if self._read(path) is None)
        return tuple(f"{path.parent.parent.name}/{path.parent.name}" for path in paths)

    def _read(self, path: Path) -> Live | None:
        """A ``live.json``; None if it is not there or cannot be read.  What did not change is not read twice."""
        try:
            stat = path.stat()
            known = self._seen.get(path)
            if known is not None and known[:2] == (stat.st_mtime_ns, stat.st_ino):
                return known[2]
            live = wire.loads(Live, path.read_bytes())
        except (OSError, ValueError):
            return None
        self._seen[path] = (stat.st_mtime_ns, stat.st_ino, live)
        return live
