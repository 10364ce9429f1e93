"""Each thing that goes wrong ends with a card that says what happened, and changes nothing."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from seldon_nb.cards.error import error_card, finding_line
from seldon_nb.cards.skin import Skin
from seldon_nb.cards.text import to_text
from seldon_nb.domain.errors import SeldonNbError


def told(error: SeldonNbError) -> str:
    """The card as one line of text."""
    return " ".join(to_text(error_card(error, skin=Skin.SHELL), Skin.SHELL).split())


@pytest.fixture
def unchanged(workspace):
    """Nothing was logged or deployed in between."""

    def state():
        versions = [version.ref for version in workspace.ports.catalog.versions(limit=200).items]
        return versions, [(status.target, status.revision.number) for status in workspace.statuses()]

    before = state()
    yield
    assert state() == before


def refusal(action, code: str, *fragments: str) -> str:
    """The action is refused with this code, and its card says all of this."""
    with pytest.raises(SeldonNbError) as caught:
        action()
    text = told(caught.value)
    assert caught.value.code_id == code, text
    for fragment in fragments:
        assert re.search(fragment, text), f"{fragment!r} is not in: {text}"
    assert "→" in text, "a card ends with a next step"
    return text


@pytest.fixture(scope="module")
def fraud(workspace, phishing):
    """A deployment to ask."""
    model, features = phishing
    workspace.log(model, name="fraud", sample=features.head())
    return workspace.deploy("fraud@1", to="dev")


class TestLogging:
    def test_without_a_sample(self, workspace, phishing, unchanged):
        refusal(
            lambda: workspace.log(phishing[0], name="x"),
            "SNB-110",
            "was not logged: there is no sample",
            "log model --name x --sample",
        )

    def test_with_an_empty_sample(self, workspace, phishing, unchanged):
        refusal(
            lambda: workspace.log(phishing[0], name="x", sample=phishing[1].head(0)),
            "SNB-129",
            "the sample has no rows",
            "9 columns and 0 rows",
        )

    def test_with_other_columns_than_the_fit(self, workspace, phishing, unchanged):
        sample = phishing[1].head().rename(columns={"https": "HTTPS"})
        refusal(
            lambda: workspace.log(phishing[0], name="x", sample=sample),
            "SNB-112",
            "are not those it was trained with",
            "Missing: https",
            "HTTPS",
        )

    def test_an_integer_column_is_a_warning_with_what_to_do(self, workspace, phishing):
        logged = workspace.log(phishing[0], name="warned", sample=phishing[1].head())
        finding = next(item for item in logged.findings if item.code == "SNB-118")
        line = finding_line(finding)
        assert "age_of_domain" in line.text and "ip_in_url" in line.text and "missing" in line.text
        assert any("--integers float" in step.command for step in line.steps)

    def test_with_a_name_that_cannot_be_referred_to(self, workspace, phishing, unchanged):
        refusal(
            lambda: workspace.log(phishing[0], name="a/b", sample=phishing[1].head()),
            "SNB-703",
            "cannot be a model's name",
            "--name a-b",
        )

    def test_below_the_classification_of_the_workspace(self, short_tmp, phishing):
        from seldon_nb.domain.classification import Classification
        from seldon_nb.settings import Settings
        from seldon_nb.workspace import Workspace

        protected = Workspace(Settings(home=short_tmp / "protected", classification=Classification.PROTECTED_B))
        protected.place.start_spare_early = lambda: None
        refusal(
            lambda: protected.log(phishing[0], name="x", sample=phishing[1].head(), classification="unclassified"),
            "SNB-404",
            "protected",
        )
        protected.close()


SCRIPT = """
import sys
from pathlib import Path
import numpy as np, pandas as pd
from sklearn.base import BaseEstimator
from seldon_nb.settings import Settings
from seldon_nb.workspace import Workspace
from seldon_nb.cards.error import error_card
from seldon_nb.cards.text import to_text
from seldon_nb.domain.errors import SeldonNbError
{definition}
X = pd.DataFrame({{"a": [1.0, 2.0], "b": [3.0, 4.0]}})
workspace = Workspace(Settings(home=Path(sys.argv[1])))
try:
    print("OK", workspace.log({model}, name="own", sample=X, include={include!r}).ref)
