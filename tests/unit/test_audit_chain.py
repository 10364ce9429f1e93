"""The record of acts: what it refuses to hold, what it survives, and that every change of it is found and named."""

from __future__ import annotations

import multiprocessing
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seldon_nb.domain.audit import Act, AuditRecord, checked_details
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.principal import Principal
from seldon_nb.here import chain
from seldon_nb.here.audit import JsonlAudit

YOU = Principal("you")
N = 12


class Still:
    """A clock that moves a second per look."""

    def __init__(self) -> None:
        self.seconds = 1_763_716_000.0

    def now(self) -> float:
        self.seconds += 1
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def audit_of(directory: Path) -> JsonlAudit:
    return JsonlAudit(directory, Still())


def write(audit: JsonlAudit, count: int = N) -> None:
    for number in range(count):
        audit.append(who=YOU, act=Act.APPLY, subject="dev/fraud", details={"model": f"fraud@{number + 1}", "revision": number})


@pytest.fixture
def audit(tmp_path: Path) -> JsonlAudit:
    audit = audit_of(tmp_path)
    write(audit)
    return audit


# --- what it holds -----------------------------------------------------------------------------------------------------------


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    audit = audit_of(tmp_path)
    first = audit.append(
        who=YOU, act=Act.LOG, subject="fraud@1", digest="sha256:" + "0" * 64, details={"run": "été", "revision": 2}
    )
    second = audit.append(who=YOU, act=Act.REFUSED, subject="dev/fraud", result="SNB-401")
    assert list(audit.records()) == [first, second]
    assert (first.seq, second.seq, second.prev) == (1, 2, first.hash)
    assert first.hash == first.computed_hash()


def test_an_empty_record_is_whole_and_looking_writes_nothing(tmp_path: Path) -> None:
    verdict = audit_of(tmp_path / "audit").verify()
    assert (verdict.ok, verdict.records, verdict.reason) == (True, 0, "")
    assert list(audit_of(tmp_path / "audit").records()) == []
    assert not (tmp_path / "audit").exists()


def test_two_installs_never_begin_alike(tmp_path: Path) -> None:
    first = [audit_of(tmp_path / name).append(who=YOU, act=Act.LOG, subject="fraud@1").prev for name in "ab"]
    assert first[0] != first[1]


def test_the_files_are_private(audit: JsonlAudit, tmp_path: Path) -> None:
    assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("", ["fraud@1", "dev/fraud", "prod/risk", "fraud2@1"]),
        ("fraud", ["fraud@1", "dev/fraud", "prod/risk"]),
        ("fraud@1", ["fraud@1", "dev/fraud", "prod/risk"]),
        ("dev/fraud", ["dev/fraud"]),
        ("risk", ["prod/risk"]),
        ("fraud@2", []),
    ],
)
def test_records_are_found_by_deployment_model_and_version(tmp_path: Path, subject: str, expected: list[str]) -> None:
    audit = audit_of(tmp_path)
    audit.append(who=YOU, act=Act.LOG, subject="fraud@1")
    audit.append(who=YOU, act=Act.APPLY, subject="dev/fraud", details={"model": "fraud@1"})
    audit.append(who=YOU, act=Act.APPLY, subject="prod/risk", details={"model": "fraud@1"})
    audit.append(who=YOU, act=Act.LOG, subject="fraud2@1")
    assert [record.subject for record in audit.records(subject=subject)] == expected


def test_records_are_found_by_time(audit: JsonlAudit) -> None:
    times = [record.at for record in audit.records()]
    assert [record.at for record in audit.records(since=times[5])] == times[5:]
    assert len(list(audit.records(since="2025-11"))) == N and not list(audit.records(since="2025-12"))


# --- what it refuses -----------------------------------------------------------------------------------------------------------

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ5b3UifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "details",
    [
        {"payload": "1"},
        {"note": "x" * 257},
        {"note": TOKEN},
        {"note": f"token is {TOKEN}"},
        {"note": "Authorization: Bearer abc"},
        {"note": "-----BEGIN RSA PRIVATE KEY-----"},
        {"note": '{"inputs": [1, 2]}'},
        {"note": " [[1, 2], [3, 4]] "},
        {"note": 1.5},
        {"note": True},
        {"note": None},
        {"note": ["a"]},
        {"revision": 2**60},
        {1: "x"},
    ],
)
def test_payloads_and_tokens_have_no_place(tmp_path: Path, details: dict[str, object]) -> None:
    audit = audit_of(tmp_path)
    with pytest.raises(ValueError) as error:
        audit.append(who=YOU, act=Act.LOG, subject="fraud@1", details=details)  # type: ignore[arg-type]
    assert TOKEN not in str(error.value)
    assert list(audit.records()) == []


