"""Who hears whom: every arrangement, what a change alters, and a model of it under hypothesis."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from telephony.core.hearing import Hearing


def heard(hearing: Hearing[str]) -> dict[str, str]:
    hearing.settle()
    return {leg: "".join(hearing.heard_by(leg)) for leg in "ACDST" if hearing.heard_by(leg)}


def bridged() -> Hearing[str]:
    hearing: Hearing[str] = Hearing()
    hearing.bridge("A", "C")
    return hearing


def test_a_bridge_is_mutual() -> None:
    assert heard(bridged()) == {"A": "C", "C": "A"}


def test_a_leg_is_in_one_bridge_at_a_time() -> None:
    hearing = bridged()
    hearing.bridge("A", "D")
    assert heard(hearing) == {"A": "D", "D": "A"}


def test_parting_ends_a_bridge_for_both() -> None:
    hearing = bridged()
    hearing.part("C")
    assert heard(hearing) == {}


def test_in_a_conference_each_hears_all_others() -> None:
    hearing: Hearing[str] = Hearing()
    for leg in "ACD":
        hearing.join(leg, "room")
    assert heard(hearing) == {"A": "CD", "C": "AD", "D": "AC"}
    hearing.part("C")
    assert heard(hearing) == {"A": "D", "D": "A"}
    hearing.part("D")
    assert heard(hearing) == {}
    assert hearing.members("room") == ("A",)
    hearing.join("A", "room")
    hearing.join("S", "room")
    assert heard(hearing) == {"A": "S", "S": "A"}
    hearing.forget("A")
    hearing.forget("S")
    assert hearing.members("room") == ()


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("monitor", {"A": "C", "C": "A", "S": "AC"}),
        ("whisper", {"A": "CS", "C": "A", "S": "AC"}),
        ("barge", {"A": "CS", "C": "AS", "S": "AC"}),
    ],
)
def test_taps(mode: str, expected: dict[str, str]) -> None:
    hearing = bridged()
    hearing.tap("S", "A", mode)  # type: ignore[arg-type]
    assert heard(hearing) == expected


def test_a_monitor_changes_nothing_for_those_it_hears() -> None:
    hearing = bridged()
    hearing.settle()
    hearing.tap("S", "A", "monitor")
    assert hearing.settle() == {"S": ("A", "C")}
    hearing.part("S")
    assert hearing.settle() == {"S": ()}


def test_the_mode_of_a_tap_can_change() -> None:
    hearing = bridged()
    hearing.tap("S", "A", "monitor")
    hearing.settle()
    hearing.tap("S", "A", "whisper")
    assert hearing.settle() == {"A": ("C", "S")}
    hearing.tap("S", "A", "monitor")
    assert hearing.settle() == {"A": ("C",)}


def test_a_tap_follows_the_tapped_leg() -> None:
    hearing = bridged()
    hearing.tap("S", "A", "barge")
    hearing.part("A")
    assert heard(hearing) == {"A": "S", "S": "A"}
    hearing.bridge("A", "D")
    assert heard(hearing) == {"A": "DS", "D": "AS", "S": "AD"}
    hearing.join("A", "room")
    hearing.join("C", "room")
    assert heard(hearing) == {"A": "CS", "C": "AS", "S": "AC"}
    hearing.forget("A")
    assert heard(hearing) == {}


def test_two_supervisors_hear_what_is_said_in_the_call() -> None:
    hearing = bridged()
    hearing.tap("S", "A", "barge")
    hearing.tap("T", "C", "whisper")
    assert heard(hearing) == {"A": "CS", "C": "AST", "S": "AC", "T": "CAS"}


def test_who_begins_to_tap_leaves_his_call() -> None:
    hearing = bridged()
    hearing.bridge("S", "D")
    hearing.tap("S", "A", "monitor")
    assert heard(hearing) == {"A": "C", "C": "A", "S": "AC"}
    hearing.bridge("S", "D")
    assert heard(hearing) == {"A": "C", "C": "A", "S": "D", "D": "S"}


def test_followers_hear_one_leg_alone() -> None:
    hearing = bridged()
    hearing.tap("S", "A", "whisper")
    hearing.settle()
    assert hearing.followers("A") == ("C",)
    assert hearing.followers("C") == ()
    assert set(hearing.hearers("C")) == {"A", "S"}


def test_nobody_hears_himself() -> None:
    hearing: Hearing[str] = Hearing()
    with pytest.raises(ValueError):
        hearing.bridge("A", "A")
    with pytest.raises(ValueError):
        hearing.tap("A", "A", "barge")


LEGS = st.sampled_from("ABCDE")


class Room(RuleBasedStateMachine):
    """A plain model: where each leg is, and a definition of hearing by sets."""

    def __init__(self) -> None:
        super().__init__()
        self.hearing: Hearing[str] = Hearing()
        self.groups: list[set[str]] = []
        self.rooms: dict[str, set[str]] = {}
        self.taps: dict[str, tuple[str, str]] = {}

    def leave(self, leg: str) -> None:
        self.taps.pop(leg, None)
        self.groups = [group for group in self.groups if leg not in group]
        for members in self.rooms.values():
            members.discard(leg)

    @rule(one=LEGS, other=LEGS)
    def bridge(self, one: str, other: str) -> None:
        if one != other:
            self.hearing.bridge(one, other)
            self.leave(one)
            self.leave(other)
            self.groups.append({one, other})

    @rule(leg=LEGS, room=st.sampled_from("xy"))
    def join(self, leg: str, room: str) -> None:
        self.hearing.join(leg, room)
        self.leave(leg)
        self.rooms.setdefault(room, set()).add(leg)

    @rule(leg=LEGS, other=LEGS, mode=st.sampled_from(["monitor", "whisper", "barge"]))
    def tap(self, leg: str, other: str, mode: str) -> None:
        if leg != other:
            self.hearing.tap(leg, other, mode)  # type: ignore[arg-type]
            self.leave(leg)
            self.taps[leg] = other, mode

    @rule(leg=LEGS)
    def part(self, leg: str) -> None:
        self.hearing.part(leg)
        self.leave(leg)

    @rule(leg=LEGS)
    def forget(self, leg: str) -> None:
        self.hearing.forget(leg)
        self.leave(leg)
        self.taps = {who: tap for who, tap in self.taps.items() if tap[0] != leg}

    def mates(self, leg: str) -> set[str]:
        places = [*self.groups, *self.rooms.values()]
        return {one for place in places if leg in place for one in place} - {leg}

    def voices(self, leg: str) -> set[str]:
        call = {leg, *self.mates(leg)}
        barging = {who for who, (on, mode) in self.taps.items() if mode == "barge" and on in call}
        return self.mates(leg) | barging

    @invariant()
    def as_defined(self) -> None:
        self.hearing.settle()
        for leg in "ABCDE":
            if leg in self.taps:
                target = self.taps[leg][0]
                expected = {target} | self.voices(target)
            else:
                whispers = {
                    w for w, (on, mode) in self.taps.items() if (on, mode) == (leg, "whisper")
                }
                expected = self.voices(leg) | whispers
            assert set(self.hearing.heard_by(leg)) == expected - {leg}
            hearers = {one for one in "ABCDE" if leg in self.hearing.heard_by(one)}
            assert set(self.hearing.hearers(leg)) == hearers

    def teardown(self) -> None:
        for leg in "ABCDE":
            self.hearing.forget(leg)
        self.hearing.settle()
        for kept in vars(self.hearing).values():
            assert not kept


Room.TestCase.settings = settings(max_examples=60, stateful_step_count=20)
TestRoom = Room.TestCase
