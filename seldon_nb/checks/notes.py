"""Seldon's annotations: each is read in one place or two, some by presence, some by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seldon_nb.checks.document import Spot, document_rule, predictors, spot
from seldon_nb.checks.samples import deployment, predictor
from seldon_nb.domain.names import nearest
from seldon_nb.render.seldon import names
from seldon_nb.render.seldon.objects import SeldonDeployment

_META, _SPEC, _PREDICTOR = "metadata.annotations", "spec.annotations", "spec.predictors[].annotations"
_PREFIX = "seldon.io/"
#: Where each is read (operator and executor 1.17.1).  What reaches a pod is read at the spec and at the predictor.
READ_AT: Mapping[str, tuple[str, ...]] = {
    "seldon.io/engine-separate-pod": (_SPEC,),
    "seldon.io/executor-logger-queue-size": (_META, _SPEC),
    "seldon.io/executor-logger-write-timeout-ms": (_META, _SPEC),
    "seldon.io/grpc-max-message-size": (_SPEC, _PREDICTOR),
    "seldon.io/grpc-timeout": (_SPEC, _PREDICTOR),
    "seldon.io/headless-svc": (_META, _SPEC),
    "seldon.io/istio-gateway": (_META, _SPEC),
    "seldon.io/istio-host": (_META, _SPEC),
    "seldon.io/istio-retries": (_META, _SPEC),
    "seldon.io/istio-retries-timeout": (_META, _SPEC),
    "seldon.io/no-engine": (_PREDICTOR,),
    "seldon.io/no-storage-initializer": (_SPEC,),
    "seldon.io/rest-timeout": (_SPEC, _PREDICTOR),
    "seldon.io/svc-name": (_PREDICTOR,),
}
#: Whole families: their names end as their gateway or their variable likes it.
_FAMILIES = {"seldon.io/ambassador-": (_META, _SPEC), "seldon.io/engine-": (_SPEC,)}


def read_there(document: SeldonDeployment) -> Iterator[Spot]:
    """Every annotation of Seldon's stands where it is read."""
    for path, place, key, _ in _annotations(document):
        allowed = _read_at(key)
        if allowed and place not in allowed:
            yield spot(path, key=key, allowed=", ".join(allowed))


def known(document: SeldonDeployment) -> Iterator[Spot]:
    """Every annotation of Seldon's is one that it knows."""
    for path, _, key, _ in _annotations(document):
        if not _read_at(key):
            yield spot(path, key=key, nearest=", ".join(nearest(key, READ_AT, most=1)) or "–")


def really_none(document: SeldonDeployment) -> Iterator[Spot]:
    """Whoever wants no engine says ``true``."""
    for path, _, key, value in _annotations(document):
        if key == names.NO_ENGINE and value != "true":
            yield spot(path, found=value)


def _annotations(document: SeldonDeployment) -> Iterator[tuple[str, str, str, str]]:
    """Path, kind of place, key and value of each annotation of Seldon's."""
    places = [(_META, _META, document.metadata.annotations), (_SPEC, _SPEC, document.spec.annotations)]
    places += [(f"{path}.annotations", _PREDICTOR, item.annotations) for path, item in predictors(document)]
    for path, place, held in places:
        for key in sorted(held):
            if key.startswith(_PREFIX):
                yield path, place, key, held[key]


def _read_at(key: str) -> tuple[str, ...]:
    if key in READ_AT:
        return READ_AT[key]
    return next((places for family, places in _FAMILIES.items() if key.startswith(family)), ())


def _noted(key: str, value: str = "true") -> SeldonDeployment:
    return deployment(annotations={key: value})


RULES = (
    document_rule(
        "SNB-280",
        "recorded: svc-name and engine-separate-pod in the deployment's own annotations had no effect",
        read_there,
        allowed=lambda: _noted("seldon.io/engine-separate-pod"),
        denied=lambda: _noted("seldon.io/svc-name", "fraud"),
    ),
    document_rule(
        "SNB-281",
        "annotations of operator and executor 1.17.1",
        known,
        allowed=lambda: _noted("seldon.io/engine-log-level", "DEBUG"),
        denied=lambda: _noted("seldon.io/rest-timout", "60000"),
    ),
    document_rule(
        "SNB-282",
        "the webhook counts its presence, the operator its value",
        really_none,
        allowed=lambda: deployment(predictor(annotations={names.NO_ENGINE: "true"})),
        denied=lambda: deployment(predictor(annotations={names.NO_ENGINE: "yes"})),
    ),
)
