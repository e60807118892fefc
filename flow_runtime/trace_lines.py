"""Trace events as JSON lines: what a trace file holds and what those who watch are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec


def _text(value: Any) -> str:
    """*value* as text: msgspec takes no subclass of `str`, and `str` may leave one as it is."""
    return str.__str__(value) if isinstance(value, str) else str(value)


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_text, decimal_format="number")


def encoded(event: Mapping[str, Any]) -> bytes:
    """*event* as one line of JSON without its end; what JSON does not know is written as text."""
    try:
        return _ENCODER.encode(event)
    except UnicodeEncodeError:  # half a character in what a peer sent
        return _ENCODER.encode(_whole(event))


def _whole(value: Any) -> Any:
    """*value* with ``?`` for everything in its texts that is no character."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case Mapping():
            return {_whole(key): _whole(item) for key, item in value.items()}
        case list() | tuple():
            return [_whole(item) for item in value]
    return value
