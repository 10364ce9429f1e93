"""Codes 261–279: what Seldon's own admission refuses, said before it is asked.

One code for each rule of its validating webhook (the same from 1.17 to 1.19), in its order.  ``path`` is where in the document.
"""

from __future__ import annotations

from collections.abc import Mapping

from seldon_nb.domain.code import N_, Code, Kind, NextStep, Severity

_AGAIN = NextStep(say=N_("Change it, then plan again:"), verb="plan {ref} --to {namespace}")
_EXPLAIN = N_(
    "Seldon checks each deployment when it is sent. This plan makes the same check beforehand, so that the answer comes in your words and before "
    "anything is changed. Nothing can be overridden here: Seldon would refuse it all the same."
)


def _refused(code_id: str, what: str, saw: str, example: Mapping[str, object]) -> Code:
    return Code(
        id=code_id,
        kind=Kind.USER_INPUT,
        severity=Severity.BLOCK,
        what=what,
        saw=saw,
        next=(_AGAIN,),
        explain=_EXPLAIN,
        example={"deployment": "fraud", "namespace": "dev", "ref": "fraud@3", **example},
    )


OPERATOR: tuple[Code, ...] = (
    _refused(
        "SNB-261",
        N_("`{deployment}` would be refused: no server speaks the protocol `{found}`."),
        N_("At `{path}`. Known: {allowed}. Nearest: {nearest}."),
        {"path": "spec.protocol", "found": "v3", "allowed": "kfserving, seldon, tensorflow, v2", "nearest": "v2"},
    ),
    _refused(
        "SNB-262",
        N_("`{deployment}` would be refused: calls cannot travel by `{found}`."),
        N_("At `{path}`. Known: {allowed}. Nearest: {nearest}."),
        {"path": "spec.transport", "found": "smtp", "allowed": "grpc, rest", "nearest": "rest"},
    ),
    _refused(
        "SNB-263",
        N_("`{deployment}` would be refused: there is no kind of server called `{found}`."),
        N_("At `{path}`. Known: {allowed}. Nearest: {nearest}."),
        {"path": "spec.serverType", "found": "rpc2", "allowed": "kafka, rpc", "nearest": "rpc"},
    ),
    _refused(
        "SNB-264",
        N_("`{deployment}` would be refused: it reads from Kafka but does not say where."),
        N_("Missing at `{path}`: {missing}."),
        {"path": "spec.predictors[0].svcOrchSpec.env", "missing": "KAFKA_BROKER, KAFKA_INPUT_TOPIC"},
    ),
    _refused(
        "SNB-265",
        N_("`{deployment}` would be refused: its only predictor is a shadow, so nobody would get an answer."),
        N_("At `{path}`."),
        {"path": "spec.predictors[0].shadow"},
    ),
    _refused(
        "SNB-266",
        N_("`{deployment}` would be refused: two predictors want the same address `{found}`."),
        N_("The second one is at `{path}`."),
        {"path": "spec.predictors[1].annotations", "found": "fraud"},
    ),
    _refused(
        "SNB-267",
        N_("`{deployment}` would be refused: it has no predictor, so nothing would answer."),
        N_("`{path}` is empty."),
        {"path": "spec.predictors"},
    ),
    _refused(
        "SNB-268",
        N_("`{deployment}` would be refused: two predictors are called `{found}`."),
        N_("The second one is at `{path}`."),
        {"path": "spec.predictors[1].name", "found": "default"},
    ),
    _refused(
        "SNB-269",
        N_("`{deployment}` would be refused: without Seldon's engine a graph has one node, and this one has {found}."),
        N_("The annotation `seldon.io/no-engine` is at `{path}`; its mere presence counts, whatever its value."),
        {"path": "spec.predictors[0].annotations", "found": 2},
    ),
    _refused(
        "SNB-270",
        N_("`{deployment}` would be refused: nothing runs as its node `{name}`."),
        N_("`{path}` names no server, and no container has that name. Nearest: {nearest}."),
        {"path": "spec.predictors[0].graph", "name": "model", "nearest": "modell"},
    ),
    _refused(
        "SNB-271",
        N_("`{deployment}` would be refused: its node `{name}` is of no known kind and says nothing that it can do."),
        N_("At `{path}`: the type `UNKNOWN_TYPE` needs `methods`."),
        {"path": "spec.predictors[0].graph", "name": "model"},
    ),
    _refused(
        "SNB-272",
        N_("`{deployment}` would be refused: its server has no model to load."),
        N_("`{path}` is missing for `{found}`."),
        {"path": "spec.predictors[0].graph.modelUri", "found": "MLFLOW_SERVER"},
    ),
    _refused(
        "SNB-273",
        N_("`{deployment}` would be refused: `{found}` does not speak the protocol `tensorflow`."),
        N_("At `{path}`; it speaks `v2`."),
        {"path": "spec.predictors[0].graph.implementation", "found": "SKLEARN_SERVER"},
    ),
    _refused(
        "SNB-274",
        N_("`{deployment}` would be refused: Seldon has no server called `{found}`."),
        N_("At `{path}`, and no image of your own stands there. Known: {allowed}. Nearest: {nearest}."),
        {
            "path": "spec.predictors[0].graph.implementation",
            "found": "SKLEARN",
            "allowed": "MLFLOW_SERVER, SKLEARN_SERVER, XGBOOST_SERVER",
            "nearest": "SKLEARN_SERVER",
        },
    ),
    _refused(
        "SNB-275",
        N_("`{deployment}` would be refused: it logs calls but does not say which."),
        N_("`{path}` is missing. Known: {allowed}."),
        {"path": "spec.predictors[0].graph.logger.mode", "allowed": "all, request, response"},
    ),
    _refused(
        "SNB-276",
        N_("`{deployment}` would be refused: one shadow is possible, with 0 to 100 per cent of the calls."),
        N_("At `{path}`: shadow number {number}, {found} per cent."),
        {"path": "spec.predictors[2]", "number": 2, "found": 10},
    ),
    _refused(
        "SNB-277",
        N_("`{deployment}` would be refused: the shares of its {count} predictors add up to {found} per cent, not to 100."),
        N_("At `{path}`: {shares}."),
        {"path": "spec.predictors", "count": 2, "found": 90, "shares": "default 50, canary 40"},
    ),
    _refused(
        "SNB-278",
        N_("`{deployment}` would be refused: its one predictor gets only {found} per cent of the calls."),
        N_("At `{path}`; with one predictor leave it out, or write 100."),
        {"path": "spec.predictors[0].traffic", "found": 50},
    ),
    _refused(
        "SNB-279",
        N_("`{deployment}` would be refused: its nodes want to be called in different ways."),
        N_("At `{path}`: {found}."),
        {"path": "spec.predictors[0].graph", "found": "GRPC, REST"},
    ),
)
