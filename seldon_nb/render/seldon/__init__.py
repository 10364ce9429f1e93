"""The SeldonDeployment (v1): what a plan becomes.

What lives here: the typed document, its plain form, and the one function from a plan's spec to it.
What must not: anything about the place that will run it.
"""

from __future__ import annotations

from seldon_nb.render.seldon.build import IMAGE, NODE, PREDICTOR, render
from seldon_nb.render.seldon.objects import Container, Node, Predictor, SeldonDeployment

__all__ = ["IMAGE", "NODE", "PREDICTOR", "Container", "Node", "Predictor", "SeldonDeployment", "render"]
