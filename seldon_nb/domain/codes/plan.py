"""Codes 210–239: the plan, its names, its people, its place, and what it would send.

What a cluster has and allows (240–259) stands in :mod:`seldon_nb.domain.codes.plan_place`, the rules of Seldon's own admission (261–279) in
:mod:`seldon_nb.domain.codes.operator`, what Seldon accepts and does otherwise (280–299) in :mod:`seldon_nb.domain.codes.traps`.
"""

from __future__ import annotations

from seldon_nb.domain.code import N_, Code, Kind, NextStep, Severity
from seldon_nb.domain.codes.operator import OPERATOR
from seldon_nb.domain.codes.plan_place import CODES as PLACES
from seldon_nb.domain.codes.traps import TRAPS

_AGAIN = NextStep(say=N_("Change it, then plan again:"), verb="plan {ref} --to {namespace}")
_WHERE = {"deployment": "fraud", "namespace": "dev", "ref": "fraud@3"}

NAMES: tuple[Code, ...] = (
    Code(
        id="SNB-210",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("A deployment cannot be called `{name}`."),
        saw=N_(
            "Names have lower-case letters, digits and hyphens, start with a letter, end with a letter or digit, and have 63 characters at most."
        ),
        next=(NextStep(say=N_("Use the nearest name that works:"), verb="plan {ref} --to {namespace} --name {suggestion}"),),
        explain=N_(
            "A deployment's name becomes part of its address and of a network name, and those follow RFC 1035. Seldon accepts "
            "other names and fails later, so the plan says it first. The model keeps its own name; only the deployment needs this form."
        ),
        example={"name": "Fraud_Été", "suggestion": "fraud-ete", "ref": "fraud@3", "namespace": "dev"},
    ),
    Code(
        id="SNB-211",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("`{deployment}` would run under names that nobody can read."),
        saw=N_("Its parts joined, `{joined}`, have {length} characters; above {most} Seldon replaces such a name by a checksum."),
        next=(NextStep(say=N_("Choose a shorter name:"), verb="plan {ref} --to {namespace} --name {suggestion}"),),
        explain=N_(
            "Seldon builds the names of what runs from the deployment, the predictor, a number and the nodes. Too long together, they become "
            "`seldon-` and a checksum: everything works, but logs and lists no longer say whose it is."
        ),
        example={
            **_WHERE,
            "deployment": "a-very-long-name-for-a-deployment-of-a-fraud-model",
            "joined": "a-very-long-name-for-a-deployment-of-a-fraud-model-default-0-model",
            "length": 66,
            "most": 63,
            "suggestion": "a-very-long-name-for-a-deployment-of",
        },
    ),
    Code(
        id="SNB-227",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("A part of `{deployment}` cannot be called `{name}`."),
        saw=N_(
            "At `{path}`: lower-case letters, digits and hyphens, starting with a letter, {most} characters at most. The nearest is `{suggestion}`."
        ),
        next=(_AGAIN,),
        explain=N_(
            "Predictors, nodes and their servers lend their names to network names and to labels. Seldon accepts any text here and the "
            "deployment then fails, or waits for ever, without saying why."
        ),
        example={**_WHERE, "name": "Default", "path": "spec.predictors[0].name", "most": 48, "suggestion": "default"},
    ),
    Code(
        id="SNB-228",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("Two parts of `{deployment}` are called `{name}`."),
        saw=N_("The second one is at `{path}`."),
        next=(_AGAIN,),
        explain=N_(
            "The name is the only link between a node and its server. With two of one name, calls go to one of them, and which one is chance."
        ),
        example={**_WHERE, "name": "model", "path": "spec.predictors[0].graph.children[0].name"},
    ),
)

