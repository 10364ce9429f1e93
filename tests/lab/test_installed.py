"""A fresh environment with our wheel: the panel is there in Lab and in Notebook 7, with no Node, no build and no other machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.lab.lab_process import running_lab

ROOT = Path(__file__).resolve().parents[2]
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def _run(words, **options):
    done = subprocess.run(words, capture_output=True, text=True, timeout=280, **options)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return ANSI.sub("", done.stdout + done.stderr)


@pytest.fixture(scope="module")
def no_node(tmp_path_factory):
    """An environment whose PATH leads to no program at all."""
    empty = tmp_path_factory.mktemp("path")
    return {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")} | {"PATH": str(empty)}


@pytest.fixture(scope="module")
def wheel(built_panel, no_node, tmp_path_factory):
    """The wheel, built from the sdist as pip would, without Node."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    _run(command, env=no_node | {"SELDON_NB_REQUIRE_PANEL": "1"})
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh environment's Python, with ``seldon_nb[lab]`` and Notebook 7 in the versions of the lock; from uv's cache if that holds them."""
    uv = [str(Path(sys.executable).parent / "uv")]
    folder = tmp_path_factory.mktemp("installed")
    _run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
    python = folder / "bin/python"
    wanted = [f"seldon_nb[lab] @ {wheel.as_uri()}", "notebook", "jupyterlab-language-pack-fr-FR"]
    command = [
        *uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        str(python),
        "--constraints",
        str(ROOT / "requirements.lock"),
        *wanted,
    ]
    if subprocess.run([*command, "--offline"], capture_output=True, timeout=280).returncode:
        _run(command)
    return python


def test_the_wheel_holds_the_panel_once_and_says_where_it_belongs(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    data = [name.partition(".data/data/")[2] for name in names if ".data/data/" in name]
    panel = "share/jupyter/labextensions/seldon-nb-lab/"
    assert f"{panel}package.json" in data
    assert f"{panel}install.json" in data
    assert any(name.startswith(f"{panel}static/remoteEntry.") for name in data)
    assert "etc/jupyter/jupyter_server_config.d/seldon_nb.json" in data
    assert not [name for name in names if name.startswith("seldon_nb/lab/labextension")]
    assert "seldon_nb/lab/locale/fr_FR/LC_MESSAGES/seldon_nb_lab.json" in names


def test_both_lists_say_ok(installed, no_node):
    labextensions = _run([str(installed), "-m", "jupyter", "labextension", "list"], env=no_node)
    assert re.search(r"seldon-nb-lab v0\.1\.0\s+enabled\s+OK", labextensions), labextensions
    servers = _run([str(installed), "-m", "jupyter", "server", "extension", "list"], env=no_node)
    assert re.search(r"seldon_nb\.lab\s+enabled", servers), servers
    assert re.search(r"seldon_nb\.lab\s.*OK", servers), servers


@pytest.mark.parametrize(("program", "path"), [("lab", "/lab?reset"), ("notebook", "/tree")])
def test_the_page_opens_with_the_panel_without_node(installed, no_node, browser, program, path):
    from tests.lab.browser import Screen

    with running_lab(python=str(installed), program=program, environment=no_node) as lab:
        screen = Screen(browser, lab)
        try:
            page = screen.open(path)
            assert page.evaluate("() => window.jupyterapp.hasPlugin('seldon-nb-lab:commands')")
            assert [error for error in screen.errors if "seldon" in error.lower()] == []
            assert screen.abroad() == []
            assert page.locator(".jp-Dialog").count() == 0
            screen.shot(f"installed-{program}")
        finally:
            screen.close()
