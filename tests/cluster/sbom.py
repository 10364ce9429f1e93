"""A bill of materials (CycloneDX JSON) of an image: its Debian packages and its Python distributions."""

from __future__ import annotations

from email.parser import HeaderParser
from pathlib import Path
from typing import Any
from urllib.parse import quote


def bill(root: Path, *, image: str, digest: str) -> dict[str, Any]:
    """What is installed below ``root``, sorted by package URL; the same image gives the same document."""
    parts = {part["purl"]: part for part in [*_debian(root), *_python(root), *_own(root)]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "container", "name": image, "bom-ref": image, "hashes": [_hash(digest)]},
        },
        "components": [parts[purl] for purl in sorted(parts)],
    }


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest.removeprefix("sha256:")}


def _component(kind: str, name: str, version: str, licence: str = "") -> dict[str, Any]:
    purl = f"pkg:{kind}/{quote(name)}@{quote(version, safe='')}"
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": name.rpartition("/")[2],
        "version": version,
        "purl": purl,
    }
    if licence:
        found["licenses"] = [{"license": {"name": licence[:120]}}]
    return found


def _debian(root: Path) -> list[dict[str, Any]]:
    status = root / "var/lib/dpkg/status"
    found = []
    for block in status.read_text(encoding="utf-8").split("\n\n") if status.is_file() else ():
        fields = HeaderParser().parsestr(block)
        if fields.get("Status", "").endswith(" installed"):
            found.append(_component("deb", f"debian/{fields['Package']}", fields["Version"]))
    return found


def _own(root: Path) -> list[dict[str, Any]]:
    """Our own package, which lies there as files: with the digest that its files have together."""
    code = root / "opt/seldon-nb/code/seldon_nb"
    if not code.is_dir():
        return []
    import seldon_nb
    from seldon_nb.digests import tree_digest

    return [{**_component("pypi", "seldon-nb", seldon_nb.__version__, "Apache-2.0"), "hashes": [_hash(tree_digest(code))]}]


def _python(root: Path) -> list[dict[str, Any]]:
    found = []
    for metadata in root.glob("opt/seldon-nb/lib/python3*/site-packages/*.dist-info/METADATA"):
        fields = HeaderParser().parsestr(metadata.read_text(encoding="utf-8", errors="replace"))
        name = fields["Name"].lower().replace("_", "-").replace(".", "-")
        licence = (fields.get("License-Expression") or fields.get("License") or "").strip().splitlines()
        found.append(_component("pypi", name, fields["Version"], licence[0] if licence else ""))
    return found
