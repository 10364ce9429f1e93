"""Codes 530 to 541: reaching a cluster, and what it lets one do."""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep, Severity

_PLATFORM = N_("Whoever looks after the cluster for you.")
_DOCTOR = NextStep(say=N_("See what works and what does not:"), verb="doctor")

REACHING: tuple[Code, ...] = (
    Code(
        id="SNB-530",
        kind=Kind.USER_INPUT,
        what=N_("Nothing was done: it is not clear which cluster is meant."),
        saw=N_("Asked for: {context}. Known: {known}. Nearest: {nearest}."),
        next=(
            NextStep(say=N_("Choose one for this shell:"), shell="export SELDON_NB_CONTEXT={nearest}"),
            NextStep(say=N_("Or work on this machine, without a cluster:"), verb="here up"),
        ),
        who=_PLATFORM,
        explain=N_(
            "A cluster is named by a context of your kubeconfig, the file behind KUBECONFIG or ~/.kube/config. In a notebook that runs in a cluster "
            "nothing needs to be named: the notebook's own account is used. A context that is not in the file is never guessed."
        ),
        example={"context": "prodd", "known": "prod, test", "nearest": "prod"},
    ),
    Code(
        id="SNB-531",
        kind=Kind.UNAVAILABLE,
        what=N_("The cluster cannot be reached, so nothing was done. What runs there goes on."),
        saw=N_("{server}: {reason}"),
        next=(
            NextStep(say=N_("See whether anything of it answers:"), shell="kubectl cluster-info"),
            _DOCTOR,
        ),
        who=_PLATFORM,
        explain=N_(
            "Every act in a cluster goes through its API server. If no connection comes about, the network, a VPN, a proxy or the server itself stands "
            "in the way. Deployments and workflows that were handed over go on without you, and are found again when the connection is back."
        ),
        example={"server": "https://10.88.0.1:6443", "reason": "connection refused"},
    ),
    Code(
        id="SNB-532",
        kind=Kind.NOT_ALLOWED,
        what=N_("The cluster did not recognise you, so nothing was done."),
        saw=N_("{server} refused the credentials of {origin}; they were read again once, and refused again."),
        next=(
            NextStep(say=N_("Sign in to the cluster again, the way you did the first time, then look:"), verb="doctor"),
            NextStep(say=N_("See who the cluster takes you for:"), shell="kubectl auth whoami"),
        ),
        who=_PLATFORM,
        explain=N_(
            "Credentials end after hours or days. Those that a file or a sign-in program renews are read again by themselves, once. "
            "If that does not help, they have ended for good or were withdrawn. They are never shown, here or in any log."
        ),
        example={"server": "https://10.88.0.1:6443", "origin": "context prod"},
    ),
    Code(
        id="SNB-533",
        kind=Kind.NOT_ALLOWED,
        what=N_("Nothing was done in `{namespace}`: the cluster does not let you do this."),
        saw=N_("`{who}` asked to {verb} {resource}; the cluster answered no."),
        next=(
            NextStep(
                say=N_(
                    "Send this request to whoever gives out rights in `{namespace}`; it is the least that is needed:\n{request}"
                )
            ),
            NextStep(
                say=N_("When it is granted, see whether it took effect:"),
                shell="kubectl -n {namespace} auth can-i {verb} {resource}",
            ),
        ),
        who=N_("Whoever gives out rights in `{namespace}`."),
        explain=N_(
            "A cluster allows nothing that nobody granted. Rights are granted per namespace, verb and kind of object. The request above names exactly one "
            "right; it can be applied as it stands by somebody who may give it."
        ),
        example={
            "namespace": "team-a",
            "who": "analyst",
            "verb": "create",
            "resource": "workflows.argoproj.io",
            "request": "kind: Role …",
        },
    ),
    Code(
        id="SNB-534",
        kind=Kind.USER_INPUT,
        what=N_("There is no namespace `{namespace}` in this cluster, so nothing was done."),
        saw=N_("Nearest: {nearest}."),
        next=(
            NextStep(say=N_("See the namespaces that you may use:"), verb="doctor"),
            NextStep(say=N_("Plan for one that exists:"), verb="plan {ref} --to {nearest}"),
        ),
        who=_PLATFORM,
        explain=N_(
            "A namespace is made by those who look after the cluster, with its quota, its rules and its people. It is never made by a deploy."
        ),
        example={"namespace": "team-aa", "nearest": "team-a", "ref": "fraud@3"},
    ),
    Code(
        id="SNB-535",
        kind=Kind.CONFLICT,
        what=N_("`{name}` was left alone: somebody else's deployment has that name."),
        saw=N_("It was not made by seldon_nb; it belongs to {owner}."),
        next=(
            NextStep(say=N_("Choose another name:"), verb="plan {model} --to {namespace} --name {suggestion}"),
            NextStep(
                say=N_("See who looks after it:"),
                shell="kubectl -n {namespace} get seldondeployment {deployment} --show-managed-fields",
            ),
        ),
        who=N_("{owner}."),
        explain=N_(
            "What we make carries the label `app.kubernetes.io/managed-by: seldon-nb`. Anything else under the same name was made by a person, a script or "
            "another tool, and changing it would take it away from them. It is neither changed nor deleted."
        ),
        severity=None,
        example={
            "name": "team-a/fraud",
            "owner": "kubectl",
            "model": "fraud@3",
            "namespace": "team-a",
            "suggestion": "fraud-2",
            "deployment": "fraud",
        },
    ),
)

