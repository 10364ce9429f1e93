"""The names of models at a glance, from the file and from the server that MLflow keeps them in."""

from __future__ import annotations

import pytest

from seldon_nb.catalog.glance import references
from tests.here.test_catalog_server import server

__all__ = ["server"]  # the fixture


@pytest.fixture(scope="module")
def filled(server):
    from mlflow import MlflowClient

    _, uri = server
    client = MlflowClient(uri, uri)
    for name in ("fraud", "churn"):
        client.create_registered_model(name)
        for _ in range(2):
            client.create_model_version(name, source="s3://nowhere/x", run_id=None)
    client.set_registered_model_alias("fraud", "champion", "1")
    client.delete_model_version("churn", "1")
    return uri


EXPECTED = {("fraud", "1"), ("fraud", "2"), ("churn", "2"), ("fraud", "champion")}


def test_a_server_and_its_file_tell_the_same(filled, short_tmp):
    by_file, by_server = references(f"sqlite:///{short_tmp / 'server.db'}"), references(filled)
    assert set(by_file) == set(by_server) == EXPECTED
    assert by_file[0] == by_server[0] == ("churn", "2")  # the newest first
    assert by_file[-1] == by_server[-1] == ("fraud", "champion")  # aliases last


@pytest.mark.parametrize("uri", ["sqlite:////nowhere/at/all.db", "http://127.0.0.1:9", "databricks", "", "file:///tmp"])
def test_what_cannot_be_read_is_empty_and_nothing_is_made(uri):
    assert references(uri, timeout_s=0.5) == ()


def test_a_file_that_is_no_database_is_empty(tmp_path):
    (tmp_path / "x.db").write_text("nothing of the kind" * 100)
    assert references(f"sqlite:///{tmp_path / 'x.db'}") == ()