PLACE: tuple[Code, ...] = (
    Code(
        id="SNB-212",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("There is no namespace `{namespace}`."),
        saw=N_("Known here: {known}. Nearest: {nearest}."),
        next=(NextStep(say=N_("Plan for one that exists:"), verb="plan {ref} --to {nearest}"),),
        who=N_("The people who run this place can add a namespace."),
        explain=N_(
            "A namespace says who works together and how sensitive the data may be. Nothing is created on the way: an unknown name is a question."
        ),
        example={"namespace": "dve", "known": "dev, prod, protected-b", "nearest": "dev", "ref": "fraud@3"},
    ),
    Code(
        id="SNB-213",
        kind=Kind.MODEL_CONTRACT,
        severity=Severity.BLOCK,
        what=N_("The `{server}` server cannot serve `{ref}`."),
        saw=N_(
            "The model is `{flavor}`, saved as `{saved}`, with {modules} module(s) of its own beside it; this server reads {reads}, alone."
        ),
        next=(NextStep(say=N_("Use a server that can:"), verb="plan {ref} --to {namespace} --server {suggestion}"),),
        explain=N_(
            "The `mlflow` server loads whatever MLflow logged, with its signature and the modules that travel with it. The `sklearn`, `xgboost` and "
            "`lightgbm` servers are leaner and read one file: model.pkl; model.ubj or model.json; the text file of a LightGBM booster."
        ),
        example={
            "server": "xgboost",
            "ref": "fraud@3",
            "flavor": "sklearn",
            "saved": "cloudpickle",
            "modules": 0,
            "reads": "xgboost (json, ubj)",
            "namespace": "dev",
            "suggestion": "mlflow",
        },
    ),
    Code(
        id="SNB-215",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("`{place}` cannot rehearse all of `{deployment}`."),
        saw=N_("`{path}` needs more than one machine has."),
        next=(NextStep(say=N_("Leave it out for the rehearsal, or see what this place can do:"), verb="doctor"),),
        explain=N_(
            "One machine runs one server of ours for each deployment, behind a real gateway. Own images, several predictors, graphs of several nodes, "
            "explainers and payload logs are not pretended: a plan that needs them is for a cluster. Copies and scaling are left out with a "
            "warning, because the answers are the same without them."
        ),
        example={"place": "here", "deployment": "fraud", "path": "spec.predictors[0].explainer"},
    ),
    Code(
        id="SNB-216",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("Nobody called `{caller}` is known in `{namespace}`."),
        saw=N_("Nearest: {nearest}."),
        next=(NextStep(say=N_("Name the callers by the names that the namespace knows them by:"), verb="doctor"),),
        who=N_("The owners of `{namespace}` can add people to it."),
        explain=N_(
            "Whoever is named may call the deployment and nobody else may. A name is compared letter by letter, and a group or `*` is not a name: "
            "a list that nobody can read aloud protects nothing."
        ),
        example={"caller": "coleague", "namespace": "dev", "nearest": "colleague"},
    ),
)