@pytest.mark.parametrize("field", ["subject", "result", "digest"])
def test_no_other_text_may_carry_a_token_either(tmp_path: Path, field: str) -> None:
    values = {"subject": "dev/fraud", field: TOKEN}
    with pytest.raises(ValueError):
        audit_of(tmp_path).append(who=YOU, act=Act.LOG, **values)


def test_ordinary_details_are_held() -> None:
    ordinary: dict[str, str | int] = {
        "reason": "checked with the steward [ticket 12]",
        "revision": -1,
        "model_digest": "sha256:" + "a" * 64,
    }
    assert checked_details(ordinary) == ordinary


# --- what it survives ----------------------------------------------------------------------------------------------------------


def test_a_line_torn_by_a_power_loss_is_kept_aside_and_told(audit: JsonlAudit, tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    whole = file.read_bytes()
    torn = whole.splitlines(keepends=True)[-1][:40]
    file.write_bytes(whole + torn)
    before = audit.verify()
    assert (before.ok, before.records, before.reason) == (True, N, chain.TORN)
    record = audit_of(tmp_path).append(who=YOU, act=Act.LOG, subject="fraud@1")
    assert record.seq == N + 1
    assert [part.read_bytes() for part in tmp_path.glob("torn-*.part")] == [torn]
    after = audit.verify()
    assert (after.ok, after.records, after.reason) == (True, N + 1, chain.TORN)


def test_a_record_that_is_newer_than_the_anchor_is_told_and_followed(audit: JsonlAudit, tmp_path: Path) -> None:
    anchor = (tmp_path / "anchor.json").read_bytes()
    write(audit, 1)
    (tmp_path / "anchor.json").write_bytes(anchor)  # stopped between the record and the anchor
    verdict = audit.verify()
    assert (verdict.ok, verdict.records, verdict.reason) == (True, N + 1, chain.NEWER)
    assert audit.append(who=YOU, act=Act.LOG, subject="fraud@1").seq == N + 2
    assert audit.verify().ok and not audit.verify().reason


def test_killed_while_writing_it_goes_on(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from seldon_nb.here.audit import JsonlAudit; from seldon_nb.domain.audit import Act\n"
        "from seldon_nb.domain.principal import Principal\n"
        "audit = JsonlAudit(Path(sys.argv[1]), type('C', (), {'now': staticmethod(time.time)}))\n"
        "while True:\n    audit.append(who=Principal('you'), act=Act.LOG, subject='fraud@1'); print('.', end='', flush=True)\n"
    )
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
        try:
            assert process.stdout is not None
            process.stdout.read(5)
            time.sleep(random.random() / 50)
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        audit = audit_of(tmp_path)
        assert audit.verify().ok
        seq = audit.append(who=YOU, act=Act.LOG, subject="fraud@2").seq
        assert audit.verify().ok and audit.verify().records == seq


def _append_some(directory: str) -> None:
    audit = audit_of(Path(directory))
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: write(audit, 5), range(3)))


