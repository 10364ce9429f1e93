"""Our images, built from the project's own Dockerfiles over a base that ``debootstrap`` makes, without any image registry.

    python -m tests.cluster.images [model-server] [step] [notebook]

builds what is missing, prints each archive and imports it into this checkout's node if that is up.  Everything is kept outside the checkout,
in ``<cache>/images``: Buildah's own storage, and an OCI archive and its bill of materials by the digest of what went into it.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import sbom

ROOT = Path(__file__).resolve().parents[2]
VERSION = "0.1.0"
NAMES = ("model-server", "step", "notebook", "builder")
#: What the base is made of, beside Debian's smallest system.
BASE_PACKAGES = ("ca-certificates", "python3", "libgomp1")
SUITE = "bookworm"
_CLEARED = (
    "var/cache/apt",
    "var/lib/apt/lists",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/info",
    "var/log",
)
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
#: Files of other places that an image is made of.
_ALSO = {"step": ("images/model-server/requirements.txt",)}
_KEPT = 2  # archives of one image
#: Images without code of ours: nothing but a program of Debian's.
_NO_CODE = frozenset({"builder"})
#: Images that hold the built panel, where the tree has it.
_SHOW_PANEL = frozenset({"notebook"})


@dataclass(frozen=True, slots=True)
class Built:
    """One image: its name, the archive that ``ctr images import`` takes, and its bill of materials."""

    reference: str
    archive: Path
    bill: Path


def cache() -> Path:
    """Where images are kept; the same root as the node's."""
    told = os.environ.get("SELDON_NB_NODE_CACHE")
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "seldon-nb"
    path = (Path(told) if told else usual) / "images"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def locked(name: str, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
    """One at a time on this machine, or several that share; whether it was had."""
    with (cache() / f"lock-{name}").open("w") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def missing_tools() -> list[str]:
    """The programs that building needs and this machine lacks; Debian's packages of the same names have them."""
    return [name for name in ("debootstrap", "buildah") if shutil.which(name) is None]


def buildah(*words: str, timeout: float = 1200) -> str:
    """Buildah on our own storage; what it printed. Raises RuntimeError with its last lines."""
    store = cache() / "store"
    command = ["buildah", "--root", str(store), "--runroot", str(cache() / "run"), "--storage-driver", "overlay", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"buildah {words[0]}: {done.stderr[-2000:]}")
    return done.stdout.strip()


# --- the base ------------------------------------------------------------------------------------------------------------------


def mirror() -> str:
    """Where this machine's own apt gets Debian from."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    )
    for line in told.stdout.splitlines():
        uri, _, release = line.partition(" ")
        if release == SUITE:
            return uri
    raise RuntimeError(f"apt knows no {SUITE}: run apt-get update")


@functools.cache
def base() -> str:
    """The base image's name, made if it is not there."""
    name = f"localhost/seldon-nb/base:{_digest([SUITE, *BASE_PACKAGES, *_CLEARED])[:16]}"
    if _exists(name):
        return name
    with locked("base"):
        return name if _exists(name) else _make_base(name)


def _make_base(name: str) -> str:
    with tempfile.TemporaryDirectory(dir=cache()) as work:
        root = Path(work) / "root"
        packages = ",".join(BASE_PACKAGES)
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={packages}", SUITE, str(root), mirror()],
            check=True,
            capture_output=True,
            timeout=900,
        )
        for part in _CLEARED:
            for path in (root / part).glob("*"):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        container = buildah("from", "scratch")
        buildah("add", "--quiet", container, str(root), "/")
        buildah(
            "config",
            "--env",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "--env",
            "LANG=C.UTF-8",
            container,
        )
        buildah("commit", "--quiet", "--rm", container, name)
    return name


def _exists(name: str) -> bool:
    try:
        buildah("inspect", "--type", "image", "--format", "{{.FromImageID}}", name)
    except RuntimeError:
        return False
    return True


# --- ours ------------------------------------------------------------------------------------------------------------------------


def reference(name: str) -> str:
    """The name under which containerd knows an image of ours."""
    return f"docker.io/seldon-nb/{name}:{VERSION}"


def inputs(name: str) -> str:
    """The digest of everything that an image is made of."""
    parts = [packages_key(name)]
    for path in sorted((ROOT / "seldon_nb").rglob("*")) if name not in _NO_CODE else ():
        if path.is_file() and path.suffix != ".pyc" and (name in _SHOW_PANEL or "labextension" not in path.parts):
            parts += [path.relative_to(ROOT).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()]
    return _digest(parts)


def _ignored(name: str) -> str:
    """The file that says what of the repository an image is built without."""
    own = f"images/{name}/.containerignore"
    return own if (ROOT / own).is_file() else "images/.containerignore"


