"""A model version: pinned to a number and to a digest of its bytes."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field

from seldon_nb.domain.canonical import DIGEST_PREFIX
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.names import is_model_name
from seldon_nb.domain.signature import Signature

_RUN = re.compile(r"runs:/(?P<run>[0-9a-f]{8,64})/(?P<path>[^@]+)\Z")
_MODELS = re.compile(r"(?:models:/)?(?P<name>[^/:@]+)(?:(?P<sep>[/@])(?P<rest>[^/:@]+))?\Z")


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A reference as people write it: exactly one of a version, an alias, a run, or nothing (the latest version).

    ``fraud@1`` and ``fraud/1`` are version 1; ``fraud@champion`` is an alias (an alias is never all digits, MLflow's own rule);
    ``models:/fraud/1``, ``models:/fraud@champion`` and ``runs:/<id>/model`` are MLflow's URIs.
    """

    name: str = ""
    version: int | None = None
    alias: str = ""
    run_id: str = ""
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> ModelRef:
        """Read a reference; ``ValueError`` if it is none of the forms."""
        text = text.strip()
        if run := _RUN.match(text):
            return cls(run_id=run["run"], path=run["path"])
        found = _MODELS.match(text)
        if found is None or not is_model_name(found["name"]):
            raise ValueError(text)
        rest = found["rest"] or ""
        if not rest:
            if text.startswith("models:/"):
                raise ValueError(text)
            return cls(name=found["name"])
        if rest.isdigit():
            if int(rest) < 1:
                raise ValueError(text)
            return cls(name=found["name"], version=int(rest))
        if found["sep"] == "/":
            if rest.casefold() == "latest":
                return cls(name=found["name"])
            raise ValueError(text)
        return cls(name=found["name"], alias=rest)

    def __str__(self) -> str:
        if self.run_id:
            return f"runs:/{self.run_id}/{self.path}"
        if self.alias:
            return f"{self.name}@{self.alias}"
        return f"{self.name}@{self.version}" if self.version else self.name


class Flavor(enum.Enum):
    """What kind of estimator it is, as far as serving cares."""

    SKLEARN = "sklearn"
    XGBOOST = "xgboost"
    LIGHTGBM = "lightgbm"
    PYFUNC = "pyfunc"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Environment:
    """Packages by name and version, and the Python that had them: of the model when it was logged, or of the server."""

    python: str
    packages: tuple[tuple[str, str], ...] = ()

    def version(self, package: str) -> str | None:
        """The version of a package by its canonical name (lower case, hyphens), or None."""
        wanted = package.lower().replace("_", "-")
        return next((version for name, version in self.packages if name == wanted), None)

    @property
    def python_minor(self) -> str:
        """``3.11`` of ``3.11.7``."""
        return ".".join(self.python.split(".")[:2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Where a version comes from; every part may be unknown."""

    run_id: str = ""
    model_id: str = ""
    notebook: str = ""
    data: str = ""
    data_digest: str = ""
    author: str = ""


class Answer(enum.Enum):
    """What a column does when its value is missing."""

    SAME_KIND = "answers"
    REFUSES = "refuses"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What the contract check saw in a clean process with the server's packages.

    Attributes:
        checked: false if the flavour was passed through.
        load_ms, predict_ms: whole milliseconds.
        rows: rows of the sample that were replayed.
        nan: per column, whether the model answers when the value is missing.
        order_matters: the answers changed when the columns were permuted (by name they must not).
        server: the environment it was checked in.
    """

    checked: bool
    load_ms: int = 0
    predict_ms: int = 0
    rows: int = 0
    nan: tuple[tuple[str, Answer], ...] = ()
    order_matters: bool = False
    server: Environment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """One version of a registered model.

    Attributes:
        name: registered name.
        version: positive number.
        digest: over the files of the model, ``sha256:…``; empty only for what others logged and nobody has read yet.
        uri: where the files are (``file:``, ``s3:``, ``mlflow-artifacts:``…).
        flavor, serialization: how it was saved (``cloudpickle``, ``pickle``, ``skops``, ``ubj``, ``text``, ``code``…).
        predict: the method that MLflow's server asks: ``predict`` or ``predict_proba``.
        signature: None if it was logged without one.
        size: bytes of all files.
        has_sample: a sample row lies beside the model (never for protected models).
        extra_modules: top-level modules bundled with it.
        created_at: RFC 3339.
    """

    name: str
    version: int
    digest: str
    uri: str
    flavor: Flavor
    serialization: str = ""
    loader: str = ""
    predict: str = "predict"
    signature: Signature | None = None
    environment: Environment | None = None
    classification: Classification = Classification.UNKNOWN
    contract: Contract | None = None
    lineage: Lineage = field(default_factory=Lineage)
    aliases: tuple[str, ...] = ()
    size: int = 0
    has_sample: bool = False
    extra_modules: tuple[str, ...] = ()
    created_at: str = ""

    def __post_init__(self) -> None:
        if not is_model_name(self.name):
            raise ValueError("not a model name")
        if self.version < 1:
            raise ValueError("versions start at 1")
        if self.digest and not re.fullmatch(DIGEST_PREFIX + "[0-9a-f]{64}", self.digest):
            raise ValueError("not a digest")

    @property
    def ref(self) -> str:
        """``fraud@3``: how everybody writes it."""
        return f"{self.name}@{self.version}"
