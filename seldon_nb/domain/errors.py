"""The error tree.

::

    SeldonNbError                 everything we raise on purpose; a failure is data: code, facts, next steps
    ├── UserInputError            the question was wrong: a name, a column, a value            exit 1, HTTP 400
    │   └── UsageError            the command line was wrong                                   exit 2, HTTP 400
    ├── NotAllowedError           the person may not                                           exit 1, HTTP 403
    ├── NotReadyError             it is not answering (yet)                                    exit 1, HTTP 409
    ├── ConflictError             somebody or something changed it in between                  exit 1, HTTP 409
    ├── ModelContractError        the model breaks what serving needs                          exit 1, HTTP 422
    ├── PlatformError             the place refused or broke                                   exit 1, HTTP 502
    ├── BackendUnavailableError   the place cannot be reached                                  exit 1, HTTP 503
    └── Fault                     ours: not the model, not the user                            exit 1, HTTP 500

Raise with :func:`fail`, which picks the class from the table of codes.  Facts never hold a payload, a token or a secret's value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from seldon_nb.domain.code import Code, Kind, fill, known_part
from seldon_nb.domain.codes import lookup


class SeldonNbError(Exception):
    """A failure with its code and facts; the sentences come from the table of codes.

    Args:
        code_id: an entry of the table of codes.
        facts: what was seen; text and whole numbers only, safe to show and to store.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    #: Set once by the package's entry: turns an error into the lines that a notebook shows instead of a traceback.
    renderer: ClassVar[Callable[[SeldonNbError], list[str]] | None] = None

    def __init__(self, code_id: str, facts: Mapping[str, object] | None = None) -> None:
        self.code: Code = lookup(code_id)
        self.facts: dict[str, object] = dict(facts or {})
        super().__init__(code_id, self.facts)

    @property
    def code_id(self) -> str:
        """The stable code, such as ``SNB-312``."""
        return self.code.id

    def __str__(self) -> str:
        parts = (fill(self.code.what, self.facts), fill(known_part(self.code.saw, self.facts), self.facts))
        return f"{self.code.id} {' '.join(part for part in parts if part)}"

    def _render_traceback_(self) -> list[str]:
        """IPython asks for this: a foreseeable mistake is answered with a card, not with a traceback."""
        if SeldonNbError.renderer is not None:
            return SeldonNbError.renderer(self)
        return [str(self)]


class UserInputError(SeldonNbError):
    """The question was wrong: a name, a column, a value."""

    http_status = 400


class UsageError(UserInputError):
    """The command line was wrong."""

    exit_code = 2


class NotAllowedError(SeldonNbError):
    """The person may not."""

    http_status = 403


class NotReadyError(SeldonNbError):
    """It is not answering (yet)."""

    http_status = 409


class ConflictError(SeldonNbError):
    """Somebody or something changed it in between."""

    http_status = 409


class ModelContractError(SeldonNbError):
    """The model breaks what serving needs."""

    http_status = 422


class PlatformError(SeldonNbError):
    """The place refused or broke."""

    http_status = 502


class BackendUnavailableError(SeldonNbError):
    """The place cannot be reached."""

    http_status = 503


class Fault(SeldonNbError):  # noqa: N818 - the word of the design: a fault is ours, an error may be anybody's
    """Ours: not the model, not the user."""


CLASSES: dict[Kind, type[SeldonNbError]] = {
    Kind.USER_INPUT: UserInputError,
    Kind.NOT_ALLOWED: NotAllowedError,
    Kind.NOT_READY: NotReadyError,
    Kind.CONFLICT: ConflictError,
    Kind.MODEL_CONTRACT: ModelContractError,
    Kind.PLATFORM: PlatformError,
    Kind.UNAVAILABLE: BackendUnavailableError,
    Kind.FAULT: Fault,
}


def fail(code_id: str, **facts: object) -> SeldonNbError:
    """Build (not raise) the error for a code: ``raise fail("SNB-130", name=name, nearest=near)``."""
    if code_id.startswith("SNB-7"):
        return UsageError(code_id, facts)
    return CLASSES[lookup(code_id).kind](code_id, facts)