LACKING: tuple[Code, ...] = (
    Code(
        id="SNB-536",
        kind=Kind.UNAVAILABLE,
        what=N_("This cluster cannot serve models yet, so nothing was done."),
        saw=N_("{server} does not know the kind SeldonDeployment."),
        next=(NextStep(say=N_("Deploy on this machine meanwhile:"), verb="deploy {ref} --to here/dev"), _DOCTOR),
        who=N_("Whoever looks after the cluster can install Seldon Core 1."),
        explain=N_(
            "Models are served by Seldon Core 1, which the platform team installs once for the whole cluster. Without it the cluster does not know what a model deployment is."
        ),
        example={"server": "https://10.88.0.1:6443", "ref": "fraud@3"},
    ),
    Code(
        id="SNB-537",
        kind=Kind.UNAVAILABLE,
        what=N_("This cluster cannot carry out plans yet, so nothing was done."),
        saw=N_("{server} does not know the kind Workflow."),
        next=(NextStep(say=N_("Deploy on this machine meanwhile:"), verb="deploy {ref} --to here/dev"), _DOCTOR),
        who=N_("Whoever looks after the cluster can install Argo Workflows."),
        explain=N_(
            "A plan is carried out by Argo Workflows, so that it goes on when your notebook is closed. The platform team installs it once for the whole cluster."
        ),
        example={"server": "https://10.88.0.1:6443", "ref": "fraud@3"},
    ),
    Code(
        id="SNB-538",
        kind=Kind.UNAVAILABLE,
        what=N_("The cluster is too busy to answer at the moment. What runs there goes on."),
        saw=N_("{server} answered with HTTP status {status}, {attempts} times in {seconds} seconds."),
        next=(NextStep(say=N_("Try again in a minute; nothing that was sent is done twice.")), _DOCTOR),
        who=_PLATFORM,
        explain=N_(
            "A busy API server asks its callers to come back later, and we do, after the time that it names, for up to half a minute. "
            "Then it is told to you rather than waited for in silence."
        ),
        example={"server": "https://10.88.0.1:6443", "status": 429, "attempts": 5, "seconds": 31},
    ),
    Code(
        id="SNB-539",
        kind=Kind.MODEL_CONTRACT,
        what=N_("`{ref}` lies where the cluster cannot reach it, so it was not deployed."),
        saw=N_("Its files are at {uri}; that is a disk of this machine."),
        next=(
            NextStep(
                say=N_("Log it to an MLflow server that the cluster reaches:"),
                shell="export MLFLOW_TRACKING_URI=http://mlflow.example:5000",
            ),
            NextStep(say=N_("Then log it again:"), verb="log model --name {model_name} --sample X.head()"),
            NextStep(say=N_("Or deploy it on this machine:"), verb="deploy {ref} --to here/dev"),
        ),
        who=N_("Whoever looks after your workspace knows the address of its MLflow server."),
        explain=N_(
            "A model server in a cluster fetches the model's files itself. It can read an MLflow server, an object store or a volume, but not the disk of your notebook."
        ),
        severity=Severity.BLOCK,
        example={"ref": "fraud@3", "uri": "file:///home/me/mlruns/1", "model_name": "fraud"},
    ),
)

ENDED: tuple[Code, ...] = (
    Code(
        id="SNB-540",
        kind=Kind.CONFLICT,
        what=N_("The work on `{name}` was stopped by somebody before it was done. What served before serves on."),
        saw=N_("`{workflow}` was stopped at the step {step}."),
        next=(
            NextStep(say=N_("See what serves now:"), verb="show {name}"),
            NextStep(say=N_("Begin again:"), verb="deploy {model} --to {namespace}"),
        ),
        who=N_("Everybody who may change workflows in `{namespace}` could have stopped it."),
        explain=N_(
            "A workflow can be stopped while it runs. The step that runs then ends, the report is still written, and nothing that serves is taken away."
        ),
        example={
            "name": "team-a/fraud",
            "workflow": "snb-fraud-0a1b2c3d4e",
            "step": "deploy",
            "model": "fraud@3",
            "namespace": "team-a",
        },
    ),
    Code(
        id="SNB-541",
        kind=Kind.PLATFORM,
        what=N_("A step of the work on `{name}` failed without saying why."),
        saw=N_("The step {step} ended: {reason}"),
        next=(
            NextStep(
                say=N_("Read its last lines:"),
                shell="kubectl -n {namespace} logs -l workflows.argoproj.io/workflow={workflow} --all-containers --tail 20",
            ),
            NextStep(say=N_("Begin again:"), verb="deploy {model} --to {namespace}"),
        ),
        who=_PLATFORM,
        explain=N_(
            "Our steps say what went wrong with a code of their own. One that ends without a word was ended from outside: its machine went away, its memory "
            "ran out, or its image could not be started."
        ),
        example={
            "name": "team-a/fraud",
            "step": "package",
            "reason": "OOMKilled (exit code 137)",
            "namespace": "team-a",
            "workflow": "snb-fraud-0a1b2c3d4e",
            "model": "fraud@3",
        },
    ),
)

CODES: tuple[Code, ...] = (*REACHING, *LACKING, *ENDED)
