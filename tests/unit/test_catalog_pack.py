"""Packing with the real libraries: what is saved, what is learnt, and what is refused."""

from __future__ import annotations

import json
import sys
import types

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from seldon_nb.catalog.packing import pack
from seldon_nb.catalog.reading import read_mlmodel
from seldon_nb.digests import tree_digest
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import Flavor
from seldon_nb.domain.signature import ColumnType
from seldon_nb.ports import PackRequest

OPEN = Classification.UNCLASSIFIED


@pytest.fixture(scope="module")
def claims():
    generator = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "age": generator.integers(18, 90, 40),
            "income": generator.normal(50_000, 9_000, 40).round(2),
            "region": generator.choice(["QC", "ON", "BC"], 40),
        }
    )
    return frame, (frame["age"] > 50).astype(int)


@pytest.fixture(scope="module")
def pipeline(claims):
    frame, target = claims
    columns = make_column_transformer((StandardScaler(), ["age", "income"]), (OneHotEncoder(handle_unknown="ignore"), ["region"]))
    return make_pipeline(columns, LogisticRegression()).fit(frame, target)


def refused(code, **request):
    with pytest.raises(SeldonNbError) as told:
        pack(PackRequest(**request), request.pop("into", None))
    assert told.value.code_id == code
    return told.value


def test_a_pipeline_of_text_and_numbers_is_packed_with_everything_that_the_server_needs(pipeline, claims, tmp_path):
    frame, _ = claims
    candidate = pack(PackRequest(model=pipeline, sample=frame.head(), classification=OPEN), tmp_path / "m")
    assert (candidate.flavor, candidate.serialization) == (Flavor.SKLEARN, "cloudpickle")
    assert candidate.signature is not None
    assert [(column.name, column.type) for column in candidate.signature.inputs.columns] == [
        ("age", ColumnType.LONG),
        ("income", ColumnType.DOUBLE),
        ("region", ColumnType.STRING),
    ]
    assert candidate.signature.outputs.tensors[0].dtype == "int64"
    assert candidate.fitted_columns == ("age", "income", "region")
    assert candidate.expected == pipeline.predict(frame.head()).tolist()
    assert {"scikit-learn", "numpy", "pandas", "cloudpickle"} <= {name for name, _ in candidate.environment.packages}
    assert "sklearn" in candidate.referenced
    assert candidate.local_modules == ()
    assert candidate.digest == tree_digest(tmp_path / "m")
    assert candidate.size > 1000
    pins = (tmp_path / "m" / "requirements.txt").read_text().splitlines()
    assert all("==" in pin for pin in pins)
    assert read_mlmodel(tmp_path / "m")["flavors"]["sklearn"]["serialization_format"] == "cloudpickle"


def test_rows_of_the_sample_are_kept_only_if_the_model_is_not_protected(pipeline, claims, tmp_path):
    frame, _ = claims
    shown = pack(PackRequest(model=pipeline, sample=frame, classification=OPEN), tmp_path / "open")
    assert shown.has_sample
    assert len(json.loads((tmp_path / "open" / "input_example.json").read_text())["data"]) == 5
    for level in (Classification.UNKNOWN, Classification.PROTECTED_A, Classification.SECRET):
        hidden = pack(PackRequest(model=pipeline, sample=frame, classification=level), tmp_path / level.value)
        assert not hidden.has_sample
        assert not list((tmp_path / level.value).glob("*example*"))
        income = str(frame["income"].iloc[0]).encode()
        assert not any(income in file.read_bytes() for file in (tmp_path / level.value).iterdir())


def test_whole_numbers_become_decimals_when_asked(pipeline, claims, tmp_path):
    frame, _ = claims
    candidate = pack(PackRequest(model=pipeline, sample=frame, integers="float"), tmp_path / "m")
    assert candidate.signature is not None
    assert candidate.signature.inputs.column("age").type is ColumnType.DOUBLE
    assert str(candidate.sample["age"].dtype) == "float64"
    assert str(frame["age"].dtype) == "int64"


def test_probabilities_can_stand_behind_the_endpoint(pipeline, claims, tmp_path):
    frame, _ = claims
    candidate = pack(PackRequest(model=pipeline, sample=frame.head(), predict="predict_proba"), tmp_path / "m")
    assert candidate.signature is not None
    assert candidate.signature.outputs.tensors[0].shape == (-1, 2)
    assert candidate.expected == pipeline.predict_proba(frame.head()).tolist()
    assert read_mlmodel(tmp_path / "m")["flavors"]["python_function"]["predict_fn"] == "predict_proba"


