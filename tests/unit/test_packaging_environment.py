"""Packing what differs: keys by content, archives by bytes, and what cannot be packed is refused."""

from __future__ import annotations

import os

import pytest

from seldon_nb.domain.errors import SeldonNbError
from seldon_nb.packaging import environment

SERVER = {"scikit-learn": "1.9.1", "numpy": "2.4.6", "mlserver": "1.7.1"}


def test_the_same_wish_in_another_order_has_the_same_key():
    first = environment.environment_key(["b==2", "a==1"], python="3.11.7", platform="linux")
    assert first == environment.environment_key(["a==1", "b==2", "a==1"], python="3.11.2", platform="linux")
    assert first != environment.environment_key(["a==1", "b==2"], python="3.12.0", platform="linux")
    assert first != environment.environment_key(["a==1", "b==3"], python="3.11.7", platform="linux")


def test_only_exact_pins_count_and_names_are_written_one_way():
    lines = ["Scikit_Learn==1.6.1", "numpy<3", "mlflow[extras]==3.17.2 ; python_version > '3'", "# x", "", "-r other.txt"]
    assert environment.pins(lines) == {"scikit-learn": "1.6.1", "mlflow": "3.17.2"}


def test_what_differs_is_found_and_the_servers_own_parts_are_refused():
    assert environment.differing({"scikit-learn": "1.6.1", "numpy": "2.4.6"}, SERVER, model="fraud@1") == {
        "scikit-learn": "1.6.1"
    }
    with pytest.raises(SeldonNbError) as refused:
        environment.differing({"mlserver": "1.6.0"}, SERVER, model="fraud@1")
    assert refused.value.code.id == "SNB-155"


def test_nothing_is_packed_where_nothing_differs(tmp_path):
    assert environment.pack(["scikit-learn==1.9.1"], SERVER, tmp_path, model="fraud@1", uv=("false",)) is None


def test_packages_that_cannot_be_resolved_are_refused_without_an_address(tmp_path):
    speaks = ("sh", "-c", "echo at https://ann:word@mirror/simple >&2; exit 1", "uv")
    with pytest.raises(SeldonNbError) as refused:
        environment.pack(["scikit-learn==1.6.1"], SERVER, tmp_path, model="fraud@1", uv=speaks)
    assert refused.value.code.id == "SNB-155"
    assert "word" not in str(refused.value.facts)
    away = ("sh", "-c", "echo error: Request failed after 3 retries >&2; exit 2", "uv")
    with pytest.raises(SeldonNbError) as refused:
        environment.pack(["scikit-learn==1.6.1"], SERVER, tmp_path, model="fraud@1", uv=away)
    assert refused.value.code.id == "SNB-156"


def test_equal_files_give_equal_archives(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "pkg").mkdir(parents=True)
        (tmp_path / name / "pkg/a.py").write_text("A = 1\n")
    os.utime(tmp_path / "two/pkg/a.py", (1, 1))
    digests = {environment.write(tmp_path / name, tmp_path / f"{name}.tar.gz") for name in ("one", "two")}
    assert len(digests) == 1
