"""Codes 33x and 34x: what keeps a deployment in a cluster from answering, one code for each cause.

Facts that every cause has: ``name`` (``team-a/fraud``), ``namespace``, ``model`` (``fraud@3``; ``-`` if nobody knows).
"""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep

_PLATFORM = N_("Whoever looks after the cluster; send them the code and this sentence.")
_TRAINER = N_("Whoever trained the model.")
_SHOW = NextStep(say=N_("See where it stands:"), verb="show {name}")
_AGAIN = NextStep(say=N_("Deploy it again:"), verb="deploy {model} --to {namespace}")
_PLAN = NextStep(say=N_("See what it asks for, and what the namespace has left:"), verb="plan {model} --to {namespace}")
_WHOSE = {"name": "team-a/fraud", "namespace": "team-a", "model": "fraud@3"}

IMAGES: tuple[Code, ...] = (
    Code(
        id="SNB-330",
        kind=Kind.PLATFORM,
        what=N_("`{name}` cannot start: its server's image does not exist."),
        saw=N_("`{image}` was asked for {attempts} times and is not there."),
        next=(NextStep(say=N_("See which images this place names:"), verb="doctor"), _AGAIN),
        who=_PLATFORM,
        explain=N_(
            "The packages of a model server travel as an image, which every machine of the cluster fetches by its name. A name that nobody published, "
            "a version with a typing mistake or an image that was removed cannot be fetched. The platform team sets the names for a namespace; "
            "once the name is right, deploy again. A version that served before goes on serving."
        ),
        example={**_WHOSE, "image": "registry.example/model-server:0.1.1", "attempts": 2},
    ),
    Code(
        id="SNB-331",
        kind=Kind.PLATFORM,
        what=N_("`{name}` cannot start: its server's image may not be fetched without a sign-in."),
        saw=N_("`{registry}` refused `{image}`. Secret for it: {secret}."),
        next=(
            NextStep(
                say=N_("If you were given a sign-in for that registry, keep it in the namespace (it asks for the password):"),
                shell='read -rsp "Password: " PW && kubectl -n {namespace} create secret docker-registry snb-registry '
                '--docker-server={registry} --docker-username="$USER" --docker-password="$PW"',
            ),
            _AGAIN,
        ),
        who=_PLATFORM,
        explain=N_(
            "Some registries hand out images only to those who sign in. The cluster signs in with a secret of the kind docker-registry, which stands in "
            "the namespace and is named by the service account. Without it, or with an old password, the image is refused. Some registries also answer "
            "so for an image that does not exist, so check its name too."
        ),
        example={
            **_WHOSE,
            "image": "registry.example/private/model-server:0.1.0",
            "registry": "registry.example",
            "secret": "regcred",
        },
    ),
)

ROOM: tuple[Code, ...] = (
    Code(
        id="SNB-332",
        kind=Kind.MODEL_CONTRACT,
        what=N_("`{model}` used all of the memory that its server has and was stopped."),
        saw=N_("`{name}` may use {limit}; it was stopped {times} times, {seconds} seconds after its start."),
        next=(
            _PLAN,
            NextStep(
                say=N_("Make the model smaller (fewer or shallower trees, fewer columns), log it, then deploy it:"),
                verb="log model --name {model_name} --sample X.head()",
            ),
        ),
        who=N_("Whoever looks after the cluster can give it more; say how much it uses in your notebook."),
        explain=N_(
            "The memory of a server follows from the size of the model's files. Some models grow much more than that when they are loaded. What needs more "
            "than its limit is ended by the machine at once, without a last word, and started again; it fails again in the same way."
        ),
        example={**_WHOSE, "model_name": "fraud", "limit": "1Gi", "times": 2, "seconds": 7},
    ),
    Code(
        id="SNB-333",
        kind=Kind.PLATFORM,
        what=N_("`{name}` does not fit into the quota of `{namespace}`."),
        saw=N_("{resource}: it asks for {requested}, and {used} of {limit} are in use (quota `{quota}`)."),
        next=(
            NextStep(say=N_("See what runs there and could go:"), verb="list"),
            _PLAN,
        ),
        who=N_("Whoever looks after the cluster can raise the quota."),
        explain=N_(
            "A namespace may use a fixed amount of processors, memory and objects in all. What would go beyond it is not started. Delete a deployment that "
            "nobody needs, or ask for more; the cluster tries again by itself. While a new version starts, the former one still counts, "
            "so an update needs room for both for a moment."
        ),
        example={
            **_WHOSE,
            "resource": "requests.memory",
            "requested": "512Mi",
            "used": "7936Mi",
            "limit": "8Gi",
            "quota": "team-a-quota",
        },
    ),
    Code(
        id="SNB-334",
        kind=Kind.NOT_READY,
        what=N_("`{name}` waits for a place to run; it will start by itself."),
        saw=N_("For {seconds} seconds, none of {nodes} machines could take it: {reasons}."),
        next=(_SHOW, _PLAN),
        who=_PLATFORM,
        explain=N_(
            "The namespace may use what you asked for, but no machine has it free at this moment. Many clusters add a machine within minutes; otherwise it "
            "starts when something else ends. You can close the notebook. If it asks for more than any machine has, it waits for ever: the "
            "platform team knows the sizes."
        ),
        example={**_WHOSE, "seconds": 180, "nodes": 3, "reasons": "3 Insufficient memory"},
    ),
)

