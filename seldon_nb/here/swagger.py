"""The documentation page of every endpoint: Swagger UI, served by the gateway itself, without a word from outside.

The page holds no data.  A link carries the token in its fragment, which browsers send nowhere; the page takes it out of the address bar.
"""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from seldon_nb.domain.errors import fail
from seldon_nb.render.envoy import PAGES

if TYPE_CHECKING:
    from seldon_nb.domain.deployment import Target
    from seldon_nb.domain.principal import SecretToken

_OURS = ("docs.html", "docs.js", "docs.css")


def install(into: Path) -> None:
    """Put the page's files, ours and Swagger UI's, into a directory.

    Raises:
        SNB-511: if Swagger UI is not installed.
    """
    try:
        from swagger_ui_bundle import swagger_ui_path
    except ImportError as error:
        raise fail("SNB-511", missing="swagger-ui-bundle") from error
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    vendored = Path(swagger_ui_path)
    for page in PAGES:
        if page.file in _OURS:
            with as_file(files("seldon_nb.here") / "pages" / page.file) as source:
                shutil.copyfile(source, into / page.file)
        else:
            shutil.copyfile(vendored / page.file, into / page.file)


def link(base_url: str, target: Target, node: str, token: SecretToken) -> str:
    """The page for one endpoint; whoever has this link may ask until the token ends, so show it and never store it.

    Args:
        base_url: the gateway's address without a final slash.
        node: the model's name in the server's paths; left out where it is the deployment's.
    """
    parts = [target.namespace, target.name, *([node] if node != target.name else []), token.reveal()]
    return f"{base_url}/docs#{'/'.join(parts)}"
