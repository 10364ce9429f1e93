"""Diagnosis: from what a cluster says to one sentence: what is stuck, and why.

What lives here: pure rules over plain Kubernetes objects, one small function per cause, and what of a log line may be shown.
What must not: the network, the clock, the disk.  Whoever watches a cluster builds a :class:`~seldon_nb.diagnosis.snapshot.Snapshot` and asks
:func:`~seldon_nb.diagnosis.diagnose.diagnose`.
"""

from __future__ import annotations
