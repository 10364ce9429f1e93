"""One module per resource.  Each has ``ROUTES``: patterns below ``/seldon-nb/`` and the class that answers there."""

from __future__ import annotations

from importlib import import_module

from seldon_nb.lab.handler import ROOT, Nothing, Resource

#: The modules, in the order in which their patterns are tried.
MODULES = ("status", "places", "deployments", "logs", "models", "plans", "runs", "schedules", "history", "test", "cases")


def routes() -> list[tuple[str, type[Resource]]]:
    """All patterns, the one for every other address last."""
    found: list[tuple[str, type[Resource]]] = []
    for name in MODULES:
        found += [(ROOT + pattern, resource) for pattern, resource in import_module(f"{__name__}.{name}").ROUTES]
    return [*found, (ROOT + "?(.*)", Nothing)]
