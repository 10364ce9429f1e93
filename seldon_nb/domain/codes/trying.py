"""Codes 360–369: trying a model out, and the cases that are kept of it.

No sentence here ever shows a value of a row: names, counts and positions only.
"""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-360",
        kind=Kind.USER_INPUT,
        what=N_("Your question to `{name}` is too large for the test view; nothing was sent."),
        saw=N_("It has {found}; at most {limit} go at once."),
        next=(
            NextStep(say=N_("Ask about all rows from a notebook, where answers stay in a variable:"), python="dep.predict(rows)"),
        ),
        explain=N_(
            "The test view is for looking at single answers: up to 1,000 rows, and for a protected deployment up to 100 rows and one mebibyte. "
            "Whole tables are asked with `predict`, which sends them in parts."
        ),
        example={"name": "dev/fraud", "found": "2,400 rows", "limit": "1,000 rows"},
    ),
    Code(
        id="SNB-361",
        kind=Kind.USER_INPUT,
        what=N_("`{name}` has no predictor called `{predictor}`; nothing was sent."),
        saw=N_("Its predictors: {known}."),
        next=(NextStep(say=N_("See how it is served:"), verb="show {name}"),),
        explain=N_(
            "A deployment may have several predictors, such as a main one and a canary; each has a name in the deployment's document."
        ),
        example={"name": "dev/fraud", "predictor": "canary", "known": "default"},
    ),
    Code(
        id="SNB-362",
        kind=Kind.NOT_ALLOWED,
        what=N_("No cases were kept of `{name}`: its data is protected."),
        saw=N_("It is {level}. Cases hold rows and answers, and values of protected data are kept nowhere by this release."),
        next=(NextStep(say=N_("Test it with rows of your own each time; they stay in the view:"), python="dep.widget()"),),
        who=N_("Your data steward can tell whether made-up rows may stand in for real ones in an unprotected deployment."),
        explain=N_(
            "A set of cases is a small table of questions and right answers that anybody with access to the catalogue can read. For a model of protected "
            "data, both may give people away. What nobody has classified counts as protected."
        ),
        example={"name": "protb/claims", "level": "protected-b"},
    ),
    Code(
        id="SNB-363",
        kind=Kind.CONFLICT,
        what=N_('`{model}` has cases called "{cases}" already; they were left as they are.'),
        saw=N_("{rows} cases, kept by {who} on {when}."),
        next=(
            NextStep(say=N_("Choose another name.")),
            NextStep(say=N_('Or say that these replace them: tick "Replace" and save again.')),
        ),
        explain=N_("Cases may be what a later version is held to, so they are never replaced without being asked."),
        example={"model": "fraud", "cases": "the usual", "rows": 20, "who": "ana", "when": "21 November 2026"},
    ),
    Code(
        id="SNB-364",
        kind=Kind.USER_INPUT,
        what=N_('`{model}` has no cases called "{cases}".'),
        saw=N_("Its sets: {known}."),
        next=(NextStep(say=N_("Choose one of these, or save a new set from the test view.")),),
        explain=N_(
            "Cases belong to a model by its name and are kept beside it in the catalogue. Somebody may have deleted them meanwhile."
        ),
        example={"model": "fraud", "cases": "the usal", "known": "the usual"},
    ),
    Code(
        id="SNB-365",
        kind=Kind.PLATFORM,
        what=N_('The cases "{cases}" of `{model}` cannot be read.'),
        saw=N_("Their file is not there, or not as we write it ({reason})."),
        next=(NextStep(say=N_("Save them again from the test view, under the same name.")),),
        who=N_("Whoever runs the MLflow server can tell what became of the file."),
        explain=N_(
            "Each set is one file beside a run in MLflow. It may have been removed, or written by a newer version of this package."
        ),
        example={"cases": "the usual", "model": "fraud", "reason": "FileNotFoundError"},
    ),
    Code(
        id="SNB-366",
        kind=Kind.MODEL_CONTRACT,
        what=N_("{other} could not be compared with `{name}`."),
        saw=N_("{reason}"),
        next=(
            NextStep(say=N_("See what it takes and what it answers:"), verb="show {other}"),
            NextStep(say=N_("Or deploy it beside the other, and compare again:"), verb="deploy {other} --to dev --name {short}"),
        ),
        explain=N_(
            "Another version is asked where one of your deployments serves it. If none does, its files are loaded in a clean process with the server's packages, on "
            "this machine, and asked there. Both must take the same columns and give as many answers per row."
        ),
        example={"other": "fraud@2", "name": "dev/fraud", "reason": "It takes other columns.", "short": "fraud-2"},
    ),
    Code(
        id="SNB-367",
        kind=Kind.USER_INPUT,
        what=N_("Your kernel has nothing called `{name}` that can be used here."),
        saw=N_("{reason}"),
        next=(NextStep(say=N_("Run the cell that makes it, and try again.")),),
        explain=N_(
            "The test view can take rows from a table of the active kernel, and ask a model of the kernel. It finds them by the plain name of a variable and "
            "never evaluates anything else."
        ),
        example={"name": "X_test", "reason": "There is no such variable."},
    ),
)
