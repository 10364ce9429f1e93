"""Cards as HTML: one self-contained fragment that needs no script, and is safe with any name in it."""

from __future__ import annotations

import html
import re

from seldon_nb.cards import pictures
from seldon_nb.cards.card import (
    Bar,
    Block,
    Card,
    Facts,
    Line,
    Lines,
    Listing,
    Meter,
    Meters,
    Spark,
    Sparklines,
    Step,
    Stop,
    Strip,
    Table,
    Text,
    Timeline,
)
from seldon_nb.cards.card import Tone as _Tone
from seldon_nb.cards.clean import visible
from seldon_nb.cards.skin import Skin, command
from seldon_nb.cards.style import STYLE
from seldon_nb.cards.tones import ICONS, badge, tone_word
from seldon_nb.domain.classification import Classification
from seldon_nb.words import language, tr, trn

NO_BREAK = 24  # characters of a row's name that stay on one line
_CODE = re.compile(r"`([^`\n]+)`")


def to_html(card: Card, skin: Skin = Skin.NOTEBOOK) -> str:
    """The card as a ``<section>`` with its own style; every text is escaped, and what would hide or mislead is made visible."""
    blocks = [_block(block, skin) for block in card.blocks]
    who = f'<p class="mu">{_inline(card.who)}</p>' if card.who else ""
    body = "".join((*blocks, _steps(card.steps, skin), who))
    python = card.python if skin is not Skin.PYTHON else ""
    as_python = tr("Python: {line}", line="")
    return "".join(
        (
            f'<section class="snb {card.tone.value}" lang="{language()}" aria-label="{_escape(card.title)}"><style>{STYLE}</style>',
            _header(card),
            f'<div class="by">{body}</div>' if body else "",
            f'<div class="ft">{_escape(as_python)}<code>{_escape(python)}</code></div>' if python else "",
            "</section>",
        )
    )


def _header(card: Card) -> str:
    calm = " op" if card.badge == badge(Classification.UNCLASSIFIED) else ""  # the colour of protection is for what is protected
    marks = f'<span class="bd{calm}">{_escape(card.badge)}</span>' if card.badge else ""
    if card.state:
        marks += f'<span class="st" role="status">{_icon(card.tone)} {_escape(card.state)}</span>'
    title = f'<div class="ti" role="heading" aria-level="3">{_inline(card.title)}</div>'
    return f'<div class="hd">{title}<div class="mk">{marks}</div></div>' if marks else f'<div class="hd">{title}</div>'


def _block(block: Block, skin: Skin) -> str:  # noqa: PLR0911 - one for each kind of block
    if isinstance(block, Text):
        return _text(block)
    if isinstance(block, Facts):
        rows = "".join(f"<dt>{_inline(name)}</dt><dd>{_inline(value)}</dd>" for name, value in block.rows)
        return f"<dl>{rows}</dl>" if rows else ""
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Lines):
        rows = "".join(_line(line, skin) for line in block.lines)
        return f'<ul class="ck">{rows}</ul>' if rows else ""
    if isinstance(block, Listing):
        return _listing(block)
    if isinstance(block, Timeline):
        return _timeline(block)
    if isinstance(block, Strip):
        return _strip(block)
    if isinstance(block, Meters):
        return _measures(block.caption, [_meter(meter) for meter in block.meters])
    if isinstance(block, Sparklines):
        return _measures(block.caption, [_spark(spark) for spark in block.sparks], "sk")
    return _measures(block.caption, [_bar(bar) for bar in block.bars])


def _text(block: Text) -> str:
    tag = "strong" if block.strong else ""
    opened, closed = (f"<{tag}>", f"</{tag}>") if tag else ("", "")
    return "".join(f"<p>{opened}{_inline(part)}{closed}</p>" for part in block.text.split("\n"))


def _line(line: Line, skin: Skin) -> str:
    code = f'<span class="cd">{_escape(line.code)}</span> ' if line.code else ""
    word = f'<span class="vh">{_escape(tone_word(line.tone))}: </span>'
    return f'<li class="{line.tone.value}">{_icon(line.tone)}<div><p>{word}{code}{_inline(line.text)}</p>{_steps(line.steps, skin)}</div></li>'


def _steps(steps: tuple[Step, ...], skin: Skin) -> str:
    if not steps:
        return ""
    rows = []
    for step in steps:
        sentence, _, below = step.say.partition("\n")
        say = f"<p>{_inline(sentence)}</p>" if sentence else ""
        if below:  # to be sent to somebody as it stands
            say += f'<pre class="cm"><code>{_escape(below)}</code></pre>'
        line = f'<pre class="cm"><code>{_escape(command(step, skin))}</code></pre>' if step.command else ""
        rows.append(f"<li>{say}{line}</li>")
    label = tr("What you can do now")  # not inside the f-string: sentences there are collected from Python 3.12 on only
    return f'<ul class="nx" aria-label="{_escape(label)}">{"".join(rows)}</ul>'


