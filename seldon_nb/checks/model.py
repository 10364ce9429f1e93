"""The model at plan time: what its version says, and what the contract check kept of it, against the server's packages as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from seldon_nb.checks import contract
from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import CONTRACT, PACKAGES, SIGNATURE, context, of_model, spec, version
from seldon_nb.checks.trial import MEGABYTE
from seldon_nb.domain.model import Answer, Environment, Flavor
from seldon_nb.domain.plan import Finding, Server
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.render.runtimes import RUNTIMES, can_serve, servers_for


def no_signature(plan: PlanContext) -> Iterator[Finding]:
    """A version has a signature, so that callers know what to send."""
    if plan.spec.version.signature is None:
        yield finding(plan, "SNB-111", "signature", name=plan.spec.version.name)


def same_files(plan: PlanContext) -> Iterator[Finding]:
    """The files are those that were logged."""
    logged = plan.spec.version.digest
    if plan.found_digest and logged and plan.found_digest != logged:
        yield finding(plan, "SNB-128", "digest", planned=logged, found=plan.found_digest)


def right_server(plan: PlanContext) -> Iterator[Finding]:
    """The server reads this kind of model, saved like this."""
    runtime, planned = RUNTIMES[plan.spec.server], plan.spec.version
    if can_serve(runtime, planned):
        return
    flavors = ", ".join(sorted(flavor.value for flavor in runtime.flavors))
    yield finding(
        plan,
        "SNB-213",
        "server",
        server=runtime.server.value,
        flavor=planned.flavor.value,
        saved=planned.serialization or "–",
        modules=len(planned.extra_modules),
        reads=f"{flavors} ({', '.join(sorted(runtime.files))})",
        suggestion=servers_for(planned)[0].value,
    )


def same_answers(plan: PlanContext) -> Iterator[Finding]:
    """The server asks the method that the model was logged with: the native ones always ask their own."""
    planned, server = plan.spec.version, plan.spec.server
    if server in (Server.SKLEARN, Server.XGBOOST) and planned.predict != "predict":
        gives, wants = "predict", planned.predict
    elif server is Server.LIGHTGBM and planned.signature is not None and _answers_labels(planned.signature):
        gives, wants = "probabilities", "labels"
    else:
        return
    yield finding(plan, "SNB-217", "server", server=server.value, gives=gives, wants=wants)


def _answers_labels(signature: Signature) -> bool:
    outputs = signature.outputs
    whole = any(column.type.is_integer or column.type is ColumnType.STRING for column in outputs.columns)
    return whole or any(tensor.dtype.startswith(("int", "uint", "str", "object", "bool")) for tensor in outputs.tensors)


#: What does not count where the model brings its own packages.
_OF_THE_SERVERS_PACKAGES = frozenset({"SNB-115", "SNB-117", "SNB-124"})


def _again(code: str, denied: Callable[[], PlanContext]) -> Rule[PlanContext]:
    """A rule of the contract, asked again of the version that is planned."""
    rule = next(rule for rule in contract.RULES if rule.code == code)

    def check(plan: PlanContext) -> Iterable[Finding]:
        if code in _OF_THE_SERVERS_PACKAGES and plan.spec.environment is not None:
            return ()
        return rule.check(plan.trial)

    return Rule(code=code, source=rule.source, check=check, allowed=context, denied=denied)


_WHOLE_NUMBERS = Signature(Schema((Column("age", ColumnType.LONG),)), SIGNATURE.outputs)
_OTHER_NUMPY = Environment("3.11.7", (("numpy", "2.3.5"),))
_OTHER_PYTHON = replace(PACKAGES, python="3.10.12")
_REFUSING = replace(CONTRACT, nan=(("age", Answer.REFUSES),))
_FAILED = replace(CONTRACT, checked=False)
_OLD = Environment("3.11.7", (("mlflow", "3.17.2"), ("numpy", "2.4.1"), ("scikit-learn", "1.6.1")))

RULES: tuple[Rule[PlanContext], ...] = (
    Rule(
        code="SNB-111",
        source="MLflow signatures; a model without one gets raw requests",
        check=no_signature,
        allowed=context,
        denied=lambda: of_model(signature=None),
    ),
    _again("SNB-115", lambda: context(spec=spec(version=of_model(contract=_FAILED).spec.version), server=_OLD)),
    _again("SNB-116", lambda: of_model(serialization="skops")),
    _again("SNB-117", lambda: of_model(contract=_FAILED)),
    _again("SNB-118", lambda: of_model(signature=_WHOLE_NUMBERS)),
    _again("SNB-121", lambda: of_model(contract=replace(CONTRACT, order_matters=True))),
    _again("SNB-122", lambda: of_model(contract=_REFUSING)),
    _again("SNB-123", lambda: of_model(flavor=Flavor.OTHER, serialization="statsmodels")),
    _again("SNB-124", lambda: of_model(environment=_OTHER_NUMPY)),
    _again("SNB-125", lambda: of_model(size=900 * MEGABYTE)),
    _again("SNB-126", lambda: of_model(signature=Signature(SIGNATURE.inputs))),
    _again("SNB-127", lambda: of_model(flavor=Flavor.PYFUNC, environment=_OTHER_PYTHON)),
    Rule(
        code="SNB-128",
        source="the digest over a version's files",
        check=same_files,
        allowed=lambda: context(found_digest="sha256:" + "3f" * 32),
        denied=lambda: context(found_digest="sha256:" + "90" * 32),
    ),
    Rule(
        code="SNB-213",
        source="runtimes of MLServer 1.7.1 and the files that MLflow writes",
        check=right_server,
        allowed=context,
        denied=lambda: context(spec=spec(server=Server.XGBOOST)),
    ),
    Rule(
        code="SNB-217",
        source="the predict methods of MLServer's runtimes, 1.7.1",
        check=same_answers,
        allowed=lambda: context(spec=spec(server=Server.SKLEARN)),
        denied=lambda: context(spec=spec(server=Server.SKLEARN, version=version(predict="predict_proba"))),
    ),
)
