"""7xx: how it was asked.  These end a shell command with exit code 2."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-701",
        kind=Kind.USER_INPUT,
        what=N_("This line could not be read, so nothing was done."),
        saw=N_("{reason}"),
        next=(NextStep(say=N_("See what the verb takes:"), verb="{verb} --help"),),
        explain=N_(
            "Shell and notebook share one grammar: a verb, a thing, and options. A value with spaces is put in quotes. "
            "The help text of each verb lists its options with an example."
        ),
        example={"reason": "No such option: --two (did you mean --to?)", "verb": "plan"},
    ),
    Code(
        id="SNB-702",
        kind=Kind.USER_INPUT,
        what=N_("There is no code {code}."),
        saw=N_("The nearest: {nearest}."),
        next=(NextStep(say=N_("See all codes:"), verb="explain --all"),),
        explain=N_("Codes are SNB- and three digits. They stay the same in every release and in every language."),
        example={"code": "SNB-999", "nearest": "SNB-900"},
    ),
    Code(
        id="SNB-703",
        kind=Kind.USER_INPUT,
        what=N_("`{name}` cannot be a model's name, so nothing was logged."),
        saw=N_("A name has no slash, colon, at sign or line break, and no space at its ends."),
        next=(NextStep(say=N_("Use a plain name:"), verb="log model --name {suggestion} --sample X"),),
        explain=N_("References such as fraud@3 or models:/fraud/3 are read by those characters, so a name cannot hold them."),
        example={"name": "fraud/eu", "suggestion": "fraud-eu"},
    ),
    Code(
        id="SNB-704",
        kind=Kind.USER_INPUT,
        what=N_("`{text}` could not be evaluated in this notebook, so nothing was done."),
        saw=N_("Python said: {error_type}."),
        next=(NextStep(say=N_("Run the cell that defines it, then repeat the line."), python="{text}"),),
        explain=N_("In a notebook, the model and the sample are Python expressions that your kernel evaluates."),
        example={"text": "X.haed()", "error_type": "AttributeError"},
    ),
    Code(
        id="SNB-705",
        kind=Kind.USER_INPUT,
        what=N_("The file `{path}` could not be read as {wanted}, so nothing was done."),
        saw=N_("{reason}"),
        next=(NextStep(say=N_("See what the verb takes:"), verb="{verb} --help"),),
        explain=N_(
            "In a shell, data is a file: .csv, .parquet or .json; a model is a .joblib or .pkl file, or a directory that MLflow saved."
        ),
        example={"path": "sample.txt", "wanted": "data", "reason": "Files end in .csv, .parquet or .json.", "verb": "log"},
    ),
    Code(
        id="SNB-706",
        kind=Kind.USER_INPUT,
        what=N_("There is no place called `{place}`, so nothing was done."),
        saw=N_("The places are: {known}."),
        next=(NextStep(say=N_("See what each place has:"), verb="doctor"),),
        explain=N_(
            "A place is where deployments live: `here` is this machine, `cluster` is the Kubernetes cluster that your workspace belongs to. "
            "The setting SELDON_NB_PLACE, or a prefix of the namespace (cluster/team-a), chooses between them."
        ),
        example={"place": "prod", "known": "here, cluster"},
    ),
)
