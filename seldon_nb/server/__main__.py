"""``python -m seldon_nb.server``: what the model server's image starts."""

from __future__ import annotations

import sys
import types

from seldon_nb.server import pod

if __name__ == "__main__":
    # A pickle that refers to a class of its notebook's ``__main__`` must not find ours of the same name.
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.exit(pod.main())
