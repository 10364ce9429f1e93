"""Asking: parts, tokens, one retry, every refusal by its code, and never half an answer."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest

from seldon_nb.codecs.chunks import rows_per_request, spans
from seldon_nb.domain.canonical import digest_bytes
from seldon_nb.domain.classification import Classification
from seldon_nb.domain.deployment import Revision, Target
from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.plan import Document
from seldon_nb.domain.principal import Principal, SecretToken
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.flows.predict import predict, token_keeper
from seldon_nb.ports import HttpAnswer, Ports

TARGET = Target("dev", "fraud")
SIGNATURE = Signature(Schema(columns=(Column("x", ColumnType.DOUBLE),)), Schema(columns=(Column("risk", ColumnType.DOUBLE),)))
LONG = pd.DataFrame({"x": np.arange(300_000.0)}, index=pd.RangeIndex(300_000)[::-1])


def revision(signature: Signature | None = SIGNATURE) -> Revision:
    digest = digest_bytes(b"")
    graph = {"name": "model", "implementation": "MLFLOW_SERVER"}
    return Revision(
        target=TARGET,
        number=1,
        plan_digest=digest,
        documents_digest=digest,
        model="fraud@3",
        model_digest=digest,
        classification=Classification.UNCLASSIFIED,
        applied_by=Principal("ana"),
        applied_at="2026-11-21T09:30:00.000Z",
        callers=(),
        documents=(Document("SeldonDeployment", {"spec": {"protocol": "v2", "predictors": [{"graph": graph}]}}),),
        signature=signature,
        timeout_s=60,
    )


class Model:
    """An endpoint that doubles ``x``; ``script`` gives other answers, one per question, before it does."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.asked: list[tuple[Target, str, str, int]] = []
        self.lock = threading.Lock()

    def url(self, target: Target) -> str:
        return "http://gateway/seldon/dev/fraud"

    def ask(self, target: Target, path: str, body: bytes | None, token: SecretToken | None, *, timeout_s: float) -> HttpAnswer:
        assert body is not None
        assert token is not None
        (column,) = orjson.loads(body)["inputs"]
        with self.lock:
            self.asked.append((target, path, token.reveal(), len(column["data"])))
            step = self.script.pop(0) if self.script else None
        if callable(step):
            step = step(column["data"])
        if isinstance(step, Exception):
            raise step
        return step or good([2 * value for value in column["data"]])


class Clock:
    def __init__(self) -> None:
        self.time = 1_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        self.time += 0.5
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


class Access:
    def __init__(self, clock: Clock, life: int = 600) -> None:
        self.clock, self.life, self.made = clock, life, 0

    def whoami(self) -> Principal:
        return Principal("ana")

    def token(self, target: Target, *, minutes: int = 10) -> SecretToken:
        self.made += 1
        return SecretToken(f"token-{self.made}", str(target), "ana", int(self.clock.now()) + self.life)


def good(values: list[float], shape: list[int] | None = None) -> HttpAnswer:
    output = {"name": "output-1", "shape": shape or [len(values), 1], "datatype": "FP64", "data": values}
    return HttpAnswer(200, "application/json", orjson.dumps({"outputs": [output]}), 0.01)


def status(code: int, body: bytes = b"", media_type: str = "application/json") -> HttpAnswer:
    return HttpAnswer(code, media_type, body, 0.01)


def around(model: Model, *, life: int = 600) -> Ports:
    clock = Clock()
    nothing: Any = None
    return Ports(nothing, nothing, nothing, model, Access(clock, life), nothing, clock)  # type: ignore[arg-type]


def refused(model: Model, data: pd.DataFrame | None = None, **options: Any) -> SeldonNbError:
    with pytest.raises(SeldonNbError) as caught:
        predict(around(model), revision(), pd.DataFrame({"x": [1.0, 2.0]}) if data is None else data, **options)
    return caught.value


def test_rows_in_answers_out_index_kept():
    model = Model()
    prediction = predict(around(model), revision(), pd.DataFrame({"x": [1.0, 2.0]}, index=["p", "q"]))
    pd.testing.assert_frame_equal(prediction.frame, pd.DataFrame({"risk": [2.0, 4.0]}, index=["p", "q"]))
    assert (prediction.model, prediction.requests, prediction.seconds) == ("fraud@3", 1, 0.5)
    assert model.asked == [(TARGET, "/v2/models/model/infer", "token-1", 2)]


