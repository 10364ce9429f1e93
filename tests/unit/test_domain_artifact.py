"""Where a pod gets a model's files from."""

from __future__ import annotations

import pytest

from seldon_nb.domain.artifact import ArtifactSource, SourceKind, source_of


@pytest.mark.parametrize(
    ("uri", "kind", "remote"),
    [
        ("s3://models/fraud/3", SourceKind.S3, "s3"),
        ("minio://models/fraud/3", SourceKind.S3, "minio"),
        ("gs://models/fraud/3", SourceKind.GCS, "gs"),
        ("abfss://models@lake/fraud/3", SourceKind.AZURE, "abfss"),
        ("pvc://models/fraud/3", SourceKind.PVC, ""),
        ("https://files.example/fraud.tar.gz", SourceKind.HTTP, ""),
        ("http://mlflow:5000/api/2.0/mlflow-artifacts/artifacts/1/models/m-1/artifacts", SourceKind.MLFLOW, ""),
        ("file:///home/me/mlruns/1", SourceKind.LOCAL, ""),
        ("/home/me/mlruns/1", SourceKind.LOCAL, ""),
        ("hdfs://name/fraud", SourceKind.OTHER, "hdfs"),
    ],
)
def test_the_address_says_which_way_and_which_settings(uri, kind, remote):
    source = ArtifactSource(uri=uri)
    assert (source.kind, source.remote) == (kind, remote)
    assert source.reachable_by_pods is (kind is not SourceKind.LOCAL)


def test_what_a_tracking_server_hands_out_is_asked_of_that_server():
    uri = "mlflow-artifacts:/1/models/m-1/artifacts"
    found = source_of(uri, "http://mlflow.team-a:5000/", secret="store")
    assert found.uri == "http://mlflow.team-a:5000/api/2.0/mlflow-artifacts/artifacts/1/models/m-1/artifacts"
    assert (found.kind, found.secret) == (SourceKind.MLFLOW, "store")
    named = source_of("mlflow-artifacts://mlflow.other:80/1/models", "http://mlflow:5000")
    assert named.uri == "http://mlflow.other:80/api/2.0/mlflow-artifacts/artifacts/1/models"


def test_without_a_server_the_address_stays_what_it_is():
    assert source_of("mlflow-artifacts:/1/m", "sqlite:///mlflow.db").kind is SourceKind.OTHER
    assert source_of("file:///disk/1", "http://mlflow:5000").kind is SourceKind.LOCAL
