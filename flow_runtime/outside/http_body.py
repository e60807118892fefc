"""The bodies of web requests and answers: values of the language to bytes and back, in bounds."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.failure import MAX_WEIGHT
from flow_runtime.core.expr.values import check_weight, from_outside, plain_number
from flow_runtime.core.sound import AudioFile, Recording, Silence, Utterance

LARGEST: Final = 1_000_000
"""Bytes of an answer, unpacked."""
_MOST_MARKS: Final = 10 * MAX_WEIGHT
"""Commas and brackets of JSON: to read more takes long, and the result would be too large."""
_JSON: Final = re.compile(r"[^;]*[/+]json\s*(;|$)", re.IGNORECASE)
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_CHARSETS: Final = frozenset(
    "ascii utf-8 utf-16 utf-16-le utf-16-be utf-32 iso8859-1 iso8859-2 iso8859-5 iso8859-15 cp1250"
    " cp1251 cp1252 koi8-r gb2312 gbk gb18030 big5 euc_jp shift_jis euc_kr".split()
)
"""Encodings that answers may have. A server must not choose among all that Python knows: some
(punycode) take minutes for a megabyte."""

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


# --- what is sent ---------------------------------------------------------------------------------


def encoded(value: Any) -> bytes | None:
    """*value* as JSON, None for none; `NodeFailure` for what JSON cannot say."""
    return None if value is None else _encode(plain(value))


def plain(value: Any) -> Any:
    """A value of the language as JSON has it.

    Dates and times are ISO texts, durations seconds, prompts their texts; of a recording its path
    and its length.
    """
    match value:
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case tuple() | list():
            return [plain(inner) for inner in value]
        case timedelta():
            return Decimal(plain_number(Decimal(str(value.total_seconds()))))
        case datetime() | date() | time():
            return value.isoformat()
        case Recording(path, seconds):
            return {"path": path, "seconds": seconds}
        case Utterance() | AudioFile() | Silence():
            return value.text
        case None | bool() | str() | int() | float() | Decimal():
            return value
    text = f"json holds what JSON cannot say: {type(value).__name__}"
    raise NodeFailure("http-bad-request", text)


# --- what comes back ------------------------------------------------------------------------------


class Unpacked:
    """Collects the pieces of an answer, unpacking them as they come; *packing* is the header's.

    `NodeFailure` ``http-too-large`` and ``http-bad-answer``.
    """

    def __init__(self, packing: str) -> None:
        self.content = bytearray()
        self._packed = 0
        self._zlib: Any = None
        packing = packing.strip().lower()
        if packing in ("gzip", "x-gzip"):
            self._zlib = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        elif packing not in ("", "identity"):
            raise bad_answer(f"it is packed by {packing}, which nobody asked for")

    def take(self, piece: bytes) -> None:
        """The next *piece* as it came: a small one may be a thousand times as large unpacked."""
        self._packed += len(piece)
        if self._zlib is not None:
            try:
                piece = self._zlib.decompress(piece, LARGEST + 1 - len(self.content))
            except zlib.error as error:
                raise bad_answer(str(error)) from None
        self.content += piece
        if max(len(self.content), self._packed) > LARGEST:
            raise too_large(f"it has more than {LARGEST // 1_000_000} MB")

    def end(self) -> bytes:
        """All of it, now that there are no more pieces."""
        if self._zlib is not None and self._packed and not self._zlib.eof:
            raise bad_answer("it ends too early")
        return bytes(self.content)


def value_of(content: bytes, kind: str) -> Any:
    """What *content* of the type *kind* (the header's) holds, as a value of the language.

    JSON, whether it is called so or only looks like it, is a value; anything else is a text;
    nothing is None. `NodeFailure` as `Unpacked`.
    """
    if not content:
        return None
    declared = _JSON.match(kind) is not None
    text = _text(content, kind, strict=declared)
    if declared:
        return _bounded(_json(text))
    if text.lstrip()[:1] in ("{", "["):
        try:
            return _bounded(_json(text))
        except NodeFailure as failure:
            if failure.name == "http-too-large":
                raise
    return _bounded(text)


def _text(content: bytes, kind: str, strict: bool) -> str:
    named = _CHARSET.search(kind)
    try:
        charset = codecs.lookup(named[1]).name if named else "utf-8"
    except LookupError:
        charset = "utf-8"
    if charset not in _CHARSETS:
        charset = "utf-8"
    try:
        text = content.decode(charset, "strict" if strict else "replace")
    except UnicodeDecodeError as error:
        raise bad_answer(f"it is no {charset} text (byte {error.start})") from None
    return text.removeprefix("\ufeff")


def _json(text: str) -> Any:
    if sum(map(text.count, ",[{")) > _MOST_MARKS:
        raise too_large(f"it has more than {MAX_WEIGHT} values")
    try:
        return _decode(text)
    except (msgspec.MsgspecError, ArithmeticError, RecursionError) as error:
        raise bad_answer(f"it is no JSON that can be used: {error}") from None


def _bounded(value: Any) -> Any:
    """*value* as one of the language, within its limits."""
    try:
        return from_outside(check_weight(value), UTC)
    except NodeFailure as failure:
        raise too_large(f"it holds {failure.text}") from None


def bad_answer(text: str) -> NodeFailure:
    """An answer that nobody can make sense of."""
    return NodeFailure("http-bad-answer", text)


def too_large(text: str) -> NodeFailure:
    """An answer that is larger than a call has use for."""
    return NodeFailure("http-too-large", text)
