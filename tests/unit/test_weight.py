"""The notebook stays light: nothing heavy is imported before it is used."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {
    "mlflow",
    "pandas",
    "numpy",
    "sklearn",
    "mlserver",
    "kubernetes",
    "hera",
    "kfp",
    "httpx",
    "pydantic",
    "click",
    "jwt",
    "cryptography",
    "psutil",
    "supervisor",
    "envoy",
    "yaml",
    "tqdm",
    "babel",
    "orjson",
}


def imported_by(statement: str) -> set[str]:
    program = f"import sys, json\n{statement}\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_importing_the_package_brings_nothing_heavy():
    assert imported_by("import seldon_nb") & HEAVY == set()


def test_loading_the_extension_brings_nothing_heavy():
    before = imported_by("from IPython.core.interactiveshell import InteractiveShell\nshell = InteractiveShell.instance()")
    after = imported_by(
        "from IPython.core.interactiveshell import InteractiveShell\nshell = InteractiveShell.instance()\nshell.run_line_magic('load_ext', 'seldon_nb')"
    )
    assert (after - before) & HEAVY == set()


def test_the_workspace_imports_no_engine():
    assert imported_by("import seldon_nb.workspace") & {"mlflow", "mlserver", "sklearn", "pandas", "supervisor", "jwt"} == set()


def test_the_public_names_are_sorted_and_all_there():
    import seldon_nb

    assert seldon_nb.__all__ == sorted(seldon_nb.__all__)
    for name in seldon_nb.__all__:
        assert getattr(seldon_nb, name) is not None
