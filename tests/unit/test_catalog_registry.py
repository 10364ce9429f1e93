"""Registering and finding in the real MLflow, on SQLite."""

from __future__ import annotations

import json
import shutil
import sqlite3

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
from seldon_nb.digests import tree_digest
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import Answer, Contract, Environment, Flavor, Lineage, ModelRef
from seldon_nb.ports import PackRequest
from seldon_nb.wire import dump

FRAME = pd.DataFrame({"age": [20.0, 30.0, 40.0], "income": [1.0, 2.0, 4.0]})
LINEAGE = Lineage(notebook="train.ipynb", data="claims 2024", data_digest="sha256:" + "0" * 64, author="ana")


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory):
    """MLflow's tables take more than a second to make, and are copied from here."""
    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    MlflowCatalog(f"sqlite:///{path}").versions()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def catalog(empty_database, tmp_path):
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    return MlflowCatalog(f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path / "artifacts")


@pytest.fixture(scope="module")
def model():
    return LinearRegression().fit(FRAME, [1.0, 2.0, 3.0])


@pytest.fixture
def log(catalog, model, tmp_path):
    count = iter(range(1000))

    def logged(name="fraud", *, tags=None, classification=Classification.UNCLASSIFIED, lineage=LINEAGE):
        candidate = catalog.pack(
            PackRequest(model=model, sample=FRAME, classification=classification), tmp_path / f"packed-{next(count)}"
        )
        return catalog.register(
            candidate, name, tags={"seldon_nb.classification": classification.value, **(tags or {})}, lineage=lineage
        )

    return logged


def client_of(catalog):
    from mlflow import MlflowClient

    return MlflowClient(catalog._connection.uri, catalog._connection.uri)


def refused(code, act, *arguments):
    with pytest.raises(SeldonNbError) as told:
        act(*arguments)
    assert told.value.code_id == code
    return told.value


def test_a_registered_version_is_found_as_it_was_returned(catalog, log):
    contract = Contract(
        checked=True,
        load_ms=12,
        rows=3,
        nan=(("age", Answer.REFUSES), ("income", Answer.SAME_KIND)),
        server=Environment("3.11.7", (("aaa", "1"), ("numpy", "2"), ("scikit-learn", "1.9.1"))),
    )
    version = log(tags={"seldon_nb.contract": json.dumps(dump(contract))})
    assert version.ref == "fraud@1"
    assert version == catalog.find(ModelRef.parse("fraud@1"))
    assert (version.flavor, version.serialization, version.loader) == (Flavor.SKLEARN, "cloudpickle", "mlflow.sklearn")
    assert version.contract is not None
    assert version.contract.nan == contract.nan
    assert version.contract.server == Environment("3.11.7", (("numpy", "2"), ("scikit-learn", "1.9.1")))
    assert version.classification is Classification.UNCLASSIFIED
    assert (version.lineage.notebook, version.lineage.data, version.lineage.author) == ("train.ipynb", "claims 2024", "ana")
    assert version.has_sample
    assert version.size > 1000
    assert version.created_at.startswith("20")


def test_the_digest_is_that_of_the_files(catalog, log):
    version = log()
    path = catalog.files(version)
    assert tree_digest(path) == version.digest
    assert path.is_relative_to(catalog._artifacts)


def test_mlflow_itself_can_load_what_was_registered_and_the_digest_stays(catalog, log, model):
    import mlflow

    version = log()
    loaded = mlflow.sklearn.load_model(str(catalog.files(version)))
    assert loaded.predict(FRAME).tolist() == model.predict(FRAME).tolist()
    described = mlflow.models.Model.load(str(catalog.files(version)))
    assert (described.model_id, described.run_id) == (version.lineage.model_id, version.lineage.run_id)
    assert tree_digest(catalog.files(version)) == version.digest


@pytest.mark.parametrize(
    "text", ["fraud@2", "fraud/2", "models:/fraud/2", "fraud@champion", "models:/fraud@champion", "fraud", "models:/fraud/latest"]
)
def test_every_way_to_write_a_reference_leads_to_the_version(catalog, log, text):
    log()
    catalog.annotate(log(), alias="champion")
    assert catalog.find(ModelRef.parse(text)).ref == "fraud@2"


def test_a_run_leads_to_the_registered_version_of_its_model(catalog, log):
    log()
    version = log()
    log()
    assert catalog.find(ModelRef.parse(f"runs:/{version.lineage.run_id}/model")).ref == "fraud@2"
    assert catalog.find(ModelRef.parse(f"runs:/{version.lineage.run_id}/fraud")).ref == "fraud@2"


