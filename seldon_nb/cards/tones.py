"""An icon and a word for every tone and state: colour is never the only sign."""

from __future__ import annotations

from seldon_nb.cards.card import Tone
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import Progress, Stage, State
from seldon_nb.words import N_, tr

ICONS = {Tone.NEUTRAL: "·", Tone.GOOD: "✓", Tone.WARN: "!", Tone.BAD: "✕", Tone.BUSY: "◐"}

_TONES = {
    Tone.NEUTRAL: N_("note"),
    Tone.GOOD: N_("fine"),
    Tone.WARN: N_("warning"),
    Tone.BAD: N_("problem"),
    Tone.BUSY: N_("in progress"),
}

_STAGES = {
    Stage.ACCEPTED: N_("accepted"),
    Stage.PLACED: N_("placed"),
    Stage.IMAGE: N_("image"),
    Stage.WEIGHTS: N_("weights"),
    Stage.LOADED: N_("model loaded"),
    Stage.ANSWERING: N_("answering"),
}

_PROGRESS = {
    Progress.WAITING: (Tone.NEUTRAL, N_("waiting")),
    Progress.RUNNING: (Tone.BUSY, N_("running")),
    Progress.DONE: (Tone.GOOD, N_("done")),
    Progress.FAILED: (Tone.BAD, N_("failed")),
}

_STATES = {
    State.STARTING: (Tone.BUSY, N_("Starting")),
    State.ANSWERING: (Tone.GOOD, N_("Answering")),
    State.UPDATING: (Tone.BUSY, N_("Updating")),
    State.STUCK: (Tone.BAD, N_("Stuck")),
    State.STOPPED: (Tone.NEUTRAL, N_("Stopped")),
    State.RESTORING: (Tone.BUSY, N_("Coming back")),
}

_BADGES = {
    Classification.UNCLASSIFIED: N_("UNCLASSIFIED"),
    Classification.PROTECTED_A: N_("PROTECTED A"),
    Classification.PROTECTED_B: N_("PROTECTED B"),
    Classification.PROTECTED_C: N_("PROTECTED C"),
    Classification.CONFIDENTIAL: N_("CONFIDENTIAL"),
    Classification.SECRET: N_("SECRET"),
    Classification.TOP_SECRET: N_("TOP SECRET"),
    Classification.UNKNOWN: N_("NOT CLASSIFIED: TREATED AS PROTECTED B"),
}

_LEVELS = {
    Classification.UNCLASSIFIED: N_("Unclassified"),
    Classification.PROTECTED_A: N_("Protected A"),
    Classification.PROTECTED_B: N_("Protected B"),
    Classification.PROTECTED_C: N_("Protected C"),
    Classification.CONFIDENTIAL: N_("Confidential"),
    Classification.SECRET: N_("Secret"),
    Classification.TOP_SECRET: N_("Top secret"),
    Classification.UNKNOWN: N_("Not classified"),
}


def tone_word(tone: Tone) -> str:
    """What the tone's icon says, for those who do not see it."""
    return tr(_TONES[tone])


def stage_word(stage: Stage) -> str:
    """A stage's name."""
    return tr(_STAGES[stage])


def progress_tone(progress: Progress) -> Tone:
    """The tone of a stage."""
    return _PROGRESS[progress][0]


def progress_word(progress: Progress) -> str:
    """Where a stage is."""
    return tr(_PROGRESS[progress][1])


def state_tone(state: State) -> Tone:
    """The tone of a deployment's state."""
    return _STATES[state][0]


def state_word(state: State) -> str:
    """One word for a deployment's state."""
    return tr(_STATES[state][1])


def badge(level: Classification) -> str:
    """A classification in capitals."""
    return tr(_BADGES[level])


def level_word(level: Classification) -> str:
    """A classification in running text or a table."""
    return tr(_LEVELS[level])
