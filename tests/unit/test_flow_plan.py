"""What somebody asks for becomes a plan: every server and protocol that can be, in words that Python, the magics and the shell share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from seldon_nb import wire
from seldon_nb.cards.plan import deploy_line
from seldon_nb.cards.skin import Skin
from seldon_nb.checks.choice import Asker, choose
from seldon_nb.checks.samples import IN_CLUSTER, PACKAGES, PINNED, SIGNATURE, YOU, version
from seldon_nb.codecs.choose import codec_for
from seldon_nb.codecs.protocol import Transport
from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.domain.model import Flavor
from seldon_nb.domain.namespace import NamespaceFacts, PlaceSettings
from seldon_nb.domain.plan import Plan, Server
from seldon_nb.domain.signature import Column, ColumnType, Schema, Signature
from seldon_nb.flows.plan import Wish, plan
from seldon_nb.grammar import Session
from seldon_nb.parser import run, words
from seldon_nb.render.seldon import SeldonDeployment
from seldon_nb.workspace import Workspace
from tests.cluster.operator.admission import refusal

DATA = Path(__file__).parents[1] / "data" / "seldon"
SCHEMA = yaml.safe_load((DATA / "crd.yaml").read_text("utf-8"))["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
ASKER = Asker("fraud@3", "team-a")
OWN = PINNED.format("own")
#: What is typed after ``plan fraud@3 --to team-a``, and what comes of it: server, protocol of the document, how it is asked.
CHOICES: dict[str, tuple[str, str, str]] = {
    "": ("mlflow", "v2", "v2, REST"),
    "--protocol v2": ("mlflow", "v2", "v2, REST"),
    f"--server mlflow --image {OWN}": ("mlflow", "v2", "v2, REST"),
    "--server sklearn": ("sklearn", "v2", "v2, REST"),
    "--server xgboost": ("xgboost", "v2", "v2, REST"),
    "--server lightgbm": ("lightgbm", "v2", "v2, REST"),
    f"--server huggingface --image {OWN}": ("huggingface", "v2", "v2, REST"),
    f"--server triton --protocol v2 --image {OWN}": ("triton", "v2", "v2, REST"),
    f"--server tensorflow --image {OWN}": ("tensorflow", "tensorflow", "tensorflow, REST"),
    f"--protocol tensorflow --image {OWN}": ("tensorflow", "tensorflow", "tensorflow, REST"),
    f"--server tensorflow --protocol seldon --image {OWN}": ("tensorflow", "seldon", "seldon, REST"),
    f"--image {OWN}": ("custom", "v2", "v2, REST"),
    "--image registry.example:5000/ml/fraud:1.4.2": ("custom", "v2", "v2, REST"),
    f"--image {OWN} --protocol seldon": ("custom", "seldon", "seldon, REST"),
}
_SAVED = {
    "sklearn": (Flavor.SKLEARN, "cloudpickle"),
    "xgboost": (Flavor.XGBOOST, "ubj"),
    "lightgbm": (Flavor.LIGHTGBM, "text"),
    "custom": (Flavor.PYFUNC, "cloudpickle"),
}


def facts(**changes: Any) -> NamespaceFacts:
    settings = PlaceSettings(gateway="https://models.example", storage_secret="models-s3", server_image=PINNED.format("server"))
    return replace(IN_CLUSTER, name="team-a", settings=settings, open_membership=True, **changes)


def seams(server: str = "mlflow", namespace: NamespaceFacts | None = None) -> Any:
    """What ``flows.plan`` uses of the ports: a version of the kind that the server reads."""
    flavor, saved = _SAVED.get(server, (Flavor.SKLEARN, "cloudpickle"))
    if server in ("huggingface", "triton", "tensorflow"):
        flavor, saved = Flavor.OTHER, server
    answers = Schema((Column("risk", ColumnType.DOUBLE),))
    found = version(flavor=flavor, serialization=saved, signature=Signature(SIGNATURE.inputs, answers))
    return SimpleNamespace(
        catalog=SimpleNamespace(find=lambda ref: found),
        clean_room=SimpleNamespace(environment=lambda: PACKAGES),
        serving=SimpleNamespace(namespace=lambda name, deployment="": namespace or facts(), live=lambda target: None),
        access=SimpleNamespace(whoami=lambda: YOU, may=lambda verb, target: True),
        clock=SimpleNamespace(now=lambda: 1_795_000_000.0),
    )


def planned(line: str) -> Plan:
    """The plan behind a line of the grammar."""
    options = dict(zip(*[iter(words(line.replace("--", "")))] * 2, strict=True))
    return plan(
        seams(CHOICES[line][0] if line in CHOICES else "mlflow"), Wish(ref="fraud@3", to="team-a", **options), place="cluster"
    )


@pytest.mark.parametrize("line", CHOICES)
def test_every_server_and_protocol_can_be_planned(line):
    server, protocol, shown = CHOICES[line]
    found = planned(line)
    document = found.document("SeldonDeployment")
    assert (found.spec.server.value, document["spec"]["protocol"]) == (server, protocol)
    assert found.ok, [(item.code, item.facts) for item in found.findings if item.blocks]
    assert SeldonDeployment.from_document(document).to_document() == document
    assert refusal(dict(document), SCHEMA) is None
    assert codec_for(document).dialect.shown == shown
    assert wire.loads(Plan, wire.dumps(found)) == found


@pytest.mark.parametrize("line", CHOICES)
def test_grpc_is_spoken_wherever_the_protocol_has_it(line):
    document = planned(line).document("SeldonDeployment")
    if document["spec"]["protocol"] == "tensorflow":
        with pytest.raises(SeldonNbError) as caught:
            codec_for(document, transport=Transport.GRPC)
        assert caught.value.code_id == "SNB-329"
    else:
        assert codec_for(document, transport=Transport.GRPC).transport is Transport.GRPC


@pytest.mark.parametrize("line", CHOICES)
def test_the_card_gives_back_the_line_that_makes_the_same_plan(line):
    found = planned(line)
    again = [word for word in words(deploy_line(found))[4:] if word]
    options = {key.removeprefix("--"): value for key, value in zip(*[iter(again)] * 2, strict=True)}
    options = {key: value for key, value in options.items() if key in ("server", "protocol", "image")}
    other = plan(seams(CHOICES[line][0]), Wish(ref="fraud@3", to="team-a", **options), place="cluster")
    assert other.digest == found.digest


class Recorder:
    """A workspace that only remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.acting_as = "you"

    def plan(self, ref: str, **options: Any) -> Any:
        self.asked = options
        return SimpleNamespace(card=lambda skin: None)

    deploy = plan


