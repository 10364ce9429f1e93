"""`python -m tests.cluster.suite`: the tests that need a Kubernetes, with a node of this machine around them or on the user's own cluster.

`KUBECONFIG` names a cluster of the user's; without it this checkout's node is built and started, and taken down again unless it was up before.
`SELDON_NB_REQUIRE_CLUSTER=1` makes a machine that cannot carry a node a failure instead of one sentence.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.cluster import node


def main(arguments: list[str]) -> int:
    import pytest

    chosen = [*(str(Path("tests") / part) for part in ("cluster", "contract")), "--place", "cluster", "-q", *arguments]
    named, ours = os.environ.get("KUBECONFIG"), node.running()
    if named and (ours is None or Path(named) != ours.kubeconfig):
        print("The cluster of your KUBECONFIG is used; nothing of this machine is started.", flush=True)
        return int(pytest.main(chosen))
    up_before = ours is not None
    try:
        began = time.monotonic()
        node.ensure()
        print(f"  the node is up ({time.monotonic() - began:.0f} s)", flush=True)
    except node.CannotError as error:
        print(f"The tests that need a Kubernetes did not run: {error}", flush=True)
        return 1 if os.environ.get("SELDON_NB_REQUIRE_CLUSTER") else 0
    try:
        code = int(pytest.main(chosen))
    finally:
        left = [] if up_before else _down()
    for line in left:
        print(f"left behind: {line}", flush=True)
    return code or int(bool(left))


def _down() -> list[str]:
    from tests.cluster.node import life

    life.down(lambda line: print(f"  {line}", flush=True))
    return node.leftovers()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
