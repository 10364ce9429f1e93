"""The way to MLflow: opened once, looked at before it is used, quiet, and with its errors in our words."""

from __future__ import annotations

import contextlib
import errno
import importlib
import logging
import os
import re
import shutil
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from seldon_nb.domain.errors import SeldonNbError, fail

if TYPE_CHECKING:
    from mlflow import MlflowClient

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")

#: How long an unreachable server may hold somebody up; MLflow itself would try for minutes.
CONNECT_TIMEOUT_S = 1.5
READ_TIMEOUT_S = 2.5
#: A server that answered just now is not asked again.
TRUSTED_FOR_S = 5.0
_FULL = (errno.ENOSPC, errno.EDQUOT)
#: What SQLite and the system say, inside MLflow's messages.
_FULL_SIGNS = ("database or disk is full", "No space left on device")
_AWAY_SIGNS = ("Max retries exceeded", "failed with exception", "unable to open database file", "database is locked")
_STORES = ("mlflow.store.tracking.sqlalchemy_store", "mlflow.store.model_registry.sqlalchemy_store")
_NOISY = (
    "mlflow.sklearn",
    "mlflow.lightgbm",
    "mlflow.pyfunc",
    "mlflow.models.model",
    "mlflow.models.signature",
    "mlflow.types.utils",
    "mlflow.store.db.utils",
    "mlflow.utils.environment",
    "alembic",
)


class Connection:
    """One MLflow by its tracking URI; the registry is at the same place."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.shown = without_secrets(uri)
        self._answered_at = -TRUSTED_FOR_S
        self._lock = threading.Lock()
        self._opened: MlflowClient | None = None

    @property
    def _client(self) -> MlflowClient:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> MlflowClient:
        with hushed():
            from mlflow import MlflowClient

            client = MlflowClient(self.uri, self.uri)
            client.search_registered_models(max_results=1)  # opens the registry too, whose first query is slow
        if database := self.database:
            _let_read_while_written(database)
        return client

    @property
    def database(self) -> Path | None:
        """The SQLite file, if that is what is behind it."""
        return Path(self.uri.removeprefix("sqlite:///")) if self.uri.startswith("sqlite:///") else None

    @property
    def is_server(self) -> bool:
        """Whether it is reached by HTTP."""
        return self.uri.startswith(("http://", "https://"))

    def page(self, experiment: str, run: str) -> str:
        """The address of a run's page, without who asks; empty where MLflow is no server."""
        return f"{self.shown.rstrip('/')}/#/experiments/{experiment}/runs/{run}" if self.is_server else ""

    def open_ahead(self) -> None:
        """Open in the background: a new SQLite schema takes MLflow more than a second of migrations. Errors wait for the first use."""

        # Imported here and not in the thread: MLflow's modules import each other in circles, and two threads would meet in the middle.
        with quiet():
            for module in ("mlflow", "mlflow.tracking.client", "mlflow.pyfunc", *(_STORES if self.database else ())):
                importlib.import_module(module)

        def opening() -> None:
            with contextlib.suppress(Exception):
                self._look()
                assert self._client

        threading.Thread(target=opening, name="seldon-nb-mlflow", daemon=True).start()

    @contextlib.contextmanager
    def speaking(self, *, name: str = "", needed: int = 0) -> Iterator[MlflowClient]:
        """MLflow's client, with its failures as ours.

        Raises:
            SNB-140: not reachable.  SNB-141: the disk is full.  SNB-142: refused.
        """
        self._look()
        with translated(self.shown, self.database, name, needed), _impatient(), quiet():
            yield self._client
        self._answered_at = time.monotonic()

    def _look(self) -> None:
        """What does not answer at once is not asked at all: MLflow would try a server, and a file that cannot be opened, for minutes."""
        if time.monotonic() - self._answered_at < TRUSTED_FOR_S:
            return
        if self.is_server:
            self._look_at_server()
        elif (database := self.database) is not None and self._opened is None:
            _look_at_file(database, self.shown)

    def _look_at_server(self) -> None:
        import httpx

        timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        try:
            answer = httpx.get(self.uri.rstrip("/") + "/health", timeout=timeout, headers=_bearer())
        except httpx.HTTPError as error:
            raise fail("SNB-140", uri=self.shown, reason=type(error).__name__) from error
        if answer.status_code in (401, 403):
            raise fail("SNB-142", uri=self.shown, status=str(answer.status_code), reason=answer.reason_phrase or "refused")
        if answer.status_code >= 500:
            raise fail("SNB-140", uri=self.shown, reason=f"HTTP {answer.status_code}")
        self._answered_at = time.monotonic()


