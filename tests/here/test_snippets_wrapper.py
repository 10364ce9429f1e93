"""The lines in four languages for the seldon protocol, run against the real wrapper of Seldon Core 1.17.1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from seldon_nb.codecs.snippets import VARIABLE
from seldon_nb.domain.plan import Document
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.flows.snippets import snippets
from seldon_nb.flows.try_out import Question, ask
from tests.here.mlserver_process import Direct, ports, revision
from tests.lab.r import why_no_r
from tests.peers.wrapper_process import wrapper

ROWS = pd.DataFrame({"linear": [1.0, 2.5], "b": [10.0, 20.0]})


def served(transport: str = ""):
    signature = Signature(Schema(tuple(Column(name, ColumnType.DOUBLE) for name in ROWS)))
    predictors = [{"name": "default", "annotations": {"seldon.io/no-engine": "true"}, "graph": {"name": "m", "type": "MODEL"}}]
    told = {"protocol": "seldon", "predictors": predictors} | ({"transport": transport} if transport else {})
    return replace(revision("m", "LIGHTGBM", signature), documents=(Document("SeldonDeployment", {"spec": told}),))


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with wrapper(tmp_path_factory.mktemp("wrapper")) as (address, _):
        yield address


def seams(address, transport=""):
    made = ports(Direct(address))
    made.serving = SimpleNamespace(live=lambda target: served(transport))
    made.access.may = lambda verb, target: True
    return made


QUESTION = Question(target=served().target, columns=tuple(ROWS), data=((1.0, 10.0), (2.5, 20.0)))


def run(command, text):
    done = subprocess.run(
        command, input=text, text=True, capture_output=True, timeout=120, env=os.environ | {VARIABLE: "none"}, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_lines_of_the_shell_python_and_r_are_answered_as_the_view_is(address):
    wanted = [row[0] for row in ask(seams(address), QUESTION).data]
    lines = snippets(seams(address), QUESTION).lines
    assert lines is not None and "/api/v1.0/predictions" in lines.curl
    for command, text in ((["bash", "-eu"], lines.curl), ([sys.executable, "-I", "-"], lines.python)):
        assert json.loads(run(command, text))["data"]["ndarray"] == wanted
    if not why_no_r():
        told = run(["Rscript", "--vanilla", "-"], lines.r + '\ncat("\\n@", toJSON(answer$data$ndarray, digits = NA), sep = "")\n')
        assert json.loads(told.rpartition("@")[2]) == wanted


def test_a_deployment_for_grpc_is_told_that_the_lines_ask_over_http(address):
    assert "gRPC" in snippets(seams(address, "grpc"), QUESTION).note
    assert "gRPC" not in snippets(seams(address), QUESTION).note
