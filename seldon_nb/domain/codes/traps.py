"""Codes 280–299: what Seldon accepts and does otherwise than its author thinks.  ``path`` is where in the document."""

from __future__ import annotations

from collections.abc import Mapping

from seldon_nb.domain.code import N_, Code, Kind, NextStep, Severity

_AGAIN = N_("Change it, then plan again:")


def _trap(
    code_id: str,
    what: str,
    saw: str,
    explain: str,
    example: Mapping[str, object],
    *,
    severity: Severity = Severity.WARN,
    say: str = _AGAIN,
) -> Code:
    return Code(
        id=code_id,
        kind=Kind.USER_INPUT,
        severity=severity,
        what=what,
        saw=saw,
        next=(NextStep(say=say, verb="plan {ref} --to {namespace}"),),
        explain=explain,
        example={"deployment": "fraud", "namespace": "team-a", "ref": "fraud@3", "place": "cluster", **example},
    )


TRAPS: tuple[Code, ...] = (
    _trap(
        "SNB-280",
        N_("A setting of `{deployment}` stands where Seldon does not read it."),
        N_("`{key}` at `{path}`; it is read at {allowed}."),
        N_(
            "Seldon reads each annotation in one place or two, and ignores it elsewhere without a word. Recorded: an own address and a separate engine, "
            "asked for in the deployment's own annotations, had no effect at all."
        ),
        {"path": "metadata.annotations", "key": "seldon.io/svc-name", "allowed": "spec.predictors[].annotations"},
        say=N_("Move it there, then plan again:"),
    ),
    _trap(
        "SNB-281",
        N_("`{deployment}` has a setting that Seldon does not know."),
        N_("`{key}` at `{path}`. Nearest: {nearest}."),
        N_("Seldon ignores annotations that it does not know, so a typing error silently changes nothing."),
        {"path": "spec.annotations", "key": "seldon.io/rest-timout", "nearest": "seldon.io/rest-timeout"},
    ),
    _trap(
        "SNB-282",
        N_("`{deployment}` would run with Seldon's engine, although it says that it wants none."),
        N_("At `{path}`: `seldon.io/no-engine` is `{found}`; only `true` leaves the engine out."),
        N_(
            "The admission counts the mere presence of this annotation, and what runs counts its value. With another value you get the limits of both: "
            "a graph of one node, and an engine before it."
        ),
        {"path": "spec.predictors[0].annotations", "found": "yes"},
    ),
    _trap(
        "SNB-283",
        N_("`{deployment}` would log no calls, although it asks for a log."),
        N_("At `{path}`: the engine writes the log, and this predictor has none."),
        N_(
            "Payload logs, routing, feedback and the metrics of the graph are the engine's work. Without it calls go straight to the model."
        ),
        {"path": "spec.predictors[0].graph.logger"},
    ),
    _trap(
        "SNB-284",
        N_("`{deployment}` might not scale, and nobody would say so."),
        N_("`kedaSpec` at `{path}` is ignored where Seldon runs without KEDA."),
        N_(
            "Recorded: an operator without KEDA accepts the setting, makes one copy and reports that all is well. Whether yours has KEDA is not visible "
            "from here."
        ),
        {"path": "spec.predictors[0].componentSpecs[0].kedaSpec"},
        say=N_("If nobody can say that KEDA is there, use `hpaSpec`, then plan again:"),
    ),
    _trap(
        "SNB-285",
        N_("`{deployment}` would never scale."),
        N_("At `{path}`: it scales by `{resource}`, of which {found} asks for nothing."),
        N_(
            "Scaling compares what is used with what was asked for. If one part asks for nothing, there is nothing to compare with."
        ),
        {"path": "spec.predictors[0].componentSpecs[0].hpaSpec", "resource": "cpu", "found": "model"},
        say=N_("Say how much it needs, then plan again:"),
    ),
    _trap(
        "SNB-286",
        N_("`{name}` of `{deployment}` could not put the answers of its branches together."),
        N_("At `{path}`: a combiner under the protocol `{protocol}` is asked by a path that model servers do not have."),
        N_(
            "Seldon's engine combines answers in its own protocol, `seldon`. Under `v2` it asks the node itself to do so, by a path that MLServer does "
            "not offer; only an image of your own can."
        ),
        {"path": "spec.predictors[0].graph", "name": "average", "protocol": "v2"},
    ),
    _trap(
        "SNB-287",
        N_("The router `{name}` of `{deployment}` would learn nothing."),
        N_(
            "At `{path}`: answers do not say which branch gave them unless `SELDON_ENABLE_ROUTING_INJECTION` is set for the engine."
        ),
        N_(
            "A router learns from feedback, and feedback must name the branch that answered. The engine leaves that out of answers unless it is told "
            "otherwise in `svcOrchSpec.env`, and feedback exists in the protocol `seldon` only."
        ),
        {"path": "spec.predictors[0].graph", "name": "eg"},
    ),
    _trap(
        "SNB-288",
        N_("Callers of `{deployment}` must not name a model."),
        N_("At `{path}`: a graph of {found} nodes; the name in the address is passed on to every node."),
        N_(
            "With several nodes the address is `/v2/models/infer`, without a name. Under a name every node is asked for a model of that name, and all "
            "but one refuse. Our own calls take the right one."
        ),
        {"path": "spec.predictors[0].graph", "found": 2},
        severity=Severity.INFO,
        say=N_("Nothing to do but to tell them; to see the plan again:"),
    ),
    _trap(
        "SNB-289",
        N_("`{deployment}` would build its environment anew at every start, and might be stopped before it is done."),
        N_("At `{path}`: `MLFLOW_SERVER` under the protocol `{protocol}`."),
        N_(
            "That server makes a conda environment from the internet each time it starts, which takes minutes and fails without a network; Seldon stops "
            "it after 75 seconds. It also refuses rows by column name. Under `v2` it starts in seconds."
        ),
        {"path": "spec.predictors[0].graph", "protocol": "seldon"},
        say=N_("Use the protocol `v2`, then plan again:"),
    ),
    _trap(
        "SNB-290",
        N_("`{deployment}` does not say which release of `{found}` runs as `{name}`."),
        N_("At `{path}`: no image, so Seldon takes its own default, which is years old and changes with Seldon."),
        N_(
            "The defaults of Seldon 1.17 are MLServer 1.3.5 on Python 3.8, Triton of 2021 and TensorFlow Serving of 2020. A model logged today rarely loads "
            "there, and an upgrade of Seldon changes what runs."
        ),
        {"path": "spec.predictors[0].graph", "found": "SKLEARN_SERVER", "name": "classifier"},
        say=N_("Name an image, then plan again:"),
    ),
    _trap(
        "SNB-291",
        N_("Only one of the TensorFlow models of `{deployment}` would be served."),
        N_("At `{path}`: {found} of them share one server under the protocol `seldon`."),
        N_("Under this protocol Seldon starts one TensorFlow server for a whole predictor, and it loads one model."),
        {"path": "spec.predictors[0].graph", "found": 2},
        severity=Severity.BLOCK,
        say=N_("Use the protocol `tensorflow`, or a predictor for each, then plan again:"),
    ),
    _trap(
        "SNB-292",
        N_("`{found}` of `{deployment}` does not speak the protocol `{protocol}`."),
        N_("At `{path}`. It speaks: {allowed}."),
        N_(
            "Seldon has no server of that kind for this protocol: it accepts the deployment and then has nothing to start, or nothing that answers."
        ),
        {"path": "spec.predictors[0].graph.implementation", "found": "TRITON_SERVER", "protocol": "seldon", "allowed": "v2"},
        severity=Severity.BLOCK,
    ),
    _trap(
        "SNB-293",
        N_("`{deployment}` would fetch its model from the internet at every start."),
        N_("At `{path}`: `HUGGINGFACE_SERVER` without `modelUri` asks the Hugging Face Hub."),
        N_("Without a way out of the cluster it never starts, and with one it may serve other files tomorrow than today."),
        {"path": "spec.predictors[0].graph.modelUri"},
        say=N_("Log the model and name its files, then plan again:"),
    ),
    _trap(
        "SNB-294",
        N_("`{name}` of `{deployment}` would answer 20 seconds later than it could, and a slow start would be broken off."),
        N_("At `{path}`: it says nothing of how its start is watched, so Seldon's own times hold."),
        N_(
            "Seldon looks for the first time after 20 seconds, and stops what does not answer after 75. With a `startupProbe` and a `readinessProbe` "
            "of a second each, a model answers as soon as it is loaded, and a slow one is given its time."
        ),
        {"path": "spec.predictors[0].graph", "name": "classifier"},
        say=N_("Add both, then plan again:"),
    ),
    _trap(
        "SNB-295",
        N_("The explainer of `{deployment}` might not load."),
        N_("At `{path}`: `{found}` is a pickled object, and nobody compared the Python it was made with to the server's."),
        N_(
            "Explainers are pickled: they load only under the minor version of Python, and with the release of alibi, that made them. Seldon 1.17 serves them "
            "from an image with Python 3.8. Explanations in the notebook need none of this."
        ),
        {"path": "spec.predictors[0].explainer", "found": "AnchorTabular"},
        say=N_("If you made it with the server's own packages, go on; otherwise take it out and plan again:"),
    ),
    _trap(
        "SNB-296",
        N_("Calls of `{deployment}` would reach nothing, and it would be called available."),
        N_("At `{path}`: the label `seldon-app: {expected}` is missing beside an engine of its own."),
        N_(
            "The address of a predictor leads to what carries this label. Seldon sets it only together with its own engine, so whoever brings another "
            "engine sets it too. Recorded: without it the state is `Available` and no call arrives."
        ),
        {"path": "spec.predictors[0].componentSpecs[0].metadata.labels", "expected": "fraud-default"},
        severity=Severity.BLOCK,
    ),
    _trap(
        "SNB-297",
        N_("`{deployment}` would never start: it brings something along that Seldon adds itself."),
        N_("At `{path}`: the volume `{found}`."),
        N_(
            "Seldon adds a volume of this name to everything it starts. Recorded: with a second one the deployment stays at `Creating` for ever."
        ),
        {"path": "spec.predictors[0].componentSpecs[0].spec.volumes[2]", "found": "seldon-podinfo"},
        severity=Severity.BLOCK,
        say=N_("Take it out (mounting it is enough), then plan again:"),
    ),
    _trap(
        "SNB-298",
        N_("`{name}` of `{deployment}` would not listen on port {found}."),
        N_("At `{path}`: Seldon gives ports itself, and this node gets {expected}."),
        N_(
            "Recorded: ports asked for in a node's `endpoint` are ignored. The first node gets 9000 and 9500, the next one 9001 and 9501; a server that "
            "insists on another one is never reached."
        ),
        {"path": "spec.predictors[0].graph.endpoint.httpPort", "name": "mine", "found": 9001, "expected": 9000},
        say=N_("Leave it out, and let the server listen where `PREDICTIVE_UNIT_HTTP_SERVICE_PORT` says, then plan again:"),
    ),
    _trap(
        "SNB-299",
        N_("Nobody would answer for `{deployment}`: it asks for no copies."),
        N_("At `{path}`: 0 copies."),
        N_("That is a way to switch something off and to keep its description. Calls fail meanwhile."),
        {"path": "spec.predictors[0].replicas"},
    ),
)