def _bearer() -> dict[str, str]:
    token = os.environ.get("MLFLOW_TRACKING_TOKEN")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _look_at_file(database: Path, shown: str) -> None:
    import sqlite3

    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(database, timeout=CONNECT_TIMEOUT_S)) as opened:
            opened.execute("PRAGMA schema_version").fetchone()
    except OSError as error:
        raise fail("SNB-140", uri=shown, reason=error.strerror or type(error).__name__) from error
    except sqlite3.Error as error:
        raise fail("SNB-140", uri=shown, reason=str(error)) from error


def _let_read_while_written(database: Path) -> None:
    """Write-ahead logging: MLflow's web page can read while we write, and a commit costs one flush instead of three."""
    import sqlite3

    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(database, timeout=1)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    """One retry and a short wait inside our own calls, and nothing printed, unless the user chose otherwise."""
    chosen = {
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    }
    added = {name: value for name, value in chosen.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without MLflow's advice on what we decide for the user: formats, pins, examples, the making of tables."""
    with hushed(), warnings.catch_warnings(record=True) as caught:  # recorded, because MLflow lifts filters of others in places
        for module in ("mlflow", "pydantic", "alembic", "sqlalchemy", "xgboost", "lightgbm"):
            warnings.filterwarnings("ignore", module=rf"{module}(\..*)?$")
        warnings.filterwarnings("ignore", message=r"(?s).*(type hint|[Ii]nput example|signature)", category=UserWarning)
        yield
    for told in caught:
        if "mlflow" not in Path(told.filename).parts:
            warnings.warn_explicit(told.message, told.category, told.filename, told.lineno)


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """The loggers' half of :func:`quiet`, which a thread may use: filters of warnings belong to the whole process."""
    loggers = [logging.getLogger(name) for name in _NOISY]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True  # a level would do too, but setting one empties the caches of every logger there is
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled


@contextlib.contextmanager
def out_of_room(path: Path, *, name: str, needed: int = 0) -> Iterator[None]:
    """A full disk as SNB-141."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise full(path, name, needed) from error
        raise


@contextlib.contextmanager
def translated(shown: str, database: Path | None, name: str, needed: int) -> Iterator[None]:
    """MLflow's failures as ours; a failure of another kind passes."""
    try:
        yield
    except SeldonNbError:
        raise
    except OSError as error:  # requests' exceptions are some of these
        if error.errno in _FULL:
            raise full(Path(error.filename) if error.filename else database or Path.cwd(), name, needed) from error
        raise fail("SNB-140", uri=shown, reason=error.strerror or type(error).__name__) from error
    except Exception as error:
        if (ours := _of_mlflow(error, shown, database, name, needed)) is not None:
            raise ours from error
        raise


def _of_mlflow(error: Exception, shown: str, database: Path | None, name: str, needed: int) -> SeldonNbError | None:
    """Ours for an error of MLflow or its database; None for anything else."""
    origin = type(error).__module__.partition(".")[0]
    if origin not in ("mlflow", "sqlalchemy"):
        return None
    text, word = str(error), str(getattr(error, "error_code", "") or "")
    status = int(error.get_http_status_code()) if hasattr(error, "get_http_status_code") else 500
    if any(sign in text for sign in _FULL_SIGNS):
        return full(database or Path.cwd(), name, needed)
    if origin == "sqlalchemy" or any(sign in text for sign in _AWAY_SIGNS) or status > 500:
        return fail("SNB-140", uri=shown, reason=_first_words(text) or word)
    if status in (401, 403):
        return fail("SNB-142", uri=shown, status=str(status), reason=word or "refused")
    return fail("SNB-142", uri=shown, status=word or str(status), reason=_first_words(text))


def full(path: Path, name: str, needed: int = 0) -> SeldonNbError:
    """SNB-141 with what is left where ``path`` is (or would be)."""
    existing = next((parent for parent in (path, *path.parents) if parent.exists()), Path("/"))
    where = existing if existing.is_dir() else existing.parent
    free = shutil.disk_usage(where).free
    return fail(
        "SNB-141", name=name or "my-model", path=str(where), free_mb=free // 1_000_000, needed_mb=max(1, -(-needed // 1_000_000))
    )


def _first_words(text: str) -> str:
    """The first line of somebody else's message, without addresses' secrets, cut short."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    return re.sub(r"//[^/@\s]+@", "//", line)[:160].rstrip(" .")


def without_secrets(uri: str) -> str:
    """A URI that can be shown: no user, no password, no query."""
    parts = urlsplit(uri)
    if not parts.netloc:
        return uri.partition("?")[0]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