def test_a_run_that_holds_no_registered_model_says_what_it_holds(catalog, log):
    version = log()
    client_of(catalog).delete_model_version("fraud", "1")
    run = version.lineage.run_id
    error = refused("SNB-134", catalog.find, ModelRef.parse(f"runs:/{run}/fraud"))
    assert (error.facts["models"], error.facts["versions"], error.facts["path"]) == (1, 0, "fraud")
    assert error.code.next[0].verb.startswith("log ")
    assert refused("SNB-134", catalog.find, ModelRef.parse(f"runs:/{'0' * 32}/model")).facts["models"] == 0


def test_an_unknown_model_offers_the_nearest_names(catalog, log):
    log("fraud")
    log("churn")
    error = refused("SNB-130", catalog.find, ModelRef.parse("froud"))
    assert str(error) == "SNB-130 There is no model called froud. The nearest names are: fraud."
    assert refused("SNB-130", catalog.find, ModelRef.parse("zzz@champion")).facts["nearest"] == "—"
    assert refused("SNB-130", catalog.versions, "froud").facts["nearest"] == "fraud"


def test_an_unknown_version_tells_which_there_are(catalog, log):
    log()
    log()
    error = refused("SNB-131", catalog.find, ModelRef.parse("fraud@7"))
    assert str(error) == "SNB-131 fraud has no version 7. It has: 1, 2."
    assert error.facts["latest"] == 2


def test_an_unknown_alias_tells_which_there_are(catalog, log):
    catalog.annotate(log(), alias="champion")
    error = refused("SNB-132", catalog.find, ModelRef.parse("fraud@champoin"))
    assert str(error) == "SNB-132 fraud has no alias called champoin. Its aliases are: champion (1)."


def test_versions_come_newest_first_page_by_page(catalog, log):
    for _ in range(5):
        log("fraud")
    log("churn")
    first = catalog.versions("fraud", limit=2)
    second = catalog.versions("fraud", page=first.next, limit=2)
    third = catalog.versions("fraud", page=second.next, limit=2)
    assert [[version.version for version in page.items] for page in (first, second, third)] == [[5, 4], [3, 2], [1]]
    assert third.next == ""
    assert [version.ref for version in catalog.versions(limit=2).items] == ["churn@1", "fraud@5"]


def test_names_with_quotes_and_accents_are_found(catalog, log):
    for name in ("l'été", 'the "best"', "50 %", "fraud.v2"):
        log(name)
        assert catalog.find(ModelRef(name=name)).name == name
        assert len(catalog.versions(name).items) == 1


def test_the_classification_rises_and_never_falls(catalog, log):
    version = log(classification=Classification.PROTECTED_A)
    raised = catalog.annotate(version, tags={"seldon_nb.classification": "protected-b"})
    assert raised.classification is Classification.PROTECTED_B
    for lower in ("unclassified", "protected-a", "unknown", "nonsense"):
        error = refused("SNB-404", lambda level=lower: catalog.annotate(version, tags={"seldon_nb.classification": level}))
        assert error.facts["held"] == "protected-b"
    assert catalog.find(ModelRef.parse("fraud@1")).classification is Classification.PROTECTED_B


def test_aliases_move(catalog, log):
    first, second = log(), log()
    assert catalog.annotate(first, alias="champion").aliases == ("champion",)
    catalog.annotate(second, alias="champion")
    assert catalog.find(ModelRef.parse("fraud@champion")).ref == "fraud@2"
    assert catalog.find(ModelRef.parse("fraud@1")).aliases == ()


def test_what_mlflow_logged_itself_is_understood(catalog, model, tmp_path):
    import mlflow
    from mlflow.models import infer_signature

    client = client_of(catalog)
    experiment = client.create_experiment("theirs", artifact_location=(tmp_path / "theirs").as_uri())
    run = client.create_run(experiment)
    mlflow.sklearn.save_model(
        model,
        tmp_path / "m",
        serialization_format="skops",
        signature=infer_signature(FRAME),
        pip_requirements=["scikit-learn==1.9.1"],
    )
    logged = client.create_logged_model(experiment, name="model", source_run_id=run.info.run_id)
    client.log_model_artifacts(logged.model_id, str(tmp_path / "m"))
    client.create_registered_model("theirs")
    client.create_model_version("theirs", logged.artifact_location, run.info.run_id)
    version = catalog.find(ModelRef.parse("theirs@1"))
    assert (version.flavor, version.serialization) == (Flavor.SKLEARN, "skops")
    assert version.classification is Classification.UNKNOWN
    assert version.contract is None
    assert version.digest == tree_digest(catalog.files(version))
    assert version.signature is not None
    assert version.signature.inputs.names == ("age", "income")
    assert not version.signature.outputs
    assert version.environment is not None
    assert version.environment.version("scikit-learn") == "1.9.1"


