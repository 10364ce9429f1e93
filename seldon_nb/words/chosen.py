"""The language that somebody chose in JupyterLab's settings, for the kernels that run under its server.

What must not live here: an import of Jupyter; the settings are a file with a documented place and name.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

_FILE = Path("@jupyterlab", "translation-extension", "plugin.jupyterlab-settings")
_NO = {"no", "n", "false", "off", "0", "0.0"}  # as Jupyter reads its variables
_AGAIN_S = 1.0  # how long a look at the file holds
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)  # Lab writes the schema's words above the settings as comments
_LOCALE = re.compile(r"""(?:^|[{,\s])["']?locale["']?\s*:\s*["']([A-Za-z_-]+)["']""")

_seen: dict[Path, tuple[float, int, str]] = {}


def in_lab() -> str:
    """``fr_CA`` as Lab's setting has it; empty outside a kernel of a Jupyter server, and where nothing or "default" was chosen."""
    if not (os.environ.get("JPY_SESSION_NAME") or os.environ.get("JPY_PARENT_PID")):
        return ""
    return _read(settings_file())


def settings_file() -> Path:
    """Where Lab keeps the user's choice of language."""
    if directory := os.environ.get("JUPYTERLAB_SETTINGS_DIR"):
        return Path(directory) / _FILE
    return config_dir() / "lab" / "user-settings" / _FILE


def config_dir() -> Path:
    """Jupyter's directory for the user's configuration."""
    if directory := os.environ.get("JUPYTER_CONFIG_DIR"):
        return Path(directory)
    if os.environ.get("JUPYTER_PLATFORM_DIRS", "no").lower() not in _NO:
        import platformdirs

        return Path(platformdirs.user_config_dir("jupyter", appauthor=False))
    return Path.home() / ".jupyter"


def _read(path: Path) -> str:
    """The choice in the file; the file is looked at once a second at most, and read again only if it changed."""
    now = time.monotonic()
    looked, changed, chosen = _seen.get(path, (-_AGAIN_S, -1, ""))
    if now - looked < _AGAIN_S:
        return chosen
    try:
        stamp = path.stat().st_mtime_ns
        if stamp != changed:
            chosen = _locale(path.read_text("utf-8"))
    except (OSError, ValueError):
        stamp, chosen = -1, ""
    _seen[path] = (now, stamp, chosen)
    return chosen


def _locale(text: str) -> str:
    """Of a settings file, which is JSON as people write it: comments, single quotes, final commas."""
    found = _LOCALE.search(_COMMENT.sub("", text))
    return found[1] if found and found[1] != "default" else ""