def packages_key(name: str) -> str:
    """The digest of what it is made of beside our own code."""
    files = [*sorted((ROOT / "images" / name).iterdir()), *(ROOT / also for also in _ALSO.get(name, ()))]
    return _digest([base(), *(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)])


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def build(name: str) -> Built:
    """One image, built if anything that it is made of changed: minutes the first time, seconds when only our own code did."""
    with locked(name):
        key = inputs(name)
        folder = cache() / "archives" / name
        folder.mkdir(parents=True, exist_ok=True)
        built = Built(reference(name), folder / f"{key}.tar", folder / f"{key}.cdx.json")
        if built.archive.is_file() and built.bill.is_file():
            os.utime(built.archive)
            return built
        words = ["--isolation", "chroot", "--layers", "--ignorefile", _ignored(name), "--build-arg", f"BASE={base()}"]
        if _CERTIFICATES.is_file():
            words += ["--build-arg", f"PIP_CERT={_CERTIFICATES}", "--volume", f"{_CERTIFICATES}:{_CERTIFICATES}:ro"]
        if index := os.environ.get("PIP_INDEX_URL"):
            words += ["--build-arg", f"PIP_INDEX_URL={index}"]
        with locked("store", shared=True):
            if name not in _NO_CODE:
                words += ["--build-context", f"packages=container-image://{_packages(name, words)}"]
            buildah("build", *words, "--tag", built.reference, "--file", f"images/{name}/Dockerfile", ".")
            write_bill(built, export(built.reference, built.archive))
        _prune(folder)
        with locked("store", wait=False) as nobody_builds:
            if nobody_builds:
                _prune_store(name)
    return built


def _packages(name: str, words: list[str]) -> str:
    """The stage ``packages`` of a Dockerfile as an image of its own: an edit of our code takes it as it is, without looking through its files."""
    stage = f"localhost/seldon-nb/{name}-packages:{packages_key(name)[:16]}"
    if not _exists(stage):
        buildah("build", *words, "--target", "packages", "--tag", stage, "--file", f"images/{name}/Dockerfile", ".")
    return stage


def layout(image: str) -> Path:
    """Where an image's blobs lie unpacked, as an OCI layout of its own."""
    return cache() / "layouts" / _digest([image])[:16]


def export(image: str, archive: Path) -> str:
    """Write an OCI archive; the digest of its manifest. Layers are compressed as quickly as may be: nobody sends them far."""
    unpacked = layout(image)
    unpacked.parent.mkdir(parents=True, exist_ok=True)
    quickly = ("--compression-format", "zstd", "--compression-level", "1")
    buildah("push", "--quiet", *quickly, "--format", "oci", image, f"oci:{unpacked}:{image}")
    index = json.loads((unpacked / "index.json").read_text(encoding="utf-8"))
    mark = "org.opencontainers.image.ref.name"
    entry = next(entry for entry in index["manifests"] if (entry.get("annotations") or {}).get(mark) == image)
    manifest = json.loads(_blob(unpacked, entry["digest"]).read_text(encoding="utf-8"))
    entry["annotations"]["io.containerd.image.name"] = image
    temporary = archive.with_suffix(".part")
    with tarfile.open(temporary, "w") as tar:
        with tempfile.TemporaryDirectory() as work:
            only = {**index, "manifests": [entry]}
            (Path(work) / "index.json").write_text(json.dumps(only), encoding="utf-8")
            tar.add(Path(work) / "index.json", "index.json")
        tar.add(unpacked / "oci-layout", "oci-layout")
        for blob in dict.fromkeys(
            [entry["digest"], manifest["config"]["digest"], *(layer["digest"] for layer in manifest["layers"])]
        ):
            tar.add(_blob(unpacked, blob), f"blobs/{blob.replace(':', '/')}")
    temporary.replace(archive)
    kept = {entry["digest"], manifest["config"]["digest"], *(layer["digest"] for layer in manifest["layers"])}
    for path in (unpacked / "blobs/sha256").iterdir():
        if f"sha256:{path.name}" not in kept:
            path.unlink()
    (unpacked / "index.json").write_text(json.dumps({**index, "manifests": [entry]}), encoding="utf-8")
    return str(entry["digest"])


def _blob(layout: Path, digest: str) -> Path:
    return layout / "blobs" / digest.replace(":", "/")


def write_bill(built: Built, digest: str) -> None:
    """The bill of materials, read from the image's own files."""
    container = buildah("from", "--pull-never", built.reference)
    try:
        root = Path(buildah("mount", container))
        document = sbom.bill(root, image=built.reference, digest=digest)
    finally:
        buildah("umount", container)
        buildah("rm", container)
    built.bill.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _prune(folder: Path) -> None:
    archives = sorted(folder.glob("*.tar"), key=lambda path: path.stat().st_mtime)
    for old in archives[:-_KEPT]:
        old.unlink()
        old.with_suffix(".cdx.json").unlink(missing_ok=True)


def _prune_store(name: str) -> None:
    """Remove what no later build takes up: former packages of this image, and everything without a name that no named image stands on."""
    kept = {f"localhost/seldon-nb/{name}-packages:{packages_key(name)[:16]}"}
    for item in json.loads(buildah("images", "--json") or "[]"):
        former = {one for one in item["names"] or () if one.startswith(f"localhost/seldon-nb/{name}-packages:")} - kept
        for one in former:
            buildah("rmi", one)
    with contextlib.suppress(RuntimeError):
        buildah("rmi", "--prune", "--force")


def main(names: list[str]) -> int:
    """Build, print, import."""
    from tests.cluster.node import running

    if missing := missing_tools():
        print(f"not on this machine: {', '.join(missing)}", file=sys.stderr)
        return 1
    node = running()
    for name in names or ["model-server", "step"]:
        built = build(name)
        print(f"{built.reference} {built.archive}", flush=True)
        if node is not None:
            node.import_image(built.archive)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
