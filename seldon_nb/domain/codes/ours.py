"""9xx: faults of ours."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-900",
        kind=Kind.FAULT,
        what=N_("This is a fault in seldon_nb, not in your model."),
        saw=N_("It ended with {error_type} at {where}."),
        next=(
            NextStep(say=N_("See the state of everything:"), verb="doctor"),
            NextStep(say=N_("See the whole traceback, to report it:"), shell="SELDON_NB_DEBUG=1 seldon-nb {verb} …"),
        ),
        who=N_("Whoever maintains seldon_nb for you; the line above holds none of your data."),
        explain=N_(
            "Foreseeable mistakes have codes of their own. This one means that something happened which nobody foresaw. "
            "The record of acts says what was completed before it."
        ),
        example={"error_type": "KeyError", "where": "seldon_nb/flows/plan.py:41", "verb": "plan"},
    ),
)
