"""Payloads on their way in and out: JSON with sorted keys, bare words, and values shortened for people."""

from __future__ import annotations

from typing import Any

import orjson

__all__ = ["PayloadFault", "command_message", "dumps", "request_message", "shortened"]

STATE_WORDS = frozenset({"on", "off", "toggle", "open", "close", "stop", "lock", "unlock"})
LONGEST = 60


class PayloadFault(ValueError):
    """A payload that can't be used; the text says why."""


def dumps(value: Any) -> bytes:
    """Serialise with sorted keys, as the interface does."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)


def shortened(value: Any) -> str:
    """Show a value to a person, at most about 60 characters of it."""
    if isinstance(value, bytes):
        text = repr(value[: LONGEST + 1].decode("utf-8", "backslashreplace"))
        length = len(value)
    elif isinstance(value, str):
        text, length = repr(value[: LONGEST + 1]), len(value)
    else:
        text = orjson.dumps(value, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
        length = len(text)
    return text if len(text) <= LONGEST + 2 else f"{text[:LONGEST]}… ({length} characters)"


def command_message(payload: bytes, attribute: str | None) -> dict[str, Any]:
    """Read what was published to a set or get topic.

    Raises:
        PayloadFault: It is neither a JSON object nor, without an attribute in the topic, one of the state words.
    """
    if attribute is not None:
        return {attribute: _value(payload)}
    try:
        message = _loads(payload)
    except ValueError as error:
        word = payload[:LONGEST].decode("utf-8", "replace").strip()
        if word.lower() in STATE_WORDS:
            return {"state": word}
        raise PayloadFault(
            f"the payload {shortened(payload)} is neither JSON ({error}) nor one of {', '.join(sorted(STATE_WORDS))}"
        ) from error
    if isinstance(message, str) and message.lower() in STATE_WORDS:
        return {"state": message}
    if not isinstance(message, dict):
        raise PayloadFault(f'the payload {shortened(payload)} is no JSON object such as {{"state": "ON"}}')
    if not message:
        raise PayloadFault('the payload {} names nothing; an example is {"state": "ON"}')
    return message


def request_message(payload: bytes) -> Any:
    """Read what was published to a request topic: JSON, or the bare text where it is none."""
    if not payload:
        return ""
    return _value(payload)


def _value(payload: bytes) -> Any:
    try:
        return _loads(payload)
    except ValueError:
        return payload.decode("utf-8", "replace")


def _loads(payload: bytes) -> Any:
    """Read JSON that can be written again, within a response: orjson reads 1024 levels and writes 254.

    Raises:
        ValueError: It is no JSON, or nested more deeply.
    """
    value = orjson.loads(payload)
    try:
        orjson.dumps([[[[[[[[value]]]]]]]])
    except TypeError as error:
        raise ValueError("it is nested too deeply") from error
    return value
