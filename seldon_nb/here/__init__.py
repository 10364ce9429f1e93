"""The place on one machine: MLServer processes behind an Envoy gateway.

What lives here: adapters of serving, endpoint, access and audit for one machine.
What must not: decisions of a flow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Set by the workspace, so that ``sn.here.as_("colleague")``, ``sn.here.up()`` and ``sn.here.down()`` are at hand.
as_: Callable[[str], Any]
up: Callable[..., Any]
down: Callable[[], Any]
