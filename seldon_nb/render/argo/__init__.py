"""Argo workflows as plain documents: one plan gives one workflow, and what is wrong with a workflow is said before a cluster sees it.

What lives here: names, a step's form, the workflow of a plan, the lint.
What must not: clock, disk, network, or a value written into a command; values travel by environment.
"""

from seldon_nb.render.argo.names import plan_map_name, workflow_name
from seldon_nb.render.argo.workflow import plan_map, workflow

__all__ = ["plan_map", "plan_map_name", "workflow", "workflow_name"]
