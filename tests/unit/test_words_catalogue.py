"""Every sentence is in the catalogue, in both languages, with the same facts; and no sentence goes around it."""

from __future__ import annotations

import ast
import gettext
import io
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import seldon_nb
from seldon_nb.words import DOMAIN, LOCALE_DIR, tr, trn, use_language

ROOT = Path(seldon_nb.__file__).parent
PO = LOCALE_DIR / "fr" / "LC_MESSAGES" / f"{DOMAIN}.po"
MO = PO.with_suffix(".mo")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"N_": None, "tr": None, "trn": (1, 2)}
#: Where a text that is not a literal is looked up, because it was marked elsewhere.
LOOK_UPS = {
    "words/__init__.py",
    "cards/tones.py",
    "cards/amounts.py",
    "cards/error.py",
    "cards/history.py",
    "cards/model.py",
    "cards/reference.py",
}


@cache
def marked() -> dict[str | tuple[str, str], str]:
    """Every marked sentence (a pair where there is a plural) and the first place where it stands."""
    found: dict[str | tuple[str, str], str] = {}
    for file, line, message, _, _ in extract_from_dir(str(ROOT), method_map=[("**.py", "python")], keywords=KEYWORDS):
        found.setdefault(message, f"{file}:{line}")
    return found


@cache
def french() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="fr")


def key(message: Message) -> str | tuple[str, str]:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


# --- the French catalogue ------------------------------------------------------------------------------------------------------


def test_every_sentence_is_in_the_catalogue() -> None:
    known = {key(message) for message in french() if message.id}
    missing = {message: place for message, place in marked().items() if message not in known}
    assert missing == {}, f"run 'make words': {len(missing)} sentences are not in {PO.name}"


def test_the_catalogue_holds_nothing_that_is_not_said() -> None:
    unused = [key(message) for message in french() if message.id and key(message) not in marked()]
    assert unused == [] and not french().obsolete, "run 'make words'"


def test_every_sentence_is_translated() -> None:
    empty = [key(message) for message in french() if message.id and not all(texts(message))]
    fuzzy = [key(message) for message in french() if message.id and message.fuzzy]
    assert (empty, fuzzy) == ([], []), f"{len(empty)} without a translation, {len(fuzzy)} uncertain"


def test_a_translation_has_the_same_facts() -> None:
    wrong = []
    for message in french():
        if not message.id or not all(texts(message)):
            continue
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = set().union(*map(fields, originals))
        needed = fields(originals[-1])
        for text in texts(message):
            found = fields(text)
            if not (found <= wanted if len(originals) > 1 else found == needed):
                wrong.append((message.id, text))
        if len(originals) > 1 and fields(texts(message)[-1]) != needed:
            wrong.append((message.id, texts(message)[-1]))
    assert wrong == []


def test_a_translation_keeps_what_is_never_translated() -> None:
    """Codes, what stands in backticks, options and the names of programs."""
    import re

    kept = re.compile(r"SNB-\d{3}|`[^`]+`|(?<!\w)--[a-z-]+|seldon-nb|MLflow|MLServer|%seldon|\.reveal\(\)")
    wrong = []
    for message in french():
        if not isinstance(message.id, str) or not message.id or not message.string:
            continue
        if sorted(kept.findall(message.id)) != sorted(kept.findall(str(message.string))):
            wrong.append((message.id, message.string))
    assert wrong == []


def test_french_is_typeset_as_french() -> None:
    """No line may break before a colon, a question mark or inside guillemets: the space there is a no-break space."""
    import re

    wrong = []
    for message in french():
        for text in texts(message) if message.id else []:
            plain = re.sub(r"`[^`]*`|\{[^}]*\}|https?://\S+", "x", text)
            if re.search(r"[^\u00a0\u202f]:(?=\s|$)| [:;?!»]|« |«[^\u00a0\u202f]|[^\u00a0\u202f]»", plain):
                wrong.append(text)
    assert wrong == []


def test_the_compiled_catalogue_is_fresh() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, french())
    compiled.seek(0)
    fresh = gettext.GNUTranslations(compiled)
    with MO.open("rb") as file:
        kept = gettext.GNUTranslations(file)
    assert without_header(kept) == without_header(fresh), "run 'make words'"