def test_threads_and_processes_write_one_chain(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_append_some, args=(str(tmp_path),)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    verdict = audit_of(tmp_path).verify()
    assert (verdict.ok, verdict.records) == (True, 45)


def test_what_cannot_be_written_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    """A real full disk, as far as a process can have one of its own: a limit on the size of files."""
    write(audit_of(tmp_path))
    script = (
        "import resource, sys; from pathlib import Path; from seldon_nb.here.audit import JsonlAudit; from seldon_nb.domain.audit import Act\n"
        "from seldon_nb.domain.principal import Principal; from seldon_nb.domain.errors import SeldonNbError\n"
        "size = (Path(sys.argv[1]) / 'records.jsonl').stat().st_size + 50\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "try:\n    JsonlAudit(Path(sys.argv[1]), type('C', (), {'now': staticmethod(lambda: 0.0)})).append(who=Principal('you'), act=Act.LOG, subject='x')\n"
        "except SeldonNbError as error:\n    print(error.code_id)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "SNB-603"
    verdict = audit_of(tmp_path).verify()
    assert (verdict.ok, verdict.records, verdict.reason) == (True, N, "")


def test_a_directory_in_the_way_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").mkdir()
    with pytest.raises(SeldonNbError) as error:
        write(audit_of(tmp_path), 1)
    assert error.value.code_id == "SNB-603" and error.value.facts["path"] == str(tmp_path)


# --- that every change is found ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("chain")
    write(audit_of(directory))
    return directory


@pytest.fixture
def lines(written: Path) -> Iterator[list[bytes]]:
    records, anchor = (written / "records.jsonl").read_bytes(), (written / "anchor.json").read_bytes()
    yield records.splitlines(keepends=True)
    (written / "records.jsonl").write_bytes(records)
    (written / "anchor.json").write_bytes(anchor)


def first_bad(directory: Path, lines: list[bytes]) -> tuple[int, str]:
    (directory / "records.jsonl").write_bytes(b"".join(lines))
    verdict = audit_of(directory).verify()
    return verdict.bad_seq, verdict.reason


@settings(
    max_examples=2000, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_mutation_is_found_at_the_first_record_it_touches(written: Path, data: st.DataObject) -> None:
    records = (written / "records.jsonl").read_bytes()
    lines = records.splitlines(keepends=True)
    kind = data.draw(st.sampled_from(["flip", "remove", "insert", "delete", "repeat", "swap", "cut"]))
    if kind in ("flip", "remove", "insert", "cut"):
        at = data.draw(st.integers(0, len(records) - 1))
        touched = records[:at].count(b"\n") + 1
        if kind == "flip":
            changed = records[:at] + bytes([records[at] ^ data.draw(st.integers(1, 255))]) + records[at + 1 :]
        elif kind == "insert":
            changed = records[:at] + data.draw(st.binary(min_size=1, max_size=9)) + records[at:]
        elif kind == "remove":
            changed = records[:at] + records[at + 1 :]
        else:
            changed = records[:at]
    else:
        touched = data.draw(st.integers(1, N))
        other = data.draw(st.integers(1, N))
        if kind == "delete":
            changed = b"".join(lines[: touched - 1] + lines[touched:])
        elif kind == "repeat":
            changed = b"".join([*lines[:touched], lines[other - 1], *lines[touched:]])
            touched += 1 + (touched < N and lines[touched] == lines[other - 1])
        else:
            touched, other = min(touched, other), max(touched, other)
            if touched == other:
                return
            lines[touched - 1], lines[other - 1] = lines[other - 1], lines[touched - 1]
            changed = b"".join(lines)
    if changed == records:
        return
    try:
        (written / "records.jsonl").write_bytes(changed)
        verdict = audit_of(written).verify()
    finally:
        (written / "records.jsonl").write_bytes(records)
    assert not verdict.ok
    assert verdict.reason
    if kind != "insert":  # a byte that is inserted may repeat its neighbour, one line on
        assert verdict.bad_seq == touched


@settings(
    max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 400), by=st.integers(1, 255))
def test_every_change_of_the_anchor_is_found(written: Path, at: int, by: int) -> None:
    file = written / "anchor.json"
    data = file.read_bytes()
    at %= len(data)
    try:
        file.write_bytes(data[:at] + bytes([data[at] ^ by]) + data[at + 1 :])
        verdict = audit_of(written).verify()
    finally:
        file.write_bytes(data)
    assert (verdict.ok, verdict.reason) == (False, chain.LOST)


def test_an_edit_is_named(written: Path, lines: list[bytes]) -> None:
    lines[6] = lines[6].replace(b"dev/fraud", b"dev/freud")
    assert first_bad(written, lines) == (7, chain.CHANGED)


def test_a_removed_record_is_named(written: Path, lines: list[bytes]) -> None:
    del lines[6]
    assert first_bad(written, lines) == (7, chain.REMOVED)


def test_a_repeated_record_is_named(written: Path, lines: list[bytes]) -> None:
    lines.insert(7, lines[2])
    assert first_bad(written, lines) == (8, chain.REPEATED)


def test_a_fork_is_named(written: Path, lines: list[bytes]) -> None:
    other = replace(chain.parse_record(lines[6]), who="somebody", hash="")
    lines.insert(7, chain.to_line(replace(other, hash=other.computed_hash())))
    assert first_bad(written, lines) == (8, chain.FORKED)


def test_garbage_is_named(written: Path, lines: list[bytes]) -> None:
    lines[3] = b"garbage\n"
    assert first_bad(written, lines) == (4, chain.UNREADABLE)


def test_truncation_after_the_fact_is_named(written: Path, lines: list[bytes]) -> None:
    assert first_bad(written, lines[:9]) == (10, chain.TRUNCATED)
    assert first_bad(written, []) == (1, chain.TRUNCATED)


def test_a_chain_written_anew_is_named(written: Path, lines: list[bytes]) -> None:
    assert first_bad(written, rewritten(lines, 4)) == (N, chain.REWRITTEN)


def test_a_forged_record_without_a_new_chain_is_named(written: Path, lines: list[bytes]) -> None:
    forged = rewritten(lines, 4)
    assert first_bad(written, [*forged[:5], *lines[5:]]) == (6, chain.UNLINKED)


def rewritten(lines: list[bytes], at: int) -> list[bytes]:
    """A chain with one record forged and every hash after it computed again."""
    records = [chain.parse_record(line) for line in lines]
    records[at] = replace(records[at], who="somebody")
    for index in range(at, len(records)):
        prev = records[index - 1].hash
        record: AuditRecord = replace(records[index], prev=prev)
        records[index] = replace(record, hash=record.computed_hash())
    return [chain.to_line(record) for record in records]


def test_a_missing_anchor_is_named_for_ever(audit: JsonlAudit, tmp_path: Path) -> None:
    (tmp_path / "anchor.json").unlink()
    assert (audit.verify().bad_seq, audit.verify().reason) == (N + 1, chain.LOST)
    write(audit, 3)
    assert (audit.verify().bad_seq, audit.verify().reason) == (N + 1, chain.LOST)
    assert len(list(audit.records())) == N + 3


@pytest.mark.parametrize("keep", [0, 5, N - 1])
def test_a_truncated_chain_goes_on_and_stays_bad(audit: JsonlAudit, tmp_path: Path, keep: int) -> None:
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:keep]))
    assert audit.append(who=YOU, act=Act.LOG, subject="fraud@9").seq == N + 1
    write(audit, 3)
    assert (audit.verify().bad_seq, audit.verify().reason) == (keep + 1, chain.REMOVED)


