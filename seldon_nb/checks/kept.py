"""What is known of a model long after it was tried: the facts of its contract, in the form that the contract's rules judge."""

from __future__ import annotations

from dataclasses import dataclass

from seldon_nb.checks.contract import trial_of_stored
from seldon_nb.checks.trial import ReplayFacts, Trial
from seldon_nb.domain.model import Answer, Environment, Flavor, ModelVersion


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


def trial_of(version: ModelVersion, server: Environment | None, replay: ReplayFacts | None = None) -> Trial:
    """A version as the contract's rules judge it.

    Args:
        server: what the server has now, None if nobody could look.
        replay: what a clean process just saw of it, if it was tried again.
    """
    return trial_of_stored(version, replay or _kept(version, server))


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
