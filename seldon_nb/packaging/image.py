"""Code of one's own in the server: one layer on top of the server's image, built by a workflow in a namespace for building.

Nothing is run while the image is built, so neither the code nor its packages can do anything there: packages are fetched as wheels by a step before,
and Buildah lays files on files.  That needs neither privileges nor a user namespace: the pod rules ``baseline`` admit it.  No protected data comes near
a build; what leaves it is a digest, by which a plan names the image.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from seldon_nb.domain import marks
from seldon_nb.domain.canonical import digest_of, short
from seldon_nb.domain.environment import PLATFORM
from seldon_nb.domain.errors import fail
from seldon_nb.packaging.environment import SERVER, pins
from seldon_nb.render.argo.step import TMP_DIR, USER, WORK_DIR, Mount, Room, StepSpec, container, mount, pod_security
from seldon_nb.render.seldon.initializer import STEP_IMAGE

#: Where the code and its packages lie in the image; both come before the server's own packages.
CODE_DIR = "/opt/seldon-nb/own"
PACKAGES_DIR = "/opt/seldon-nb/own-packages"
#: The image with Buildah in it; a platform may have it under another name.
BUILDER_IMAGE = "seldon-nb/builder:0.1.0"
#: The Secrets of the namespace for building: one for the mirror of packages, one with a ``config.json`` for the registry.
PACKAGES_SECRET = "snb-packages"  # noqa: S105 - its name
REGISTRY_SECRET = "snb-registry"  # noqa: S105 - its name
_CONTEXT_DIR = "/snb/context"
_REGISTRY_DIR = f"{TMP_DIR}/.docker"  # where Buildah looks in its HOME, and does without if nothing is there
#: A ConfigMap holds 1 MiB, and Base64 of a key's name and the rest need some of it.
_MOST_BYTES = 900_000
_MOST_FILES = 500
_CLASS = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z")
_IMAGE = re.compile(r"[a-z0-9][a-zA-Z0-9._/:-]*(?:@sha256:[0-9a-f]{64})?\Z")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageWish:
    """An image with somebody's own code.

    Attributes:
        name: what it is for, a DNS label; for names and labels only.
        repository: where it goes, ``registry.example/ml/fraud-server``, without tag.
        base: the server's image that it stands on, by digest where the registry gives one.
        implementation: the class that MLServer loads, ``ratio.Ratio``; empty if the code is only imported by the model.
        files: path below the code's directory → text; UTF-8.
        requirements: packages in pinned versions that the code needs beside the server's.
        python: the server's minor version.
    """

    name: str
    repository: str
    base: str
    implementation: str = ""
    files: tuple[tuple[str, str], ...]
    requirements: tuple[str, ...] = ()
    python: str = "3.11"

    def __post_init__(self) -> None:
        if reason := _wrong(self):
            raise fail("SNB-160", name=self.name, reason=reason)

    @property
    def key(self) -> str:
        """``sha256:…`` of everything that goes in: the same wish is the same build."""
        return digest_of(
            {
                "base": self.base,
                "implementation": self.implementation,
                "files": dict(self.files),
                "requirements": sorted(self.requirements),
                "python": self.python,
            }
        )

    @property
    def reference(self) -> str:
        """The name that the build gives it; a plan names it by the digest that comes out."""
        return f"{self.repository}:own-{short(self.key)}"


def _wrong(wish: ImageWish) -> str:
    """Why a wish cannot be built; empty if it can.  What is written into a Containerfile is nothing but names."""
    if not _IMAGE.match(wish.base) or not _IMAGE.match(wish.repository) or "@" in wish.repository:
        return f"{wish.base} → {wish.repository}"
    if wish.implementation and not _CLASS.match(wish.implementation):
        return wish.implementation
    bad = [
        path for path, _ in wish.files if not all(_FILE.match(part) for part in PurePosixPath(path).parts) or path.startswith("/")
    ]
    if bad or not wish.files or len(wish.files) > _MOST_FILES or len(dict(wish.files)) < len(wish.files):
        return bad[0][:120] if bad else f"{len(wish.files)} files"
    size = sum(len(text.encode()) for _, text in wish.files)
    if size > _MOST_BYTES:
        return f"{size} bytes > {_MOST_BYTES}"
    wanted = pins(wish.requirements)
    loose = sorted(set(wish.requirements) - {f"{name}=={version}" for name, version in wanted.items()})
    parts = sorted(SERVER & set(wanted))
    return ", ".join([*loose, *parts])[:200]


def containerfile(wish: ImageWish) -> str:
    """The build as text; it copies and sets, and runs nothing."""
    paths = [CODE_DIR, *([PACKAGES_DIR] if wish.requirements else []), "/opt/seldon-nb/code"]
    env = [f"PYTHONPATH={':'.join(paths)}"]
    if wish.implementation:
        env.append(f"MLSERVER_MODEL_IMPLEMENTATION={wish.implementation}")
    lines = [f"FROM {wish.base}", f"COPY --chown=0:0 code/ {CODE_DIR}/"]
    if wish.requirements:
        lines.append(f"COPY --from=packages --chown=0:0 . {PACKAGES_DIR}/")
    return "\n".join([*lines, *(f"ENV {item}" for item in env), f"LABEL {marks.BUILD}={wish.key}", "USER 8888:8888", ""])


def context_map(wish: ImageWish, namespace: str) -> dict[str, Any]:
    """The immutable ConfigMap that carries a build's files."""
    data = {"Containerfile": containerfile(wish), **{_key(number): text for number, (_, text) in enumerate(wish.files)}}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "immutable": True,
        "metadata": {"name": build_name(wish), "namespace": namespace, "labels": _labels(wish)},
        "data": data,
    }