FILES: tuple[Code, ...] = (
    Code(
        id="SNB-335",
        kind=Kind.MODEL_CONTRACT,
        what=N_("`{model}` could not be read back by the model server of `{name}`."),
        saw=N_("Unpickling ended with {error_type}: {hint} Versions: {versions}"),
        next=(
            NextStep(
                say=N_("Log it again with the packages that the server has; logging names the differences:"),
                verb="log model --name {model_name} --sample X.head()",
            ),
            NextStep(say=N_("Then see what the new version would be served with:"), verb="plan {model_name} --to {namespace}"),
        ),
        who=N_("Whoever trained the model, or whoever chooses the packages of the model server."),
        explain=N_(
            "A pickled model is a list of instructions for the very classes and package versions that it was made with. If the server has other versions, "
            "or lacks a module, it cannot be rebuilt. Train or log it with the server's versions, or let its own environment be packed with it."
        ),
        example={
            **_WHOSE,
            "model_name": "fraud",
            "error_type": "ModuleNotFoundError",
            "hint": "No module named 'sklearn.tree.tree'.",
            "versions": "scikit-learn: model 0.21.3, server 1.9.1",
        },
    ),
    Code(
        id="SNB-336",
        kind=Kind.MODEL_CONTRACT,
        what=N_("The files of `{model}` are not where `{name}` looks for them."),
        saw=N_("At {source}: {reason}"),
        next=(
            NextStep(say=N_("See where the catalogue keeps them:"), verb="show {model}"),
            _AGAIN,
        ),
        who=N_("Whoever logged the model, or whoever looks after the model store."),
        explain=N_(
            "Before a server starts, the model's files are fetched from the address that the plan recorded. If the version was deleted from the store, or "
            "the store was moved, there is nothing to fetch. An address that only your machine knows is refused when planning."
        ),
        example={**_WHOSE, "source": "s3://models/12/model", "reason": "nothing lies there."},
    ),
    Code(
        id="SNB-337",
        kind=Kind.CONFLICT,
        what=N_("`{name}` was not started: the files of `{model}` are not those that were planned."),
        saw=N_("Planned: {planned}. Found: {found}."),
        next=(
            NextStep(
                say=N_("Look at what the catalogue has now, and plan it anew if it is right:"),
                verb="plan {model} --to {namespace}",
            ),
            NextStep(say=N_("Or log the model again, as a new version:"), verb="log model --name {model_name} --sample X.head()"),
        ),
        who=N_("Whoever may write to the model store can say who changed it."),
        explain=N_(
            "A plan records a digest of the model's files. Before every start the files are compared with it, so that what was logged, planned and approved "
            "is what answers, byte for byte. Somebody changed the files since the plan. If nobody knows why, treat it as an incident."
        ),
        example={**_WHOSE, "model_name": "fraud", "planned": "sha256:1f0e9c…", "found": "sha256:77ab02…"},
    ),
    Code(
        id="SNB-338",
        kind=Kind.PLATFORM,
        what=N_("`{name}` cannot open the place where the files of `{model}` are."),
        saw=N_("Secret `{secret}`, for {source}: {reason}"),
        next=(
            NextStep(say=N_("See which secret the plan names and what it must be for:"), verb="plan {model} --to {namespace}"),
            NextStep(say=N_("See the names of the namespace's secrets:"), shell="kubectl -n {namespace} get secrets"),
        ),
        who=N_("Whoever looks after the model store gives out the secret; a request should name the namespace and the address."),
        explain=N_(
            "Files in a closed store are opened with a secret of the namespace. It must exist under the name that the plan gives, hold the settings for this "
            "kind of address (for s3:// those of a remote called s3), and be accepted by the store. Its values are never shown."
        ),
        example={
            **_WHOSE,
            "secret": "models-ro",
            "source": "s3://models/12/model",
            "reason": "there is no secret of that name in the namespace.",
        },
    ),
)

