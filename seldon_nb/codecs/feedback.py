"""Feedback of the seldon protocol: what was asked, what was answered, and how good that was."""

from __future__ import annotations

import math
from typing import Any

from seldon_nb.codecs import descriptors
from seldon_nb.codecs.protocol import GRPC, JSON, Message, Transport

FEEDBACK = "/api/v1.0/feedback"
FEEDBACK_GRPC = f"/{descriptors.SELDON_SERVICE}/SendFeedback"


def feedback(
    asked: bytes, answered: bytes, reward: float, *, truth: bytes = b"", transport: Transport = Transport.REST
) -> Message:
    """The message that tells a deployment how good an answer was.

    Routers learn from it only if the answer's ``meta.routing`` comes back with it, so both bodies are sent as they were.

    Args:
        asked: the body of the question.
        answered: the body of its answer.
        reward: any finite number.
        truth: the right answer, as the body of a ``SeldonMessage``; may be empty.

    Raises:
        ValueError: a body that is not JSON, or no message; a reward that is not finite. The message holds no value.
    """
    if not math.isfinite(reward):
        raise ValueError("a reward is a finite number")
    if transport is Transport.GRPC:
        return Message(FEEDBACK_GRPC, _grpc(asked, answered, reward, truth), GRPC)
    return Message(FEEDBACK, _rest(asked, answered, reward, truth), JSON)


def _rest(asked: bytes, answered: bytes, reward: float, truth: bytes) -> bytes:
    import orjson

    parts: dict[str, Any] = {"request": asked, "response": answered} | ({"truth": truth} if truth else {})
    try:
        read = {key: orjson.loads(body) for key, body in parts.items()}
    except orjson.JSONDecodeError:
        raise ValueError("not JSON") from None
    return orjson.dumps({**read, "reward": reward})


def _grpc(asked: bytes, answered: bytes, reward: float, truth: bytes) -> bytes:
    from google.protobuf.message import DecodeError

    message = descriptors.seldon("Feedback")(reward=reward)
    try:
        message.request.MergeFromString(asked)
        message.response.MergeFromString(answered)
        if truth:
            message.truth.MergeFromString(truth)
    except DecodeError:
        raise ValueError("not a message of the protocol") from None
    data: bytes = message.SerializeToString()
    return data
