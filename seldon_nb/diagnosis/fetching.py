"""Between a machine and a server: the image, and the model's files."""

from __future__ import annotations

import re
from collections.abc import Mapping

from seldon_nb.diagnosis.case import Case
from seldon_nb.diagnosis.finding import Cause, Rule
from seldon_nb.diagnosis.lines import safe, sentence
from seldon_nb.diagnosis.reading import Container, parts, text
from seldon_nb.domain.code import N_
from seldon_nb.domain.codes import ALL
from seldon_nb.domain.deployment import Stage

_PULL = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError", "RegistryUnavailable")
_AT_ONCE = ("ErrImageNeverPull", "InvalidImageName")
_LOCKED = re.compile(
    r"\b40[13]\b|unauthorized|forbidden|authorization failed|authentication required|access denied|no basic auth credentials|access to the resource is denied",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"not found|manifest unknown|name unknown|does not exist|failed to resolve|not present with pull policy|couldn't parse|invalid reference",
    re.IGNORECASE,
)
_SECRET = re.compile(r'secrets? "(?P<secret>[^"]+)" not found')
_KEY = re.compile(r"couldn't find key (?P<key>\S+) in Secret (?P<secret>\S+)")
_UNREACHABLE = "SNB-152"
_GONE = N_("nothing lies there.")
_NO_SECRET = N_("there is no secret of that name in the namespace.")
_OTHER_REMOTE = N_("it holds no settings for this kind of address.")
_REFUSED = N_("the store refused it.")
_LOCKED_STORE = re.compile(r"AccessDenied|Forbidden|InvalidAccessKeyId|SignatureDoesNotMatch|Unauthorized|\b40[13]\b")
_NO_REMOTE = re.compile(r"didn't find section in config file|no settings for the remote", re.IGNORECASE)
_NO_FILES = re.compile(
    r"NoSuchBucket|NoSuchKey|directory not found|no such (?:bucket|key)|\b404\b|could not resolve host|Name or service not known",
    re.IGNORECASE,
)


def image_locked(case: Case) -> Cause | None:
    """SNB-331: the registry wants a sign-in."""
    for container in _pulling(case):
        said = _said_of_pull(case, container)
        if not _LOCKED.search(said):
            continue
        secrets = [text(entry, "name") for pod in case.pods for entry in parts(pod, "spec", "imagePullSecrets")]
        facts = {
            "image": container.image,
            "registry": registry_of(container.image),
            "secret": ", ".join(dict.fromkeys(name for name in secrets if name)) or "-",
        }
        return Cause(code="SNB-331", facts=facts, stage=Stage.IMAGE, final=_attempts(case, container) >= 2)
    return None


def image_absent(case: Case) -> Cause | None:
    """SNB-330: there is no such image.  Fetching a large one is no failure; neither is a registry that is away for a moment."""
    for container in _pulling(case):
        attempts = _attempts(case, container)
        if container.waiting not in _AT_ONCE and not _ABSENT.search(_said_of_pull(case, container)):
            continue
        final = attempts >= 2 or container.waiting in _AT_ONCE
        return Cause(code="SNB-330", facts={"image": container.image, "attempts": attempts}, stage=Stage.IMAGE, final=final)
    return None


def _pulling(case: Case) -> list[Container]:
    return [item for item in case.containers if item.waiting in _PULL]


def _said_of_pull(case: Case, container: Container) -> str:
    """Why the last fetching failed: while it waits for the next try, the state repeats it in part only, and the event in full."""
    failed = [event.message for event in case.events_about(container) if event.reason in ("Failed", "InspectFailed")]
    return "\n".join([container.waiting_message, *(message for message in failed[-3:] if container.image in message)])


def _attempts(case: Case, container: Container) -> int:
    failed = [event for event in case.events_about(container) if event.message.startswith("Failed to pull image")]
    return max(1, sum(event.times for event in failed))


def registry_of(image: str) -> str:
    """The registry in an image's name; ``docker.io`` if it names none."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"


# --- the model's files -----------------------------------------------------------------------------------------------------------


def said_in_codes(case: Case) -> Cause | None:
    """What the initializer or the model server wrote as its last word: SNB-15x, SNB-335 to SNB-339; they knew it first hand."""
    for container in case.containers:
        told = case.told(container) if container.failure or (not container.init and not container.ready) else None
        if told is None or told.code not in ALL or told.code[:6] not in ("SNB-15", "SNB-33"):
            continue
        facts = {"times": max(1, container.failures), **_without_values(told.facts or {})}
        if told.code == "SNB-338" and facts.get("secret", "—") == "—":
            facts["secret"] = case.seen.secret or "-"
        patience = 3 if told.code == _UNREACHABLE else 2 if told.code == "SNB-339" else 1
        stage = Stage.WEIGHTS if container.init else Stage.LOADED
        return Cause(code=told.code, facts=facts, stage=stage, final=container.failures >= patience, lines=container.key)
    return None


def _without_values(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts without what a model's own code said while it was loaded, unless its form is known: an error's message may hold a row of data."""
    kept = dict(facts)
    if "line" in kept:
        kept["line"] = safe(str(kept["line"]))
    if "hint" in kept:
        hint = safe(f"{kept.get('error_type', '')}: {kept['hint']}").partition(": ")[2] or str(kept.get("where", "-"))
        kept["hint"] = sentence(hint)
    return kept


def store_locked(case: Case) -> Cause | None:
    """SNB-338: the secret is not there, is for another kind of address, or is refused by the store."""
    if absent := _absent_secret(case):
        return _locked(case, absent, _NO_SECRET, "")
    for container in case.initializers:
        said = "\n".join(case.lines(container)) if container.failure else ""
        if _NO_REMOTE.search(said) or _LOCKED_STORE.search(said):
            return _locked(case, "", _OTHER_REMOTE if _NO_REMOTE.search(said) else _REFUSED, container.key)
    return None


def files_absent(case: Case) -> Cause | None:
    """SNB-336: there is nothing at the address; said by an initializer that is not ours."""
    for container in case.initializers:
        if container.failure and _NO_FILES.search("\n".join(case.lines(container))):
            facts = {"source": case.source, "reason": _GONE}
            return Cause(code="SNB-336", facts=facts, stage=Stage.WEIGHTS, final=container.failures > 1, lines=container.key)
    return None


def _absent_secret(case: Case) -> str:
    """The name of a Secret that a container or a volume of this version needs and that is not there."""
    said = [item.waiting_message for item in case.containers if item.waiting == "CreateContainerConfigError"]
    if not any(item.began for item in case.containers):
        said += [event.message for event in case.events if event.reason == "FailedMount"]
    for message in said:
        found = _SECRET.search(message) or _KEY.search(message)
        if found:
            return found["secret"].rpartition("/")[2]
    return ""


def _locked(case: Case, secret: str, reason: str, lines: str) -> Cause:
    facts = {"secret": secret or case.seen.secret or "-", "source": case.source, "reason": reason}
    return Cause(code="SNB-338", facts=facts, stage=Stage.WEIGHTS, final=True, lines=lines)


RULES: tuple[Rule, ...] = (image_locked, image_absent, said_in_codes, store_locked, files_absent)
