"""An environment of a model's own: its packages in its versions, packed once and laid before those of its server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from seldon_nb.domain.artifact import PROXY, ArtifactSource, SourceKind
from seldon_nb.domain.canonical import digest_of
from seldon_nb.domain.model import ModelVersion

#: What the wheels are made for: the machines that model servers run on.
PLATFORM = "x86_64-manylinux_2_28"
#: The directory of a store where packed environments lie, beside the models.
SHELF = "seldon-nb-environments"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEnvironment:
    """A wish, and where the packed thing is found.

    Attributes:
        requirements: pins, one package each, sorted; empty if the model does not say what it needs.
        python: the minor version that it was logged with, ``3.11``.
        key: ``sha256:…`` of the wish: equal wishes share one packed environment.
        uri: the directory for the packed archives of this key; each is called by its own digest.  Empty if its store takes nothing from us.
        digest: of the archive, once one was packed for this key; a workflow refuses another.
    """

    requirements: tuple[str, ...]
    python: str
    key: str
    uri: str = ""
    digest: str = ""


def environment_key(requirements: Iterable[str], *, python: str, platform: str = PLATFORM, server: str = "") -> str:
    """``sha256:…`` of a wish: the same pins in any order, for the same Python minor version, platform and server image, have the same key."""
    wish = {"requirements": sorted(set(requirements)), "python": ".".join(python.split(".")[:2]), "platform": platform}
    return digest_of({**wish, "server": server} if server else wish)


def own_environment(version: ModelVersion, source: ArtifactSource | None, *, server: str) -> OwnEnvironment:
    """The environment that a version was logged with.

    Args:
        source: where its files are; the packed environment lies in the same store.
        server: the image that it is laid upon.
    """
    known = version.environment
    lines = tuple(sorted(f"{name}=={pin}" for name, pin in known.packages)) if known else ()
    python = known.python_minor if known else ""
    key = environment_key(lines, python=python, server=server)
    shelf = _shelf(source) if source is not None else ""
    return OwnEnvironment(
        requirements=lines, python=python, key=key, uri=f"{shelf}/{key.removeprefix('sha256:')}" if shelf else ""
    )


def _shelf(source: ArtifactSource) -> str:
    """Where packed environments lie in a model's store: at the top of its bucket, or in its experiment at an MLflow server."""
    if source.kind is SourceKind.MLFLOW:
        base, _, path = source.uri.partition(PROXY)
        return f"{base}{PROXY}{path.partition('/')[0]}/{SHELF}"
    if source.kind in (SourceKind.S3, SourceKind.GCS, SourceKind.AZURE):
        scheme, _, rest = source.uri.partition(":")
        return f"{scheme}://{rest.lstrip('/').partition('/')[0]}/{SHELF}"
    return ""