except SeldonNbError as error:
    print(error.code_id, " ".join(to_text(error_card(error)).split()))
workspace.close()
"""
OWN_CLASS = """
class Doubler(BaseEstimator):
    def fit(self, X, y=None):
        return self
    def predict(self, X):
        return np.asarray(X).sum(axis=1) * 2
"""


class TestOwnCode:
    def log(self, workspace, tmp_path, *, definition: str, model: str, include: tuple[str, ...] = ()) -> str:
        script = tmp_path / "notebook.py"
        script.write_text(SCRIPT.format(definition=definition, model=model, include=include))
        environment = os.environ | {"SELDON_NB_LANG": "en"}
        done = subprocess.run(
            [sys.executable, str(script), str(workspace.home.root)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().splitlines()[-1]

    def test_a_class_of_the_notebook_is_refused_with_two_ways_out(self, workspace, tmp_path, unchanged):
        text = self.log(workspace, tmp_path, definition=OWN_CLASS, model="Doubler().fit(X)")
        assert text.startswith("SNB-113")
        assert "Doubler" in text and "--include __main__" in text and "--include my_model.py" in text

    def test_a_class_of_the_notebook_travels_if_the_user_says_so(self, workspace, tmp_path):
        text = self.log(workspace, tmp_path, definition=OWN_CLASS, model="Doubler().fit(X)", include=("__main__",))
        assert text.startswith("OK own@")

    def test_a_class_of_a_local_file_is_refused_and_the_file_is_named(self, workspace, tmp_path, unchanged):
        (tmp_path / "doubling.py").write_text("import numpy as np\nfrom sklearn.base import BaseEstimator\n" + OWN_CLASS)
        text = self.log(workspace, tmp_path, definition="from doubling import Doubler", model="Doubler().fit(X)")
        assert text.startswith("SNB-114")
        assert "doubling.py" in text and "--include doubling.py" in text

    def test_a_local_file_travels_and_the_endpoint_answers(self, workspace, tmp_path):
        import pandas as pd

        (tmp_path / "doubling.py").write_text("import numpy as np\nfrom sklearn.base import BaseEstimator\n" + OWN_CLASS)
        text = self.log(
            workspace, tmp_path, definition="from doubling import Doubler", model="Doubler().fit(X)", include=("doubling.py",)
        )
        assert text.startswith("OK own@")
        deployment = workspace.deploy(text.split()[1], to="dev", name="own")
        assert list(deployment.predict(pd.DataFrame({"a": [1.0], "b": [3.0]})).iloc[:, 0]) == [8.0]
        deployment.delete()


class TestForeignModels:
    """Models that plain MLflow logged, without our checks."""

    @pytest.fixture
    def mlflow_here(self, workspace):
        import mlflow

        mlflow.set_tracking_uri(workspace.tracking_uri)
        mlflow.set_registry_uri(workspace.tracking_uri)
        yield mlflow
        mlflow.set_tracking_uri(None)
        mlflow.set_registry_uri(None)

    def blocked(self, workspace, ref: str, **options) -> dict[str, str]:
        plan = workspace.plan(ref, to="protb", **options)
        assert not plan.ok
        return {finding.code: " ".join(finding_line(finding).text.split()) for finding in plan.findings if finding.blocks}

    @pytest.mark.filterwarnings("ignore")
    def test_without_a_signature(self, workspace, phishing, mlflow_here):
        import mlflow.sklearn

        mlflow.sklearn.log_model(
            phishing[0],
            name="m",
            registered_model_name="bare",
            serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
        )
        found = self.blocked(workspace, "bare@1")
        assert "has no signature" in found["SNB-111"]
        reasoned = workspace.plan("bare@1", to="protb", override="SNB-111", because="a trial, nobody calls it")
        assert "SNB-111" not in {finding.code for finding in reasoned.findings if finding.blocks}
        assert (
            next(finding for finding in reasoned.findings if finding.code == "SNB-111").overridden_by
            == "a trial, nobody calls it"
        )
        refusal(lambda: workspace.plan("bare@1", to="protb", override="SNB-111"), "SNB-223", "reason")

    @pytest.mark.filterwarnings("ignore")
    def test_saved_by_skops_for_a_server_that_cannot_read_it(self, workspace, mlflow_here):
        import mlflow.sklearn
        from mlflow.models import infer_signature
        from sklearn.datasets import load_iris
        from sklearn.linear_model import LogisticRegression

        features, target = load_iris(return_X_y=True, as_frame=True)
        model = LogisticRegression(max_iter=300).fit(features, target)
        mlflow.sklearn.log_model(
            model,
            name="m",
            registered_model_name="skopsed",
            serialization_format="skops",
            signature=infer_signature(features, model.predict(features)),
            pip_requirements=["scikit-learn", "skops"],
        )
        found = self.blocked(workspace, "skopsed@1", server="sklearn")
        assert "SNB-116" in found or "SNB-213" in found, found
        assert "skops" in " ".join(found.values())

    @pytest.mark.filterwarnings("ignore")
    def test_nobody_classified_it_so_it_is_treated_as_protected(self, workspace, phishing, mlflow_here):
        plan = workspace.plan("bare@1", to="dev", override="SNB-111", because="a trial")
        assert "SNB-402" in {finding.code for finding in plan.findings if finding.blocks}
        assert "SNB-403" in {finding.code for finding in plan.findings}


FRAGILE = """
import os
import numpy as np
from sklearn.base import BaseEstimator