@pytest.mark.parametrize("verb", ["plan", "deploy"])
@pytest.mark.parametrize("skin", [Skin.SHELL, Skin.NOTEBOOK])
def test_the_same_words_in_the_shell_in_magics_and_in_python(verb, skin):
    workspace: Any = Recorder()
    session = Session(workspace=workspace, reader=None, skin=skin)  # type: ignore[arg-type]
    outcome = run(words(f"{verb} fraud@3 --to team-a --server tensorflow --protocol seldon --image {OWN}"), session)
    assert {key: workspace.asked[key] for key in ("to", "server", "protocol", "image")} == {
        "to": "team-a",
        "server": "tensorflow",
        "protocol": "seldon",
        "image": OWN,
    }
    assert f'server="tensorflow", protocol="seldon", image="{OWN}"' in outcome.python
    assert {"server", "protocol", "image"} <= set(Workspace.plan.__kwdefaults__ or {})


def test_what_is_not_said_is_left_to_the_plan():
    workspace: Any = Recorder()
    session = Session(workspace=workspace, reader=None, skin=Skin.SHELL)  # type: ignore[arg-type]
    outcome = run(words("plan fraud@3 --to team-a"), session)
    assert [workspace.asked[key] for key in ("server", "protocol", "image")] == ["", "", ""]
    assert outcome.python == 'plan = sn.plan("fraud@3", to="team-a")'


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ({"server": "triton", "protocol": "seldon"}, "SNB-218", "--server tensorflow --protocol seldon"),
        ({"server": "mlflow", "protocol": "tensorflow"}, "SNB-218", "--server tensorflow --protocol tensorflow"),
        ({"server": "custom", "protocol": "tensorflow", "image": OWN}, "SNB-218", "--server custom --protocol seldon"),
        ({"server": "custom"}, "SNB-218", "--image NAME@sha256:DIGEST"),
        ({"protocol": "seldon"}, "SNB-218", "--server tensorflow"),
        ({"server": "skleran"}, "SNB-218", "--server sklearn"),
        ({"protocol": "v3"}, "SNB-218", "--protocol v2"),
        ({"image": "registry.example/fraud"}, "SNB-219", "no tag"),
        ({"image": "registry.example/fraud:latest"}, "SNB-219", "latest"),
        ({"image": "registry.example:5000/fraud"}, "SNB-219", "no tag"),
        ({"image": "Not An Image"}, "SNB-219", "not the name"),
        ({"image": "name:1@sha256:12"}, "SNB-219", "not the name"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(options, code, told):
    with pytest.raises(SeldonNbError) as caught:
        choose(ASKER, **options)
    assert caught.value.code_id == code
    assert told in f"{caught.value} {caught.value.facts.get('known', '')} {caught.value.facts.get('suggestion', '')}"


@pytest.mark.parametrize("image", ["fraud:1", "ml/fraud:1.4.2-rc.1", OWN, f"r.example:5000/a/b_c:1@sha256:{'0' * 64}"])
def test_versions_and_digests_are_pinned(image):
    assert choose(ASKER, image=image) == (Server.CUSTOM, "")


def test_one_machine_says_that_an_image_of_ones_own_is_for_a_cluster():
    found = plan(seams(namespace=replace(IN_CLUSTER, name="dev", place="here")), Wish(ref="fraud@3", to="dev", image=OWN))
    assert "SNB-215" in [item.code for item in found.findings if item.blocks]
