"""Where everything of this place lies: one directory of the user's own, and a short one for sockets.

::

    home/
      place.json            what this place is: gateway port, classification, namespaces
      keys/                 the signing key of the rehearsal's identities (0600) and its public key set
      mlflow/               MLflow's SQLite file and artefacts, unless MLFLOW_TRACKING_URI says otherwise
      deployments/<namespace>/<name>/   live.json and revisions/<n>.json
      slots/<id>/           one model server each: settings, its own copy of the model, its log
      gateway/              bootstrap, xDS files, access log
      supervisor/           its configuration and logs
      audit/                the chain of records and its anchor
      contracts/            what the clean room saw, by model digest
      applies/              plans that a process of their own carries out, and how far each is
    run/                    sockets; outside the home if its path is too long for a socket (108 bytes on Linux)
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from seldon_nb.domain.errors import fail
from seldon_nb.words import tr

MAX_SOCKET_PATH = 100


@dataclass(frozen=True, slots=True)
class Home:
    """The directories of one place; :meth:`prepare` makes them, private to the user."""

    root: Path

    @classmethod
    def default(cls) -> Home:
        """``SELDON_NB_HOME``, or the user's data directory."""
        chosen = os.environ.get("SELDON_NB_HOME")
        if chosen:
            return cls(Path(chosen).expanduser().resolve())
        from platformdirs import user_data_path

        return cls(user_data_path("seldon_nb", appauthor=False))

    def prepare(self) -> Home:
        """Make the directories, readable by their owner only.

        Raises:
            SNB-514: if they cannot be made, or belong to somebody else.
        """
        try:
            for path in (self.root, self.run, *(self.root / name for name in _ROOMS)):
                path.mkdir(parents=True, exist_ok=True, mode=0o700)
            for path in (self.root, self.run):
                seen = path.stat()
                if seen.st_uid != os.getuid():
                    raise fail("SNB-514", path=str(path), reason=tr("it belongs to somebody else"))
                if stat.S_IMODE(seen.st_mode) & 0o077:
                    path.chmod(0o700)
        except OSError as error:
            raise fail("SNB-514", path=str(self.root), reason=error.strerror or type(error).__name__) from error
        return self

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that tell this home from others on the machine."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:8]

    @property
    def run(self) -> Path:
        """Where sockets are: short enough for the system's limit, private to the user."""
        inside = self.root / "run"
        if len(str(inside / "slot-00000000.sock").encode()) <= MAX_SOCKET_PATH:
            return inside
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        return Path(base) / f"seldon-nb-{os.getuid()}-{self.id}"

    @property
    def place_file(self) -> Path:
        """What this place is."""
        return self.root / "place.json"

    @property
    def keys(self) -> Path:
        """The signing key and the public key set."""
        return self.root / "keys"

    @property
    def mlflow(self) -> Path:
        """MLflow's own directory."""
        return self.root / "mlflow"

    @property
    def deployments(self) -> Path:
        """One directory per namespace and deployment."""
        return self.root / "deployments"

    @property
    def slots(self) -> Path:
        """One directory per model server."""
        return self.root / "slots"

    @property
    def gateway(self) -> Path:
        """The gateway's files."""
        return self.root / "gateway"

    @property
    def supervisor(self) -> Path:
        """The supervisor's files."""
        return self.root / "supervisor"

    @property
    def audit(self) -> Path:
        """The chain of records."""
        return self.root / "audit"

    @property
    def contracts(self) -> Path:
        """What the clean room saw, by model digest."""
        return self.root / "contracts"

    @property
    def applies(self) -> Path:
        """Plans on their way, and where they ended."""
        return self.root / "applies"


_ROOMS = ("keys", "mlflow", "deployments", "slots", "gateway", "supervisor", "audit", "contracts", "applies")


def write_private(path: Path, data: bytes) -> None:
    """Replace a file in one step, readable by its owner only, durable when this returns.

    Raises:
        OSError: as the system says, ``ENOSPC`` included; the former file is untouched then.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def tail(path: Path, most: int = 256 * 1024) -> list[str]:
    """The last whole lines of a file, of at most ``most`` bytes; none if it is not there."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return lines[1:] if size > most else lines
