"""Whoever works with a cluster alone starts nothing on this machine."""

from __future__ import annotations

import psutil

from seldon_nb.workspace import Settings, Workspace


def test_logging_for_a_cluster_leaves_no_process_behind(short_tmp, phishing):
    model, features = phishing
    workspace = Workspace(Settings(home=short_tmp / "home", place="cluster"))
    logged = workspace.log(model, name="fraud", sample=features.head(), integers="float")
    workspace.close()
    assert logged.version == 1
    assert not workspace.place.exists
    left = [process for process in psutil.process_iter(["cmdline"]) if str(short_tmp) in " ".join(process.info["cmdline"] or ())]
    assert left == []
