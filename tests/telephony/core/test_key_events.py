"""Keys by RFC 4733: none lost, none doubled, whatever the sender does."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from telephony.core.rfc4733 import KEYS, PATIENCE, KeyReceiver, KeySender
from telephony.core.rtp import ahead32


def event(number: int, duration: int, end: bool = False) -> bytes:
    return struct.pack("!BBH", number, 10 | (0x80 if end else 0), duration)


class Far:
    """Feeds a receiver and notes keys; time passes by 20 ms a packet."""

    def __init__(self) -> None:
        self.receiver = KeyReceiver()
        self.now = 0.0
        self.keys = ""
        self.began = 0

    def packet(self, stamp: int, payload: bytes, wait: float = 0.02) -> None:
        self.now += wait
        self.keys += self.receiver.overdue(self.now)
        heard = self.receiver.packet(stamp & 0xFFFFFFFF, payload, self.now)
        self.keys += heard.keys
        self.began += heard.began

    def press(self, number: int, stamp: int, steps: int = 5, ends: int = 3) -> None:
        for step in range(1, steps + 1):
            self.packet(stamp, event(number, 160 * step))
        for _ in range(ends):
            self.packet(stamp, event(number, 160 * steps, end=True))

    def rest(self) -> str:
        wakeup = self.receiver.next_wakeup()
        if wakeup is not None:
            self.keys += self.receiver.overdue(wakeup - 0.001)
            self.keys += self.receiver.overdue(wakeup)
        return self.keys


def test_a_key_is_told_at_its_first_end_packet_once() -> None:
    far = Far()
    far.packet(1000, event(5, 160))
    assert (far.began, far.keys) == (1, "")
    far.packet(1000, event(5, 320, end=True))
    assert far.keys == "5"
    for _ in range(4):
        far.packet(1000, event(5, 320, end=True))
    assert far.rest() == "5"
    assert far.began == 1


def test_a_key_without_an_end_is_told_after_60_ms() -> None:
    far = Far()
    far.press(7, 1000, ends=0)
    assert far.receiver.next_wakeup() == far.now + PATIENCE
    assert far.receiver.overdue(far.now + 0.059) == ""
    assert far.rest() == "7"
    far.packet(1000, event(7, 900))  # a straggler afterwards
    far.packet(1000, event(7, 900, end=True))
    assert far.rest() == "7"


def test_only_the_end_came() -> None:
    far = Far()
    far.packet(1000, event(11, 800, end=True))
    assert far.rest() == "#"
    assert far.began == 1


def test_the_same_key_twice() -> None:
    far = Far()
    far.press(1, 1000)
    far.press(1, 3000)
    assert far.rest() == "11"


def test_the_next_key_tells_the_one_before() -> None:
    far = Far()
    far.press(1, 1000, ends=0)
    far.packet(4000, event(2, 160))
    assert far.keys == "1"
    assert far.rest() == "12"


def test_repeats_of_the_last_key_among_the_next() -> None:
    far = Far()
    far.press(1, 1000, ends=1)
    far.packet(3000, event(2, 160))
    far.packet(1000, event(1, 800, end=True))
    far.packet(3000, event(2, 320, end=True))
    assert far.rest() == "12"


def test_flash_and_garbage_are_harmless() -> None:
    far = Far()
    far.press(16, 1000)
    far.press(200, 3000)
    far.packet(4000, b"\x05\x0a")
    far.packet(4000, b"")
    assert far.rest() == ""
    assert far.began == 0


def test_a_press_longer_than_a_timestamp_counts_once() -> None:
    far = Far()
    for segment in range(3):
        for step in range(1, 410, 8):
            far.packet(segment * 0xFFFF, event(3, min(160 * step, 0xFFFF)))
    far.packet(2 * 0xFFFF, event(3, 0xFFFF, end=True))
    assert far.rest() == "3"


def test_a_sender_with_a_timestamp_for_each_packet() -> None:
    far = Far()
    for step in range(1, 10):
        far.packet(1000 + 160 * step, event(3, 160 * step))
    far.packet(1000 + 160 * 9, event(3, 160 * 9, end=True))
    assert far.rest() == "3"


def test_a_clock_that_was_set_back_is_a_new_press() -> None:
    far = Far()
    far.press(1, 900_000)
    far.press(2, 5)
    assert far.rest() == "12"


@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.integers(1, 12), st.integers(0, 4), st.booleans()),
        max_size=12,
    ),
    st.integers(0, 2**32 - 1),
)
def test_any_sequence_of_presses(presses: list[tuple[int, int, int, bool]], stamp: int) -> None:
    far = Far()
    for number, steps, ends, pause in presses:
        far.press(number, stamp, steps, ends)
        stamp += 160 * (steps + ends) + 800
        far.now += 0.1 if pause else 0.03
    assert far.rest() == "".join(KEYS[press[0]] for press in presses)


def test_what_is_sent_is_heard() -> None:
    far, sender = Far(), KeySender("12*#")
    sender.add("ad!")
    stamp, steps, first = 500, 0, 0
    while not sender.done:
        step = sender.step()
        if step is not None:
            first += step.first
            far.packet((stamp - step.elapsed), step.payload)
        else:
            far.now += 0.02
        stamp += 160
        steps += 1
    assert far.keys == "12*#AD"
    assert (first, steps) == (6, 60)  # 100 ms and 100 ms of pause each
    assert sender.step() is None
    assert ahead32(stamp, 500) == 60 * 160
