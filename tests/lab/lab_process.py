"""A real JupyterLab in a process of its own: own configuration, data, runtime and home, a token, a free port on the loopback; ended by its id."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import free_port

#: No dialog at the start, nothing asked of any other machine.
CALM = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/extensionmanager-extension:plugin": {"enabled": False},
}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark", "contrast": "JupyterLab Dark High Contrast"}
LOCALES = {"en": "default", "fr": "fr_FR"}


@dataclass
class LabProcess:
    """One JupyterLab (or Notebook 7); ``folder`` holds all that it writes, ``notebooks`` is its root directory, ``home`` that of *here*."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    #: Files of its configuration by path below the configuration's directory: JSON, or text as it is.
    config: dict[str, object] = field(default_factory=dict)
    program: str = "lab"
    python: str = sys.executable
    port: int = 0
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    process: subprocess.Popen[bytes] | None = None

    @property
    def notebooks(self) -> Path:
        return self.folder / "notebooks"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def log(self) -> Path:
        return self.folder / "lab.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, seconds: float = 60) -> float:
        """Start it and wait until it answers; the milliseconds that this took.  Raises RuntimeError with the end of its log."""
        self.notebooks.mkdir(parents=True, exist_ok=True)
        for name, what in {"labconfig/default_setting_overrides.json": CALM, **self.config}.items():
            self._write(self.folder / "config" / name, what)
        self.port = self.port or free_port()
        command = [
            self.python,
            "-m",
            "jupyter",
            self.program,
            "--no-browser",
            "--allow-root",
            f"--ServerApp.root_dir={self.notebooks}",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.ip=127.0.0.1",
            f"--IdentityProvider.token={self.token}",
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
            *self.words,
        ]
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.full_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder
            )
        while True:
            if self.process.poll() is not None or time.monotonic() - began > seconds:
                said = self.log.read_text(encoding="utf-8", errors="replace")[-3000:]
                self.stop()
                raise RuntimeError(f"JupyterLab did not start:\n{said}")
            with contextlib.suppress(OSError):
                self.get("/api")
                return (time.monotonic() - began) * 1000
            time.sleep(0.01)

    def full_environment(self) -> dict[str, str]:
        """The environment of this Lab: nothing of the user's own Jupyter, nothing chosen for seldon_nb but its home."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JUPYTER", "SELDON_NB_", "MLFLOW_TRACKING", "KUBECONFIG"))
        }
        return kept | {
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "JUPYTER_DATA_DIR": str(self.folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "JUPYTER_PLATFORM_DIRS": "1",
            "IPYTHONDIR": str(self.folder / "ipython"),
            "SELDON_NB_HOME": str(self.home),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{Path(self.python).parent}:{os.environ.get('PATH', '')}",
            **self.environment,
        }

    def get(self, path: str) -> bytes:
        """GET with the token.  Raises OSError."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"token {self.token}", "X-Seldon-NB": "1"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bytes(answer.read())

    def choose(self, *, theme: str = "light", language: str = "en") -> None:
        """Theme (light, dark, contrast) and language (en, fr) of the pages that are opened from now on."""
        settings = self.folder / "config/lab/user-settings/@jupyterlab"
        self._write(settings / "apputils-extension/themes.jupyterlab-settings", {"theme": THEMES[theme], "adaptive-theme": False})
        self._write(settings / "translation-extension/plugin.jupyterlab-settings", {"locale": LOCALES[language]})

    def seldon_nb(self, *words: str, timeout: float = 120) -> str:
        """``seldon-nb …`` with the same home as this Lab; what it printed.  Raises CalledProcessError."""
        command = [self.python, "-m", "seldon_nb", *words]
        done = subprocess.run(
            command,
            env=self.full_environment() | {"SELDON_NB_LANG": "en"},
            check=True,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        return done.stdout

    def kill(self) -> None:
        """End it as a crash would; ``start`` brings it back on the same port."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=10)
            self.process = None

    def stop(self) -> None:
        """End it, and its kernels with it."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)
        self.process = None

    @staticmethod
    def _write(path: Path, what: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(what if isinstance(what, str) else json.dumps(what), encoding="utf-8")


@contextlib.contextmanager
def running_lab(**wishes: object) -> Iterator[LabProcess]:
    """A Lab in a directory with a short path, started; afterwards it, the place that it used and the directory are gone."""
    folder = Path(tempfile.mkdtemp(prefix="snb-lab-"))
    lab = LabProcess(folder, **wishes)  # type: ignore[arg-type]
    try:
        lab.start()
        yield lab
    finally:
        lab.stop()
        if lab.home.is_dir() and lab.python == sys.executable:
            with contextlib.suppress(subprocess.SubprocessError):
                lab.seldon_nb("here", "down")
        shutil.rmtree(folder, ignore_errors=True)
