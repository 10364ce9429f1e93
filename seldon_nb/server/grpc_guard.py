"""The guard over gRPC: an error tells its type and its place, and nobody loads or unloads models from outside.

MLServer ends a failing call with the error's own text, which may hold rows; here the call is ended with what :func:`guard.safe_error` says.
"""

from __future__ import annotations

import json
import logging
import sys
import types
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from seldon_nb.server import guard

_log = logging.getLogger("slot")


def install() -> None:
    """From now on MLServer's gRPC servers are guarded."""
    from grpc import aio
    from mlserver.grpc import server as module

    def guarded(pool: Any, interceptors: list[Any], **settings: Any) -> Any:
        return aio.server(pool, interceptors=[_interceptor(), *interceptors], **settings)

    module.aio = types.SimpleNamespace(server=guarded)


def words(error: BaseException | None) -> str:
    """What a caller may read of an error, as JSON."""
    if error is None:
        return json.dumps({"error": "the call was ended"})
    seen = guard.safe_error(error)
    if type(error).__name__ in guard.SAFE_ERRORS:
        seen["error"] = str(error)
    return json.dumps(seen)


class _Context:
    """A call's context whose ``abort`` never repeats an error's text."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def abort(self, code: Any, details: str = "", trailing_metadata: Any = ()) -> None:
        await self._real.abort(code, words(sys.exc_info()[1]), trailing_metadata)


async def _guarded(call: Callable[[], Awaitable[Any]], context: Any) -> Any:
    import grpc
    from grpc import aio

    try:
        return await call()
    except aio.AbortError:
        raise
    except (Exception, SystemExit) as error:
        _log.error("unhandled", exc_info=error)
        await context.abort(grpc.StatusCode.INTERNAL, words(error))


def _interceptor() -> Any:
    import grpc
    from grpc import aio

    async def refuse(_: Any, context: Any) -> Any:
        await context.abort(grpc.StatusCode.PERMISSION_DENIED, "this server's models are changed by a plan only")

    class Interceptor(aio.ServerInterceptor):  # type: ignore[misc]  # grpc asks for its own class
        async def intercept_service(self, continuation: Any, details: Any) -> Any:
            if "Repository" in details.method:
                return grpc.unary_unary_rpc_method_handler(refuse)
            found = await continuation(details)
            if found is None:
                return None
            if found.unary_unary:
                return found._replace(unary_unary=_one(found.unary_unary))
            return found._replace(stream_stream=_many(found.stream_stream)) if found.stream_stream else found

    return Interceptor()


def _one(inner: Any) -> Any:
    async def one(request: Any, context: Any) -> Any:
        return await _guarded(lambda: inner(request, _Context(context)), context)

    return one


def _many(inner: Any) -> Any:
    async def many(requests: Any, context: Any) -> AsyncIterator[Any]:
        answers = inner(requests, _Context(context))
        while True:
            answer = await _guarded(lambda: anext(answers, None), context)
            if answer is None:
                return
            yield answer

    return many
