"""What is known of something stuck beside its one sentence: where it stands, what answers meanwhile, and its last lines."""

from __future__ import annotations

from collections.abc import Mapping

from seldon_nb.cards.card import Block, Listing, Text
from seldon_nb.cards.tones import stage_word
from seldon_nb.domain.code import Code
from seldon_nb.domain.deployment import Stage
from seldon_nb.words import tr

_STAGES = {stage.value: stage for stage in Stage}


def standing(code: Code, facts: Mapping[str, object], *, with_stage: bool = True) -> list[Block]:
    """Blocks for the facts ``stage``, ``serving`` and ``log`` of a diagnosis; nothing for other errors.

    Args:
        with_stage: false where the stages are shown already.
    """
    stage = _STAGES.get(str(facts.get("stage", "")))
    if stage is None:
        return []
    found: list[Block] = []
    words = [tr("It stands at: {stage}.", stage=stage_word(stage))] if with_stage else []
    serving = str(facts.get("serving", "-"))
    if serving not in ("", "-") and "serving" not in code.fields():
        words.append(tr("`{serving}` answers as before.", serving=serving))
    if words:
        found.append(Text(" ".join(words)))
    if log := str(facts.get("log", "")).strip():
        found.append(Listing(tr("Its last lines"), log, folded=False))
    return found
