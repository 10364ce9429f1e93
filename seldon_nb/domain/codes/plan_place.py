"""Codes 240–260: what a cluster has and allows, where the model's files lie, and who else is asked or told."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep, Severity

_AGAIN = NextStep(say=N_("Change it, then plan again:"), verb="plan {ref} --to {namespace}")
_WHERE = {"deployment": "fraud", "namespace": "team-a", "ref": "fraud@3", "place": "cluster"}

ROOM: tuple[Code, ...] = (
    Code(
        id="SNB-240",
        kind=Kind.NOT_ALLOWED,
        severity=Severity.BLOCK,
        what=N_("`{deployment}` would not be let into `{namespace}`."),
        saw=N_("The namespace enforces `{level}`. At `{path}`: {found}."),
        next=(NextStep(say=N_("Plan the model itself, whose document passes there:"), verb="plan {ref} --to {namespace}"),),
        who=N_("The people who run this cluster decide what `{namespace}` enforces."),
        explain=N_(
            "The namespace lets only those in who give up rights that they do not need. What is refused there is refused quietly: the deployment "
            "is accepted, and nothing ever starts. Two shapes pass the strictest level: without Seldon's engine, or with an engine and an "
            "initializer of ours, because Seldon's own ask for more than they need."
        ),
        example={
            **_WHERE,
            "path": "spec.predictors[0].componentSpecs[0]",
            "level": "restricted",
            "found": "capabilities (model-model-initializer, seldon-container-engine)",
        },
    ),
    Code(
        id="SNB-241",
        kind=Kind.NOT_ALLOWED,
        severity=Severity.BLOCK,
        what=N_("There is not enough room left in `{namespace}` for `{deployment}`."),
        saw=N_("It needs {need} of `{resource}`; {free} are free: {used} of {hard} are used (quota `{quota}`)."),
        next=(
            NextStep(say=N_("See what else lives there, and what nobody needs any more:"), verb="list"),
            NextStep(say=N_("When there is room, plan again:"), verb="plan {ref} --to {namespace}"),
        ),
        who=N_("The people who run this cluster can raise the quota `{quota}`."),
        explain=N_(
            "A quota limits what a namespace may use in all. What needs more is accepted and then never starts. An update needs room for the "
            "former version and the new one at once, because the former one answers until the new one does; the steps of the apply need some, too."
        ),
        example={
            **_WHERE,
            "path": "quota requests.memory",
            "resource": "requests.memory",
            "need": "1184Mi",
            "free": "512Mi",
            "hard": "4096Mi",
            "used": "3584Mi",
            "quota": "compute",
        },
    ),
    Code(
        id="SNB-242",
        kind=Kind.NOT_ALLOWED,
        severity=Severity.BLOCK,
        what=N_("`{namespace}` wants to know how much `{deployment}` needs, and part of it does not say."),
        saw=N_("The quota `{quota}` counts `{resource}`; at `{path}` it is missing for {found}."),
        next=(NextStep(say=N_("Say it there, then plan again:"), verb="plan {ref} --to {namespace}"),),
        who=N_("The people who run this cluster can give `{namespace}` a default (a LimitRange) that fills the gap."),
        explain=N_(
            "Where a quota counts something, whatever does not say how much of it it needs is refused, quietly and after the deployment was accepted. "
            "We set no limit on processors, because it only makes answers slow; a quota that counts it needs a default in the namespace. The workflow engine's "
            "own parts (`init` and `wait`) say what they need only if the people who run it settled that, which nobody can see from here: a warning."
        ),
        example={
            **_WHERE,
            "path": "spec.predictors[0].componentSpecs[0]",
            "quota": "compute",
            "resource": "limits.cpu",
            "found": "model",
        },
    ),
)

AROUND: tuple[Code, ...] = (
    Code(
        id="SNB-243",
        kind=Kind.CONFLICT,
        severity=Severity.BLOCK,
        what=N_("The name `{deployment}` is somebody else's in `{namespace}`."),
        saw=N_("A deployment of this name is there already; it belongs to {owner}, not to this tool."),
        next=(NextStep(say=N_("Choose another name:"), verb="plan {ref} --to {namespace} --name {deployment}-2"),),
        who=N_("{owner} can say what it is for."),
        explain=N_(
            "What others made, by hand or with another tool, is never changed or taken over. Only what carries our own label is ours to change."
        ),
        example={**_WHERE, "path": "metadata.name", "owner": "argocd"},
    ),
    Code(
        id="SNB-244",
        kind=Kind.NOT_ALLOWED,
        severity=Severity.BLOCK,
        what=N_("You may not do everything in `{namespace}` that `{deployment}` needs."),
        saw=N_("Missing: {verb} {resource}."),
        next=(NextStep(say=N_("See what you may do there, and the request to send:"), verb="doctor"),),
        who=N_("The people who run this cluster can give you the right to {verb} {resource} in `{namespace}`."),
        explain=N_(
            "The cluster was asked what you may do, one right at a time, before anything was sent. Without the rights to hand a plan over it would "
            "be refused; without the rights to look, only the display is poorer, and that is a warning."
        ),
        example={
            **_WHERE,
            "path": "right to create workflows.argoproj.io",
            "verb": "create",
            "resource": "workflows.argoproj.io",
        },
    ),
    Code(
        id="SNB-245",
        kind=Kind.NOT_ALLOWED,
        severity=Severity.WARN,
        what=N_("Nobody would ask who calls `{deployment}`."),
        saw=N_(
            "`{namespace}` names no gateway; whoever reaches the network there can call it, whatever the list of callers says."
        ),
        next=(NextStep(say=N_("See what this place offers:"), verb="doctor"),),
        who=N_("The people who run this cluster can put a gateway that checks callers in front of `{namespace}`."),
        explain=N_(
            "Seldon itself does not ask who calls. A gateway in front of the endpoint does. Until there is one, the callers of a plan are written "
            "down but not enforced; keep sensitive data away from such an endpoint."
        ),
        example={**_WHERE, "path": "gateway"},
    ),
    Code(
        id="SNB-246",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("What runs as `{deployment}` could change without anybody changing the plan."),
        saw=N_("These images are named by a tag, not by their digest: {found}."),
        next=(NextStep(say=N_("Let the place name its images by digest, then plan again:"), verb="plan {ref} --to {namespace}"),),
        who=N_("The people who run this cluster can name the images of `{namespace}` as `name@sha256:DIGEST`."),
        explain=N_(
            "A tag can be moved to other bytes; a digest cannot. Where data is protected, what was approved and what runs should provably be the same."
        ),
        example={**_WHERE, "path": "images", "found": "seldon-nb/model-server:0.1.0"},
    ),
    Code(
        id="SNB-247",
        kind=Kind.PLATFORM,
        severity=Severity.BLOCK,
        what=N_("This cluster lacks what `{deployment}` needs."),
        saw=N_("It does not know: {missing}."),
        next=(NextStep(say=N_("Rehearse on this machine meanwhile:"), verb="plan {ref} --to dev"),),
        who=N_("The people who run this cluster can install it."),
        explain=N_(
            "A deployment is carried out by an Argo workflow and run by Seldon; both extend the cluster and are installed once."
        ),
        example={**_WHERE, "path": "engines", "missing": "argo"},
    ),
    Code(
        id="SNB-248",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("`{deployment}` would be called stuck while it still starts as planned."),
        saw=N_("At `{path}`: given up after {deadline} seconds, while `{name}` may take {start} to start."),
        next=(_AGAIN,),
        explain=N_(
            "The time after which a start counts as failed must be longer than the time that the start itself is given, or a slow but healthy "
            "model is reported as broken."
        ),
        example={
            **_WHERE,
            "path": "spec.predictors[0].progressDeadlineSeconds",
            "deadline": 60,
            "name": "model",
            "start": 600,
        },
    ),
    Code(
        id="SNB-249",
        kind=Kind.MODEL_CONTRACT,
        severity=Severity.WARN,
        what=N_("Nobody has seen the `{server}` server load `{ref}`."),
        saw=N_("It reads: {layout}. MLflow writes its models in another form, and nobody looked into these files."),
        next=(
            NextStep(
                say=N_("Use the server that loads whatever MLflow logged:"), verb="plan {ref} --to {namespace} --server mlflow"
            ),
        ),
        explain=N_(
            "The servers of others read files in a layout of their own. If the model was logged in that layout, all is well; this machine cannot "
            "try it beforehand."
        ),
        example={**_WHERE, "path": "server", "server": "triton", "layout": "model/config.pbtxt, model/1/model.onnx"},
    ),
)

FILES: tuple[Code, ...] = (
    Code(
        id="SNB-250",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("The files of `{ref}` lie where nothing in the cluster can fetch them."),
        saw=N_("At `{path}`: `{found}`. Reachable: {allowed}."),
        next=(
            NextStep(
                say=N_("Log the model to an MLflow server whose store the cluster reaches, then plan again:"),
                verb="plan {ref} --to {namespace}",
            ),
        ),
        who=N_("The people who run this cluster can say which model store it reaches."),
        explain=N_(
            "MLflow's own references (`runs:`, `models:`, `mlflow-artifacts:`) mean something to MLflow only, and a path on your disk means something "
            "on your machine only. Whatever fetches the files in the cluster needs an address that it understands there."
        ),
        example={
            **_WHERE,
            "path": "spec.predictors[0].graph.modelUri",
            "found": "file:///home/you/mlruns/1/models/m-1/artifacts",
            "allowed": "s3, gs, azureblob, http(s), pvc",
        },
    ),
    Code(
        id="SNB-251",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("What opens the files of `{ref}` is missing in `{namespace}`."),
        saw=N_("At `{path}`: there is no Secret `{secret}`."),
        next=(NextStep(say=N_("See what the place knows:"), verb="doctor"),),
        who=N_("The people who run this cluster can add the Secret `{secret}` to `{namespace}`."),
        explain=N_(
            "The files lie in a store that asks for credentials. They are kept in a Secret of the namespace, and only its name is ever read by this tool."
        ),
        example={**_WHERE, "path": "spec.predictors[0].graph.envSecretRefName", "secret": "models-s3"},
    ),
    Code(
        id="SNB-252",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("The credentials in `{namespace}` are for another store than the one that holds `{ref}`."),
        saw=N_("At `{path}`: the files are at `{remote}:`; the Secret `{secret}` is for {remotes}."),
        next=(NextStep(say=N_("See what the place knows:"), verb="doctor"),),
        who=N_("The people who run this cluster can say which Secret opens `{remote}:`."),
        explain=N_(
            "The word before the colon of an address is the name of a store, and the settings in the Secret carry the same name "
            "(`RCLONE_CONFIG_S3_TYPE` for `s3:`). If the two differ, the files cannot be fetched, and the start waits for ever. The Secret says which "
            "stores it is for in its annotation `seldon-nb.io/remotes`; its values are never read."
        ),
        example={
            **_WHERE,
            "path": "spec.predictors[0].graph.envSecretRefName",
            "remote": "s3",
            "secret": "models-gcs",
            "remotes": "gcs",
        },
    ),
    Code(
        id="SNB-253",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("Nothing opens the store that holds `{ref}`."),
        saw=N_("At `{path}`: `{found}` is fetched without credentials."),
        next=(NextStep(say=N_("See which credentials the place knows:"), verb="doctor"),),
        who=N_("The people who run this cluster can say whether the store is open to `{namespace}`."),
        explain=N_(
            "This is right where the store is open to all, or where the machines themselves may read it. Everywhere else the files cannot be fetched."
        ),
        example={**_WHERE, "path": "spec.predictors[0].graph", "found": "s3://models/fraud/3"},
    ),
    Code(
        id="SNB-254",
        kind=Kind.CONFLICT,
        severity=Severity.BLOCK,
        overridable=True,
        what=N_("`{deployment}` would go on serving the former files of `{ref}`."),
        saw=N_("At `{path}`: the same address as in revision {revision}, while the files are others."),
        next=(
            NextStep(
                say=N_("Log the new files as a version of their own, then plan that one:"), verb="plan {ref} --to {namespace}"
            ),
        ),
        explain=N_(
            "Seldon fetches files when something starts, and starts something when its description changes. New files at an old address change "
            "nothing, until a machine fails one night and the new ones appear unannounced."
        ),
        example={**_WHERE, "path": "spec.predictors[0].graph.modelUri", "revision": 4},
    ),
    Code(
        id="SNB-255",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("`{deployment}` would be replaced as a whole, not updated."),
        saw=N_("`{former}` would go and `{new}` would come; both run until the new one is ready."),
        next=(NextStep(say=N_("Keep the names of its parts, then plan again:"), verb="plan {ref} --to {namespace}"),),
        explain=N_(
            "The names of a deployment's parts are parts of what runs. A new name makes a new one beside the old, which needs room for both and "
            "loses the history of the old one."
        ),
        example={**_WHERE, "path": "spec.predictors", "former": "fraud-default-0-classifier", "new": "fraud-default-0-model"},
    ),
)

CALLS: tuple[Code, ...] = (
    Code(
        id="SNB-256",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("A share of 0 does not take `{name}` of `{deployment}` out of the calls everywhere."),
        saw=N_("At `{path}`: behind an Ambassador gateway 100 and 0 become half and half."),
        next=(NextStep(say=N_("To end a trial, take the predictor out, then plan again:"), verb="plan {ref} --to {namespace}"),),
        explain=N_(
            "One gateway reads a share of 0 as not said. Besides, shares change only while everything is ready, so a broken trial cannot be turned "
            "off by its share: it is turned off by removing it."
        ),
        example={**_WHERE, "path": "spec.predictors[1].traffic", "name": "canary"},
    ),
    Code(
        id="SNB-257",
        kind=Kind.USER_INPUT,
        severity=Severity.INFO,
        what=N_("The calls of `{deployment}` are divided only when all its {count} predictors are ready."),
        saw=N_("Until then, and whenever one of them breaks, the former division stays."),
        next=(NextStep(say=N_("See how they are:"), verb="show {deployment}"),),
        explain=N_(
            "Seldon changes the routes when every predictor is ready, shadows and explainers included. One that never gets ready freezes them."
        ),
        example={**_WHERE, "path": "spec.predictors", "count": 2},
    ),
    Code(
        id="SNB-258",
        kind=Kind.NOT_ALLOWED,
        severity=Severity.BLOCK,
        overridable=True,
        what=N_("Real calls of `{deployment}` would be copied to its shadow `{name}`."),
        saw=N_("At `{path}`; the data is {level}."),
        next=(
            NextStep(
                say=N_("If that is meant, take it upon yourself with a reason that is kept:"),
                verb='plan {ref} --to {namespace} --override SNB-258 --because "WHY"',
                takes_on=True,
            ),
        ),
        explain=N_(
            "A shadow receives the rows of real people and its answers are thrown away. That is a second use of their data, so it needs a reason "
            "where the data is protected."
        ),
        example={**_WHERE, "path": "spec.predictors[1].shadow", "name": "shadow", "level": "protected-b"},
    ),
    Code(
        id="SNB-259",
        kind=Kind.NOT_ALLOWED,
        severity=Severity.BLOCK,
        overridable=True,
        what=N_("Rows that are sent to `{deployment}` would be kept elsewhere."),
        saw=N_("At `{path}`: its log ({mode}) goes to {found}; the data is {level}."),
        next=(
            NextStep(
                say=N_("If that is meant, take it upon yourself with a reason that is kept:"),
                verb='plan {ref} --to {namespace} --override SNB-259 --because "WHY"',
                takes_on=True,
            ),
        ),
        explain=N_(
            "A payload log copies every question or answer to another system, with its own readers and its own time of keeping. Where the data is "
            "protected, that needs a reason."
        ),
        example={
            **_WHERE,
            "path": "spec.predictors[0].graph.logger",
            "mode": "all",
            "found": "http://collector.seldon-logs",
            "level": "protected-b",
        },
    ),
    Code(
        id="SNB-260",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("Nobody could ask `{deployment}` with all columns that `{ref}` takes."),
        saw=N_("The protocol `{protocol}` has no word for {columns}."),
        next=(
            NextStep(say=N_("Serve it with the protocol that has one:"), verb="plan {ref} --to {namespace} --protocol v2"),
            NextStep(
                say=N_("Or log it again with these columns as text or numbers, and turn them back inside the model:"),
                verb="show {ref}",
            ),
        ),
        explain=N_(
            "`v2` names the type of every column. `seldon` and `tensorflow` send plain JSON: there is no form for dates in it, and none for bytes beside other "
            "columns. `predict` refuses to send what would arrive as something else, so a question with such a column is never sent, and the live check asks "
            "only whether the server is ready."
        ),
        example={
            **_WHERE,
            "path": "spec.protocol",
            "protocol": "seldon",
            "columns": "seen_at (datetime)",
            "count": 1,
        },
    ),
)

CODES: tuple[Code, ...] = (*ROOM, *AROUND, *FILES, *CALLS)