PLANS: tuple[Code, ...] = (
    Code(
        id="SNB-217",
        kind=Kind.MODEL_CONTRACT,
        severity=Severity.BLOCK,
        what=N_("The `{server}` server would answer something else than `{ref}` does."),
        saw=N_("It answers `{gives}`; the model was logged to answer `{wants}`."),
        next=(
            NextStep(
                say=N_("Use the server that asks the model as it was logged:"), verb="plan {ref} --to {namespace} --server mlflow"
            ),
        ),
        explain=N_(
            "The native servers read the estimator and always ask the same method: `sklearn` and `xgboost` ask predict, `lightgbm` asks the "
            "booster, which gives probabilities where a classifier gives labels. The `mlflow` server asks what was logged."
        ),
        example={"server": "sklearn", "ref": "fraud@3", "gives": "predict", "wants": "predict_proba", "namespace": "dev"},
    ),
    Code(
        id="SNB-218",
        kind=Kind.USER_INPUT,
        what=N_("`{ref}` cannot be served the way you asked for; nothing was planned."),
        saw=N_("{reason} Possible: {known}."),
        next=(
            NextStep(say=N_("Plan it in a way that can be:"), verb="plan {ref} --to {namespace} {suggestion}"),
            NextStep(say=N_("Or leave the choice to the plan:"), verb="plan {ref} --to {namespace}"),
        ),
        explain=N_(
            "Servers differ in the protocols that they speak. MLServer's (`mlflow`, `sklearn`, `xgboost`, `lightgbm`, `huggingface`) and `triton` speak `v2`; "
            "`tensorflow` speaks `tensorflow` and `seldon`; an image of your own speaks `v2` if MLServer runs in it and `seldon` if one of Seldon's language wrappers does. "
            "`predict` asks all of them with the same data frame."
        ),
        example={
            "ref": "fraud@3",
            "namespace": "team-a",
            "reason": "The server `triton` does not speak `seldon`.",
            "known": "`--server triton --protocol v2`, `--server tensorflow --protocol seldon`, `--server custom --protocol seldon`",
            "suggestion": "--server triton --protocol v2",
        },
    ),
    Code(
        id="SNB-219",
        kind=Kind.USER_INPUT,
        what=N_("The image `{image}` is not pinned, so nothing was planned."),
        saw=N_("{reason}"),
        next=(
            NextStep(say=N_("Name a version:"), verb="plan {ref} --to {namespace} --image {name}:VERSION"),
            NextStep(say=N_("Or, safest, the very bytes:"), verb="plan {ref} --to {namespace} --image {name}@sha256:DIGEST"),
        ),
        who=N_("Whoever built the image knows its version and its digest."),
        explain=N_(
            "A plan says what will run, so that what is approved is what runs. A name without a version, or with a tag such as `latest`, can mean other "
            "bytes tomorrow without anybody changing the plan."
        ),
        example={
            "ref": "fraud@3",
            "namespace": "team-a",
            "image": "registry.example/ml/fraud:latest",
            "reason": "The tag `latest` is meant to be moved.",
            "name": "registry.example/ml/fraud",
        },
    ),
    Code(
        id="SNB-220",
        kind=Kind.CONFLICT,
        what=N_("`{target}` is not what it was when this plan was made. Nothing was changed."),
        saw=N_(
            "The plan stands on revision {planned}; revision {found} lives now ({model}, applied by {who} at {when}).\n{diff}"
        ),
        next=(NextStep(say=N_("Look at what lives, then plan again on top of it:"), verb="plan {ref} --to {namespace}"),),
        who=N_("{who} applied what lives now."),
        explain=N_(
            "A plan is pinned to what lived when it was shown to you. If somebody else applied something in between, applying yours "
            "would undo theirs without either of you seeing it."
        ),
        example={
            "target": "dev/fraud",
            "planned": 3,
            "found": 4,
            "model": "fraud@2",
            "who": "colleague",
            "when": "2026-11-21T10:02:11Z",
            "diff": "-    seldon-nb.io/model: fraud@2\n+    seldon-nb.io/model: fraud@3",
            "ref": "fraud@3",
            "namespace": "dev",
        },
    ),
    Code(
        id="SNB-221",
        kind=Kind.USER_INPUT,
        what=N_("The plan `{path}` was not applied: it is not what was planned."),
        saw=N_("Reading it failed at: {reason}."),
        next=(NextStep(say=N_("Make it again, and do not change it by hand:"), verb="plan fraud@3 --to dev"),),
        explain=N_(
            "A plan carries a digest over everything that it would send. A file that was changed, cut short or written by another version "
            "no longer matches, and only what was shown may be applied. `digest` as the place means that it can be read but was altered."
        ),
        example={"path": "fraud.plan.json", "reason": "digest"},
    ),
    Code(
        id="SNB-222",
        kind=Kind.USER_INPUT,
        what=N_("`{ref}` was not deployed to `{namespace}`: its plan is blocked. Nothing was changed."),
        saw=N_("Findings that block: {codes} ({count} in all)."),
        next=(NextStep(say=N_("See each with what to do about it:"), verb="plan {ref} --to {namespace}"),),
        explain=N_(
            "A blocking finding means that the deployment would not work or may not be. Some can be overridden with `--override CODE=REASON`; "
            "the reason is kept in the plan, in the audit and with the deployment."
        ),
        example={"ref": "fraud@3", "namespace": "dev", "codes": "SNB-111, SNB-213", "count": 2},
    ),
    Code(
        id="SNB-223",
        kind=Kind.USER_INPUT,
        what=N_("`{codes}` cannot be overridden like this. Nothing was changed."),
        saw=N_("An override needs a code that allows one, and a reason of yours that is kept."),
        next=(NextStep(say=N_("See why it blocks, what helps, and whether it can be overridden:"), verb="explain {codes}"),),
        explain=N_(
            "An override takes a risk upon yourself where the rule is a judgement. Where the place itself would refuse, or where other people's "
            "data is at stake, there is nothing to override. A reason is one sentence that somebody else can understand in a year."
        ),
        example={"codes": "SNB-402"},
    ),
    Code(
        id="SNB-224",
        kind=Kind.CONFLICT,
        what=N_("Somebody is changing `{target}` right now, so your plan was not applied. Nothing was changed."),
        saw=N_("Another apply of it is under way."),
        next=(NextStep(say=N_("See how far it is, then plan again on top of it:"), verb="list"),),
        explain=N_(
            "Two changes of one deployment at once would leave something that neither of you planned, so the second one is refused."
        ),
        example={"target": "dev/fraud"},
    ),
    Code(
        id="SNB-225",
        kind=Kind.USER_INPUT,
        severity=Severity.INFO,
        what=N_("Nothing would change: `{deployment}` already serves `{ref}` exactly like this."),
        saw=N_("Revision {revision} lives, with the same documents."),
        next=(NextStep(say=N_("See it:"), verb="show {deployment}"),),
        explain=N_("Applying the plan would make a new revision of the same bytes. It does no harm and changes no answer."),
        example={"deployment": "fraud", "ref": "fraud@3", "revision": 4},
    ),
)

