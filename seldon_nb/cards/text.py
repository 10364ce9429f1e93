"""Cards as plain text, for terminals, logs and saved notebooks: at most 100 columns, no colour unless asked for.

Commands and listings are never wrapped or cut: they are there to be pasted.
"""

from __future__ import annotations

import textwrap

from seldon_nb.cards import squares
from seldon_nb.cards.card import (
    Bars,
    Block,
    Card,
    Facts,
    Line,
    Lines,
    Listing,
    Meters,
    Sparklines,
    Step,
    Strip,
    Table,
    Text,
    Timeline,
    Tone,
)
from seldon_nb.cards.clean import visible, width
from seldon_nb.cards.skin import Skin, command
from seldon_nb.cards.tones import ICONS
from seldon_nb.words import tr, trn

WIDTH = 100
_COLOURS = {Tone.NEUTRAL: "2", Tone.GOOD: "32", Tone.WARN: "33", Tone.BAD: "31", Tone.BUSY: "34"}


def to_text(card: Card, skin: Skin = Skin.SHELL, *, columns: int = WIDTH, color: bool = False, full: bool = False) -> str:
    """The card as lines.

    Args:
        columns: at most this wide, 40 at least and 100 at most.
        color: mark tones with ANSI colours as well.
        full: show folded listings too.
    """
    writer = _Writer(skin, max(40, min(columns, WIDTH)), color=color, full=full)
    parts = [writer.header(card)]
    parts += [writer.block(block) for block in card.blocks]
    parts.append(writer.steps(card.steps))
    if card.who:
        parts.append(writer.wrap(card.who))
    if card.python and skin is not Skin.PYTHON:
        parts.append([tr("Python: {line}", line=visible(card.python))])
    return "\n".join(_joined(parts)) + "\n"


def _joined(parts: list[list[str]]) -> list[str]:
    """Parts with one empty line between them."""
    lines: list[str] = []
    for part in parts:
        if part and lines:
            lines.append("")
        lines += [line.rstrip() for line in part]
    return lines