@pytest.mark.parametrize("in_flight", [1, 2, 5])
def test_many_rows_go_in_parts_and_come_back_in_their_order(in_flight):
    model = Model()
    prediction = predict(around(model), revision(), LONG, in_flight=in_flight)
    assert prediction.requests == len(model.asked) > 2
    assert prediction.frame["risk"].to_numpy().tolist() == (LONG["x"] * 2).tolist()
    assert prediction.frame.index.equals(LONG.index)


def test_repeated_and_nested_index_labels_are_kept():
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 1), ("b", 2)], names=["k", "n"])
    frame = predict(around(Model()), revision(), pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=index)).frame
    assert frame.index.equals(index)


def test_the_callers_frame_is_not_changed():
    rows = pd.DataFrame({"x": [1, None], "y": ["a", None]}, index=[3, 4])
    before = rows.copy(deep=True)
    predict(around(Model(good([1.0, 2.0]))), revision(), rows)
    pd.testing.assert_frame_equal(rows, before)


def test_nothing_is_sent_and_no_token_made_if_the_rows_do_not_fit():
    model = Model()
    seams = around(model)
    with pytest.raises(SeldonNbError) as caught:
        predict(seams, revision(), pd.DataFrame({"X": [1.0]}))
    assert caught.value.code_id == "SNB-320"
    assert caught.value.facts["model"] == "fraud@3"
    assert not model.asked
    assert seams.access.made == 0


def test_one_token_serves_all_parts_and_later_questions_until_shortly_before_its_end():
    model = Model()
    seams = around(model)
    keeper = token_keeper(seams)
    predict(seams, revision(), LONG, tokens=keeper)
    predict(seams, revision(), LONG.head(1), tokens=keeper)
    assert seams.access.made == 1
    seams.clock.sleep(575)
    predict(seams, revision(), LONG.head(1), tokens=keeper)
    assert seams.access.made == 2


def test_a_long_question_outlives_its_first_token():
    model = Model()
    seams = around(model)
    model.script = [lambda data: seams.clock.sleep(590)]
    predict(seams, revision(), LONG, in_flight=1)
    assert {token for _, _, token, _ in model.asked} == {"token-1", "token-2"}


def test_a_dropped_connection_is_tried_once_more_in_silence():
    model = Model(fail("SNB-302", name="dev/fraud", url="u"))
    assert predict(around(model), revision(), pd.DataFrame({"x": [1.0]})).frame["risk"].tolist() == [2.0]
    assert len(model.asked) == 2


def test_twice_is_once_too_often():
    lost = fail("SNB-302", name="dev/fraud", url="u")
    model = Model(lost, fail("SNB-302", name="dev/fraud", url="u"))
    assert refused(model).code_id == "SNB-302"
    assert len(model.asked) == 2


@pytest.mark.parametrize("answer", [fail("SNB-307", name="dev/fraud", seconds=60), status(503), status(500), status(429)])
def test_nothing_else_is_tried_again(answer):
    model = Model(answer)
    refused(model)
    assert len(model.asked) == 1


RAISED = orjson.dumps({"error": "the model raised KeyError", "error_type": "KeyError", "where": "model.py:12 in predict"})
REFUSALS = [
    (status(302), "SNB-305", {"name": "dev/fraud", "url": "http://gateway/seldon/dev/fraud"}),
    (status(200, b"<html>", "text/html"), "SNB-305", {"name": "dev/fraud"}),
    (status(401), "SNB-306", {"status": 401, "who": "ana"}),
    (status(403, b"RBAC: access denied", "text/plain"), "SNB-306", {"status": 403, "who": "ana"}),
    (status(404), "SNB-302", {"url": "http://gateway/seldon/dev/fraud"}),
    (status(413), "SNB-308", {"name": "dev/fraud"}),
    (status(504), "SNB-307", {"seconds": 60}),
    (status(502), "SNB-316", {"name": "dev/fraud"}),
    (status(503, b"no healthy upstream", "text/plain"), "SNB-316", {"name": "dev/fraud"}),
    (status(500, RAISED), "SNB-315", {"error_type": "KeyError", "where": "model.py:12 in predict"}),
    (status(400, RAISED), "SNB-315", {"error_type": "KeyError"}),
    (status(500, b"Internal Server Error", "text/plain"), "SNB-315", {"error_type": "an error that the server does not name"}),
    (status(400, b'{"error": "4520 0034"}'), "SNB-325", {"reason": "The HTTP status was 400.", "rows": "1–2"}),
    (status(418), "SNB-325", {"reason": "The HTTP status was 418."}),
    (status(200, b"{"), "SNB-325", {"reason": "It is not an answer of the protocol (not JSON)."}),
    (fail("SNB-325", name="u", reason="size", limit=10), "SNB-325", {"reason": "It is longer than 10 bytes.", "rows": "1–2"}),
]


