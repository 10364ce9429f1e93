"""What lies beside a model on a real MLflow server: profile, sample rows and cases, read by somebody who has the address only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from seldon_nb.catalog import profiles
from seldon_nb.catalog.mlflow_catalog import MlflowCatalog
from seldon_nb.codecs.profiling import profile_of
from seldon_nb.digests import tree_digest
from seldon_nb.domain.cases import CaseRows, CaseSet
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import Lineage, ModelRef
from seldon_nb.ports import PackRequest
from tests.here.test_catalog_server import server  # noqa: F401 - a fixture

ROWS = pd.DataFrame({"age": np.arange(30.0), "income": [1.0, np.nan, 4.0] * 10})
MODEL = LinearRegression().fit(ROWS.fillna(0), ROWS["age"])


def packed(catalog, path, **options):
    return catalog.pack(PackRequest(model=MODEL, sample=ROWS[["age", "income"]].fillna(2.5).head(5), **options), path)


@pytest.fixture(scope="module")
def uri(server):  # noqa: F811
    return server[1]


def test_profile_and_sample_are_read_from_the_server_without_the_model(uri, tmp_path):
    catalog = MlflowCatalog(uri)
    profile = profile_of(ROWS.assign(answer=1))
    with_one = packed(catalog, tmp_path / "a", profile=profile, classification=Classification.UNCLASSIFIED)
    kept = catalog.register(with_one, "beside", tags={"seldon_nb.classification": "unclassified"}, lineage=Lineage())
    elsewhere = MlflowCatalog(uri)
    version = elsewhere.find(ModelRef.parse("beside@1"))
    assert elsewhere.profile(version) == profile.only(("age", "income"))
    sample = elsewhere.sample(version)
    assert sample is not None and sample.columns == ("age", "income") and len(sample.data) == 5
    assert not elsewhere._fetched  # two small files, not the model
    assert tree_digest(elsewhere.files(version)) == kept.digest


def test_a_protected_model_has_neither(uri, tmp_path):
    catalog = MlflowCatalog(uri)
    made = packed(catalog, tmp_path / "b", profile=profile_of(ROWS), classification=Classification.PROTECTED_B)
    assert not (made.path / profiles.FILE).exists()
    version = catalog.register(made, "guarded", tags={"seldon_nb.classification": "protected-b"}, lineage=Lineage())
    assert MlflowCatalog(uri).profile(version) is None and MlflowCatalog(uri).sample(version) is None


def test_the_digest_covers_the_profile_and_one_without_stays_as_it_was(uri, tmp_path):
    catalog = MlflowCatalog(uri)
    without = packed(catalog, tmp_path / "c", classification=Classification.UNCLASSIFIED)
    version = catalog.register(without, "plain", tags={}, lineage=Lineage())
    assert MlflowCatalog(uri).profile(version) is None
    assert tree_digest(MlflowCatalog(uri).files(version)) == version.digest
    before = tree_digest(without.path)
    profiles.write(profile_of(ROWS), ("age",), without.path)
    assert tree_digest(without.path) != before


def test_cases_are_kept_on_the_server(uri):
    rows = CaseRows(columns=("age",), data=((1.5,), (None,)), outputs=("y",), expected=((0.1,), ("é\n",)))
    kept = MlflowCatalog(uri).save_cases(CaseSet(name="two", model="o'brien", version="3", rows=2, author="ana"), rows)
    elsewhere = MlflowCatalog(uri)
    assert elsewhere.cases("o'brien") == (kept,) and elsewhere.case_rows(kept) == rows
    other = elsewhere.save_cases(replace(kept, rows=1, id=""), rows.part(0, 1))
    assert elsewhere.cases("o'brien") == (other,)
    with pytest.raises(SeldonNbError):
        MlflowCatalog(uri).case_rows(kept)  # its file went with it
    elsewhere.delete_cases(other)
    assert elsewhere.cases() == () and elsewhere.cases("nobody") == ()
