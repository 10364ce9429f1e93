"""The least right for one act, as a request that can be sent: written in :mod:`seldon_nb.render.roles`."""

from __future__ import annotations

from seldon_nb.render.roles import request

__all__ = ["request"]