def test_xgboost_and_lightgbm_keep_their_own_formats(claims, tmp_path):
    import lightgbm
    import xgboost

    frame, target = claims
    numbers = frame[["age", "income"]].astype(float)
    boosters = {
        "xgb": (xgboost.XGBClassifier(n_estimators=2).fit(numbers, target), Flavor.XGBOOST, "ubj"),
        "xgb-booster": (xgboost.train({}, xgboost.DMatrix(numbers, target), 2), Flavor.XGBOOST, "ubj"),
        "lgb": (lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(numbers, target), Flavor.LIGHTGBM, "cloudpickle"),
        "lgb-booster": (lightgbm.train({"verbose": -1}, lightgbm.Dataset(numbers, target), 2), Flavor.LIGHTGBM, "text"),
    }
    for name, (model, flavor, serialization) in boosters.items():
        candidate = pack(PackRequest(model=model, sample=numbers.head(), name=name), tmp_path / name)
        assert (candidate.flavor, candidate.serialization, candidate.fitted_columns) == (flavor, serialization, ("age", "income"))
        assert candidate.environment.version(flavor.value)
        assert candidate.signature is not None
        assert candidate.signature.outputs


def test_a_python_model_and_a_function_are_packed_as_pyfunc(claims, tmp_path):
    import mlflow

    class Doubling(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: pd.DataFrame):
            return model_input["age"] * 2

    frame, _ = claims
    candidate = pack(PackRequest(model=Doubling(), sample=frame.head()), tmp_path / "model")
    assert (candidate.flavor, candidate.serialization) == (Flavor.PYFUNC, "cloudpickle")
    assert candidate.expected == (frame["age"].head() * 2).tolist()

    def tripling(model_input):
        return model_input["age"] * 3

    candidate = pack(PackRequest(model=tripling, sample=frame.head()), tmp_path / "function")
    assert candidate.expected == (frame["age"].head() * 3).tolist()


def test_arrays_take_the_names_of_the_training_or_become_a_tensor(claims, tmp_path):
    frame, target = claims
    numbers = frame[["age", "income"]].astype(float)
    named = pack(PackRequest(model=LinearRegression().fit(numbers, target), sample=numbers.to_numpy()), tmp_path / "named")
    assert named.signature is not None
    assert named.signature.inputs.names == ("age", "income")
    plain = pack(
        PackRequest(model=LinearRegression().fit(numbers.to_numpy(), target), sample=numbers.to_numpy()), tmp_path / "plain"
    )
    assert plain.signature is not None
    assert plain.signature.inputs.tensors[0].shape == (-1, 2)


@pytest.mark.parametrize("form", ["records", "dictionary", "row", "integer names"])
def test_samples_are_taken_as_people_have_them(form, claims, tmp_path):
    frame, target = claims
    numbers = frame[["age", "income"]].astype(float)
    model = LinearRegression().fit(numbers, target)
    samples = {
        "records": numbers.head(2).to_dict("records"),
        "dictionary": numbers.head(2).to_dict("list"),
        "row": numbers.iloc[0],
        "integer names": numbers.head(2),
    }
    if form == "integer names":
        samples[form].columns = pd.Index([0, 1])
        model = LinearRegression().fit(numbers.to_numpy(), target)
    candidate = pack(PackRequest(model=model, sample=samples[form]), tmp_path / "m")
    assert candidate.signature is not None
    assert candidate.signature.inputs.names == (("0", "1") if form == "integer names" else ("age", "income"))


def test_no_sample_is_refused_with_the_line_that_helps(pipeline):
    error = refused("SNB-110", model=pipeline, name="claims")
    assert error.facts == {"name": "claims"}
    assert error.code.next[0].verb == "log model --name {name} --sample X.head()"


def test_an_empty_sample_is_refused(pipeline, claims):
    error = refused("SNB-129", model=pipeline, sample=claims[0].head(0))
    assert error.facts["columns"] == 3


def test_other_columns_than_those_of_the_training_are_named(pipeline, claims):
    error = refused("SNB-112", model=pipeline, sample=claims[0].rename(columns={"age": "Age"}).assign(target=1))
    assert error.facts == {"name": "my-model", "missing": "age", "extra": "Age (age?), target", "order": "—"}
    assert str(error) == (
        "SNB-112 Your model was not logged: the columns of the sample are not those it was trained with. "
        "Missing: age. Not in the model: Age (age?), target."
    )


def test_columns_in_another_order_are_named(claims):
    frame, target = claims
    model = LinearRegression().fit(frame[["age", "income"]], target)
    assert refused("SNB-112", model=model, sample=frame[["income", "age"]]).facts["order"] == "age → income"


def test_columns_of_a_booster_are_compared_too(claims):
    import xgboost

    frame, target = claims
    booster = xgboost.train({}, xgboost.DMatrix(frame[["age", "income"]], target), 2)
    assert refused("SNB-112", model=booster, sample=frame[["age"]]).facts["missing"] == "income"


def test_a_model_that_raises_on_its_own_sample_is_refused_without_its_message(claims):
    error = refused("SNB-119", model=LogisticRegression(), sample=claims[0].head())
    assert error.facts == {"name": "my-model", "rows": 5, "error_type": "NotFittedError", "predict": "predict"}


