"""How much room and time a server is given, from what was measured of its model: its size on disk and how long it took to load."""

from __future__ import annotations

from seldon_nb.domain.model import ModelVersion
from seldon_nb.render.seldon.objects import Resources

_MIB = 1 << 20
_STEP = 128  # MiB: steps that keep a small change of the model from changing the document
_SERVER = 384  # MiB: MLServer with MLflow and pandas imported, measured 330 to 370
_LOADED = 3  # an estimator in memory against its files, from trees (2.5) and linear models (1)
_START = 60  # seconds: importing the server's packages on a cold disk
_SLOWER = 10  # how much slower than here a busy machine may load
_QUANTUM = 30  # seconds: steps that keep two measurements of one model from giving two documents
_FETCH = 5  # MiB a second: a slow way to the model's files
_PATIENCE = 120  # seconds: finding a machine and the server's image


def resources(version: ModelVersion) -> Resources:
    """Memory by the model's size, half a processor to start with; no limit on the processor, because it only makes answers slow."""
    request = _rounded(_SERVER + _LOADED * _mib(version))
    return Resources(requests={"cpu": "500m", "memory": f"{request}Mi"}, limits={"memory": f"{2 * request}Mi"})


def startup_s(version: ModelVersion) -> int:
    """Seconds that a server may take until its model is loaded before it is started again."""
    load_ms = version.contract.load_ms if version.contract else 0
    return _START + _up(load_ms * _SLOWER, 1000 * _QUANTUM) * _QUANTUM


def deadline_s(version: ModelVersion) -> int:
    """Seconds until a deployment that does not get ready is called stuck: a place, the files, the start."""
    return _PATIENCE + _up(_mib(version), _FETCH) + startup_s(version)


def _mib(version: ModelVersion) -> int:
    return _up(version.size, _MIB)


def _rounded(mib: int) -> int:
    return _up(mib, _STEP) * _STEP


def _up(value: int, step: int) -> int:
    return -(-value // step)
