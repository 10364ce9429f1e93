"""Where gRPC goes: straight to the Service from inside, to the gateway from outside, and nowhere through the API server."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from seldon_nb.calling import grpc as calling
from seldon_nb.calling.grpc import Address, GrpcEndpoint
from seldon_nb.cards.skin import Skin
from seldon_nb.checks.samples import revision, spec
from seldon_nb.cluster.endpoint import ClusterEndpoint
from seldon_nb.codecs.ready import ready_path
from seldon_nb.domain.deployment import Target
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.flows.predict import predict
from seldon_nb.grammar import Session
from seldon_nb.parser import run, words
from seldon_nb.ports import HttpAnswer
from seldon_nb.render.seldon import render

TARGET = Target("team-a", "fraud", "cluster")


def endpoint(*, inside: bool = False, gateway: str = "", engine: Any = "none") -> ClusterEndpoint:
    api: Any = SimpleNamespace(
        credentials=SimpleNamespace(in_pod=inside),
        server="https://cluster.example:6443",
        find=lambda *words, **more: None,
        close=lambda: None,
    )
    made = ClusterEndpoint(api, gateway=lambda _: gateway)
    made.learn(render(spec(namespace="team-a"), engine=engine).to_document())
    return made


@pytest.mark.parametrize(("engine", "port"), [("none", 9500), ("own", 5001)])
def test_from_inside_it_is_the_services_own_port(engine, port):
    assert endpoint(inside=True, engine=engine).grpc_address(TARGET) == Address(f"fraud-default.team-a:{port}")


@pytest.mark.parametrize(
    ("gateway", "address"),
    [
        ("https://models.example", Address("models.example:443", secure=True)),
        ("https://models.example:8443/base", Address("models.example:8443", secure=True)),
        ("http://gateway.example", Address("gateway.example:80")),
    ],
)
def test_from_outside_it_is_the_gateway(gateway, address):
    assert endpoint(gateway=gateway).grpc_address(TARGET) == address


def test_through_the_api_server_it_is_refused_with_the_other_way():
    ways: Any = SimpleNamespace(endpoint=None, grpc=GrpcEndpoint(endpoint().grpc_address), access=None, clock=_Clock())
    with pytest.raises(SeldonNbError) as caught:
        predict(
            ways,
            revision(spec(namespace="team-a")),
            pd.DataFrame({"age": [1.0], "income": [2.0]}),
            transport="grpc",
            tokens=_none,
        )
    assert caught.value.code_id == "SNB-303"
    assert caught.value.code.next[0].verb == "predict {name} X --transport rest"


class _Clock:
    def now(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        return 0.0


def _none(target: Target) -> Any:
    return None


def test_a_sign_in_page_in_between_is_recognised_over_grpc_too():
    page = HttpAnswer(302, "text/html", b"", 0.0)
    asked: Any = SimpleNamespace(ask=lambda *words, **more: page, url=lambda target: "grpcs://models.example:443")
    ways: Any = SimpleNamespace(endpoint=None, grpc=asked, access=SimpleNamespace(whoami=lambda: "you"), clock=_Clock())
    with pytest.raises(SeldonNbError) as caught:
        predict(
            ways,
            revision(spec(namespace="team-a")),
            pd.DataFrame({"age": [1.0], "income": [2.0]}),
            transport="grpc",
            tokens=_none,
        )
    assert caught.value.code_id == "SNB-305" and caught.value.facts["url"] == "grpcs://models.example:443"


@pytest.mark.parametrize(
    ("details", "kept"),
    [
        ('{"error": "the model raised KeyError", "error_type": "KeyError", "where": "model.py:12 in predict"}',
         {"error_type": "KeyError", "where": "model.py:12 in predict"}),
        ('{"error_type": "no row 4520 here", "where": "age = 4520"}', {}),
        ("Exception calling application: 4520", {}),
        ('["4520"]', {}),
    ],
)  # fmt: skip
def test_of_an_error_only_type_and_place_are_kept(details, kept):
    told = calling._told(details)
    assert (json.loads(told) if told else {}) == kept


@pytest.mark.parametrize(
    ("protocol", "engine", "path"),
    [
        ("v2", False, "/v2/models/model/ready"),
        ("kfserving", True, "/v2/models/model/ready"),
        ("", False, "/health/status"),
        ("seldon", True, "/ready"),
        ("tensorflow", False, "/v1/models/model"),
    ],
)
def test_each_protocol_says_elsewhere_that_it_is_ready(protocol, engine, path):
    notes = {} if engine else {"seldon.io/no-engine": "true"}
    document = {"spec": {"protocol": protocol, "predictors": [{"annotations": notes, "graph": {"name": "model"}}]}}
    assert ready_path(document) == path


def test_the_shell_and_the_magics_pass_the_way_on():
    asked: list[tuple[Any, str]] = []
    frame = pd.DataFrame({"risk": [0.5]})

    def answer(rows: Any, *, transport: str = "") -> pd.DataFrame:
        asked.append((rows, transport))
        return frame

    found = SimpleNamespace(predict=answer, revision=revision(spec(namespace="team-a")), target=TARGET)
    workspace: Any = SimpleNamespace(deployment=lambda name: found, acting_as="you")
    reader: Any = SimpleNamespace(frame=lambda text, columns=(): text)
    for line, way in (("predict team-a/fraud X", ""), ("predict team-a/fraud X --transport grpc", "grpc")):
        outcome = run(words(line), Session(workspace=workspace, reader=reader, skin=Skin.NOTEBOOK))
        assert asked.pop() == ("X", way)
        option = f', transport="{way}"' if way else ""
        assert outcome.python == f'sn.deployment("team-a/fraud").predict(X{option})'
