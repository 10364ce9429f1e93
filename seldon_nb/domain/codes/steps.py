"""56x: a plan on its way through the steps of a workflow."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

_PLATFORM_TEAM = N_("Whoever looks after the workflows of your workspace.")

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-560",
        kind=Kind.USER_INPUT,
        what=N_("The plan of `{ref}` is too large to be carried to `{namespace}`. Nothing was changed."),
        saw=N_("It has {size} bytes; {limit} can be carried."),
        next=(
            NextStep(
                say=N_("Log the model with fewer columns or shorter column names, then plan again:"),
                verb="plan {ref} --to {namespace}",
            ),
        ),
        who=_PLATFORM_TEAM,
        explain=N_(
            "A plan travels whole, with everything that it would send, so that what was shown is what happens. What carries it holds one MiB. "
            "Only a model with tens of thousands of columns comes near that."
        ),
        example={"ref": "fraud@3", "namespace": "team-a", "size": 1200000, "limit": 1048576},
    ),
    Code(
        id="SNB-561",
        kind=Kind.FAULT,
        what=N_(
            "Your deployment stopped at the step `{step}`: what the step before it left is not there. What served before still serves."
        ),
        saw=N_("The file `{file}` is missing or cannot be read ({reason})."),
        next=(NextStep(say=N_("Make the plan again and apply it:"), verb="plan {ref} --to {namespace}"),),
        who=_PLATFORM_TEAM,
        explain=N_(
            "The steps of one apply hand their results on in a directory that they share: which version was checked, where its files lie, which "
            "revision was applied. A step that does not find what it needs stops, rather than guess."
        ),
        example={
            "step": "deploy",
            "file": "package.json",
            "reason": "FileNotFoundError",
            "ref": "fraud@3",
            "namespace": "team-a",
        },
    ),
    Code(
        id="SNB-562",
        kind=Kind.USER_INPUT,
        what=N_("There is no step called `{step}`, so nothing was done."),
        saw=N_("The steps are: {known}."),
        next=(NextStep(say=N_("Run one of them:"), shell="python -m seldon_nb.job {nearest}"),),
        explain=N_(
            "The steps of an apply are commands, so that a workflow can run each by itself. They read the plan from the file that SNB_PLAN names and "
            "accept it only if its digest is the one that SNB_PLAN_DIGEST holds."
        ),
        example={"step": "deply", "known": "check, package, deploy, smoke-test, report", "nearest": "deploy"},
    ),
    Code(
        id="SNB-563",
        kind=Kind.CONFLICT,
        what=N_("The apply of `{model}` to `{name}` was interrupted before it was done. What served before still serves."),
        saw=N_("Its process is gone; the last step that it reported was {step}."),
        next=(
            NextStep(say=N_("Apply it again:"), verb="deploy {model} --to {namespace}"),
            NextStep(say=N_("See what serves now:"), verb="list"),
        ),
        explain=N_(
            "An apply on this machine runs in a process of its own, so that closing the notebook does not end it. If that process is ended from outside, "
            "because the machine was started anew or its memory ran out, the new version never takes the place of the former one. What was left half "
            "done is tidied up by the next command."
        ),
        example={"model": "fraud@3", "name": "dev/fraud", "step": "deploy", "namespace": "dev"},
    ),
    Code(
        id="SNB-564",
        kind=Kind.CONFLICT,
        what=N_("`{model}` serves as `{name}`, but its apply was interrupted before the live check was done."),
        saw=N_("Its process is gone; the last step that it reported was {step}."),
        next=(
            NextStep(say=N_("Look at it, then ask it something:"), verb="show {name}"),
            NextStep(say=N_("Apply it again, with the live check:"), verb="deploy {model} --to {namespace}"),
        ),
        explain=N_(
            "An apply ends with a live check: somebody who may call is answered, somebody who may not is refused. Here the new version had already taken "
            "the place of the former one when the process that would have checked it was ended from outside. It may well be right; nobody has looked."
        ),
        example={"model": "fraud@3", "name": "dev/fraud", "step": "smoke-test", "namespace": "dev"},
    ),
    Code(
        id="SNB-565",
        kind=Kind.USER_INPUT,
        what=N_("There is no run `{run}` in `{namespace}` that you may see."),
        saw=N_("Runs are kept for a while only: the latest {keep} on this machine, in a cluster as long as its workflows are."),
        next=(NextStep(say=N_("See what was done there:"), verb="history"),),
        explain=N_(
            "A run is one plan on its way. When it has ended it is kept for a while, so that you can see how it went; the record of what was done is kept "
            "for good and is shown by the history."
        ),
        example={"run": "3fa9c1d2e4b5-1", "namespace": "dev", "keep": 50},
    ),
)