def _table(block: Table) -> str:
    def kinds(index: int, *more: str) -> str:
        names = " ".join(("r", *more) if index in block.right else more)
        return f' class="{names}"' if names else ""

    caption = f"<caption>{_inline(block.caption)}</caption>" if block.caption else ""
    head = "".join(f'<th scope="col"{kinds(index)}>{_inline(cell)}</th>' for index, cell in enumerate(block.headers))
    rows = []
    for first, *others in block.rows:
        short = ("n",) if len(first) <= NO_BREAK else ()
        named = f'<th scope="row"{kinds(0, *short)}>{_inline(first)}</th>'
        rest = "".join(f"<td{kinds(index)}>{_inline(cell)}</td>" for index, cell in enumerate(others, start=1))
        rows.append(f"<tr>{named}{rest}</tr>")
    return f'<div class="tb"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _listing(block: Listing) -> str:
    body = visible(block.text, lines=True).rstrip("\n").split("\n")
    shown = "\n".join(_diff_line(line) if block.language == "diff" else html.escape(line) for line in body)
    count = trn("({n} line)", "({n} lines)", len(body))
    opened = "" if block.folded else " open"
    return f'<details{opened}><summary>{_escape(block.title)} <span class="mu">{count}</span></summary><pre tabindex="0"><code>{shown}</code></pre></details>'


def _diff_line(line: str) -> str:
    kind = "mu" if line.startswith(("---", "+++", "@@")) else {"+": "ad", "-": "de"}.get(line[:1])
    return f'<span class="{kind}">{html.escape(line)}</span>' if kind else html.escape(line)


def _timeline(block: Timeline) -> str:
    words = []
    for name, _, note in block.stages:
        small = f"<small>{_escape(note)}</small>" if note else ""
        words.append(f"{_escape(name)}{small}")
    stations = [(tone, tone is not _Tone.NEUTRAL) for _, tone, _ in block.stages]
    return _stations(stations, words, tr("Stages, in order"))


def _strip(block: Strip) -> str:
    caption = f'<p class="mu" aria-hidden="true">{_inline(block.caption)}</p>' if block.caption else ""
    stations = [(stop.tone, bool(stop.text)) for stop in block.stops]
    label = block.caption or tr("Where it comes from and where it went")
    return caption + _stations(stations, [_stop(stop) for stop in block.stops], label, "ln")


def _stop(stop: Stop) -> str:
    name = tr("not known") if not stop.text else stop.text
    named = f"<b>{_escape(name)}</b>"
    word = f'<span class="vh">{_escape(tone_word(stop.tone))}: </span>' if stop.tone is not _Tone.NEUTRAL else ""
    small = f"<small>{_escape(stop.note)}</small>" if stop.note else ""
    return f"<small>{_escape(stop.label)}</small>{word}{named}{small}"


def _stations(stations: list[tuple[_Tone, bool]], words: list[str], label: str, kind: str = "") -> str:
    """A line of stations, each with its tone, whether it is reached, and its words below."""
    rows = []
    for index, ((tone, reached), told) in enumerate(zip(stations, words, strict=True)):
        last = index == len(stations) - 1
        onward = not last and stations[index + 1][1]
        picture = pictures.station(
            tone, first=index == 0, last=last, reached=reached, onward=onward, icon=tone is not _Tone.NEUTRAL
        )
        rows.append(f'<li class="{tone.value}">{picture}<span>{told}</span></li>')
    classes = f"tl {kind}".rstrip()
    return f'<ol class="{classes}" aria-label="{_escape(label)}">{"".join(rows)}</ol>' if rows else ""


def _measures(caption: str, rows: list[str], kind: str = "") -> str:
    """Rows of a label, a picture and the words that say the same."""
    above = f'<p class="mu">{_inline(caption)}</p>' if caption else ""
    classes = f"ms {kind}".rstrip()
    return f'<div class="{classes}">{above}<ul>{"".join(rows)}</ul></div>' if rows else above


def _meter(meter: Meter) -> str:
    picture = pictures.meter(meter.now, meter.after)
    return f'<li class="{meter.tone.value}"><span class="mu">{_inline(meter.label)}</span>{picture}<span>{_sign(meter.tone)}{_inline(meter.text)}</span></li>'


def _spark(spark: Spark) -> str:
    note = f' <span class="mu">{_inline(spark.note)}</span>' if spark.note else ""
    words = f"{_sign(spark.tone)}<b>{_inline(spark.text)}</b>{note}"
    return f'<li class="{spark.tone.value}"><span class="mu">{_inline(spark.label)}</span>{pictures.sparkline(spark.values)}<span>{words}</span></li>'


def _bar(bar: Bar) -> str:
    opened, closed = ("<b>", "</b>") if bar.strong else ("", "")
    kind = ' class="an"' if bar.strong else ""
    return f"<li{kind}><span>{opened}{_inline(bar.label)}{closed}</span>{pictures.bar(bar.share)}<span>{opened}{_inline(bar.text)}{closed}</span></li>"


def _sign(tone: _Tone) -> str:
    """The tone's icon, and its word for those who do not see it; nothing for a neutral tone."""
    return "" if tone is _Tone.NEUTRAL else f'{_icon(tone)} <span class="vh">{_escape(tone_word(tone))}: </span>'


def _icon(tone: _Tone) -> str:
    return f'<span class="ic" aria-hidden="true">{ICONS[tone]}</span>'


def _escape(text: str) -> str:
    return html.escape(visible(text), quote=True)


def _inline(text: str) -> str:
    """Escaped text; what stands between backticks is code."""
    return _CODE.sub(r"<code>\1</code>", _escape(text))
