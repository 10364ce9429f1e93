"""What all resources have in common: who asks, from where, may they; and every answer, errors too, in one form.

A resource names itself and says for each verb which function answers.  The function gets an :class:`~seldon_nb.lab.asked.Asked` and runs in a worker
thread.  Nothing heavy is imported here: the server's start pays for every import of this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from urllib.parse import urlsplit

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado import web

from seldon_nb.domain.errors import SeldonNbError, fail
from seldon_nb.lab.asked import Asked

if TYPE_CHECKING:
    from seldon_nb.lab.app import SeldonNbApp
    from seldon_nb.lab.schema import Shape

#: The panel sends it with every request; a foreign page cannot, unless it asks first and is told yes, which never happens.
HEADER = "X-Seldon-NB"
LANGUAGE = "X-Seldon-NB-Language"

#: Below the server's base address.
ROOT = r"/seldon-nb/"
#: A segment of a path.
NAME = r"([^/]+)"

_OWN_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@web.stream_request_body
class Resource(APIHandler):
    """One resource.

    Attributes:
        auth_resource: what the server's authorizer is asked about, ``seldon_nb:<name>``.
        actions: what each method is to the authorizer, where it is not as usual (a POST that changes nothing is ``execute``).
        changes: the methods that change something; they are refused where an administrator lets the panel look only.
    """

    SUPPORTED_METHODS = ("GET", "POST", "DELETE")  # no HEAD, and nobody is told that a foreign page may ask
    auth_resource = "seldon_nb"
    actions: ClassVar[Mapping[str, str]] = {}
    changes: ClassVar[frozenset[str]] = frozenset({"POST", "DELETE"})

    # --- what a resource does ----------------------------------------------------------------------------------------------------

    async def answer(self, do: Callable[[Asked], Shape], *path: str) -> None:
        """Answer with what ``do`` returns, called in a worker thread; whatever it raises becomes a problem.

        Args:
            path: what the groups of the route matched.
        """
        asked = Asked(self.extension, path, self._query(), bytes(self._body), self._who())
        await self._tell(lambda: refused(self._too_much()) if self._too_large else answered(do, asked))

    @property
    def extension(self) -> SeldonNbApp:
        """Our app in this server."""
        found: SeldonNbApp = self.settings["seldon_nb"]
        return found

    @property
    def speaks(self) -> str:
        """The language that the panel wants to read; empty leaves it to the server."""
        return self.request.headers.get(LANGUAGE, "")[:16]

    async def _tell(self, make: Callable[[], Answer]) -> None:
        answer = await self.extension.work.run(make, language=self.speaks)
        if answer.note:
            level = self.extension.log.error if answer.status == 500 else self.extension.log.info
            level("%s %s: %s", self.request.method, self.request.path, answer.note)
        self.set_status(answer.status)
        self.finish(answer.body)

    def _query(self) -> dict[str, str]:
        return {name: self.get_query_argument(name) for name in self.request.query_arguments}

    def _who(self) -> str:
        return str(getattr(self.current_user, "username", "") or "")

    # --- before it does anything -------------------------------------------------------------------------------------------------

    def initialize(self) -> None:
        """Nothing of the body is there yet: it comes in parts, so that too large a one is never held.  Looking does not keep a server alive, acting does."""
        self._track_activity = self.request.method != "GET"
        self._body = bytearray()
        self._too_large = False

    async def prepare(self, **_: Any) -> None:
        """Who asks, from where, and whether they may; a refusal is answered here and nothing else is run."""
        try:
            await self._admit()
        except (SeldonNbError, web.HTTPError) as error:
            if not self._finished:
                refusal = self._as_ours(error)
                await self._tell(lambda: refused(refusal))

    async def _admit(self) -> None:
        await super().prepare()  # the host's name, who is signed in, the secret of the session
        if self.current_user is None:
            raise fail("SNB-410")
        self._check_origin()
        if self.request.headers.get(HEADER) != "1":
            raise fail("SNB-413", header=HEADER)
        if closed := await self.extension.why_closed():
            raise closed
        await self._check_rights()
        if self.request.method != "GET":
            self._check_body()

    async def _check_rights(self) -> None:
        """Asked here and not by ``@authorized``, which remembers the first resource that it was asked about for all others."""
        method = str(self.request.method)
        action = self.actions.get(method, "read" if method == "GET" else "write")
        if not await ensure_async(self.authorizer.is_authorized(self, self.current_user, action, self.auth_resource)):
            raise fail("SNB-411", action=action, resource=self.auth_resource)
        if method in self.changes and not self.extension.allow_actions:
            raise fail("SNB-415")

    def _check_origin(self) -> None:
        """Only pages of this server are answered, whatever ``allow_origin`` says; a script sends no origin."""
        origin = self.request.headers.get("Origin", "")
        if origin and not self._is_own(origin):
            raise fail("SNB-412", origin=origin[:200])
        site = self.request.headers.get("Sec-Fetch-Site", "same-origin")
        if site not in ("same-origin", "none") and not (origin and self._is_own(origin)):
            raise fail("SNB-412", origin=origin[:200] or site[:40])

    def _is_own(self, origin: str) -> bool:
        given = origin.lower().rstrip("/")
        named = {
            known.lower().rstrip("/") for known in (*self.extension.trusted_origins, self.allow_origin) if known not in ("", "*")
        }
        host = self.request.headers.get("Host", "").lower()
        return given in named or (bool(host) and urlsplit(given).netloc == host)

    def _check_body(self) -> None:
        media_type = self.request.headers.get("Content-Type", "")
        if media_type.partition(";")[0].strip().lower() != "application/json":
            raise fail("SNB-713", media_type=media_type[:80] or "-")
        if int(self.request.headers.get("Content-Length", "0") or 0) > self.extension.request_limit_bytes:
            raise self._too_much()

    def _too_much(self) -> SeldonNbError:
        return fail("SNB-712", limit_kib=self.extension.request_limit_bytes // 1024)

    def data_received(self, chunk: bytes) -> None:
        """Keep a part of the body, unless it is more than may come."""
        if len(self._body) + len(chunk) > self.extension.request_limit_bytes:
            self._too_large = True
            self._body.clear()
        if not (self._too_large or self._finished):
            self._body += chunk

    # --- what Jupyter would do otherwise -------------------------------------------------------------------------------------------

    def check_xsrf_cookie(self) -> None:
        """The secret of the session, unless a token was sent, which no foreign page has; SNB-413 if it does not fit."""
        try:
            super().check_xsrf_cookie()
        except web.HTTPError:
            raise (fail("SNB-413", header="X-XSRFToken") if self.current_user else fail("SNB-410")) from None

    def check_origin(self, origin_to_satisfy_tornado: str = "") -> bool:
        """Looked at by :meth:`prepare`, more strictly."""
        return True

    def set_cors_headers(self) -> None:
        """No other site is ever told that it may read an answer."""

    def set_default_headers(self) -> None:
        """Answers are kept nowhere, run nowhere, and belong to this site."""
        super().set_default_headers()
        for name in [name for name, _ in self._headers.get_all() if name.lower().startswith("access-control-")]:
            self.clear_header(name)
        for name, value in _OWN_HEADERS.items():
            self.set_header(name, value)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Whatever went wrong outside of a resource's own words: one form, no traceback, no message."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        from seldon_nb.words import speaking

        with speaking(self.speaks):
            answer = refused(self._as_ours(error or web.HTTPError(status_code)))
        self.set_status(answer.status)
        self.finish(answer.body)

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """The type and the place of what nobody foresaw; never its message, which may hold data."""
        if value is not None and not isinstance(value, (SeldonNbError, web.HTTPError)):
            self.extension.log.error("%s %s: %s", self.request.method, self.request.path, refused(value).note)

    def _log(self) -> None:
        """One line a request: its path, which holds names; neither its query nor its body."""
        status = self.get_status()
        level = (
            self.extension.log.debug if status < 400 else self.extension.log.info if status < 500 else self.extension.log.warning
        )
        level(
            "%d %s %s (%s) %.0f ms",
            status,
            self.request.method,
            self.request.path,
            self._who(),
            1000 * self.request.request_time(),
        )

    def _as_ours(self, error: BaseException) -> BaseException:
        """An error of Tornado's or Jupyter's by our code, if it is one of those that are expected."""
        if not isinstance(error, web.HTTPError):
            return error
        if error.status_code in (401, 403):
            return fail("SNB-410") if self.current_user is None else fail("SNB-411", action="-", resource=self.auth_resource)
        return fail("SNB-710", version=_version()) if error.status_code < 500 else error


class Nothing(Resource):
    """Any other address below ours."""

    @web.authenticated
    async def get(self, *path: str) -> None:
        """There is nothing."""
        await self._tell(lambda: refused(fail("SNB-710", version=_version())))

    post = get
    delete = get


class Answer(NamedTuple):
    """What is written: HTTP status, JSON, and a line for the log if it failed."""

    status: int
    body: bytes
    note: str = ""


def answered(do: Callable[[Asked], Shape], asked: Asked) -> Answer:
    """``do(asked)`` as JSON, or its problem."""
    try:
        return Answer(200, do(asked).model_dump_json(by_alias=True).encode())
    except Exception as error:
        return refused(error)


def refused(error: BaseException) -> Answer:
    """An error as a problem; one that nobody foresaw as SNB-900, with its type and place and nothing else of it."""
    from seldon_nb.lab.views.problems import as_ours, problem, status_of

    known = as_ours(error)
    note = f"{known.code_id} {known.facts.get('error_type', '')} {known.facts.get('where', '')}".rstrip()
    return Answer(status_of(known), problem(known).model_dump_json(by_alias=True).encode(), note)


def _version() -> str:
    from seldon_nb import __version__

    return __version__
