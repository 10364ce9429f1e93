"""The model at plan time: what its version says, and what the contract check kept of it, against the server's packages as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from seldon_nb.checks import contract
from seldon_nb.checks.context import PlanContext
from seldon_nb.checks.document import finding
from seldon_nb.checks.rule import Rule
from seldon_nb.checks.samples import CONTRACT, PACKAGES, SIGNATURE, context, of_model, spec
from seldon_nb.checks.trial import MEGABYTE, Trial
from seldon_nb.domain.model import Answer, Environment, Flavor, ModelVersion
from seldon_nb.domain.plan import Finding, Server
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.render.runtimes import RUNTIMES, can_serve, servers_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of a replay long after it: the facts of a contract, in a replay's form."""

    loaded: bool
    environment: Environment
    load_ms: int = 0
    predict_ms: int = 0
    error_type: str = "–"
    error_hint: str = ""
    failed_at: str = ""
    answers: None = None
    permuted_equal: bool | None = None
    nan: tuple[tuple[str, Answer], ...] = ()
    missing: tuple[tuple[str, str, str], ...] = ()


def trial_of(plan: PlanContext) -> Trial:
    """The version as the contract's rules judge it."""
    version = plan.spec.version
    return contract.trial_of_stored(version, _kept(version, plan.server))


def _kept(version: ModelVersion, server: Environment | None) -> Kept | None:
    known = version.contract
    environment = server or (known.server if known else None)
    if environment is None:
        return None
    held = dict(environment.packages)
    wanted = version.environment.packages if version.environment else ()
    missing = tuple((name, pin, held.get(name, "")) for name, pin in wanted if held.get(name) != pin)
    if known is None:
        return Kept(loaded=False, environment=environment, missing=missing)
    failed = not known.checked and known.server is not None and version.flavor is not Flavor.OTHER
    return Kept(
        loaded=known.checked,
        environment=environment,
        failed_at="load" if failed else "",
        permuted_equal=False if known.order_matters else None,
        nan=known.nan,
        missing=missing,
    )


def no_signature(plan: PlanContext) -> Iterator[Finding]:
    """A version has a signature, so that callers know what to send."""
    if plan.spec.version.signature is None:
        yield finding(plan, "SNB-111", "signature", name=plan.spec.version.name)


def same_files(plan: PlanContext) -> Iterator[Finding]:
    """The files are those that were logged."""
    version = plan.spec.version
    if plan.found_digest and version.digest and plan.found_digest != version.digest:
        yield finding(plan, "SNB-128", "digest", planned=version.digest, found=plan.found_digest)


def right_server(plan: PlanContext) -> Iterator[Finding]:
    """The server reads this kind of model, saved like this."""
    runtime, version = RUNTIMES[plan.spec.server], plan.spec.version
    if can_serve(runtime, version):
        return
    flavors = ", ".join(sorted(flavor.value for flavor in runtime.flavors))
    yield finding(
        plan,
        "SNB-213",
        "server",
        server=runtime.server.value,
        flavor=version.flavor.value,
        saved=version.serialization or "–",
        modules=len(version.extra_modules),
        reads=f"{flavors} ({', '.join(sorted(runtime.files))})",
        suggestion=servers_for(version)[0].value,
    )


def _again(code: str, denied: Callable[[], PlanContext]) -> Rule[PlanContext]:
    """A rule of the contract, asked again of the version that is planned."""
    rule = next(rule for rule in contract.RULES if rule.code == code)

    def check(plan: PlanContext) -> Iterable[Finding]:
        return rule.check(trial_of(plan))

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
)
