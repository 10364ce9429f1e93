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
)