class _Writer:
    def __init__(self, skin: Skin, columns: int, *, color: bool, full: bool) -> None:
        self._skin, self._columns, self._color, self._full = skin, columns, color, full

    def header(self, card: Card) -> list[str]:
        state = f"{ICONS[card.tone]} {visible(card.state)}" if card.state else ""
        marks = "  ".join(part for part in (f"[{visible(card.badge)}]" if card.badge else "", state) if part)
        title = visible(card.title)
        room = self._columns - width(title) - width(marks)
        marked = self._paint(marks, card.tone)
        if not marks:
            lines = self.wrap(title)
        elif room >= 2:
            lines = [title + " " * room + marked] if card.kind != "error" else [f"{title}  {marked}"]
        else:
            lines = [*self.wrap(title), marked]
        longest = max(width(line) for line in lines) if not self._color else self._columns
        return [
            *(self._strong(line) if not marks or index or room < 2 else line for index, line in enumerate(lines)),
            "─" * min(longest, self._columns),
        ]

    def block(self, block: Block) -> list[str]:  # noqa: PLR0911 - one for each kind of block
        if isinstance(block, Text):
            return self.wrap(block.text)
        if isinstance(block, Facts):
            return self._facts(block)
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, Lines):
            return [text for line in block.lines for text in self._line(line)]
        if isinstance(block, Listing):
            return self._listing(block)
        if isinstance(block, Timeline):
            return self._timeline(block)
        if isinstance(block, Strip):
            return self._strip(block)
        return self._measures(block)

    def steps(self, steps: tuple[Step, ...], indent: str = "") -> list[str]:
        lines: list[str] = []
        for step in steps:
            if step.say:
                lines += self.wrap(step.say, first=f"{indent}→ ", rest=f"{indent}  ")
            if step.command:
                lines.append(f"{indent}    {visible(command(step, self._skin))}")
        return lines

    def wrap(self, text: str, *, first: str = "", rest: str = "") -> list[str]:
        lines: list[str] = []
        for paragraph in visible(text, lines=True).splitlines() or [""]:
            lines += _wrapped(paragraph, self._columns, first=first if not lines else rest, rest=rest)
        return lines

    def _facts(self, block: Facts) -> list[str]:
        label = max((width(visible(name)) for name, _ in block.rows), default=0)
        lines: list[str] = []
        for name, value in block.rows:
            shown = visible(name)
            lines += self.wrap(value, first=shown + " " * (label - width(shown) + 2), rest=" " * (label + 2))
        return lines

    def _line(self, line: Line) -> list[str]:
        icon = ICONS[line.tone]
        code = f"{visible(line.code)}  " if line.code else ""
        rest = " " * (width(icon) + 1)
        lines = self.wrap(line.text, first=f"{icon} {code}", rest=rest)
        if self._color:
            lines[0] = self._paint(icon, line.tone) + lines[0][len(icon) :]
        return lines + self.steps(line.steps, indent=rest)

    def _listing(self, block: Listing) -> list[str]:
        body = visible(block.text, lines=True).rstrip("\n").split("\n")
        title = visible(block.title)
        if block.folded and not self._full:
            return [f"▸ {title} " + trn("({n} line)", "({n} lines)", len(body))]
        return [f"▾ {title}", *(f"  {self._diff(line, block)}" for line in body)]

    def _diff(self, line: str, block: Listing) -> str:
        if block.language != "diff" or line[:1] not in "+-":
            return line
        return self._paint(line, Tone.GOOD if line.startswith("+") else Tone.BAD)

    def _measures(self, block: Meters | Sparklines | Bars) -> list[str]:
        """One line for each: icon, label, picture, words."""
        rows = _drawn(block)
        label = max((width(visible(name)) for _, name, _, _ in rows), default=0)
        lines = self.wrap(block.caption) if block.caption else []
        for icon, name, picture, words in rows:
            shown = visible(name)
            first = f"{icon} {shown}{' ' * (label - width(shown))}  {picture}  "
            if width(first) + width(visible(words)) > self._columns:  # no room for the drawing beside its words
                lines += self.wrap(f"{name}: {words}", first=f"{icon} ", rest="  ")
            else:
                lines.append(first + visible(words))
        return lines

    def _strip(self, block: Strip) -> list[str]:
        lines = self.wrap(block.caption) if block.caption else []
        stops = []
        for stop in block.stops:
            icon = "" if stop.tone is Tone.NEUTRAL else f"{ICONS[stop.tone]} "
            note = f" ({visible(stop.note)})" if stop.note else ""
            stops.append(f"{icon}{visible(stop.label)} {visible(stop.text) or '–'}{note}")
        line = " → ".join(stops)
        if width(line) <= self._columns:
            return [*lines, line] if stops else lines
        return lines + [
            piece for index, stop in enumerate(stops) for piece in self.wrap(stop, first="→ " if index else "  ", rest="    ")
        ]

    def _timeline(self, block: Timeline) -> list[str]:
        cells = [
            (f"{ICONS[tone] if tone is not Tone.NEUTRAL else '○'} {visible(name)}", visible(note))
            for name, tone, note in block.stages
        ]
        widths = [max(width(name), width(note) + 2) for name, note in cells]
        if sum(widths) + 3 * (len(cells) - 1) > self._columns:
            return [f"{name}  {note}" for name, note in cells]
        upper = " ─ ".join(name + " " * (room - width(name)) for (name, _), room in zip(cells, widths, strict=True))
        lower = "   ".join("  " + note + " " * (room - width(note) - 2) for (_, note), room in zip(cells, widths, strict=True))
        return [upper, lower]

    def _table(self, block: Table) -> list[str]:
        rows = [tuple(visible(cell) for cell in row) for row in (block.headers, *block.rows)]
        lines = self.wrap(block.caption) if block.caption else []
        widths = _fit([max(width(row[index]) for row in rows) for index in range(len(block.headers))], self._columns)
        if not widths:  # too narrow for a table: each row becomes a list
            for row in rows[1:]:
                lines += [*self._facts(Facts(tuple(zip(rows[0], row, strict=True)))), ""]
            return lines[:-1]
        for position, row in enumerate(rows):
            cells = [_wrapped(cell, room) for cell, room in zip(row, widths, strict=True)]
            for height in range(max(len(cell) for cell in cells)):
                parts = [cell[height] if height < len(cell) else "" for cell in cells]
                lines.append("  ".join(_padded(part, widths[i], right=i in block.right) for i, part in enumerate(parts)))
            if position == 0:
                lines.append("  ".join("─" * room for room in widths))
        return lines

    def _paint(self, text: str, tone: Tone) -> str:
        return f"\x1b[{_COLOURS[tone]}m{text}\x1b[0m" if self._color and text else text

    def _strong(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self._color else text


def _drawn(block: Meters | Sparklines | Bars) -> list[tuple[str, str, str, str]]:
    """(icon, label, picture, words) of each row."""
    if isinstance(block, Meters):
        return [(ICONS[meter.tone], meter.label, squares.meter(meter.now, meter.after), meter.text) for meter in block.meters]
    if isinstance(block, Sparklines):
        return [
            (ICONS[spark.tone], spark.label, squares.sparkline(spark.values), _told(spark.text, spark.note))
            for spark in block.sparks
        ]
    return [("▸" if bar.strong else " ", bar.label, squares.bar(bar.share), bar.text) for bar in block.bars]


def _told(text: str, note: str) -> str:
    return f"{text}  {note}" if note else text


def _padded(text: str, room: int, *, right: bool) -> str:
    space = " " * (room - width(text))
    return space + text if right else text + space


def _fit(widths: list[int], columns: int) -> list[int]:
    """Column widths that fit together: the widest gives first; empty if they cannot."""
    widths = [max(1, room) for room in widths]
    room = columns - 2 * (len(widths) - 1)
    while sum(widths) > room and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    return widths if sum(widths) <= room else []


def _wrapped(text: str, columns: int, *, first: str = "", rest: str = "") -> list[str]:
    """Text in lines of at most ``columns``; words that are longer are cut."""
    if width(first) + width(text) <= columns:
        return [first + text]
    if text.isascii() and first.isascii():
        return textwrap.wrap(text, columns, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False) or [first]
    lines, line, empty = [], first, True
    for word in text.split():
        piece = word
        while True:
            space = "" if empty else " "
            if width(line) + width(space) + width(piece) <= columns:
                line, empty = line + space + piece, False
                break
            if not empty:
                lines.append(line)
                line, empty = rest, True
                continue
            head = _head(piece, columns - width(line))
            lines.append(line + head)
            line, piece = rest, piece[len(head) :]
            if not piece:
                break
    return [*lines, line] if not empty or not lines else lines


def _head(word: str, columns: int) -> str:
    """As much of a word as fits, one character at least."""
    used = 0
    for index, char in enumerate(word):
        used += width(char)
        if used > columns:
            return word[: max(1, index)]
    return word
