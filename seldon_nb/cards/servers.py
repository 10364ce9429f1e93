"""What people call the servers."""

from __future__ import annotations

from seldon_nb.domain.plan import Server
from seldon_nb.words import N_, tr_with

_NAMES = {Server.TRITON: N_("Triton"), Server.TENSORFLOW: N_("TensorFlow Serving"), Server.CUSTOM: N_("an image of your own")}


def server_name(server: Server) -> str:
    """``MLServer (mlflow)``, ``Triton``…"""
    return tr_with(_NAMES[server], {}) if server in _NAMES else f"MLServer ({server.value})"
