"""What is sent to web servers, and what is made of their answers: bytes and values."""

import gzip
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.expr.values import VALUE_CLASSES
from flow_runtime.core.sound import AudioFile, Recording, Silence, Utterance
from flow_runtime.outside.http_body import LARGEST, Unpacked, encoded, value_of

JSON = "application/json"


def refusal(call: Any, *given: Any) -> NodeFailure:
    with pytest.raises(NodeFailure) as caught:
        call(*given)
    return caught.value


# --- values to JSON -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, b"true"),
        (Decimal("12.50"), b"12.50"),
        (Decimal("0.1"), b"0.1"),
        (Decimal(10) ** 25, b"1" + b"0" * 25),
        ("水费", '"水费"'.encode()),
        (date(2026, 11, 24), b'"2026-11-24"'),
        (time(9, 30), b'"09:30:00"'),
        (datetime(2026, 11, 24, 9, tzinfo=UTC), b'"2026-11-24T09:00:00+00:00"'),
        (timedelta(milliseconds=1500), b"1.5"),
        (timedelta(minutes=2), b"120"),
        ((Decimal(1), "a", None), b'[1,"a",null]'),
        ({"a": (Decimal(1),), "b": {"c": False}}, b'{"a":[1],"b":{"c":false}}'),
        (MappingProxyType({"From": "x"}), b'{"From":"x"}'),
        (Recording("/r/1.wav", 7.5), b'{"path":"/r/1.wav","seconds":7.5}'),
        (Utterance(("Hello.",), "en"), b'"Hello."'),
        (AudioFile("/p.wav", "Hi"), b'"Hi"'),
        (Silence(1.0), b'""'),
    ],
)
def test_a_value_is_sent_as_json(value: Any, text: bytes | None) -> None:
    assert encoded(value) == text


def test_what_json_cannot_say_is_a_bad_request() -> None:
    assert refusal(encoded, {"a": object()}).name == "http-bad-request"


# --- answers to values ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "value"),
    [
        (b"", JSON, None),
        (b"null", JSON, None),
        (b'{"owed": 12.50}', JSON, {"owed": Decimal("12.50")}),
        (b"[1, 2.0]", "application/problem+json; charset=utf-8", (Decimal(1), Decimal("2.0"))),
        (b"0.1", "text/json", Decimal("0.1")),
        (b'\xef\xbb\xbf{"a": 1}', JSON, {"a": Decimal(1)}),
        ('{"a": "水"}'.encode("gbk"), "application/json; charset=GBK", {"a": "水"}),
        ('{"a": "水"}'.encode("utf-16"), 'text/json;charset="utf-16"', {"a": "水"}),
        (b"12345678901234567890123", JSON, Decimal("12345678901234567890123")),
        (b'{"a": 1}', "text/plain", {"a": Decimal(1)}),
        (b' [{"a": 1}]', "", ({"a": Decimal(1)},)),
        (b"[draft] hello", "text/plain", "[draft] hello"),
        (b"12.5", "text/plain", "12.5"),
        (b"true", "", "true"),
        ("gr\xfc\xdf".encode("latin-1"), "text/plain; charset=iso-8859-1", "grüß"),
        ("水费".encode("gb18030"), "text/html;charset=gb18030", "水费"),
        (b"a\xffb", "text/plain", "a\N{REPLACEMENT CHARACTER}b"),
        (b"abc", "text/plain; charset=punycode", "abc"),
        (b"YWJj", "text/plain; charset=base64", "YWJj"),
        (b"abc", "text/plain; charset=no-such", "abc"),
        (b"{}", "application/x-ndjson", {}),
    ],
)
def test_an_answer_becomes_a_value(content: bytes, kind: str, value: Any) -> None:
    found = value_of(content, kind)
    assert found == value
    assert all(type(part) in VALUE_CLASSES for part in parts(found))


def parts(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, Mapping) else value
    below = [part for item in inner for part in parts(item)] if type(value) in (dict, tuple) else []
    return [value, *below]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"NaN",
        b"{'a': 1}",
        b'{"a": "\\ud800"}',
        b"\xff",
        b"1e99999999999999999999",
        b"<html>busy</html>",
        b"9" * 5000,
    ],
)
def test_what_is_called_json_has_to_be_json(content: bytes) -> None:
    assert refusal(value_of, content, JSON).name == "http-bad-answer"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"[" + b"0," * 10_000 + b"0]", JSON),
        (b"[" + b"1.5," * 200_000 + b"0]", JSON),
        (b"[" * 21 + b"]" * 21, JSON),
        (b"x" * 100_001, "text/plain"),
        (b'"' + b"x" * 100_001 + b'"', JSON),
        (b"[" + b"0," * 10_000 + b"0]", "text/plain"),
    ],
)
def test_what_is_larger_than_the_language_can_hold(content: bytes, kind: str) -> None:
    assert refusal(value_of, content, kind).name == "http-too-large"


@given(
    st.one_of(st.binary(max_size=300), st.from_regex(rb"[\[\]{},:\"0-9eE.+ a\\-]{0,40}")),
    st.sampled_from([JSON, "text/plain", "", "a/b;charset=utf-16", "a/json;charset=gbk"]),
)
def test_whatever_comes_is_a_value_or_a_failure(content: bytes, kind: str) -> None:
    try:
        found = value_of(content, kind)
    except NodeFailure as failure:
        assert failure.name in ("http-bad-answer", "http-too-large")
    else:
        assert all(type(part) in VALUE_CLASSES for part in parts(found))


# --- packed answers -------------------------------------------------------------------------------


def unpacked(packing: str, *pieces: bytes) -> bytes:
    collected = Unpacked(packing)
    for piece in pieces:
        collected.take(piece)
    return collected.end()


def test_gzip_is_unpacked_piece_by_piece() -> None:
    content = random.Random(1).randbytes(5000)
    packed = gzip.compress(content)
    assert unpacked("gzip", *(packed[n : n + 7] for n in range(0, len(packed), 7))) == content
    assert unpacked("X-GZIP", packed) == content
    assert unpacked("identity", b"a", b"b") == b"ab"
    assert unpacked("gzip") == b"", "an answer without a body may name a packing"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(200 * LARGEST))
    collected = Unpacked("gzip")
    assert refusal(collected.take, bomb).name == "http-too-large"
    assert len(collected.content) == LARGEST + 1, "no more than that was ever in memory"


def test_the_limit_is_exact() -> None:
    assert len(unpacked("", bytes(LARGEST))) == LARGEST
    assert len(unpacked("gzip", gzip.compress(bytes(LARGEST)))) == LARGEST
    assert refusal(unpacked, "", bytes(LARGEST + 1)).name == "http-too-large"
    junk = gzip.compress(b"a") + random.Random(2).randbytes(LARGEST)
    assert refusal(unpacked, "gzip", junk).name == "http-too-large", "junk behind the end counts"


@pytest.mark.parametrize(
    ("packing", "content"),
    [("gzip", b"no gzip"), ("gzip", gzip.compress(b"abcdef", mtime=0)[:-3]), ("br", b"x")],
)
def test_a_bad_packing_is_a_bad_answer(packing: str, content: bytes) -> None:
    assert refusal(unpacked, packing, content).name == "http-bad-answer"
