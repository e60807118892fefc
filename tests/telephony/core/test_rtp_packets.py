"""RTP packets, reception figures and RTCP, without a socket."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.core import rtcp, rtp
from telephony.core.rtp import Reception


@given(
    st.integers(0, 127),
    st.integers(0, 65535),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=40),
    st.booleans(),
)
def test_what_is_packed_is_parsed(
    kind: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool
) -> None:
    data = rtp.pack(kind, sequence, timestamp, ssrc, payload, marker)
    packet = rtp.parse(data, len(data))
    if marker and 64 <= kind < 96:  # an RTCP packet begins so (RFC 5761 section 4)
        assert packet is None
        return
    assert packet == (marker, kind, sequence, timestamp, ssrc, 12, 12 + len(payload))


@given(st.binary(max_size=80))
def test_any_bytes_parse_or_not(data: bytes) -> None:
    packet = rtp.parse(data, len(data))
    assert packet is None or 12 <= packet.start <= packet.end <= len(data)
    rtcp.parse(data, 1)


def test_sources_extension_and_padding_are_stepped_over() -> None:
    head = struct.pack("!BBHII", 0x80 | 0x20 | 0x10 | 2, 0, 1, 2, 3)
    data = head + b"csrc" * 2 + struct.pack("!HH", 0xBEDE, 1) + b"exte" + b"sound" + b"\0\0\3"
    packet = rtp.parse(data, len(data))
    assert packet is not None
    assert data[packet.start : packet.end] == b"sound"


@pytest.mark.parametrize(
    "data",
    [
        b"\x80" * 11,
        b"\x40" + bytes(20),
        b"\x8f" + bytes(20),
        b"\x90" + bytes(12),
        b"\x90" + bytes(13) + b"\x00\xff" + bytes(4),
        b"\xa0" + bytes(20),
        b"\xa0" + bytes(19) + b"\x0a",
    ],
    ids=["short", "version", "sources", "no extension", "long extension", "pad 0", "pad long"],
)
def test_broken_packets_are_none(data: bytes) -> None:
    assert rtp.parse(data, len(data)) is None


def test_numbers_wrap() -> None:
    assert rtp.ahead16(2, 65535) == 3
    assert rtp.ahead16(65535, 2) == -3
    assert rtp.ahead32(5, 2**32 - 5) == 10
    assert rtp.ahead32(2**32 - 5, 5) == -10


def feed(reception: Reception, sequences: list[int]) -> None:
    for number in sequences:
        reception.audio(number & 0xFFFF, number * 160, number * 0.02)


def test_losses_are_counted_over_the_wrap() -> None:
    reception = Reception(1, 65530)
    feed(reception, [n for n in range(65530, 65550) if n not in (65535, 65540, 65541)])
    assert (reception.received, reception.expected, reception.lost) == (17, 20, 3)
    assert reception.highest == 65549
    assert reception.fraction() == (3 << 8) // 20
    assert reception.fraction() == 0
    feed(reception, [65540])  # late, and one twice
    assert reception.lost == 2
    feed(reception, [65549, 65549, 65549])
    assert reception.lost == 0
    assert reception.fraction() == 0


def test_a_restarted_sender_has_not_lost_anything() -> None:
    reception = Reception(1, 100)
    feed(reception, [100, 101, 103])
    feed(reception, [40000, 40001])
    assert (reception.received, reception.lost) == (5, 1)


def test_jitter_follows_the_arrivals() -> None:
    steady, shaky, leap = Reception(1, 0), Reception(1, 0), Reception(1, 0)
    for number in range(200):
        steady.audio(number, number * 160, number * 0.02 + 7)
        shaky.audio(number, number * 160, number * 0.02 + 0.01 * (number % 2))
        leap.audio(number, number * 160 + (90000 if number > 100 else 0), number * 0.02)
    assert steady.jitter == pytest.approx(0, abs=1e-6)
    assert shaky.jitter == pytest.approx(80, abs=1)
    assert leap.jitter == pytest.approx(0, abs=1e-6)


def test_the_quick_way_counts_the_same() -> None:
    quick, plain = Reception(9, 65500), Reception(9, 65500)
    quick.plain = 0x8000
    assert not plain.ordinary(0x8000, 65500, 0, 9, 0)  # nothing is ordinary until it is said so
    for step in range(100):
        number, stamp = (65500 + step) & 0xFFFF, step * 160
        arrival = step * 0.02 + step % 3 * 0.005 + (6 if step > 80 else -6 if step > 90 else 0)
        if step in (7, 50):
            continue
        if not quick.ordinary(0x8000, number, stamp, 9, arrival):
            assert step in (8, 51)
            quick.audio(number, stamp, arrival)
        plain.audio(number, stamp, arrival)
    assert quick.jitter == pytest.approx(plain.jitter)
    assert (quick.received, quick.lost, quick.highest) == (
        plain.received,
        plain.lost,
        plain.highest,
    )
    assert not quick.ordinary(0x8080, 64, 16000, 9, 0)
    assert not quick.ordinary(0x8000, 64, 16000, 8, 0)


def test_a_report_comes_back_as_it_went() -> None:
    reception = Reception(77, 0)
    feed(reception, [0, 1, 2, 4])
    sent = rtcp.Sent(5, 1_700_000_000.25, 4000, 10, 1600)
    data = rtcp.compound(sent, reception, "me", (0x1234, 0.5))
    assert len(data) % 4 == 0
    report = rtcp.parse(data, 77)
    assert report == rtcp.Report(
        rtcp.ntp_middle(1_700_000_000.25), 1, int(reception.jitter), 0x1234, 32768, True
    )
    other = rtcp.parse(data, 78)
    assert other is not None and not other.about_us


def test_who_sends_nothing_sends_a_receiver_report_and_goodbye() -> None:
    data = rtcp.compound(rtcp.Sent(5, 0.0, 0, 0, 0), None, "me", bye=True)
    assert data[1] == 201
    assert data[-7] == 203
    assert rtcp.parse(data, 5) == rtcp.Report(0, 0, 0, 0, 0, False)


def test_no_reports_no_figures() -> None:
    only_bye = struct.pack("!BBHI", 0x81, 203, 1, 5)
    assert rtcp.parse(only_bye, 5) is None
    short_block = struct.pack("!BBHI", 0x81, 201, 1, 5)
    assert rtcp.parse(short_block, 5) is None
    assert rtcp.parse(struct.pack("!BBHI", 0x81, 201, 9, 5), 5) is None
    assert rtcp.parse(b"", 5) is None


def test_negative_losses() -> None:
    block = struct.pack("!IIIIII", 5, 0xFFFFFE, 0, 0, 0, 0)
    report = rtcp.parse(struct.pack("!BBHI", 0x81, 201, 7, 9) + block, 5)
    assert report is not None and report.lost == -2
    assert rtcp.round_trip(report, 100.0) is None


def test_round_trip_is_what_is_left_after_the_peers_delay() -> None:
    last = rtcp.ntp_middle(1000.0)
    report = rtcp.Report(0, 0, 0, last, 65536 // 2, True)
    assert rtcp.round_trip(report, 1000.75) == pytest.approx(0.25, abs=0.001)
    assert rtcp.round_trip(report, 1000.25) == 0.0  # clocks that disagree


def test_reports_at_the_port_of_sound_are_no_sound() -> None:
    """RFC 5761 section 4: some peers send them there without being asked to."""
    report = rtcp.compound(rtcp.Sent(7, 1.0, 2, 3, 4), Reception(9, 1), "a@b")
    assert rtp.parse(report, len(report)) is None
