"""The SeldonDeployment (v1): what a plan becomes.

What lives here: the typed document, its plain form, the one function from a plan's spec to it, and the names that the operator will make.
What must not: anything about the place that will run it.
"""

from __future__ import annotations

from seldon_nb.render.seldon.build import IMAGE, NODE, PREDICTOR, render
from seldon_nb.render.seldon.engine import ENGINE_IMAGE
from seldon_nb.render.seldon.initializer import STEP_IMAGE, initializer_container
from seldon_nb.render.seldon.objects import Container, Node, Predictor, SeldonDeployment

__all__ = [
    "ENGINE_IMAGE",
    "IMAGE",
    "NODE",
    "PREDICTOR",
    "STEP_IMAGE",
    "Container",
    "Node",
    "Predictor",
    "SeldonDeployment",
    "initializer_container",
    "render",
]