def build_workflow(
    wish: ImageWish,
    namespace: str,
    *,
    builder: str = BUILDER_IMAGE,
    step_image: str = STEP_IMAGE,
    plain_registry: bool = False,
) -> dict[str, Any]:
    """The Workflow of a build; its output parameter ``digest`` is the image's.

    Args:
        namespace: one for building, where no protected data is.
        plain_registry: the registry speaks plain HTTP (on a test machine).
    """
    steps = ([_packages(wish)] if wish.requirements else []) + _buildah(wish, plain_registry=plain_registry)
    chain = []
    for before, step in zip([None, *steps], steps, strict=False):
        body = container(step, step_image) if step.name == "packages" else _as_root(container(step, builder))
        chain.append({**body, **({"dependencies": [before.name]} if before else {})})
    mounts = (
        Mount("context", _CONTEXT_DIR, True),
        Mount("work", WORK_DIR),
        Mount("tmp", TMP_DIR),
        Mount("registry", _REGISTRY_DIR, True),
    )
    items = [{"key": _key(number), "path": f"code/{path}"} for number, (path, _) in enumerate(wish.files)]
    items.append({"key": "Containerfile", "path": "Containerfile"})
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": build_name(wish), "namespace": namespace, "labels": _labels(wish)},
        "spec": {
            "entrypoint": "build",
            "serviceAccountName": "snb-builder",
            "automountServiceAccountToken": False,
            "activeDeadlineSeconds": 1800,
            "archiveLogs": False,
            "podGC": {"strategy": "OnPodSuccess"},
            "ttlStrategy": {"secondsAfterSuccess": 86_400, "secondsAfterFailure": 604_800},
            "securityContext": pod_security(),
            "podMetadata": {"labels": {**_labels(wish), "sidecar.istio.io/inject": "false"}},
            "volumes": [
                {"name": "context", "configMap": {"name": build_name(wish), "items": items}},
                {"name": "work", "emptyDir": {"sizeLimit": "20Gi"}},
                {"name": "tmp", "emptyDir": {"sizeLimit": "8Gi"}},
                {"name": "registry", "secret": {"secretName": REGISTRY_SECRET, "optional": True}},
            ],
            "templates": [
                {
                    "name": "build",
                    "automountServiceAccountToken": True,
                    "containerSet": {"volumeMounts": [mount(item) for item in mounts], "containers": chain},
                    "outputs": {"parameters": [{"name": "digest", "valueFrom": {"path": f"{WORK_DIR}/digest"}}]},
                }
            ],
        },
    }