@pytest.mark.parametrize(
    ("answer", "code", "facts"), REFUSALS, ids=[f"{code}-{number}" for number, (_, code, _) in enumerate(REFUSALS)]
)
def test_every_refusal_has_its_code(answer, code, facts):
    error = refused(Model(answer))
    assert error.code_id == code
    assert {key: error.facts[key] for key in facts} == facts
    assert error.code.fields() <= set(error.facts)
    assert "4520" not in repr(error.facts)


@pytest.mark.parametrize("in_flight", [1, 2])
def test_a_part_that_fails_is_named_and_nothing_is_returned(in_flight):
    model = Model(None, None, lambda data: status(500, RAISED))
    error = refused(model, LONG, in_flight=in_flight)
    assert error.code_id == "SNB-315"
    first, last = (int(number.replace(",", "")) for number in str(error.facts["rows"]).split("–"))
    assert 1 < first < last <= 300_000
    assert str(error.facts["where"]) == f"model.py:12 in predict, for rows {error.facts['rows']}"


def test_after_a_failure_the_rest_is_not_sent():
    model = Model(status(500, RAISED))
    refused(model, LONG, in_flight=1)
    assert len(model.asked) == 1


def test_another_number_of_answers_than_rows_is_refused_in_parts_and_noted_in_one():
    assert refused(Model(lambda data: good([1.0])), LONG).code_id == "SNB-325"
    prediction = predict(around(Model(good([1.0, 2.0, 3.0]))), revision(), pd.DataFrame({"x": [1.0, 2.0]}, index=[5, 6]))
    assert prediction.frame.index.tolist() == [0, 1, 2]
    assert prediction.notes.sentences() == ("The model gave 3 answers to all rows together.",)


def test_parts_with_different_columns_are_refused():
    error = refused(Model(None, lambda data: good([1.0, 2.0] * len(data), [len(data), 2])), LONG, in_flight=1)
    assert error.code_id == "SNB-325"


class Watch:
    def __init__(self) -> None:
        self.seen: list[Any] = []

    def start(self, label: str, total: int) -> None:
        self.seen.append((label, total))

    def advance(self, n: int) -> None:
        self.seen.append(n)

    def close(self) -> None:
        self.seen.append("close")


def test_progress_counts_rows_and_is_closed_even_if_it_fails():
    watch = Watch()
    predict(around(Model()), revision(), LONG, progress=watch)
    assert watch.seen[0] == ("Asking dev/fraud", 300_000)
    assert sum(watch.seen[1:-1]) == 300_000
    assert watch.seen[-1] == "close"
    watch = Watch()
    refused(Model(status(503)), LONG, progress=watch)
    assert watch.seen[-1] == "close"


def test_one_request_shows_no_progress():
    watch = Watch()
    predict(around(Model()), revision(), LONG.head(300), progress=watch)
    assert watch.seen == []


def test_a_million_rows_go_in_parts():
    rows = pd.DataFrame({"x": np.zeros(1_000_000)})
    model = Model()
    assert len(predict(around(model), revision(), rows).frame) == 1_000_000
    assert max(count for _, _, _, count in model.asked) <= 50_000


@pytest.mark.parametrize(("rows", "size"), [(1, 1), (10, 3), (10, 10), (10, 50), (1_000_003, 50_000)])
def test_parts_cover_all_rows_once_and_are_as_equal_as_can_be(rows, size):
    parts = list(spans(rows, size))
    assert [start for start, _ in parts] == [0, *(stop for _, stop in parts[:-1])]
    assert parts[-1][1] == rows
    sizes = [stop - start for start, stop in parts]
    assert max(sizes) <= size
    assert max(sizes) - min(sizes) <= 1


def test_how_many_rows_go_at_once_follows_from_how_long_they_are():
    assert rows_per_request(256 * 1000, 256, target=1_000_000) == 1000
    assert rows_per_request(256, 256) == 50_000
    assert rows_per_request(10**9, 1) == 1
