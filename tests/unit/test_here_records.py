"""Files of deployments, the place's own file, digests of directories: no process runs here."""

from __future__ import annotations

import os
import stat

import pytest

from seldon_nb.digests import tree_digest, tree_files
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import Progress, Revision, Stage, StageStatus, Target
from seldon_nb.domain.plan import Document
from seldon_nb.domain.principal import Principal, Role
from seldon_nb.here.home import Home
from seldon_nb.here.loopback import free_port, is_free
from seldon_nb.here.records import Live, Records
from seldon_nb.here.report import PlaceFile
from seldon_nb.here.serving import load_failed
from seldon_nb.here.supervision import Program

FRAUD = Target("dev", "fraud")


def revision(number: int, target: Target = FRAUD) -> Revision:
    return Revision(
        target=target,
        number=number,
        plan_digest="sha256:" + "0" * 64,
        documents_digest="sha256:" + "1" * 64,
        model=f"fraud@{number}",
        model_digest="sha256:" + "2" * 64,
        classification=Classification.UNCLASSIFIED,
        applied_by=Principal("you", Role.OWNER),
        applied_at="2026-11-21T09:30:00.000Z",
        callers=(Principal("you", Role.OWNER),),
        documents=(Document("SeldonDeployment", {"kind": "SeldonDeployment", "n": [1, {"é": None}]}),),
    )


def live(number: int, target: Target = FRAUD) -> Live:
    return Live(
        revision=revision(number, target), slot=f"0000000{number}", timeline=(StageStatus(Stage.PLACED, Progress.DONE, 3),)
    )


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home").prepare()


def test_what_was_committed_is_what_lives(home):
    records = Records(home)
    assert records.live(FRAUD) is None
    records.commit(live(1))
    assert records.live(FRAUD) == live(1) == Records(home).live(FRAUD)
    records.commit(live(2))
    assert records.live(FRAUD) == live(2)
    assert records.revisions(FRAUD) == (revision(1), revision(2))


def test_everything_that_lives_is_listed_in_order(home):
    records = Records(home)
    for target in (Target("protb", "a"), Target("dev", "z"), Target("dev", "b")):
        records.commit(live(1, target))
    assert [str(item.revision.target) for item in records.all()] == ["dev/b", "dev/z", "protb/a"]


def test_ten_revisions_are_in_the_order_of_their_numbers(home):
    records = Records(home)
    for number in range(1, 12):
        records.commit(live(number))
    assert [item.number for item in records.revisions(FRAUD)] == list(range(1, 12))


def test_after_a_delete_the_former_revisions_are_kept(home):
    records = Records(home)
    for _ in range(2):
        records.commit(live(1))
        records.end(FRAUD)
    assert records.live(FRAUD) is None
    assert records.revisions(FRAUD) == ()
    kept = sorted(str(path.relative_to(home.deployments)) for path in home.deployments.glob("**/*.json"))
    assert kept == ["dev/fraud/former/1/1.json", "dev/fraud/former/2/1.json"]
    records.end(FRAUD)
    records.end(Target("dev", "never"))


def test_files_are_private(home):
    Records(home).commit(live(1))
    for path in home.deployments.glob("**/*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_damaged_file_is_not_a_deployment_and_is_named(home):
    records = Records(home)
    records.commit(live(1))
    path = home.deployments / "dev" / "fraud" / "live.json"
    path.write_text('{"revision": {}}')
    assert records.live(FRAUD) is None
    assert records.unreadable() == ("dev/fraud",)


def test_a_full_disk_leaves_the_former_revision(home, monkeypatch):
    records = Records(home)
    records.commit(live(1))

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        records.commit(live(2))
    assert records.live(FRAUD) == live(1)


def test_dev_has_the_workspaces_ceiling_and_protb_its_own():
    file = PlaceFile(port=8901)
    assert file.ceiling("dev") is Classification.UNCLASSIFIED
    assert PlaceFile(port=8901, classification=Classification.PROTECTED_A).ceiling("dev") is Classification.PROTECTED_A
    assert file.ceiling("protb") is Classification.PROTECTED_B
    with pytest.raises(KeyError):
        file.ceiling("prod")


def test_a_digest_is_of_names_and_bytes(tmp_path):
    def made(files: dict[str, str]):
        root = tmp_path / str(len(list(tmp_path.iterdir())))
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return root

    base = tree_digest(made({"a": "1", "b/c": "2"}))
    assert base.startswith("sha256:")
    assert tree_digest(made({"b/c": "2", "a": "1"})) == base
    assert tree_digest(made({"a": "1", "b/c": "2", "registered_model_meta": "x", "b/__pycache__/c.pyc": "y"})) == base
    others = [
        {"a": "1", "b/c": "3"},
        {"a": "1", "b/d": "2"},
        {"a": "1"},
        {"a": "12", "b/c": ""},
        {"a": "1", "b/c": "2", "b/registered_model_meta": "x"},
    ]
    digests = {tree_digest(made(files)) for files in others}
    assert len(digests) == len(others)
    assert base not in digests


def test_files_below_links_count(tmp_path):
    (tmp_path / "real").write_text("1")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "link").symlink_to(tmp_path / "real")
    assert tree_files(tmp_path / "model") == ["link"]
    before = tree_digest(tmp_path / "model")
    (tmp_path / "real").write_text("2")
    assert tree_digest(tmp_path / "model") != before


def test_a_port_that_somebody_listens_on_is_not_free():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert free_port(port) != port
    assert is_free(port)


def test_a_program_is_written_in_the_supervisors_words(tmp_path):
    program = Program(name="x", argv=("/a b/python", "-c", "50%"), cwd=tmp_path, log=tmp_path / "log", env={"A": "1"})
    lines = program.section(tmp_path / "supervisor").splitlines()
    assert lines[0] == "[program:x]"
    assert "command='/a b/python' -c 50%%" in lines
    assert 'environment=A="1"' in lines
    assert "stdout_logfile=../log" in lines
    assert "autorestart=true" in lines


def test_a_model_that_cannot_be_unpickled_names_versions():
    seen = {
        "error_type": "AttributeError",
        "error_module": "builtins",
        "message": "gone",
        "unpickling": True,
        "differences": [["scikit-learn", "1.0", "1.9.1"], ["xgboost", "2.0", ""]],
    }
    error = load_failed(revision(1), seen, "")
    assert error.code_id == "SNB-312"
    assert error.facts["versions"] == "scikit-learn: model 1.0, server 1.9.1; xgboost: model 2.0, server none"
    assert load_failed(revision(1), {**seen, "unpickling": False}, "").code_id == "SNB-310"


def test_a_server_that_stopped_while_loading_says_how():
    error = load_failed(revision(1), {}, "terminated by SIGKILL")
    assert error.code_id == "SNB-310"
    assert "terminated by SIGKILL" in str(error)
