"""Where a pod gets a model's files from."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from urllib.parse import urlsplit

#: Where an MLflow server hands out files.
PROXY = "/api/2.0/mlflow-artifacts/artifacts/"


class SourceKind(enum.Enum):
    """The way to a model's files."""

    MLFLOW = "mlflow"  # the tracking server hands them out
    S3 = "s3"
    GCS = "gs"
    AZURE = "azureblob"
    HTTP = "http"
    PVC = "pvc"
    LOCAL = "local"  # a disk that no pod sees
    OTHER = "other"


_SCHEMES = {
    "s3": SourceKind.S3,
    "minio": SourceKind.S3,
    "gs": SourceKind.GCS,
    "gcs": SourceKind.GCS,
    "wasb": SourceKind.AZURE,
    "wasbs": SourceKind.AZURE,
    "abfs": SourceKind.AZURE,
    "abfss": SourceKind.AZURE,
    "az": SourceKind.AZURE,
    "azure": SourceKind.AZURE,
    "azureblob": SourceKind.AZURE,
    "pvc": SourceKind.PVC,
    "http": SourceKind.HTTP,
    "https": SourceKind.HTTP,
    "file": SourceKind.LOCAL,
    "": SourceKind.LOCAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactSource:
    """A model's files by an address that our initializer reads.

    Attributes:
        uri: ``s3://bucket/path``, ``gs://…``, ``pvc://claim/path``, ``https://…``, or the artifact address of an MLflow server.
        secret: the Secret in the deployment's namespace that opens it; empty if it is open to the namespace.
    """

    uri: str
    secret: str = ""

    @property
    def kind(self) -> SourceKind:
        """Which way this is."""
        parts = urlsplit(self.uri)
        if parts.scheme in ("http", "https") and PROXY in parts.path:
            return SourceKind.MLFLOW
        return _SCHEMES.get(parts.scheme, SourceKind.OTHER)

    @property
    def remote(self) -> str:
        """The name that the Secret's settings must carry (``RCLONE_CONFIG_<REMOTE>_…``); empty if no such settings are needed."""
        if self.kind in (SourceKind.S3, SourceKind.GCS, SourceKind.AZURE, SourceKind.OTHER):
            return urlsplit(self.uri).scheme
        return ""

    @property
    def reachable_by_pods(self) -> bool:
        """Whether anybody but this machine can read it."""
        return self.kind is not SourceKind.LOCAL


def source_of(uri: str, tracking_uri: str, *, secret: str = "") -> ArtifactSource:
    """The source behind a version's address; ``mlflow-artifacts:`` becomes the address of the server that hands the files out.

    Args:
        uri: as MLflow gives it: ``s3://…``, ``file:///…``, ``mlflow-artifacts:/1/models/m-…/artifacts``.
        tracking_uri: the MLflow server as pods reach it; empty or a file if there is none.
    """
    parts = urlsplit(uri)
    if parts.scheme == "mlflow-artifacts" and tracking_uri.startswith(("http://", "https://")):
        base = f"http://{parts.netloc}" if parts.netloc else tracking_uri.rstrip("/")
        return ArtifactSource(uri=f"{base}{PROXY}{parts.path.lstrip('/')}", secret=secret)
    return ArtifactSource(uri=uri, secret=secret)