START: tuple[Code, ...] = (
    Code(
        id="SNB-339",
        kind=Kind.MODEL_CONTRACT,
        what=N_("The server of `{name}` stops as soon as it has started."),
        saw=N_("`{part}` ended with exit code {exit}, {times} times. Its last word: {line}"),
        next=(
            NextStep(say=N_("Try the same model here, where it shows more:"), verb="deploy {model} --to dev"),
            _SHOW,
        ),
        who=N_("Whoever trained the model; whoever looks after the server's image if no model was loaded yet."),
        explain=N_(
            "The server runs the model's own code when it loads it: an import that fails, a file that only your notebook has or a fault in compiled code ends "
            "it. The cluster starts it again, each time after a longer wait. Lines that could hold values of data are not shown."
        ),
        example={**_WHOSE, "part": "model", "exit": 1, "times": 3, "line": "ModuleNotFoundError: No module named 'lookup'"},
    ),
    Code(
        id="SNB-340",
        kind=Kind.PLATFORM,
        what=N_("`{name}` was given too little time to start, so it was stopped before it was ready."),
        saw=N_("The {probe} check gave up {seconds} seconds after the start, {times} times. The server's last word: {line}"),
        next=(
            NextStep(
                say=N_("Log the model again: logging measures how long it takes to load, and the plan gives it that time:"),
                verb="log model --name {model_name} --sample X.head()",
            ),
            _AGAIN,
        ),
        who=_PLATFORM,
        explain=N_(
            "The cluster asks a server whether it is ready and stops one that does not say so in time. How much time it has follows from the load time that "
            "logging measured, with a wide margin. A slow disk, a crowded machine or a document that was changed by hand can make it too little."
        ),
        example={**_WHOSE, "model_name": "fraud", "probe": "startup", "seconds": 60, "times": 2, "line": "Loading model 'model'"},
    ),
    Code(
        id="SNB-346",
        kind=Kind.NOT_READY,
        what=N_("`{name}` is still starting; nothing wrong was seen."),
        saw=N_("For {seconds} seconds: {reason}"),
        next=(_SHOW,),
        who=_PLATFORM,
        explain=N_(
            "It passes six stages: accepted, placed, image, weights, model loaded, answering. Fetching a large image for the first time takes minutes. "
            "It goes on without you; you can close the notebook."
        ),
        example={**_WHOSE, "seconds": 12, "reason": "the server's image is being fetched."},
    ),
    Code(
        id="SNB-348",
        kind=Kind.NOT_READY,
        what=N_("The new version of `{name}` does not become ready; `{serving}` answers as before."),
        saw=N_("`{model}` was not ready after {seconds} seconds."),
        next=(
            _SHOW,
            NextStep(
                say=N_("Put the version that answers back into the document, so that nothing is left half done:"),
                verb="deploy {serving} --to {namespace}",
            ),
        ),
        who=_TRAINER,
        explain=N_(
            "An update starts the new version beside the former one and switches only when the new one is ready. It never was, and no cause could be seen "
            "from outside. Callers have noticed nothing. Deploy another version, or the former one."
        ),
        example={**_WHOSE, "serving": "fraud@2", "seconds": 600},
    ),
)

