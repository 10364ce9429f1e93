"""The text of an image build: it copies and sets, runs nothing, and takes nothing but names."""

from __future__ import annotations

import pytest

from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.packaging.image import ImageWish, build_name, build_workflow, built_reference, containerfile, context_map
from seldon_nb.render.argo.lint import lint

BASE = "registry.example/seldon-nb/model-server@sha256:" + "5e" * 32


#: What the pod rules `baseline` let a container add.
BASELINE = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)


def wish(**changes) -> ImageWish:
    asked = {
        "name": "ratio",
        "repository": "registry.example/ml/ratio",
        "base": BASE,
        "files": (("ratio.py", "A = 1\n"), ("own/x.py", "")),
    }
    return ImageWish(**{**asked, "implementation": "ratio.Ratio", **changes})


def test_nothing_is_run_while_it_is_built():
    text = containerfile(wish(requirements=("humanize==4.12.1",)))
    words = [line.split()[0] for line in text.splitlines()]
    assert words == ["FROM", "COPY", "COPY", "ENV", "ENV", "LABEL", "USER"]
    assert text.splitlines()[0] == f"FROM {BASE}"
    assert "PYTHONPATH=/opt/seldon-nb/own:/opt/seldon-nb/own-packages:/opt/seldon-nb/code" in text


def test_the_same_wish_is_the_same_build_and_any_change_is_another():
    first = wish(requirements=("a==1", "b==2"))
    assert build_name(first) == build_name(wish(requirements=("b==2", "a==1")))
    others = [wish(), wish(base=BASE.replace("5e", "6f")), wish(files=(("ratio.py", "A = 2\n"),)), wish(implementation="")]
    assert len({other.key for other in others} | {first.key}) == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"files": (("../ratio.py", ""),)},
        {"files": (("/etc/passwd", ""),)},
        {"files": (("a b.py", ""),)},
        {"files": (("x\nRUN y.py", ""),)},
        {"files": ()},
        {"files": (("big.py", "x" * 1_000_000),)},
        {"base": "x\nRUN evil"},
        {"repository": "registry.example/ml/ratio@sha256:" + "5e" * 32},
        {"implementation": "ratio.Ratio\nRUN evil"},
        {"requirements": ("humanize>=4",)},
        {"requirements": ("--index-url=http://elsewhere",)},
        {"requirements": ("mlserver==1.6.0",)},
    ],
)
def test_what_is_not_a_name_is_refused(changes):
    with pytest.raises(SeldonNbError) as refused:
        wish(**changes)
    assert refused.value.code_id == "SNB-160"


def test_the_workflow_asks_for_few_rights_and_passes_the_lint():
    asked = wish(requirements=("humanize==4.12.1",))
    document = build_workflow(asked, "snb-build")
    assert lint(document) == ()
    (template,) = document["spec"]["templates"]
    containers = template["containerSet"]["containers"]
    assert [(item["name"], item.get("dependencies")) for item in containers] == [
        ("packages", None),
        ("image", ["packages"]),
        ("main", ["image"]),
    ]
    for item in containers:
        assert set(item["securityContext"]["capabilities"].get("add", ())) <= BASELINE
        assert item["securityContext"]["capabilities"]["drop"] == ["ALL"]
        assert item["securityContext"]["allowPrivilegeEscalation"] is False
    assert "add" not in containers[0]["securityContext"]["capabilities"]
    assert [item["name"] for item in build_workflow(wish(), "b")["spec"]["templates"][0]["containerSet"]["containers"]] == [
        "image",
        "main",
    ]
    carried = context_map(asked, "snb-build")
    paths = {item["key"]: item["path"] for item in document["spec"]["volumes"][0]["configMap"]["items"]}
    assert set(paths) == set(carried["data"])
    assert set(paths.values()) == {"Containerfile", "code/ratio.py", "code/own/x.py"}


def test_the_digest_of_what_was_built_is_read_from_the_workflow():
    parameters = [{"name": "digest", "value": "sha256:" + "7a" * 32}]
    done = {"status": {"nodes": {"a": {}, "b": {"outputs": {"parameters": parameters}}}}}
    assert built_reference(wish(), done) == "registry.example/ml/ratio@sha256:" + "7a" * 32
    assert built_reference(wish(), {}) == ""