DOCUMENT: tuple[Code, ...] = (
    Code(
        id="SNB-214",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("`{deployment}` would lose its time limits without a word."),
        saw=N_(
            "The annotation `{key}` at `{path}` holds `=`; Seldon's engine then forgets all annotations there, time and size limits among them."
        ),
        next=(
            NextStep(
                say=N_("Put it under `metadata.annotations`, where any text is safe, then plan again:"),
                verb="plan {ref} --to {namespace}",
            ),
        ),
        explain=N_(
            "Annotations of the spec and of a predictor reach the running engine in a file that it splits at `=`. One value with `=` (a base64 "
            "text, an address with a query) makes it drop the whole file. Annotations of the deployment itself never get there."
        ),
        example={**_WHERE, "key": "git", "path": "spec.annotations"},
    ),
    Code(
        id="SNB-226",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("The document of `{deployment}` cannot be read as a deployment."),
        saw=N_("At `{path}`: {reason}."),
        next=(_AGAIN,),
        explain=N_(
            "A misspelt field is refused only by a careful sender; others drop it, and a `replica: 3` quietly stays at one. We read every field and name the first that does not belong."
        ),
        example={**_WHERE, "path": "spec.predictors[0].replica", "reason": "no such field"},
    ),
    Code(
        id="SNB-229",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        overridable=True,
        what=N_("`{deployment}` says `{found}` where Seldon would not know it, and would not tell you."),
        saw=N_("At `{path}`. Known: {allowed}. Nearest: {nearest}."),
        next=(_AGAIN,),
        explain=N_(
            "Seldon does not check kinds of nodes, kinds of parameters, kinds of explainers or modes of a log: a typing error is accepted, and the "
            "deployment starts and never answers, or logs nothing. If your Seldon knows a word that we do not, override this with that reason."
        ),
        example={
            **_WHERE,
            "found": "MODELL",
            "path": "spec.predictors[0].graph.type",
            "allowed": "COMBINER, MODEL, ROUTER",
            "nearest": "MODEL",
        },
    ),
    Code(
        id="SNB-230",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("The A/B test of `{deployment}` would not test anything."),
        saw=N_(
            "At `{path}`: {children} branch(es) and the parameters {found}; it needs two branches and one parameter, `ratioA`."
        ),
        next=(_AGAIN,),
        explain=N_(
            "`RANDOM_ABTEST` sends the share `ratioA` to its first branch and the rest to its second. With another number of parameters Seldon falls back "
            "to half and half in silence, and with one branch calls fail at random."
        ),
        example={**_WHERE, "path": "spec.predictors[0].graph", "children": 1, "found": "ratioA"},
    ),
    Code(
        id="SNB-231",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("`{deployment}` asks for {found} copies."),
        saw=N_("At `{path}`: 0 or more are possible."),
        next=(_AGAIN,),
        explain=N_("Seldon accepts a number below zero and then fails when it starts the copies."),
        example={**_WHERE, "found": -1, "path": "spec.predictors[0].replicas"},
    ),
    Code(
        id="SNB-232",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("`{deployment}` does not say what should run as `{name}`."),
        saw=N_("There is no image at `{path}`, and no server of Seldon's stands behind it."),
        next=(_AGAIN,),
        explain=N_("Only a node with a server of Seldon's gets an image by itself; every other one needs its own."),
        example={**_WHERE, "name": "model", "path": "spec.predictors[0].componentSpecs[0].spec.containers[0].image"},
    ),
    Code(
        id="SNB-233",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("Two parts of `{deployment}` want the same port {found}."),
        saw=N_("The second one is at `{path}`."),
        next=(
            NextStep(
                say=N_("Leave the ports out (Seldon gives each its own), then plan again:"), verb="plan {ref} --to {namespace}"
            ),
        ),
        explain=N_(
            "The servers of one predictor share one network address, so only one of them can listen on a port. The other never starts."
        ),
        example={**_WHERE, "found": 9000, "path": "spec.predictors[0].graph.children[0].endpoint.httpPort"},
    ),
    Code(
        id="SNB-234",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("`{deployment}` does not say what its node `{name}` is."),
        saw=N_("At `{path}` there is no type, no server and no methods; Seldon takes it for a model."),
        next=(NextStep(say=N_("Write `type: MODEL` if it is one, then plan again:"), verb="plan {ref} --to {namespace}"),),
        explain=N_(
            "The silent default is right for a model and wrong for a router, a combiner or a transformer, whose calls then fail."
        ),
        example={**_WHERE, "name": "model", "path": "spec.predictors[0].graph"},
    ),
    Code(
        id="SNB-235",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("`{deployment}` fixes a number of copies and lets it scale; only one of them holds."),
        saw=N_("At `{path}`: the number of copies ({found}) is ignored."),
        next=(NextStep(say=N_("Keep one of the two, then plan again:"), verb="plan {ref} --to {namespace}"),),
        explain=N_("With scaling described by `hpaSpec` or `kedaSpec`, Seldon does not set the number of copies."),
        example={**_WHERE, "path": "spec.predictors[0].componentSpecs[0].hpaSpec", "found": 2},
    ),
    Code(
        id="SNB-236",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("`{deployment}` asks for encryption inside but names no certificate."),
        saw=N_("`certSecretName` is missing at `{path}`."),
        next=(_AGAIN,),
        explain=N_("Seldon accepts the empty request and encrypts nothing, which is worse than not asking."),
        example={**_WHERE, "path": "spec.predictors[0].ssl"},
    ),
    Code(
        id="SNB-237",
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=N_("`{deployment}` gives a predictor {found} per cent of the calls."),
        saw=N_("At `{path}`: 0 to 100 are possible."),
        next=(_AGAIN,),
        explain=N_(
            "Seldon accepts shares below 0 and above 100; what the gateway makes of them differs from gateway to gateway."
        ),
        example={**_WHERE, "found": 150, "path": "spec.predictors[0].traffic"},
    ),
    Code(
        id="SNB-238",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("Maintenance of the cluster would get stuck at `{deployment}`."),
        saw=N_(
            "It holds {found} disruption budgets, the second at `{path}`; each covers all of the deployment, and two cancel each other."
        ),
        next=(NextStep(say=N_("Keep one, then plan again:"), verb="plan {ref} --to {namespace}"),),
        explain=N_(
            "Seldon's disruption budgets select the whole deployment. With two of them Kubernetes refuses to move any of its pods."
        ),
        example={**_WHERE, "found": 2, "path": "spec.predictors[0].componentSpecs[1].pdbSpec"},
    ),
    Code(
        id="SNB-239",
        kind=Kind.USER_INPUT,
        severity=Severity.WARN,
        what=N_("The node `{name}` of `{deployment}` would pass everything on and do nothing."),
        saw=N_("At `{path}`: Seldon accepts `{found}` and its engine does not implement it."),
        next=(
            NextStep(say=N_("Use a node of your own, or `RANDOM_ABTEST`, then plan again:"), verb="plan {ref} --to {namespace}"),
        ),
        explain=N_(
            "Of the built-in nodes the engine implements only `RANDOM_ABTEST`. The others answer with their first branch."
        ),
        example={**_WHERE, "name": "model", "found": "AVERAGE_COMBINER", "path": "spec.predictors[0].graph.implementation"},
    ),
)

CODES: tuple[Code, ...] = (*NAMES, *PLACE, *PLANS, *DOCUMENT, *PLACES, *OPERATOR, *TRAPS)
