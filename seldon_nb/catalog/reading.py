"""Read: MLflow's record and the MLmodel file become a :class:`ModelVersion`, whoever logged it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seldon_nb.catalog import signatures
from seldon_nb.catalog import tags as tag
from seldon_nb.digests import tree_digest, tree_files
from seldon_nb.domain.clock import timestamp
from seldon_nb.domain.model import Environment, Flavor, ModelVersion
from seldon_nb.domain.signature import Signature

#: Digesting files that others logged is affordable up to this size; beyond, the digest stays empty until they are packaged.
DIGESTED_BYTES = 200_000_000
_OURS = {"sklearn": Flavor.SKLEARN, "xgboost": Flavor.XGBOOST, "lightgbm": Flavor.LIGHTGBM}


def read_mlmodel(path: Path) -> dict[str, Any]:
    """The MLmodel file of a directory, as it is written."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # compiled: ten times faster
    found: dict[str, Any] = yaml.load((path / "MLmodel").read_bytes(), Loader=loader)  # noqa: S506 - both are safe loaders
    return found


def version_of(record: Any, uri: str, path: Path | None) -> ModelVersion:
    """A complete value.

    Args:
        record: MLflow's model version.
        uri: where its files are.
        path: a local directory that holds at least MLmodel and requirements.txt; None if it cannot be read now.
    """
    tags: Mapping[str, str] = record.tags or {}
    facts = _facts(str(path), _changed(path)) if path is not None else _Facts({})
    local_files = path is not None and uri.startswith(("file:", "/"))
    digest = tag.digest_of(tags) or (_digest(str(path), _changed(path)) if local_files and path is not None else "")
    size = tag.size_of(tags) or (_size(path) if local_files and path is not None else 0)
    return ModelVersion(
        name=record.name,
        version=int(record.version),
        digest=digest,
        uri=uri,
        flavor=Flavor(tags[tag.FLAVOR]) if tags.get(tag.FLAVOR) in {item.value for item in Flavor} else facts.flavor,
        serialization=tags.get(tag.SERIALIZATION, "") or facts.serialization,
        loader=facts.loader,
        predict=str(facts.pyfunc.get("predict_fn") or "predict"),
        signature=facts.signature,
        environment=facts.environment(path),
        classification=tag.classification_of(tags),
        contract=tag.contract_of(tags),
        lineage=tag.lineage_of(tags, run_id=record.run_id or "", model_id=str(facts.written.get("model_id") or "")),
        aliases=tuple(sorted(record.aliases or ())),
        size=size or int(facts.written.get("model_size_bytes") or 0),
        has_sample=bool(facts.written.get("saved_input_example_info")),
        extra_modules=_extra_modules(path),
        created_at=timestamp((record.creation_timestamp or 0) / 1000),
    )


class _Facts:
    """What an MLmodel file says."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self.written = written
        self.flavors: Mapping[str, Any] = written.get("flavors") or {}
        self.pyfunc: Mapping[str, Any] = self.flavors.get("python_function") or {}
        self.loader = str(self.pyfunc.get("loader_module") or "")
        self.signature = _signature(written.get("signature"))

    @property
    def native(self) -> str:
        """MLflow's name of the flavour beside pyfunc; empty if there is none."""
        return next((name for name in self.flavors if name != "python_function"), "")

    @property
    def flavor(self) -> Flavor:
        """Ours; pyfunc if there is no other."""
        if self.native in _OURS:
            return _OURS[self.native]
        return Flavor.OTHER if self.native or not self.pyfunc else Flavor.PYFUNC

    @property
    def serialization(self) -> str:
        """The format of the model's file."""
        told: Mapping[str, Any] = self.flavors.get(self.native) or {}
        if self.native == "sklearn":
            return str(told.get("serialization_format") or "pickle")
        if self.native == "xgboost":
            return str(told.get("model_format") or "xgb")
        if self.native == "lightgbm":
            pickled = str(told.get("data") or "").endswith((".pkl", ".skops"))
            return str(told.get("serialization_format") or "cloudpickle") if pickled else "text"
        if self.flavor is Flavor.PYFUNC:
            return "code" if self.pyfunc.get("model_code_path") else "cloudpickle"
        return self.native

    def environment(self, path: Path | None) -> Environment | None:
        """Python and pins of the model; None if it says nothing of them."""
        python = str(self.pyfunc.get("python_version") or "")
        pins = _pins(path) if path is not None else ()
        return Environment(python, pins) if python or pins else None


def _pins(path: Path) -> tuple[tuple[str, str], ...]:
    import re

    file = path / "requirements.txt"
    found = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        name, equals, version = line.partition("==")
        if equals:
            found[re.sub(r"[-_.]+", "-", name.partition("[")[0].strip()).lower()] = version.partition(";")[0].strip()
    return tuple(sorted(found.items()))


def _extra_modules(path: Path | None) -> tuple[str, ...]:
    code = path / "code" if path is not None else None
    if code is None or not code.is_dir():
        return ()
    return tuple(
        sorted(item.stem for item in code.iterdir() if item.suffix == ".py" or (item.is_dir() and item.name != "__pycache__"))
    )


def _changed(path: Path | None) -> int:
    """When MLmodel was last written: files of a version never change, so what was read once stays true."""
    return (path / "MLmodel").stat().st_mtime_ns if path is not None else 0


def _signature(written: Any) -> Signature | None:
    try:
        return signatures.of_mlmodel(written)
    except (ValueError, KeyError, TypeError, AttributeError):  # not as MLflow writes it
        return None


@functools.lru_cache(maxsize=512)
def _facts(path: str, changed: int) -> _Facts:
    import yaml

    try:
        written = read_mlmodel(Path(path))
    except yaml.YAMLError:  # one broken file must not hide all other versions
        written = {}
    return _Facts(written if isinstance(written, dict) else {})


@functools.lru_cache(maxsize=512)
def _digest(path: str, changed: int) -> str:
    return tree_digest(Path(path)) if _size(Path(path)) <= DIGESTED_BYTES else ""


def _size(path: Path) -> int:
    return sum((path / name).stat().st_size for name in tree_files(path))
