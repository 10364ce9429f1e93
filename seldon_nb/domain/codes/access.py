"""Codes 4xx: who may do what, and how sensitive it is."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep, Severity

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-401",
        kind=Kind.NOT_ALLOWED,
        what=N_("Nothing was done to {target}: as {who} you may not do this."),
        saw=N_("You asked to {verb}; {who} is not allowed to {verb} {target}."),
        next=(
            NextStep(say=N_("See what you may see:"), verb="list"),
            NextStep(
                say=N_("Act as yourself again, if you were looking through somebody else's eyes."), python='sn.here.as_("you")'
            ),
        ),
        who=N_("The owner of {target} can name {who} as a caller at the next deploy."),
        explain=N_(
            "Every act is allowed to some and refused to everybody else. In the rehearsal, you own everything; a colleague sees and asks "
            "the deployments that name them as a caller; an auditor sees everything and reads the history, but never asks a model; a "
            "stranger sees nothing. The answer is not only said here: the gateway in front of the model refuses by itself, "
            "whatever a notebook says."
        ),
        example={"who": "stranger", "verb": "predict", "target": "dev/fraud"},
    ),
    Code(
        id="SNB-402",
        kind=Kind.NOT_ALLOWED,
        what=N_("{name} was not sent to {namespace}: it is too sensitive for that namespace."),
        saw=N_("{name} is {level}; {namespace} takes at most {ceiling}."),
        next=(
            NextStep(say=N_("See which namespaces there are and what each may hold:"), verb="here status"),
            NextStep(say=N_("See what it inherits its classification from:"), verb="show {name}"),
        ),
        who=N_("Your data steward decides on a release to {namespace}."),
        explain=N_(
            "A model is as sensitive as the most sensitive data it was made from: it can give away what it learned. Each namespace has a "
            "highest classification that may live in it, and a deployment above it is stopped before anything is copied. There is no override: "
            "choose a namespace that may hold it, or train again on data that may leave."
        ),
        severity=Severity.BLOCK,
        example={"name": "fraud@3", "namespace": "dev", "level": "protected-b", "ceiling": "unclassified"},
    ),
    Code(
        id="SNB-403",
        kind=Kind.NOT_ALLOWED,
        what=N_("Nobody has said how sensitive {name} is, so it is treated as Protected B."),
        saw=N_("Neither the model nor its data carries a classification."),
        next=(
            NextStep(
                say=N_("Say it when you log."), verb="log model --name {model} --sample X.head() --classification unclassified"
            ),
            NextStep(say=N_("Or leave it: rows and answers then stay out of the saved notebook.")),
        ),
        who=N_("Your data steward knows the classification of the data."),
        explain=N_(
            "What nobody classified is handled as if it were Protected B, because the other mistake cannot be undone: rows in a saved notebook travel. "
            "Values are then hidden until you ask for them, and the model stays out of namespaces for open data. Saying once how sensitive "
            "the data is removes this note."
        ),
        severity=Severity.WARN,
        example={"name": "fraud@3", "model": "fraud"},
    ),
    Code(
        id="SNB-404",
        kind=Kind.NOT_ALLOWED,
        what=N_("The classification of {subject} stays as it was: it is never lowered."),
        saw=N_("It is {held}; you asked for {wanted}."),
        next=(
            NextStep(say=N_("Keep it at {held} or higher.")),
            NextStep(
                say=N_("If the data itself is less sensitive now, train on the released data and log that as a model of its own.")
            ),
        ),
        who=N_("Your data steward decides on a release."),
        explain=N_(
            "A classification only ever rises. What was learned from protected data cannot be unlearned by changing a label, and whoever "
            "looks at the history must be able to rely on it. Released data starts a new model with a classification of its own."
        ),
        example={"subject": "fraud", "held": "protected-b", "wanted": "unclassified"},
    ),
    Code(
        id="SNB-405",
        kind=Kind.USER_INPUT,
        what=N_("No token was made for {ref}: it would have lived for {minutes} minutes."),
        saw=N_("A token lives for 1 to {most} minutes."),
        next=(
            NextStep(say=N_("Ask for ten minutes:"), verb="token {ref} --minutes 10"),
            NextStep(say=N_("In a notebook you need none: this makes one for each question.")),
        ),
        explain=N_(
            "Whoever holds a token may ask in your name until it ends, and it cannot be called back. It is therefore short, and for one "
            "endpoint only. A program that asks for hours makes a new token when the old one ends."
        ),
        example={"ref": "fraud", "minutes": 600, "most": 60},
    ),
    Code(
        id="SNB-406",
        kind=Kind.PLATFORM,
        what=N_("{name} was withdrawn: it answered somebody whom it must refuse."),
        saw=N_(
            "The check after every deploy asked as {who}, who is not among its callers, and got {status} instead of a refusal."
        ),
        next=(
            NextStep(say=N_("Look at the gateway and the identities:"), verb="doctor"),
            NextStep(say=N_("Then deploy it again: the check is repeated, and nothing is served until it holds.")),
        ),
        who=N_("Whoever looks after this place: its gateway does not do what its documents say."),
        explain=N_(
            "After every deploy the endpoint is asked twice through the gateway: as somebody who must be answered, and as somebody who must be "
            "refused. If the second one is answered, the lock is not a lock, and the deployment is taken away at once rather than left open. "
            "This is never the fault of the model."
        ),
        example={"name": "dev/fraud", "who": "stranger", "status": 200},
    ),
    Code(
        id="SNB-407",
        kind=Kind.USER_INPUT,
        what=N_("You are still yourself: there is nobody called {name} in the rehearsal."),
        saw=N_("There are {known}."),
        next=(NextStep(say=N_("Did you mean {nearest}?"), python='sn.here.as_("{nearest}")'),),
        explain=N_(
            "The place on one machine has four people to rehearse with: you, who own what you deploy; a colleague, who may call what names "
            "them; an auditor, who sees and reads but never asks; and a stranger, who must be refused everywhere. Looking through their "
            "eyes shows what real people with these roles would meet."
        ),
        example={"name": "collegue", "nearest": "colleague", "known": "you, colleague, auditor, stranger"},
    ),
)