def test_a_chain_cut_inside_a_line_goes_on_with_a_line_of_its_own(audit: JsonlAudit, tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_bytes(file.read_bytes()[:-30])
    write(audit, 2)
    assert (audit.verify().bad_seq, audit.verify().reason) == (N, chain.UNREADABLE)
    assert [record.seq for record in audit.records()][-2:] == [N + 1, N + 2]


def test_garbage_after_the_end_stays_and_is_named(audit: JsonlAudit, tmp_path: Path) -> None:
    with (tmp_path / "records.jsonl").open("ab") as file:
        file.write(b'{"forged": 1}\n')
    write(audit, 2)
    assert (audit.verify().bad_seq, audit.verify().reason) == (N + 1, chain.UNREADABLE)


def test_verifying_reads_each_record_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count, prev, head, lines = 2_000, chain.genesis("a"), "", []
    for seq in range(1, count + 1):
        record = AuditRecord(
            seq=seq,
            at="2026-11-21T09:30:00.000Z",
            who="you",
            act=Act.CALLS,
            subject="dev/fraud",
            details={"calls": seq},
            prev=prev,
        )
        prev = head = record.computed_hash()
        lines.append(chain.to_line(replace(record, hash=head)))
    (tmp_path / "records.jsonl").write_bytes(b"".join(lines))
    anchor = chain.Anchor(install="a", seq=count, head=head, size=sum(map(len, lines)))
    (tmp_path / "anchor.json").write_bytes(anchor.to_bytes())
    read, reading = [], chain._read
    monkeypatch.setattr(chain, "_read", lambda line: read.append(line) or reading(line))
    verdict = audit_of(tmp_path).verify()
    assert verdict.ok and verdict.records == count
    assert read == [line[:-1] for line in lines]
