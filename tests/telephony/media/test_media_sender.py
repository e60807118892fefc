"""The outgoing stream on a simulated clock: pacing, sounds that begin at once, pauses, relay."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.core import rtp
from telephony.core.playlist import Playlist
from telephony.core.wheel import Wheel
from telephony.media.sender import GRACE, MOST_EARLY, Sender


class Line:
    """A sender, its wheel, and what left it at which millisecond."""

    def __init__(self, silence: bool = True) -> None:
        self.now = 0
        self.wheel = Wheel[Sender](0.0)
        self.sender = Sender(self.wheel, 77, 100, silence)
        self.out: list[tuple[int, rtp.Packet, bytes]] = []
        self.ended: list[int] = []
        self.sender.transmit = self.note
        self.sender.ended = lambda: self.ended.append(self.now)

    def note(self, data: bytes) -> None:
        packet = rtp.parse(data, len(data))
        assert packet is not None
        self.out.append((self.now, packet, data[packet.start : packet.end]))

    @property
    def time(self) -> float:
        return self.now / 1000 + 0.0004

    def run(self, milliseconds: int) -> None:
        for _ in range(milliseconds):
            self.now += 1
            while self.wheel.tick <= self.wheel.reached(self.time):
                self.wheel.serve(Sender.tick)

    def play(self, milliseconds: int, code: int = 1) -> None:
        sound = bytes((code,)) * (8 * milliseconds)
        self.sender.play(Playlist([(sound, len(sound))], False, 0xFF), self.time)

    def times(self) -> list[int]:
        return [time for time, _, _ in self.out]

    def stamps(self) -> list[int]:
        first = self.out[0][1].timestamp
        return [rtp.ahead32(packet.timestamp, first) for _, packet, _ in self.out]


def test_silence_goes_out_every_20_ms() -> None:
    line = Line()
    line.sender.begin(line.time)
    line.run(200)
    assert line.times() == list(range(0, 201, 20))
    assert line.stamps() == list(range(0, 11 * 160, 160))
    assert [packet.marker for _, packet, _ in line.out] == [True] + [False] * 10
    assert line.sender.octets == 11 * 160


def test_a_sound_begins_at_once_and_silence_pays_the_time_back() -> None:
    line = Line()
    line.sender.begin(line.time)
    line.run(105)
    line.play(100)
    assert line.times()[-1] == 105
    line.run(1000)
    gaps = [b - a for a, b in pairwise(line.times())]
    assert max(gaps) <= 20 + GRACE
    assert {b - a for a, b in pairwise(line.stamps())} == {160}
    # In the end the stream is where its clock is.
    assert line.stamps()[-1] / 8 == pytest.approx(line.times()[-1], abs=1)
    assert line.ended == [205]
    assert b"".join(sound for _, _, sound in line.out).count(b"\1") == 800


def test_sounds_in_a_row_have_no_hole() -> None:
    line = Line()
    line.play(100, 1)
    line.run(100)
    assert line.ended == [100]
    line.run(1)
    line.play(100, 2)
    line.run(99)
    sounds = [sound for _, _, sound in line.out]
    assert sounds == [b"\1" * 160] * 5 + [b"\2" * 160] * 5
    assert line.times()[5] == 101


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 120), st.integers(0, 200)), max_size=12))
def test_the_stream_never_runs_far_ahead_of_its_clock(sounds: list[tuple[int, int]]) -> None:
    line = Line()
    line.sender.begin(line.time)
    for length, wait in sounds:
        line.run(wait)
        line.play(length)
    line.run(200)
    assert {b - a for a, b in pairwise(line.stamps())} <= {160}
    for time, stamp in zip(line.times(), line.stamps(), strict=True):
        assert -GRACE - 1 <= stamp / 8 - time <= MOST_EARLY + 1
    sequences = [packet.sequence for _, packet, _ in line.out]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))


def test_pauses_move_the_timestamp_where_silence_is_not_sent() -> None:
    line = Line(silence=False)
    line.play(40)
    line.run(500)
    line.play(40)
    line.run(500)
    assert line.times() == [0, 20, 500, 520]
    assert line.stamps() == pytest.approx([0, 160, 4000, 4160], abs=16)
    assert [packet.marker for _, packet, _ in line.out] == [True, False, True, False]


def test_time_that_was_lost_is_left_out() -> None:
    line = Line()
    line.sender.begin(line.time)
    line.run(40)
    line.now += 300
    left_out = line.wheel.behind(line.time)
    assert left_out % 20 == 0
    for sender in line.wheel.everything():
        sender.skip(left_out)
    line.run(100)
    assert line.sender.skipped == left_out // 20
    assert line.stamps()[-1] / 8 == pytest.approx(line.times()[-1], abs=20)
    late = [time for time in line.times() if time == 341]
    assert len(late) <= 3


def test_an_unsent_packet_uses_no_sequence_number() -> None:
    line = Line()

    def refuse(data: bytes) -> None:
        raise ConnectionRefusedError

    line.sender.begin(line.time)
    line.sender.transmit = refuse
    line.run(100)
    line.sender.transmit = line.note
    line.run(20)
    assert line.sender.failed == 5
    assert [packet.sequence for _, packet, _ in line.out] == [101, 102]
    assert line.stamps() == [0, 960]


def test_a_relayed_stream_goes_on_where_the_own_one_was() -> None:
    line = Line()
    line.sender.begin(line.time)
    line.run(100)
    line.sender.relay(True, line.time)
    line.run(50)
    for number, ssrc in ((5, 1), (6, 1), (8, 1), (7, 1), (900, 2), (901, 2)):
        line.sender.forward(ssrc, number, number * 160, False, b"\1" * 160, line.time)
        line.run(20)
    line.sender.relay(False, line.time)
    line.run(40)
    own, relayed = line.out[:6], line.out[6:12]
    sequences = [packet.sequence for _, packet, _ in relayed]
    base = own[-1][1].sequence
    assert [n - base for n in sequences] == [1, 2, 4, 3, 5, 6]
    assert relayed[0][1].marker and relayed[4][1].marker
    assert {packet.ssrc for _, packet, _ in line.out} == {77}
    steps = [b - a for a, b in pairwise(line.stamps()[6:10])]
    assert steps == [160, 320, -160]
    for time, stamp in list(zip(line.times(), line.stamps(), strict=True))[-2:]:
        assert stamp / 8 == pytest.approx(time, abs=25)


def test_own_sound_and_keys_cover_what_is_relayed() -> None:
    line = Line()
    line.sender.event_type = 101
    line.sender.relay(True, line.time)
    line.play(40, 3)
    line.sender.forward(1, 5, 800, False, b"\1" * 160, line.time)
    line.run(100)
    line.sender.press("1", line.time)
    line.sender.press("2", line.time)
    line.sender.forward(1, 6, 960, False, b"\1" * 160, line.time)
    line.run(500)
    line.sender.forward(1, 7, 1120, True, b"\5\x8a\0\0", line.time, event=True)
    assert b"\1" * 160 not in [sound for _, _, sound in line.out]
    events = [sound[0] for _, packet, sound in line.out if packet.payload_type == 101]
    assert events == [1] * 7 + [2] * 7 + [5]
