"""Text from elsewhere made safe to look at: no escape sequence acts, no character hides.

Names of models, columns and files come from other people and from other machines.  A terminal obeys control characters, and a reader is fooled by
characters that have no width or turn the reading direction; here the first are shown as pictures and the second by their number.
"""

from __future__ import annotations

import re
import unicodedata

_ANSI = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[@-Z\\-_])|\x9b[0-?]*[ -/]*[@-~]"
)
_PLAIN = re.compile(r"[\x20-\x7e\xa0-\xac\xae-\u02ff]*\Z")
_JOINERS = "\u200c\u200d"  # part of the spelling in several scripts


def visible(text: str, *, lines: bool = False) -> str:
    """The text with escape sequences removed, and control, direction and zero-width characters made visible.

    Args:
        lines: keep line breaks and tabs (for listings); otherwise they become spaces.
    """
    if _PLAIN.match(text):
        return text
    text = _ANSI.sub("", text)
    return "".join(_shown(char, lines=lines) for char in text)


def _shown(char: str, *, lines: bool) -> str:
    if char in "\n\t":
        return char if lines else " "
    if char in "\u2028\u2029":
        return "\n" if lines else " "
    category = unicodedata.category(char)
    if category == "Cc":
        code = ord(char)
        return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else f"⟨{code:02X}⟩"
    if category == "Cs" or (category == "Cf" and char not in _JOINERS):
        return f"⟨U+{ord(char):04X}⟩"
    return char


def width(text: str) -> int:
    """Columns that a terminal needs for one line of text."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or char in _JOINERS or char == "\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
