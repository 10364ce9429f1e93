"""Which remote of rclone an address means, and what its settings must be, for stores that are not at hand."""

from __future__ import annotations

import os
import stat

import pytest

from seldon_nb.initializer import stores
from seldon_nb.initializer.paths import Budget
from seldon_nb.initializer.refusal import RefusalError


@pytest.fixture
def settings(monkeypatch):
    for name in [name for name in os.environ if name.startswith("RCLONE_")]:
        monkeypatch.delenv(name)

    def given(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"RCLONE_CONFIG_{name}", value)

    return given


@pytest.mark.parametrize(
    ("uri", "told", "path"),
    [
        ("s3://models/fraud/3", {"S3_TYPE": "s3"}, "s3:models/fraud/3"),
        ("s3:models/fraud/3", {"S3_TYPE": "s3"}, "s3:models/fraud/3"),
        ("gs://models/fraud/3", {"GS_TYPE": "google cloud storage", "GS_SERVICE_ACCOUNT_CREDENTIALS": "{}"}, "gs:models/fraud/3"),
        ("gcs://models/fraud/3", {"GCS_TYPE": "google cloud storage", "GCS_ENV_AUTH": "true"}, "gcs:models/fraud/3"),
        ("azureblob://models/fraud/3", {"AZUREBLOB_TYPE": "azureblob", "AZUREBLOB_ACCOUNT": "acme"}, "azureblob:models/fraud/3"),
        (
            "wasbs://models@acme.blob.core.windows.net/fraud/3",
            {"WASBS_TYPE": "azureblob", "WASBS_ACCOUNT": "acme", "WASBS_KEY": "k"},
            "wasbs:models/fraud/3",
        ),
        ("abfss://models@acme.dfs.core.windows.net/fraud", {"ABFSS_TYPE": "azureblob"}, "abfss:models/fraud"),
        ("my-store://models/fraud/3", {"MY_STORE_TYPE": "s3"}, "my-store:models/fraud/3"),
    ],
)
def test_an_address_names_its_remote(settings, uri, told, path):
    settings(**told)
    assert stores.remote_path(uri) == path


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "it has no settings for gs."),
        ({"S3_TYPE": "s3", "S3_SECRET_ACCESS_KEY": "a-word"}, "it is for s3, not for gs."),
        ({"GS_SERVICE_ACCOUNT_CREDENTIALS": "a-word"}, "it has no settings for gs."),
    ],
)
def test_settings_of_another_remote_open_nothing(settings, told, reason):
    settings(**told)
    with pytest.raises(RefusalError) as refused:
        stores.remote_path("gs://models/fraud/3", "models-gs")
    assert (refused.value.code, refused.value.facts["reason"], refused.value.facts["secret"]) == ("SNB-338", reason, "models-gs")
    assert "a-word" not in str(refused.value.facts)


def test_settings_of_another_account_open_nothing(settings):
    settings(WASBS_TYPE="azureblob", WASBS_ACCOUNT="other")
    with pytest.raises(RefusalError) as refused:
        stores.remote_path("wasbs://models@acme.blob.core.windows.net/fraud/3")
    assert refused.value.code == "SNB-338"


def test_rclone_is_given_the_settings_and_no_file_of_its_own(settings, tmp_path, monkeypatch):
    settings(GS_TYPE="google cloud storage", GS_SERVICE_ACCOUNT_CREDENTIALS="{}")
    program = tmp_path / "bin/rclone"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$RCLONE_CONFIG $RCLONE_CONFIG_GS_TYPE $*" > {tmp_path}/said\necho x > "$3/MLmodel"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    (tmp_path / "into").mkdir()
    stores.rclone("gs://models/fraud/3", tmp_path / "into", Budget(1000, 60), "models-gs")
    said = (tmp_path / "said").read_text()
    assert said.startswith("/dev/null google cloud storage copy gs:models/fraud/3 ")
    assert "{}" not in said