def without_header(translations: gettext.GNUTranslations) -> dict[object, str]:
    catalogue: dict[object, str] = translations._catalog  # type: ignore[attr-defined]
    return {name: text for name, text in catalogue.items() if name}


def test_french_knows_that_zero_is_singular() -> None:
    assert french().plural_expr == "(n > 1)"


# --- how sentences are written --------------------------------------------------------------------------------------------------


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_only_literals_are_marked() -> None:
    wrong = []
    for file, tree in sources():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or name_of(call) not in KEYWORDS or not call.args:
                continue
            needed = call.args[:2] if name_of(call) == "trn" else call.args[:1]
            if not all(map(is_text, needed)) and not (file in LOOK_UPS and name_of(call) == "tr"):
                wrong.append(f"{file}:{call.lineno}")
    assert wrong == []


def test_each_call_gives_the_facts_that_its_sentence_needs() -> None:
    wrong = []
    for file, tree in sources():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or name_of(call) not in ("tr", "trn") or not call.args or not is_text(call.args[0]):
                continue
            if any(keyword.arg is None for keyword in call.keywords):
                continue
            count = 2 if name_of(call) == "trn" else 1
            needed = set().union(*(fields(str(node.value)) for node in call.args[:count] if isinstance(node, ast.Constant)))
            given = {keyword.arg for keyword in call.keywords} | ({"n"} if count == 2 else set())
            if not needed <= given or (given - needed - {"n"}):
                wrong.append(f"{file}:{call.lineno} needs {sorted(needed)}, is given {sorted(map(str, given))}")
    assert wrong == []


#: Arguments that people read: by name of the function, the positions; by keyword, the names.
READ = {"Text": (0,), "Line": (1,), "Step": (0,), "Listing": (0,), "Inspection": (2,)}
READ_KEYWORDS = {"title", "state", "badge", "who", "say", "caption", "help", "short_help", "epilog", "note"}


def test_nothing_that_people_read_goes_around_the_catalogue() -> None:
    wrong = []
    for file, tree in sources():
        if not file.startswith(
            ("cards/", "flows/", "here/", "catalog/", "verbs/", "grammar.py", "cli.py", "magics/", "handles.py", "demo.py")
        ):
            continue
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            shown = [call.args[index] for index in READ.get(name_of(call), ()) if index < len(call.args)]
            shown += [keyword.value for keyword in call.keywords if keyword.arg in READ_KEYWORDS and name_of(call) != "fail"]
            if name_of(call) == "print":
                shown += call.args
            for node in shown:
                wrong += [f"{file}:{node.lineno} {text!r}" for text in bare_sentences(node)]
    assert wrong == []


def bare_sentences(node: ast.expr) -> list[str]:
    """Texts with words in them that no call marks; parts of an f-string count."""
    if isinstance(node, ast.Call):
        return []
    if isinstance(node, ast.Constant):
        text = node.value
        return [text] if isinstance(text, str) and " " in text.strip() and any(word.isalpha() for word in text.split()) else []
    return [text for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr) for text in bare_sentences(child)]


# --- looking up -------------------------------------------------------------------------------------------------------------------


def test_an_unknown_sentence_stays_as_it_is() -> None:
    use_language("fr")
    assert tr("A sentence that nobody translated, with {fact}.", fact=1) == "A sentence that nobody translated, with 1."
    assert [trn("{n} thing nobody knows", "{n} things nobody knows", n) for n in (1, 2)] == [
        "1 thing nobody knows",
        "2 things nobody knows",
    ]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "fr_CA.UTF-8", "SELDON_NB_LANG": "en"}, "en"),
        ({"LANG": "en_CA.UTF-8", "SELDON_NB_LANG": "fr"}, "fr"),
        ({"LC_ALL": "fr_FR", "LANG": "C"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_the_readers(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str) -> None:
    from seldon_nb.words import language

    use_language(None)
    for name in ("SELDON_NB_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


def test_no_sentence_hides_in_an_f_string():
    """Before Python 3.12 the collector of sentences does not look into f-strings."""
    import ast
    from pathlib import Path

    import seldon_nb

    hidden = [
        f"{path.name}:{call.lineno}"
        for path in Path(seldon_nb.__file__).parent.rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("tr", "trn")
    ]
    assert hidden == []