def test_what_cannot_be_a_model_is_refused_by_its_type(claims):
    assert refused("SNB-136", model={"a": 1}, sample=claims[0]).facts["type"] == "builtins.dict"
    assert refused("SNB-136", model=LogisticRegression, sample=claims[0]).facts["type"].startswith("sklearn.")
    assert refused("SNB-136", model=StandardScaler(), sample=claims[0]).facts["type"].endswith("StandardScaler")


def test_a_method_that_the_server_cannot_ask_is_refused_with_those_that_it_can(claims):
    frame, target = claims
    model = LinearRegression().fit(frame[["age"]], target)
    assert refused("SNB-135", model=model, sample=frame[["age"]], predict="predict_proba").facts["allowed"] == "predict"
    assert refused("SNB-135", model=model, sample=frame[["age"]], predict="fit").facts["method"] == "fit"


class _InNotebook(TransformerMixin, BaseEstimator):
    def fit(self, features, target=None):
        return self

    def transform(self, features):
        return features


def test_what_the_notebook_defines_is_named(claims, tmp_path, monkeypatch):
    frame, target = claims
    ratio = type("Ratio", (_InNotebook,), {"__module__": "__main__"})
    monkeypatch.setattr(sys.modules["__main__"], "Ratio", ratio, raising=False)
    model = make_pipeline(ratio(), LinearRegression()).fit(frame[["age"]], target)
    candidate = pack(PackRequest(model=model, sample=frame[["age"]], include=("__main__",)), tmp_path / "m")
    assert dict(candidate.local_modules)["__main__"] == "Ratio"


@pytest.fixture
def local_module(tmp_path, monkeypatch):
    """Two files beside the notebook, one importing the other."""
    room = tmp_path / "notebooks"
    room.mkdir()
    (room / "snb_steps.py").write_text("def double(values):\n    return values * 2\n")
    (room / "snb_features.py").write_text(
        "from sklearn.base import BaseEstimator, TransformerMixin\nfrom snb_steps import double\n\n"
        "class Features(TransformerMixin, BaseEstimator):\n"
        "    def fit(self, X, y=None):\n        return self\n"
        "    def transform(self, X):\n        return double(X)\n"
        "    def __sklearn_is_fitted__(self):\n        return True\n"
    )
    monkeypatch.chdir(room)
    monkeypatch.syspath_prepend(str(room))
    import snb_features  # type: ignore[import-not-found]

    yield snb_features
    for name in ("snb_features", "snb_steps"):
        sys.modules.pop(name, None)


def test_files_beside_the_notebook_are_found_with_those_that_they_import(local_module, claims, tmp_path):
    frame, target = claims
    model = make_pipeline(local_module.Features(), LinearRegression()).fit(frame[["age"]], target)
    candidate = pack(PackRequest(model=model, sample=frame[["age"]]), tmp_path / "m")
    assert candidate.local_modules == (("snb_features", "snb_features.py"), ("snb_steps", "snb_steps.py"))
    assert not any(name.startswith("snb-") for name, _ in candidate.environment.packages)


def test_included_files_travel_with_the_model(local_module, claims, tmp_path):
    frame, target = claims
    model = make_pipeline(local_module.Features(), LinearRegression()).fit(frame[["age"]], target)
    pack(PackRequest(model=model, sample=frame[["age"]], include=("snb_features.py", "snb_steps.py")), tmp_path / "m")
    assert {file.name for file in (tmp_path / "m" / "code").iterdir()} >= {"snb_features.py", "snb_steps.py"}


def test_a_file_to_include_that_is_not_there_is_refused(pipeline, claims, tmp_path):
    error = refused("SNB-138", model=pipeline, sample=claims[0], include=("nowhere.py",))
    assert error.facts["file"] == "nowhere.py"


def test_looking_for_modules_does_not_copy_large_arrays(claims):
    from seldon_nb.catalog.modules import needs_of

    model = types.SimpleNamespace(weights=np.zeros(20_000_000), fitted=LinearRegression())
    import tracemalloc

    tracemalloc.start()
    needs = needs_of(model)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {"numpy", "sklearn"} <= set(needs.top_level)
    assert peak < 20_000_000


def test_nothing_is_written_into_standard_error(pipeline, claims, tmp_path, capfd):
    pack(PackRequest(model=pipeline, sample=claims[0]), tmp_path / "m")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("told", "classification", "outputs"),
    [
        ({0: "fine", 1: "fraud"}, OPEN, ("fine", "fraud")),
        ({0: 0, 1: 1}, OPEN, ("0",)),  # MLflow's one tensor without a name
        ({0: "fine", 1: "fraud"}, Classification.PROTECTED_B, ("0",)),  # classes are values
    ],
)
def test_shares_of_classes_that_are_words_are_called_like_their_classes(claims, tmp_path, told, classification, outputs):
    frame, target = claims
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame[["age", "income"]], target.map(told))
    request = PackRequest(model=model, sample=frame[["age", "income"]], predict="predict_proba", classification=classification)
    assert pack(request, tmp_path / "m").signature.outputs.names == outputs
