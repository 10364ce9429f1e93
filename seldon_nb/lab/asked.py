"""One request as a route sees it: typed, in a worker thread, with nothing of HTTP left but names and bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from seldon_nb.domain.errors import fail
from seldon_nb.words import tr, trn

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from seldon_nb.domain.deployment import Target
    from seldon_nb.lab.app import SeldonNbApp
    from seldon_nb.lab.schema import PlaceName, Shape
    from seldon_nb.lab.work import Work
    from seldon_nb.workspace import Workspace

    S = TypeVar("S", bound=Shape)

#: Longer words of a query are nobody's.
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        app: the extension, with the administrator's settings.
        path: what the route's groups matched, decoded.
        query: the last value of each name.
        raw: the body.
        user: the name of who is signed in to this Jupyter server; for log lines, never for rights.
    """

    app: SeldonNbApp
    path: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    user: str = ""

    @property
    def work(self) -> Work:
        """What all requests share."""
        return self.app.work

    @property
    def workspace(self) -> Workspace:
        """The workspace of this server; made now if it is not there yet."""
        return self.app.work.workspace

    @property
    def target(self) -> Target:
        """The deployment that a path of ``<place>/<namespace>/<name>`` names. Raises: SNB-706."""
        from seldon_nb.domain.deployment import Target

        place, namespace, name = self.path[:3]
        return Target(namespace, name, known_place(place))

    def body(self, shape: type[S]) -> S:
        """The body as a shape of the contract.

        Raises:
            SNB-711: it is not one; the first field that does not fit is named, its value never repeated.
        """
        from pydantic import ValidationError

        try:
            return shape.model_validate_json(self.raw or b"{}")
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=True, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "body"
            raise fail("SNB-711", field=where, reason=_reason(first)) from None

    def text(self, name: str, default: str = "") -> str:
        """A word of the query. Raises: SNB-711."""
        value = self.query.get(name, "") or default
        if len(value) > _LONGEST:
            raise fail("SNB-711", field=name, reason=trn("At most {n} character.", "At most {n} characters.", _LONGEST))
        return value

    def number(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        """A whole number of the query, within its bounds. Raises: SNB-711."""
        value = self.query.get(name, "")
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and len(value) <= 12 and least <= int(value) <= most):
            raise fail(
                "SNB-711", field=name, reason=tr("A whole number from {least} to {most} is expected.", least=least, most=most)
            )
        return int(value)

    def choice(self, name: str, among: tuple[str, ...], default: str = "") -> str:
        """One of several words of the query. Raises: SNB-711."""
        value = self.query.get(name, "") or default
        if value not in (*among, default):
            raise fail("SNB-711", field=name, reason=tr("One of these is expected: {known}.", known=", ".join(among)))
        return value


def known_place(name: str) -> PlaceName:
    """A place's name. Raises: SNB-706."""
    known: dict[str, PlaceName] = {"here": "here", "cluster": "cluster"}
    if name not in known:
        raise fail("SNB-706", place=name[:_LONGEST], known=", ".join(known))
    return known[name]


def _reason(error: ErrorDetails) -> str:
    """What was wrong with one field, in words; bounds are ours to tell, values are not."""
    kind = error["type"]
    bounds = error.get("ctx", {})
    number = next((value for name in ("ge", "le", "max_length") if isinstance(value := bounds.get(name), (int, float))), 0)
    most = int(number)
    told = {
        "missing": tr("It is missing."),
        "extra_forbidden": tr("Nothing of this name is known."),
        "json_invalid": tr("It is not JSON."),
        "greater_than_equal": tr("At least {least}.", least=number),
        "less_than_equal": tr("At most {most}.", most=number),
        "string_too_long": trn("At most {n} character.", "At most {n} characters.", most),
        "string_too_short": tr("It is empty."),
        "too_short": tr("It is empty."),
        "too_long": trn("At most {n} of them.", "At most {n} of them.", most),
        "literal_error": tr("One of these is expected: {known}.", known=str(bounds.get("expected", ""))),
        "string_pattern_mismatch": tr("It has a character that cannot stand there."),
    }
    by_type = {"int": tr("A number is expected."), "float": tr("A number is expected."), "string": tr("A text is expected.")}
    return told.get(kind) or by_type.get(kind.partition("_")[0]) or tr("It has another form than expected.")
