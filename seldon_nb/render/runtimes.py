"""The servers: which runtime of MLServer each of them is, and which models it can read.

Facts of MLServer 1.7.1 and of what MLflow 3 writes, each loaded and asked once: the scikit-learn runtime finds ``model.pkl`` in an MLflow
directory, the XGBoost one ``model.ubj`` and ``model.json``, the LightGBM one only what it is pointed at.  The servers of others read their
own layout of files, and nobody here looks at it beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seldon_nb.domain.model import Flavor, ModelVersion
from seldon_nb.domain.plan import Server

#: Where a model's files lie in a pod; Seldon's own path.
MODEL_DIR = "/mnt/models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """One server.

    Attributes:
        prepackaged: Seldon's name for it; empty if Seldon has none and the container is ours.
        implementation: the class that MLServer loads.
        package: the distribution that holds it.
        flavors: the flavours that it serves.
        files: how a model must have been saved (``serialization``), and the file that is then read; empty if anything that MLflow loads.
        whole: it loads the MLflow directory as a whole: bundled modules and the signature come along.
        protocols: what it speaks, the best first.
        ours: it runs in our server image, and this machine's packages can stand in for it.
        layout: the files that it reads, in words, where that is not what MLflow writes.
    """

    server: Server
    prepackaged: str
    implementation: str
    package: str
    flavors: frozenset[Flavor]
    files: Mapping[str, str]
    whole: bool = False
    protocols: tuple[str, ...] = ("v2",)
    ours: bool = True
    layout: str = ""

    def file(self, serialization: str) -> str:
        """The path below the model's directory that it must be pointed at; empty if it finds it by itself."""
        return "" if self.prepackaged else self.files.get(serialization, "")


RUNTIMES: Mapping[Server, Runtime] = {
    Server.MLFLOW: Runtime(
        server=Server.MLFLOW,
        prepackaged="MLFLOW_SERVER",
        implementation="mlserver_mlflow.MLflowRuntime",
        package="mlserver-mlflow",
        flavors=frozenset(Flavor),
        files={},
        whole=True,
    ),
    Server.SKLEARN: Runtime(
        server=Server.SKLEARN,
        prepackaged="SKLEARN_SERVER",
        implementation="mlserver_sklearn.SKLearnModel",
        package="mlserver-sklearn",
        flavors=frozenset({Flavor.SKLEARN}),
        files={"cloudpickle": "model.pkl", "pickle": "model.pkl"},
    ),
    Server.XGBOOST: Runtime(
        server=Server.XGBOOST,
        prepackaged="XGBOOST_SERVER",
        implementation="mlserver_xgboost.XGBoostModel",
        package="mlserver-xgboost",
        flavors=frozenset({Flavor.XGBOOST}),
        files={"ubj": "model.ubj", "json": "model.json"},
    ),
    Server.LIGHTGBM: Runtime(
        server=Server.LIGHTGBM,
        prepackaged="",
        implementation="mlserver_lightgbm.LightGBMModel",
        package="mlserver-lightgbm",
        flavors=frozenset({Flavor.LIGHTGBM}),
        files={"text": "model.lgb"},
    ),
    Server.HUGGINGFACE: Runtime(
        server=Server.HUGGINGFACE,
        prepackaged="HUGGINGFACE_SERVER",
        implementation="mlserver_huggingface.HuggingFaceRuntime",
        package="mlserver-huggingface",
        flavors=frozenset({Flavor.OTHER}),
        files={},
        ours=False,
        layout="config.json, weights, tokenizer, model-settings.json",
    ),
    Server.TRITON: Runtime(
        server=Server.TRITON,
        prepackaged="TRITON_SERVER",
        implementation="",
        package="",
        flavors=frozenset({Flavor.OTHER}),
        files={},
        ours=False,
        layout="model/config.pbtxt, model/1/model.onnx",
    ),
    Server.TENSORFLOW: Runtime(
        server=Server.TENSORFLOW,
        prepackaged="TENSORFLOW_SERVER",
        implementation="",
        package="",
        flavors=frozenset({Flavor.OTHER}),
        files={},
        protocols=("tensorflow", "seldon"),
        ours=False,
        layout="1/saved_model.pb, 1/variables",
    ),
    Server.CUSTOM: Runtime(
        server=Server.CUSTOM,
        prepackaged="",
        implementation="",
        package="",
        flavors=frozenset(Flavor),
        files={},
        whole=True,
        protocols=("v2", "seldon"),
        ours=False,
    ),
}

#: Names that the operator's own table of servers knows (1.17.1).
PREPACKAGED = frozenset(
    {
        "HUGGINGFACE_SERVER",
        "MLFLOW_SERVER",
        "SKLEARN_SERVER",
        "TEMPO_SERVER",
        "TENSORFLOW_SERVER",
        "TRITON_SERVER",
        "XGBOOST_SERVER",
    }
)
#: Implementations that the executor has built in: no container stands behind them.
BUILT_IN = frozenset({"SIMPLE_MODEL", "SIMPLE_ROUTER", "RANDOM_ABTEST", "AVERAGE_COMBINER"})
UNKNOWN = "UNKNOWN_IMPLEMENTATION"


def is_served(implementation: str) -> bool:
    """Whether a server of the operator's table should stand behind a node: it names one, known or not."""
    return bool(implementation) and implementation not in BUILT_IN | {UNKNOWN}


def runtime_of_document(implementation: str, env: Mapping[str, Any]) -> Runtime | None:
    """The runtime behind a node: by Seldon's name for it, or by the class that its container is told to load; None if it is not ours."""
    named = env.get("MLSERVER_MODEL_IMPLEMENTATION", "")
    for runtime in RUNTIMES.values():
        if not runtime.ours:
            continue
        if implementation and runtime.prepackaged == implementation:
            return runtime
        if not implementation and named == runtime.implementation:
            return runtime
    return None


def servers_for(version: ModelVersion) -> tuple[Server, ...]:
    """Our servers that can read this version, the most faithful first."""
    return tuple(server for server, runtime in RUNTIMES.items() if runtime.ours and can_serve(runtime, version))


def can_serve(runtime: Runtime, version: ModelVersion) -> bool:
    """Whether a runtime reads this version's files; what it answers is another question."""
    if version.flavor not in runtime.flavors:
        return False
    if runtime.whole or runtime.layout:
        return True
    return version.serialization in runtime.files and not version.extra_modules
