"""3xx: the deployment and its answers (320 to 329 are in ``frames``)."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

_OWNER = N_("Whoever deployed it; `show` names them.")

CODES: tuple[Code, ...] = (
    Code(
        id="SNB-301",
        kind=Kind.USER_INPUT,
        what=N_("There is no deployment called `{name}` that you may see."),
        saw=N_("The nearest: {nearest}."),
        next=(
            NextStep(say=N_("See all that you may see:"), verb="list"),
            NextStep(say=N_("See what was done under that name:"), verb="history {name}"),
        ),
        explain=N_(
            "A deployment is named by its namespace and its name, such as dev/fraud. The name alone is enough if only one namespace has it. "
            "Deployments that you may not see are not named."
        ),
        example={"name": "frauds", "nearest": "dev/fraud"},
    ),
    Code(
        id="SNB-302",
        kind=Kind.UNAVAILABLE,
        what=N_("Your question to `{name}` was not answered: nobody listens at its address."),
        saw=N_("No connection to {url}."),
        next=(
            NextStep(say=N_("Start this place; every deployment comes back:"), verb="here up"),
            NextStep(say=N_("See what works and what does not:"), verb="doctor"),
        ),
        explain=N_(
            "The gateway answers at one address for all deployments of the place. If nobody listens there, the place is down, or the gateway was stopped "
            "and is coming back, which takes a second."
        ),
        example={"name": "dev/fraud", "url": "http://127.0.0.1:8901/seldon/dev/fraud"},
    ),
    Code(
        id="SNB-303",
        kind=Kind.NOT_READY,
        what=N_("`{name}` cannot be asked over gRPC from here; nothing was sent."),
        saw=N_("{reason}"),
        next=(NextStep(say=N_("Ask it over HTTP; the answers are the same:"), verb="predict {name} X --transport rest"),),
        who=N_("The people who run the place can put a gateway in front of it that passes gRPC."),
        explain=N_(
            "gRPC goes where nothing stands in between that speaks HTTP only: from inside the cluster straight to the deployment, from outside "
            "through a gateway whose address the namespace names. It is another way to the same model, a little faster for large tables of numbers."
        ),
        example={"name": "dev/fraud", "reason": "On this machine only HTTP goes through the gateway."},
    ),
    Code(
        id="SNB-305",
        kind=Kind.NOT_ALLOWED,
        what=N_("You were sent to a sign-in page instead of `{name}`."),
        saw=N_("A web page came back from {url}, not an answer of the model."),
        next=(
            NextStep(say=N_("From a notebook of the workspace, ask without a token of your own:"), verb="predict {name} X"),
            NextStep(say=N_("From elsewhere, take a token along:"), verb="token {name} --minutes 10"),
        ),
        who=N_("Whoever looks after your workspace can say which address needs no sign-in."),
        explain=N_(
            "Some workspaces put a sign-in page in front of every address. A program cannot sign in there. "
            "A token, or an address inside the workspace, goes past it."
        ),
        example={"name": "dev/fraud", "url": "http://127.0.0.1:8901/seldon/dev/fraud"},
    ),
    Code(
        id="SNB-306",
        kind=Kind.NOT_ALLOWED,
        what=N_("`{name}` did not answer `{who}`: the gateway refused."),
        saw=N_(
            "HTTP status {status}: the caller is not on the list of this deployment, or the token is missing, too old, or for another one."
        ),
        next=(
            NextStep(say=N_("See who may call it:"), verb="show {name}"),
            NextStep(say=N_("Make a fresh token:"), verb="token {name} --minutes 10"),
        ),
        who=_OWNER,
        explain=N_(
            "The gateway refuses everybody who is not named in the deployment that lives now. Tokens are for one endpoint and last for minutes. "
            "To add a caller, plan it again with that caller and apply."
        ),
        example={"name": "dev/fraud", "status": 403, "who": "stranger"},
    ),
    Code(
        id="SNB-307",
        kind=Kind.NOT_READY,
        what=N_("`{name}` took longer than {seconds} seconds, so the question was given up. No answer was kept."),
        saw=N_("Nothing had come back when the time was over."),
        next=(
            NextStep(say=N_("Ask with fewer rows at once, for example:"), python="dep.predict(X[:1000])"),
            NextStep(say=N_("See whether it is healthy:"), verb="show {name}"),
        ),
        who=_OWNER,
        explain=N_(
            "Every deployment has a time limit for one question, 60 seconds unless the plan says otherwise. A slower model needs a longer one: plan it "
            "with --timeout. The model server works on one question after another, so a long one delays those behind it."
        ),
        example={"name": "dev/fraud", "seconds": 60},
    ),
    Code(
        id="SNB-308",
        kind=Kind.USER_INPUT,
        what=N_("Your question to `{name}` was too large for the gateway, so the model did not see it."),
        saw=N_("The gateway takes at most {limit} bytes at once."),
        next=(NextStep(say=N_("Ask with fewer rows at once, for example:"), python="dep.predict(X[:1000])"),),
        who=_OWNER,
        explain=N_(
            "The limit protects the model server from running out of memory. `predict` cuts large frames into pieces by itself; "
            "this happens if a single piece is still too large, for example with very long texts in one row."
        ),
        example={"name": "dev/fraud", "limit": 67108864},
    ),
    Code(
        id="SNB-310",
        kind=Kind.MODEL_CONTRACT,
        what=N_(
            "`{model}` could not be loaded by the model server, so `{name}` was not changed. What was served before is still served."
        ),
        saw=N_("Loading ended with {error_type} ({error_module}): {hint}"),
        next=(
            NextStep(
                say=N_("Log it again; logging loads it the same way and shows more:"),
                verb="log model --name {model_name} --sample X",
            ),
            NextStep(say=N_("See what serves now:"), verb="list"),
        ),
        who=N_("Whoever trained the model."),
        explain=N_(
            "The model server loads the model in a process of its own, with its own packages and without anything from your notebook. "
            "Files, variables and modules that only your notebook has are not there. The former revision goes on serving until a new one answers."
        ),
        example={
            "model": "fraud@2",
            "model_name": "fraud",
            "name": "dev/fraud",
            "error_type": "FileNotFoundError",
            "error_module": "builtins",
            "hint": "no file at /home/me/lookup.csv",
        },
    ),
    Code(
        id="SNB-312",
        kind=Kind.MODEL_CONTRACT,
        what=N_(
            "`{model}` could not be read back by the model server, so `{name}` was not changed. What was served before is still served."
        ),
        saw=N_("Unpickling ended with {error_type} ({error_module}): {hint} Versions: {versions}"),
        next=(
            NextStep(
                say=N_("Log it again with the packages that the server has; logging names the differences:"),
                verb="log model --name {model_name} --sample X",
            ),
            NextStep(say=N_("See the server's packages:"), verb="doctor"),
        ),
        who=N_("Whoever trained the model, or whoever chooses the packages of the model server."),
        explain=N_(
            "A pickled model is a list of instructions for the very classes and package versions that it was made with. If the server has other versions, "
            "or lacks a module, it cannot be rebuilt. Train or log it with the server's versions, or give the server an environment with the model's."
        ),
        example={
            "model": "fraud@2",
            "model_name": "fraud",
            "name": "dev/fraud",
            "error_type": "ModuleNotFoundError",
            "error_module": "builtins",
            "hint": "No module named 'sklearn.tree.tree'.",
            "versions": "scikit-learn: model 0.21.3, server 1.9.1",
        },
    ),
    Code(
        id="SNB-315",
        kind=Kind.MODEL_CONTRACT,
        what=N_("`{name}` took your question, and the model ended with an error instead of an answer."),
        saw=N_("{error_type} at {where}. The message is not kept, because it may hold values of your rows."),
        next=(
            NextStep(say=N_("Ask the model in your notebook with the same rows to see the message:"), python="model.predict(X)"),
            NextStep(say=N_("See what the deployment expects:"), verb="show {name}"),
        ),
        who=N_("Whoever trained the model."),
        explain=N_(
            "The columns and types were as the signature says, and the model's own code raised all the same: a category that it has never seen, "
            "a missing value, a division by zero. Only the kind of the error and its place in the code are told, never the values."
        ),
        example={"name": "dev/fraud", "error_type": "ValueError", "where": "model.py:12 in predict"},
    ),
    Code(
        id="SNB-316",
        kind=Kind.NOT_READY,
        what=N_("The model server of `{name}` stopped while it was at work; your question was not answered."),
        saw=N_("The connection ended before an answer. The place starts the server again by itself."),
        next=(
            NextStep(say=N_("See whether it is back:"), verb="show {name}"),
            NextStep(say=N_("Ask again with fewer rows at once, for example:"), python="dep.predict(X[:1000])"),
        ),
        who=_OWNER,
        explain=N_(
            "A model server that needs more memory than the machine has is stopped by the system; a fault in compiled code can end it too. "
            "It comes back in a few seconds with the same model. If it stops again with the same rows, ask with fewer at once."
        ),
        example={"name": "dev/fraud"},
    ),
    Code(
        id="SNB-317",
        kind=Kind.PLATFORM,
        what=N_("`{name}` cannot come back by itself: this place no longer has its copy of the model."),
        saw=N_("The directory with the files of {model} is gone."),
        next=(
            NextStep(say=N_("Deploy the same model again; the catalogue still has it:"), verb="deploy {model} --to {namespace}"),
            NextStep(say=N_("Or forget it; its history stays:"), verb="delete {name}"),
        ),
        explain=N_(
            "Each deployment serves from a copy of the model's files that nobody else changes. If somebody removes the copy, the server cannot start again. "
            "What was deployed, by whom and when is kept all the same."
        ),
        example={"name": "dev/fraud", "model": "fraud@2", "namespace": "dev"},
    ),
    Code(
        id="SNB-318",
        kind=Kind.NOT_READY,
        what=N_("`{name}` is not live: it did not answer its own sample. What was served before is served again."),
        saw=N_("The gateway's answer to the sample had HTTP status {status}."),
        next=(
            NextStep(say=N_("See what works and what does not:"), verb="doctor"),
            NextStep(say=N_("See what it serves now:"), verb="show {name}"),
        ),
        who=_OWNER,
        explain=N_(
            "After every apply the deployment is asked with its own sample, through the route that every caller takes. "
            "Only if that is answered is it called live."
        ),
        example={"name": "dev/fraud", "status": 503},
    ),
    Code(
        id="SNB-319",
        kind=Kind.NOT_READY,
        what=N_("`{name}` does not come back: its model server ended several times in a row and is not started any more."),
        saw=N_("The last time it ended: {ended}."),
        next=(
            NextStep(say=N_("Read what it said:"), shell="tail {log}"),
            NextStep(say=N_("Free some memory, then stop the place and start it again:"), verb="here down"),
            NextStep(say=N_("Or forget it; its history stays:"), verb="delete {name}"),
        ),
        who=_OWNER,
        explain=N_(
            "A model server that ends is started again by itself. One that ends four times within seconds would only go on doing so: "
            "most often the model needs more memory than the machine has, or its compiled code does not fit this machine."
        ),
        example={"name": "dev/fraud", "ended": "terminated by SIGKILL", "log": "~/.local/share/seldon_nb/slots/1a2b3c4d/log"},
    ),
)