class Fragile(BaseEstimator):
    def __init__(self, trap=""):
        self.trap = trap
    def fit(self, X, y=None):
        return self
    def __setstate__(self, state):
        if os.path.exists(state.get("trap", "")):
            raise RuntimeError("the licence file is not there")
        self.__dict__.update(state)
    def predict(self, X):
        values = np.asarray(X).sum(axis=1)
        if (values > 1e6).any():
            raise ArithmeticError(f"cannot take {values.tolist()}")
        return values
"""


@pytest.fixture(scope="module")
def fragile(workspace, tmp_path_factory):
    """A model that raises when it is loaded while a file is there, and for large values; the file, and a sample."""
    import pandas as pd

    room = tmp_path_factory.mktemp("fragile")
    (room / "fragile_model.py").write_text(FRAGILE)
    sys.path.insert(0, str(room))
    from fragile_model import Fragile

    trap = room / "trap"
    sample = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    workspace.log(Fragile(str(trap)).fit(sample), name="fragile", sample=sample, include=str(room / "fragile_model.py"))
    yield trap, sample
    sys.path.remove(str(room))


class TestServing:
    def test_the_model_raises_at_load_and_what_served_before_still_serves(self, workspace, fragile, unchanged):
        trap, _ = fragile
        plan = workspace.plan("fragile@1", to="dev")
        trap.touch()
        try:
            refusal(
                plan.apply,
                "SNB-312",
                "could not be read back",
                "RuntimeError",
                "the licence file is not there",
                "What was served before is still served",
            )
        finally:
            trap.unlink()

    def test_the_model_raises_at_predict_and_no_value_is_told(self, workspace, fragile):
        import pandas as pd

        deployment = workspace.deploy("fragile@1", to="dev")
        bad = pd.DataFrame({"a": [7654321.5], "b": [1.0]})
        text = refusal(lambda: deployment.predict(bad), "SNB-315", "ArithmeticError", "fragile_model.py")
        assert "7654321" not in text and "7654322" not in text
        logs = "".join(path.read_text(errors="replace") for path in workspace.home.root.rglob("*.log"))
        assert "7654322" not in logs and "7654321" not in logs
        deployment.delete()

    def test_the_port_of_the_gateway_is_taken(self, short_tmp):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            environment = os.environ | {"SELDON_NB_HOME": str(short_tmp / "other"), "SELDON_NB_LANG": "en"}
            done = subprocess.run(
                [sys.executable, "-m", "seldon_nb", "here", "up", "--port", str(port)],
                capture_output=True,
                text=True,
                env=environment,
                timeout=60,
            )
        assert done.returncode == 1
        assert "SNB-510" in done.stderr and str(port) in done.stderr
        down = subprocess.run(
            [sys.executable, "-m", "seldon_nb", "here", "down"], capture_output=True, text=True, env=environment, timeout=60
        )
        assert down.returncode == 0

    def test_mlflow_cannot_be_reached(self, short_tmp, phishing):
        from seldon_nb.settings import Settings
        from seldon_nb.workspace import Workspace
        from tests.conftest import free_port

        away = Workspace(Settings(home=short_tmp / "away", tracking_uri=f"http://127.0.0.1:{free_port()}"))
        away.place.start_spare_early = lambda: None
        refusal(lambda: away.model("fraud@1"), "SNB-140", "127.0.0.1", "doctor")
        away.close()


class TestAsking:
    def test_a_missing_column(self, fraud, phishing):
        refusal(lambda: fraud.predict(phishing[1].head().drop(columns="https")), "SNB-320", "nothing was sent", "`https`")

    def test_a_misspelt_column_is_answered_with_the_nearest(self, fraud, phishing):
        refusal(
            lambda: fraud.predict(phishing[1].head().rename(columns={"https": "htps"})),
            "SNB-320",
            "`htps`",
            "did you mean `https`",
        )

    def test_an_extra_column_is_left_out_and_told(self, fraud, phishing):
        with pytest.warns(UserWarning, match="note"):
            assert len(fraud.predict(phishing[1].head(2).assign(note="x"))) == 2

    def test_a_wrong_type(self, fraud, phishing):
        refusal(
            lambda: fraud.predict(phishing[1].head().assign(age_of_domain="old")), "SNB-321", "`age_of_domain`", "whole number"
        )

    def test_a_missing_value_where_there_is_no_room(self, fraud, phishing):
        refusal(
            lambda: fraud.predict(phishing[1].head().assign(ip_in_url=None)),
            "SNB-322",
            "`ip_in_url`",
            "5 of 5 values are missing",
        )

    def test_no_rows(self, fraud, phishing):
        refusal(lambda: fraud.predict(phishing[1].head(0)), "SNB-323")

    def test_no_frame(self, fraud):
        refusal(lambda: fraud.predict("hello"), "SNB-324")

    def test_a_million_rows_go_in_parts_with_a_bar(self, workspace, fraud, phishing):
        import numpy as np
        import pandas as pd

        class Bar:
            total, done, closed = 0, 0, False

            def start(self, label, total):
                self.total = total

            def advance(self, n):
                self.done += n

            def close(self):
                self.closed = True

        bar = Bar()
        workspace.progress = lambda: bar
        try:
            _, features = phishing
            rows = pd.DataFrame(np.resize(features.to_numpy(), (1_000_000, 9)), columns=features.columns).astype(
                features.dtypes.to_dict()
            )
            answers = fraud.predict(rows)
        finally:
            workspace.progress = None
        assert len(answers) == 1_000_000
        assert (bar.total, bar.done, bar.closed) == (1_000_000, 1_000_000, True)
        assert list(answers.iloc[:1250, 0]) == list(phishing[0].predict(rows.head(1250)))


def test_the_shell_ends_with_codes_that_scripts_can_trust(workspace):
    environment = os.environ | {"SELDON_NB_HOME": str(workspace.home.root), "SELDON_NB_LANG": "en"}

    def shell(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "seldon_nb", *arguments], capture_output=True, text=True, env=environment, timeout=120
        )

    assert shell("list", "--json").returncode == 0
    assert shell("show", "nothing").returncode == 1
    wrong = shell("plan", "fraud", "--two", "dev")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean '--to'" in wrong.stderr.lower()
    assert shell("explain", "SNB-312").returncode == 0
    assert "Traceback" not in wrong.stderr
    assert Path(sys.executable).exists()


def test_french_is_spoken_everywhere(workspace):
    environment = os.environ | {"SELDON_NB_HOME": str(workspace.home.root), "SELDON_NB_LANG": "fr"}
    done = subprocess.run(
        [sys.executable, "-m", "seldon_nb", "show", "rien"], capture_output=True, text=True, env=environment, timeout=120
    )
    assert done.returncode == 1
    assert "SNB-301" in done.stderr
    assert textwrap.dedent(done.stderr) != ""
    assert not re.search(r"\b(the|your|with)\b", done.stderr), done.stderr
