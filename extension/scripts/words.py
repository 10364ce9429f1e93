"""``python extension/scripts/words.py``: collect the panel's sentences, update their French catalogue, compile it (``make lab-words``).

Sentences are the literals in ``trans.__('…')``, ``_n``, ``_p`` and ``_np`` in ``extension/src``, and what JupyterLab shows of ``extension/schema``
(titles and descriptions under the context ``settings`` or ``schema``, labels under ``menu``), as jupyterlab_server itself looks them up.  The catalogue
lies in the Python package: JupyterLab reads the ``.json`` for the page, and the server the ``.mo`` for the settings.  Exits with 1 if a sentence is
no literal, with ``--check`` also if a sentence has no French or a compiled file is old.
"""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

EXTENSION = Path(__file__).resolve().parent.parent
CATALOGUE = EXTENSION.parent / "seldon_nb/lab/locale/fr_FR/LC_MESSAGES/seldon_nb_lab.po"
DOMAIN = "seldon_nb_lab"

_CALL = re.compile(r"(?:\b|_)trans\s*\.\s*(__|_np?|_p|n?gettext|n?pgettext)\s*\(\s*")
_LITERAL = re.compile(r"""'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.)*)`""", re.DOTALL)
_NEXT = re.compile(r"\s*,\s*")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\n|.)", re.DOTALL)
#: What a function takes before values: c is a context, s a sentence, p its plural.
_TAKES = {"__": "s", "gettext": "s", "_n": "sp", "ngettext": "sp", "_p": "cs", "pgettext": "cs", "_np": "csp", "npgettext": "csp"}
_SCHEMA = (
    (re.compile(r"^/(definitions/.*/)?properties/.*/(title|description)$"), "settings"),
    (re.compile(r"^/jupyter\.lab\.setting-icon-label$"), "settings"),
    (re.compile(r"^/(title|description)$"), "schema"),
    (re.compile(r"^/jupyter\.lab\.menus/.*/label$"), "menu"),
    (re.compile(r"^/jupyter\.lab\.toolbars/.*/label$"), "toolbar"),
)

#: Context ("" for none), sentence, plural ("" for none).
Sentence = tuple[str, str, str]


class NotALiteralError(Exception):
    """A sentence that is put together at run time: nobody can translate it."""


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        what = found[1]
        if what[0] in "ux" and len(what) > 1:
            return chr(int(what[1:], 16))
        return {"n": "\n", "t": "\t", "r": "\r", "\n": ""}.get(what, what)

    return _ESCAPE.sub(one, text)


def sentences_of_source(text: str, name: str = "") -> list[Sentence]:
    """The sentences of a TypeScript file, in order.  Raises NotALiteralError."""
    found: list[Sentence] = []
    for call in _CALL.finditer(text):
        at, parts = call.end(), {"c": "", "s": "", "p": ""}
        for number, part in enumerate(_TAKES[call[1]]):
            if number:
                comma = _NEXT.match(text, at)
                at = comma.end() if comma else at
            literal = _LITERAL.match(text, at)
            if literal is None or text[literal.end() :].lstrip()[:1] not in {",", ")"}:
                raise NotALiteralError(
                    f"{name}:{text.count(chr(10), 0, call.start()) + 1}: {text[call.start() : call.end() + 60]!r}"
                )
            parts[part] = _unescaped(next(group for group in literal.groups() if group is not None))
            at = literal.end()
        found.append((parts["c"], parts["s"], parts["p"]))
    return found


def sentences_of_schema(part: Any, path: str = "") -> list[Sentence]:
    """The sentences of a settings schema, under the contexts in which jupyterlab_server looks them up."""
    if isinstance(part, list):
        return [
            one
            for number, item in enumerate(part)
            if isinstance(item, dict)
            for one in sentences_of_schema(item, f"{path}[{number}]")
        ]
    if isinstance(part, dict):
        return [one for key, value in part.items() for one in sentences_of_schema(value, f"{path}/{key}")]
    context = (
        next((context for pattern, context in _SCHEMA if pattern.match(path)), None) if isinstance(part, str) and part else None
    )
    return [(context, part, "")] if context else []


def sentences() -> list[Sentence]:
    """All of the panel's, sorted, each once."""
    found: set[Sentence] = set()
    for path in sorted((EXTENSION / "src").rglob("*.ts*")):
        if ".test." not in path.name and not {"testing", "__tests__"} & set(path.parts):
            found.update(sentences_of_source(path.read_text(encoding="utf-8"), path.relative_to(EXTENSION).as_posix()))
    for path in sorted((EXTENSION / "schema").glob("*.json")):
        found.update(sentences_of_schema(json.loads(path.read_text(encoding="utf-8"))))
    return sorted(found)


def template() -> Catalog:
    """A catalogue of all sentences, without a word of French."""
    made = Catalog(domain=DOMAIN, header_comment="")
    for context, one, many in sentences():
        made.add((one, many) if many else one, context=context or None)
    return made


def read() -> Catalog:
    """The French catalogue as it lies in the package; empty if there is none yet."""
    made = Catalog(locale="fr_FR", domain=DOMAIN, header_comment="")
    if CATALOGUE.is_file():
        with CATALOGUE.open("rb") as file:
            made = read_po(file, locale="fr_FR", domain=DOMAIN)
    made.creation_date = made.revision_date = datetime(2026, 1, 1, tzinfo=timezone.utc)  # what is compiled tells no time
    return made


def as_json(catalogue: Catalog) -> str:
    """The catalogue as JupyterLab reads it."""
    made: dict[str, Any] = {
        "": {"domain": DOMAIN, "language": "fr-FR", "plural_forms": "nplurals=2; plural=(n > 1);", "version": DOMAIN}
    }
    for message in sorted((one for one in catalogue if one.id), key=lambda one: (one.context or "", str(one.id))):
        one = message.id[0] if message.pluralizable else message.id
        said = list(message.string) if message.pluralizable else [message.string]
        if all(said):
            made[f"{message.context}\u0004{one}" if message.context else one] = said
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def untranslated() -> list[str]:
    """The sentences that have no French."""
    french = read()
    missing = []
    for context, one, many in sentences():
        message = french.get((one, many) if many else one, context=context or None)
        said = message.string if message else ""
        if message is None or message.fuzzy or not all(said if isinstance(said, list | tuple) else [said]):
            missing.append(one)
    return missing


def stale() -> list[Path]:
    """The compiled files that are older than the catalogue says."""
    french = read()
    wanted = {CATALOGUE.with_suffix(".json"): as_json(french).encode(), CATALOGUE.with_suffix(".mo"): as_mo(french)}
    return [path for path, text in wanted.items() if not path.is_file() or path.read_bytes() != text]


def write() -> None:
    """Bring the catalogue up to the sentences there are, and compile it."""
    french = read()
    french.update(template(), no_fuzzy_matching=True)
    french.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, french, omit_header=True, no_location=True, sort_output=True, width=0, ignore_obsolete=True)
    french = read()
    CATALOGUE.with_suffix(".json").write_text(as_json(french), encoding="utf-8")
    CATALOGUE.with_suffix(".mo").write_bytes(as_mo(french))


def main(words: list[str]) -> int:
    """Write, or check."""
    try:
        if "--check" not in words:
            write()
            sys.stdout.write(f"{len(sentences())} sentences, {len(untranslated())} without French\n")
            return 0
        problems = [f"no French: {one!r}" for one in untranslated()] + [f"old: {path.name}" for path in stale()]
    except NotALiteralError as error:
        problems = [f"no literal: {error}"]
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
