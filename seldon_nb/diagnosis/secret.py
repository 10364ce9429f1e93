"""What is a secret by its looks or by its name, and text without it."""

from __future__ import annotations

import re

#: Stands where a secret stood.
HIDDEN = "«…»"
#: A token of ours or of others, a password in an address, a header that carries one.
_LOOKS = (
    re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"(?i)(?<=bearer )[\w.~+/=-]{8,}"),
    re.compile(r"(?i)(?<=password=)\S+|(?<=secret=)\S+|(?<=token=)\S+|(?<=api_key=)\S+"),
)
#: Keys of well-known makers, and long words of small and capital letters and digits, as keys are; digests and names have no capitals.
_KEYS = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\b(?:gh[pousr]|glpat|xox[abp]|sk|pk)[-_][\w-]{16,}")
_LONG = re.compile(r"(?=[\w+/=-]*[a-z])(?=[\w+/=-]*[A-Z])(?=[\w+/=-]*\d)[\w+=-][\w+/=-]{23,}", re.ASCII)
_NAMES = re.compile(r"(?i)secret|passw|pwd|token|credential|private|(^|[_.-])(key|auth|pat|sas|pin)s?($|[_.-])|apikey|accesskey")


def without_secrets(text: str) -> str:
    """Text with what gives itself away as a secret left out: for what a program wrote, where a long word may be anything."""
    for form in _LOOKS:
        text = form.sub(HIDDEN, text)
    return text


def value_without_secrets(name: str, value: str) -> str:
    """A setting's value, or what stands for it if its name or its looks say that it is a key: for settings, where no key belongs at all."""
    if is_secret_name(name):
        return HIDDEN
    return _LONG.sub(HIDDEN, _KEYS.sub(HIDDEN, without_secrets(value)))


def is_secret_name(name: str) -> bool:
    """Whether what is called so is a secret as a rule: ``DB_PASSWORD``, ``AWS_SECRET_ACCESS_KEY``, ``HF_TOKEN``."""
    return bool(_NAMES.search(name))
