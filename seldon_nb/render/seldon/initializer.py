"""The container that brings a model's files, and refuses others than those that were planned."""

from __future__ import annotations

from urllib.parse import urlsplit

from seldon_nb.domain.artifact import ArtifactSource, SourceKind
from seldon_nb.domain.environment import OwnEnvironment
from seldon_nb.render.runtimes import MODEL_DIR
from seldon_nb.render.seldon.environment import DIGEST, PLACE
from seldon_nb.render.seldon.objects import Container, EnvVar, Plain, Resources, Volume, VolumeMount

#: The image of workflow steps and of the initializer; a place may have it under another name.
STEP_IMAGE = "seldon-nb/step:0.1.0"
#: Where claims appear in the initializer: ``pvc://models/fraud/3`` is ``/mnt/claim/models/fraud/3`` there.
CLAIM_DIR = "/mnt/claim"
_CLAIM_VOLUME = "claim"
_ROOM = Resources(requests={"cpu": "100m", "memory": "256Mi"}, limits={"memory": "512Mi"})


def initializer_container(
    source: ArtifactSource, digest: str, image: str = STEP_IMAGE, secret: str = "", *, environment: OwnEnvironment | None = None
) -> Container:
    """``python -m seldon_nb.initializer`` for one version.

    Args:
        digest: of the planned files (``sha256:…``); anything else is refused there.
        secret: the Secret whose keys become its environment; the source's own if empty.
        environment: packages that are laid before the server's; its digest is known once it was packed.
    """
    opened_by = secret or source.secret
    claim = claim_of(source)
    values = {
        "HOME": "/tmp",  # noqa: S108 - in the container
        "SNB_CLAIMS": CLAIM_DIR if claim else "",
        "SNB_DIGEST": digest,
        PLACE: environment.uri if environment else "",
        DIGEST: environment.digest if environment else "",
        "SNB_SECRET": opened_by,  # its name, for sentences
        "SNB_SOURCE": source.uri,
        "SNB_TARGET": MODEL_DIR,
    }
    opens: tuple[Plain, ...] = ({"secretRef": {"name": opened_by}},) if opened_by else ()
    mounts = [VolumeMount(name="tmp", mount_path="/tmp")]  # noqa: S108 - in the container
    if claim:
        mounts.append(VolumeMount(name=_CLAIM_VOLUME, mount_path=f"{CLAIM_DIR}/{claim}", read_only=True))
    return Container(
        name="model-initializer",
        image=image,
        image_pull_policy="IfNotPresent",
        command=("python", "-m", "seldon_nb.initializer"),
        env=tuple(EnvVar(name=name, value=values[name]) for name in sorted(values) if values[name]),
        env_from=opens,
        resources=_ROOM,
        volume_mounts=tuple(mounts),
    )


def claim_of(source: ArtifactSource) -> str:
    """The claim that holds the files; empty if they lie elsewhere."""
    return urlsplit(source.uri).netloc if source.kind is SourceKind.PVC else ""


def claim_volumes(source: ArtifactSource | None) -> tuple[Volume, ...]:
    """The volume of the claim, if the files lie in one."""
    claim = claim_of(source) if source else ""
    if not claim:
        return ()
    return (Volume(name=_CLAIM_VOLUME, persistent_volume_claim={"claimName": claim, "readOnly": True}),)