REFUSED: tuple[Code, ...] = (
    Code(
        id="SNB-341",
        kind=Kind.NOT_ALLOWED,
        what=N_("`{name}` was refused by a rule of the cluster."),
        saw=N_("{whose} says: {rule}"),
        next=(
            NextStep(say=N_("See the documents that were refused:"), verb="plan {model} --to {namespace}"),
            _AGAIN,
        ),
        who=N_("Whoever looks after the cluster; the rule's name tells them which one it is."),
        explain=N_(
            "A cluster may have rules of its own about what may run in it: which images, which labels, how much of what. They are asked when an object is "
            "made, and their answer is final until the rule or the document changes. The sentence above is the rule's own."
        ),
        example={
            **_WHOSE,
            "whose": "ValidatingAdmissionPolicy images-from-our-registry",
            "rule": "images must come from registry.example",
        },
    ),
    Code(
        id="SNB-347",
        kind=Kind.NOT_ALLOWED,
        what=N_("The safety rules of `{namespace}` do not let `{name}` run."),
        saw=N_("At the level {level}: {violations}."),
        next=(
            NextStep(say=N_("Plan it again; what we render passes the strictest level:"), verb="plan {model} --to {namespace}"),
            _AGAIN,
        ),
        who=N_(
            "Whoever looks after the cluster, if something adds a part of its own to what we send (a sidecar, Seldon's own downloader)."
        ),
        explain=N_(
            "A namespace can insist that what runs in it has no special powers: no root, no added capabilities, a restricted system. Our documents "
            "keep to that. A part that Seldon or another system adds may not; the sentence names it."
        ),
        example={
            **_WHOSE,
            "level": "restricted:latest",
            "violations": 'unrestricted capabilities (container "seldon-container-engine")',
        },
    ),
)

ENGINES: tuple[Code, ...] = (
    Code(
        id="SNB-342",
        kind=Kind.UNAVAILABLE,
        what=N_("Nobody in the cluster has taken up `{name}` yet."),
        saw=N_("For {seconds} seconds: {reason}"),
        next=(_SHOW, NextStep(say=N_("See what of the cluster answers:"), verb="doctor")),
        who=N_(
            "Whoever looks after the cluster: Seldon's operator is stopped, not watching this namespace, or cannot be reached."
        ),
        explain=N_(
            "A deployment is a wish; Seldon's operator makes it come true. Without the operator the wish stays written down and nothing happens. "
            "It is taken up as soon as the operator is back; nothing needs to be sent again. A version that served before goes on serving."
        ),
        example={**_WHOSE, "seconds": 30, "reason": "Seldon's operator has not answered."},
    ),
    Code(
        id="SNB-343",
        kind=Kind.UNAVAILABLE,
        what=N_("Nobody in the cluster has begun to work on `{name}` yet."),
        saw=N_("The workflow `{workflow}` has waited for {seconds} seconds without a first word from Argo."),
        next=(_SHOW, NextStep(say=N_("See what of the cluster answers:"), verb="doctor")),
        who=N_("Whoever looks after the cluster: Argo's controller is stopped, or does not watch this namespace."),
        explain=N_(
            "The steps of a deployment are carried out by Argo. If its controller is stopped, the workflow is kept and begins as soon as the controller is back; "
            "nothing needs to be sent again. What served before goes on serving."
        ),
        example={**_WHOSE, "workflow": "snb-fraud-0a1b2c3d4e", "seconds": 30},
    ),
    Code(
        id="SNB-344",
        kind=Kind.NOT_ALLOWED,
        what=N_("A step of the work on `{name}` could not report its result, so the work ended there."),
        saw=N_("The service account `{account}` may not {verb} workflowtaskresults in `{namespace}`."),
        next=(
            NextStep(
                say=N_("Send this to whoever looks after the namespace:"),
                shell="kubectl -n {namespace} create role snb-results --verb=create,patch --resource=workflowtaskresults.argoproj.io",
            ),
            NextStep(
                shell="kubectl -n {namespace} create rolebinding snb-results --role=snb-results --serviceaccount={namespace}:{account}",
            ),
            _AGAIN,
        ),
        who=N_("Whoever gives out rights in the namespace."),
        explain=N_(
            "Each step leaves its result in an object of its own, which Argo reads. The service account of the steps needs the right to create and change these "
            "objects, and nothing else for it. Without the right the step's work is done but nobody learns of it."
        ),
        example={**_WHOSE, "account": "snb-deployer", "verb": "create"},
    ),
    Code(
        id="SNB-345",
        kind=Kind.NOT_READY,
        what=N_("The work on `{name}` took longer than it may, so it was ended."),
        saw=N_("It had {seconds} seconds and stood at the step {step}."),
        next=(_SHOW, _AGAIN),
        who=_PLATFORM,
        explain=N_(
            "The whole work on one plan has a time limit, so that nothing hangs for ever and holds up the next one. Ending it stops the steps, not what serves: "
            "a deployment that was already sent goes on starting. If it is slow every time, look at the stage that takes long."
        ),
        example={**_WHOSE, "seconds": 900, "step": "deploy"},
    ),
)

CODES: tuple[Code, ...] = (*IMAGES, *ROOM, *FILES, *START, *REFUSED, *ENGINES)
