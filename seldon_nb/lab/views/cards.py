"""Cards as shapes: the words stay those of the card, its commands are written for a notebook, and what others wrote is made safe to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from seldon_nb.cards import card as cards
from seldon_nb.cards.clean import visible
from seldon_nb.cards.skin import Skin, python_line
from seldon_nb.cards.tones import tone_word
from seldon_nb.lab import schema
from seldon_nb.lab.views.steps import next_steps

#: What a station of a lineage opens in the panel.
_OPENS: dict[str, str] = {"notebook": "notebook", "version": "model", "workflow": "run", "deployment": "deployment"}


def card_view(card: cards.Card, skin: Skin = Skin.NOTEBOOK, *, line: str = "") -> schema.CardView:
    """A card.

    Args:
        line: of the grammar, that shows the same; it is written for Python and for a shell.
    """
    return schema.CardView(
        kind=card.kind,
        title=visible(card.title),
        badge=visible(card.badge),
        tone=tone(card.tone),
        state=visible(card.state),
        blocks=tuple(block_view(block, skin) for block in card.blocks),
        steps=next_steps(card.steps, skin),
        who=visible(card.who),
        python=visible(card.python or python_line(line), lines=True),
        shell=visible(f"seldon-nb {line}") if line else "",
    )


def block_view(block: cards.Block, skin: Skin = Skin.NOTEBOOK) -> schema.Block:
    """One block."""
    return _BLOCKS[type(block)](block, skin)


def timeline_view(timeline: cards.Timeline) -> schema.CardTimeline:
    """Stages, each with the word for its tone."""
    return schema.CardTimeline(
        stages=tuple(
            schema.StageView(name=visible(name), tone=tone(mood), word=tone_word(mood), note=visible(note))
            for name, mood, note in timeline.stages
        )
    )


def tone(mood: cards.Tone) -> schema.Tone:
    """A tone by its stable word."""
    return mood.value


def _text(block: cards.Text, _: Skin) -> schema.Block:
    return schema.CardText(text=visible(block.text), strong=block.strong)


def _facts(block: cards.Facts, _: Skin) -> schema.Block:
    return schema.CardFacts(rows=tuple((visible(label), visible(value)) for label, value in block.rows))


def _table(block: cards.Table, _: Skin) -> schema.Block:
    return schema.CardTable(
        headers=tuple(visible(header) for header in block.headers),
        rows=tuple(tuple(visible(cell) for cell in row) for row in block.rows),
        caption=visible(block.caption),
        right=tuple(sorted(block.right)),
    )


def _lines(block: cards.Lines, skin: Skin) -> schema.Block:
    return schema.CardLines(
        lines=tuple(
            schema.CardLine(
                tone=tone(line.tone),
                word=tone_word(line.tone),
                text=visible(line.text),
                code=line.code,
                steps=next_steps(line.steps, skin),
            )
            for line in block.lines
        )
    )


def _listing(block: cards.Listing, _: Skin) -> schema.Block:
    return schema.CardListing(
        title=visible(block.title), text=visible(block.text, lines=True), language=block.language, folded=block.folded
    )


def _timeline(block: cards.Timeline, _: Skin) -> schema.Block:
    return timeline_view(block)


def _meters(block: cards.Meters, _: Skin) -> schema.Block:
    return schema.CardMeters(
        meters=tuple(
            schema.MeterView(
                label=visible(item.label), now=item.now, after=item.after, text=visible(item.text), tone=tone(item.tone)
            )
            for item in block.meters
        ),
        caption=visible(block.caption),
    )


def _sparklines(block: cards.Sparklines, _: Skin) -> schema.Block:
    return schema.CardSparklines(
        lines=tuple(
            schema.SparklineView(
                label=visible(item.label),
                values=tuple(value for value in item.values if value is not None),
                text=visible(" · ".join(part for part in (item.text, item.note) if part)),
                tone=tone(item.tone),
            )
            for item in block.sparks
        ),
        caption=visible(block.caption),
    )


def _bars(block: cards.Bars, _: Skin) -> schema.Block:
    return schema.CardBars(
        bars=tuple(schema.BarView(label=visible(item.label), share=item.share, text=visible(item.text)) for item in block.bars),
        caption=visible(block.caption),
    )


def _strip(block: cards.Strip, _: Skin) -> schema.Block:
    return strip_view(block)


def strip_view(strip: cards.Strip) -> schema.CardStrip:
    """A lineage; a station of which nothing is known has no title, and one that the panel can show says so."""
    return schema.CardStrip(links=tuple(map(_link, strip.stops)))


def _link(stop: cards.Stop) -> schema.LinkView:
    opens = _OPENS.get(stop.kind, "") if stop.text else ""
    return schema.LinkView(
        kind=cast("Any", stop.kind),
        title=visible(stop.text),
        detail=visible(stop.note),
        open=cast("Any", opens),
        ref=visible(stop.text) if opens else "",
    )


_BLOCKS: dict[type, Callable[[Any, Skin], schema.Block]] = {
    cards.Text: _text,
    cards.Facts: _facts,
    cards.Table: _table,
    cards.Lines: _lines,
    cards.Listing: _listing,
    cards.Timeline: _timeline,
    cards.Meters: _meters,
    cards.Sparklines: _sparklines,
    cards.Bars: _bars,
    cards.Strip: _strip,
}