def test_tags_that_somebody_spoilt_do_not_hide_a_version(catalog, log):
    version = log()
    client = client_of(catalog)
    for key, value in {
        "digest": "nonsense",
        "size": "big",
        "contract": "{",
        "flavor": "toast",
        "classification": "harmless",
    }.items():
        client.set_model_version_tag("fraud", "1", f"seldon_nb.{key}", value)
    found = catalog.find(ModelRef.parse("fraud@1"))
    assert (found.digest, found.flavor, found.contract) == (version.digest, Flavor.SKLEARN, None)
    assert found.classification is Classification.UNKNOWN
    assert found.size > 1000


@pytest.mark.parametrize("written", ["flavors: [", "just text", "signature: {inputs: 'nothing'}\nflavors: {}\n"])
def test_a_broken_mlmodel_file_does_not_hide_the_other_versions(catalog, log, written):
    log()
    (catalog.files(log()) / "MLmodel").write_text(written)
    assert [found.ref for found in catalog.versions("fraud").items] == ["fraud@2", "fraud@1"]
    assert catalog.find(ModelRef.parse("fraud@2")).signature is None


def test_the_active_run_is_used_and_left_open(catalog, log, tmp_path, monkeypatch):
    import mlflow

    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "")  # set_experiment leaves its number there

    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(catalog._connection.uri)
    try:
        mlflow.create_experiment("mine", artifact_location=(tmp_path / "mine").as_uri())
        mlflow.set_experiment("mine")
        with mlflow.start_run() as run:
            version = log()
            assert mlflow.active_run().info.run_id == version.lineage.run_id == run.info.run_id
        assert [output.model_id for output in mlflow.get_run(run.info.run_id).outputs.model_outputs] == [version.lineage.model_id]
    finally:
        mlflow.set_tracking_uri(before)


def test_the_number_of_an_experiment_in_another_mlflow_does_not_count(log, monkeypatch):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "4711")
    assert log().ref == "fraud@1"


def test_a_local_file_that_was_removed_is_told(catalog, log):
    version = log()
    shutil.rmtree(catalog.files(version))
    assert refused("SNB-140", catalog.files, version).facts["uri"] == version.uri


def test_each_version_takes_as_many_statements_as_the_one_before(catalog, model, tmp_path):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    said = []

    def saying(connection, cursor, statement, *_):
        said.append(statement)

    counts = []
    event.listen(Engine, "before_cursor_execute", saying)
    try:
        for place in range(8):
            candidate = catalog.pack(PackRequest(model=model, sample=FRAME), tmp_path / f"p{place}")
            said.clear()
            catalog.register(candidate, "fraud", tags={}, lineage=LINEAGE)
            counts.append(len(said))
    finally:
        event.remove(Engine, "before_cursor_execute", saying)
    assert counts[0] > 0 and len(set(counts[1:])) == 1, counts


@pytest.mark.parametrize(
    "broken", ["log_model_artifacts", "finalize_logged_model", "create_model_version", "set_terminated", "log_outputs"]
)
def test_a_failure_half_way_leaves_nothing(catalog, log, model, monkeypatch, tmp_path, broken):
    from mlflow import MlflowClient

    client = client_of(catalog)
    log("other")
    kept = {path for path in catalog._artifacts.rglob("*") if path.is_file()}

    def failing(*arguments, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, broken, failing)
        with pytest.raises(KeyboardInterrupt):
            log("fraud")
    assert refused("SNB-130", catalog.find, ModelRef.parse("fraud")).facts["name"] == "fraud"
    experiment = client.get_experiment_by_name("seldon_nb").experiment_id
    assert len(client.search_runs([experiment])) == 1
    assert len(client.search_logged_models([experiment])) == 1
    assert {path for path in catalog._artifacts.rglob("*") if path.is_file()} == kept
    assert log("fraud").ref == "fraud@1"


def test_a_failure_of_a_second_version_keeps_the_first(catalog, log, monkeypatch):
    from mlflow import MlflowClient

    first = log()

    def failing(*arguments, **named):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(MlflowClient, "set_terminated", failing)
        refused("SNB-141", log)
    assert catalog.find(ModelRef.parse("fraud")) == first
    assert tree_digest(catalog.files(first)) == first.digest
