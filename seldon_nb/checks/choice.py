"""The choice of a server, a protocol and an image, in people's words: completed, or refused with what can be."""

from __future__ import annotations

import re
from typing import NamedTuple

from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.domain.names import nearest
from seldon_nb.domain.plan import Server
from seldon_nb.render.runtimes import RUNTIMES
from seldon_nb.words import tr

PROTOCOLS = ("v2", "seldon", "tensorflow")
#: ``[registry/]name[:tag][@sha256:digest]``, as registries take it.
_IMAGE = re.compile(
    r"(?P<name>(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?/)?[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?\Z"
)
#: Tags whose meaning is that they move.
_MOVING = frozenset({"latest", "main", "master", "dev", "nightly", "edge", "stable"})


class Choice(NamedTuple):
    """What will answer; ``protocol`` is empty where it is the one that the server speaks best."""

    server: Server
    protocol: str


class Asker(NamedTuple):
    """Whose plan it is, for sentences."""

    ref: str
    namespace: str


def choose(asker: Asker, *, server: str = "", protocol: str = "", image: str = "") -> Choice:
    """The server and protocol that somebody asked for.

    Args:
        server: one of :class:`Server`'s values; if empty, the one that the protocol names, ``custom`` for an image, else ``mlflow``.
        protocol: one of :data:`PROTOCOLS`, or empty.
        image: of a server; empty for the place's.

    Raises:
        SNB-218: an unknown word, or a combination that cannot be.  SNB-219: an image that is not pinned.
    """
    server = _known(asker, server, [item.value for item in Server], "--server")
    protocol = _known(asker, protocol, list(PROTOCOLS), "--protocol")
    if image:
        _pinned(asker, image)
    chosen = Server(server) if server else _implied(asker, protocol, image)
    if chosen is Server.CUSTOM and not image:
        reason = tr("A server of your own is an image, and none is named.")
        raise _refused(asker, "image", reason, ["--image NAME@sha256:DIGEST"], "--server mlflow")
    spoken = RUNTIMES[chosen].protocols
    if protocol and protocol not in spoken:
        possible = [f"--server {chosen.value} --protocol {word}" for word in spoken]
        possible += [f"--server {item.value} --protocol {protocol}" for item in speakers(protocol) if item is not chosen]
        reason = tr("The server `{server}` does not speak `{protocol}`.", server=chosen.value, protocol=protocol)
        raise _refused(asker, "protocol", reason, possible, f"{possible[0]}{f' --image {image}' if image else ''}")
    return Choice(chosen, "" if protocol == spoken[0] else protocol)


def speakers(protocol: str) -> tuple[Server, ...]:
    """The servers that speak a protocol."""
    return tuple(server for server, runtime in RUNTIMES.items() if protocol in runtime.protocols)


def _implied(asker: Asker, protocol: str, image: str) -> Server:
    """The server that goes without saying."""
    if protocol == "tensorflow":
        return Server.TENSORFLOW
    if image:
        return Server.CUSTOM
    if protocol == "seldon":
        reason = tr("`{protocol}` is spoken by several servers, and none is named.", protocol=protocol)
        possible = [f"--server {item.value}" for item in speakers(protocol)]
        raise _refused(asker, "server", reason, possible, "--protocol v2")
    return Server.MLFLOW


def _known(asker: Asker, word: str, words: list[str], option: str) -> str:
    if not word or word.lower() in words:
        return word.lower()
    near = nearest(word, words, most=1) or (words[0],)
    reason = tr("`{word}` is not known as `{option}`.", word=word, option=option)
    raise _refused(asker, option.removeprefix("--"), reason, words, f"{option} {near[0]}")


def _refused(asker: Asker, field: str, reason: str, possible: list[str], suggestion: str) -> SeldonNbError:
    """SNB-218; ``field`` is the option that is meant."""
    known = ", ".join(f"`{item}`" for item in possible)
    return fail(
        "SNB-218", ref=asker.ref, namespace=asker.namespace, field=field, reason=reason, known=known, suggestion=suggestion
    )


def _pinned(asker: Asker, image: str) -> None:
    """A version or a digest stands behind the name."""
    found = _IMAGE.match(image)
    if found is None:
        reason, name = tr("This is not the name of an image."), "registry.example/name"
    elif found["digest"] or (found["tag"] and found["tag"] not in _MOVING):
        return
    elif found["tag"]:
        reason, name = tr("The tag `{tag}` is meant to be moved.", tag=found["tag"]), found["name"]
    else:
        reason, name = tr("It has no tag, which means the latest, whatever that is."), found["name"]
    raise fail("SNB-219", ref=asker.ref, namespace=asker.namespace, image=image, reason=reason, name=name)