def build_name(wish: ImageWish) -> str:
    """The name of a build's Workflow and ConfigMap: the same wish a second time is refused as already there."""
    return f"snb-build-{wish.name[:40].rstrip('-')}-{wish.key.removeprefix('sha256:')[:10]}"


def built_reference(wish: ImageWish, workflow: Mapping[str, Any]) -> str:
    """``repository@sha256:…`` of a build that succeeded; empty if it did not (yet)."""
    for node in ((workflow.get("status") or {}).get("nodes") or {}).values():
        for item in (node.get("outputs") or {}).get("parameters") or ():
            if item.get("name") == "digest" and str(item.get("value", "")).startswith("sha256:"):
                return f"{wish.repository}@{item['value']}"
    return ""


def _packages(wish: ImageWish) -> StepSpec:
    words = ["python", "-m", "uv", "pip", "install", "--no-deps", "--only-binary", ":all:", "--target", f"{WORK_DIR}/packages"]
    words += ["--python-version", wish.python, "--python-platform", PLATFORM, *sorted(wish.requirements)]
    env = (("HOME", TMP_DIR), ("NO_COLOR", "1"))
    return StepSpec(name="packages", command=tuple(words), env=env, env_from_any=(PACKAGES_SECRET,), room=_ROOM)


def _buildah(wish: ImageWish, *, plain_registry: bool) -> list[StepSpec]:
    """Two commands on one store of plain directories, which needs neither mounts nor users of its own."""
    store = ["--root", f"{WORK_DIR}/store", "--runroot", f"{TMP_DIR}/run", "--storage-driver", "vfs"]
    verify = f"--tls-verify={'false' if plain_registry else 'true'}"
    build = ["buildah", *store, "build", "--isolation", "chroot", "--timestamp", "0", verify, "--tag", wish.reference]
    if wish.requirements:  # they lie outside of the context, which is read-only
        build += ["--build-context", f"packages={WORK_DIR}/packages"]
    build += ["--file", f"{_CONTEXT_DIR}/Containerfile", _CONTEXT_DIR]
    push = ["buildah", *store, "push", verify, "--digestfile", f"{WORK_DIR}/digest", wish.reference, f"docker://{wish.reference}"]
    # The last two say that there is no user namespace to be made: nothing is run, and all files are one user's.
    env = (
        ("HOME", TMP_DIR),
        ("TMPDIR", TMP_DIR),
        ("_CONTAINERS_ROOTLESS_UID", str(USER)),
        ("_CONTAINERS_USERNS_CONFIGURED", "done"),
    )
    return [
        StepSpec(name="image", command=tuple(build), env=env, room=_ROOM),
        StepSpec(name="main", command=tuple(push), env=env, room=_ROOM),
    ]


def _as_root(body: dict[str, Any]) -> dict[str, Any]:
    """Buildah by the number 0, because by any other it makes a user namespace, which a pod may not.

    Its capabilities let it unpack layers with the owners that they say, and are among those that pods have unless somebody takes them away.
    """
    rights = {"add": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETFCAP", "SYS_CHROOT"], "drop": ["ALL"]}
    return {
        **body,
        "securityContext": {
            **body["securityContext"],
            "capabilities": rights,
            "runAsGroup": 0,
            "runAsNonRoot": False,
            "runAsUser": 0,
        },
    }


_ROOM = Room(cpu="500m", memory="512Mi", memory_limit="2Gi")


def _labels(wish: ImageWish) -> dict[str, str]:
    return {marks.MANAGED_BY: marks.US, marks.KIND: "build", marks.BUILD: short(wish.key)}


def _key(number: int) -> str:
    return f"file-{number}"
