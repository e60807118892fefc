"""conference: let the caller talk with all who are in a conference room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from flow_runtime.core.card import shown
from flow_runtime.core.commands import FindPrompt, Keys, NodeFailure, Play, ReadKeys
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import ASK_PIN, CONFERENCE_ALONE, CONFERENCE_OTHERS
from flow_runtime.core.queue_commands import ConferenceEnd, CountMembers, JoinConference
from flow_runtime.core.sound import Sound, Utterance

_LEFT: Final = "left"
_FAILED: Final = "failed"
_ATTEMPTS: Final = 3
_END: Final = "#"
_LONGEST: Final = 20
_FIRST, _BETWEEN = timedelta(seconds=5), timedelta(seconds=3)
_BAD_PIN: Final = phrase("a PIN is up to {most} digits", most=_LONGEST)


def _is_pin(text: str) -> bool:
    """Whether telephones can key it in."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST


def _says(text: str) -> Sound:
    return (Utterance((text,), "en"),)


_ASK, _OTHERS = _says("Your PIN, please."), _says("Already in the conference: 2.")
_ALONE = _says("You are the first in the conference.")
_READ = ReadKeys(_LONGEST, _FIRST, _BETWEEN, _END, secret=True)


class Conference(Node):
    """Let the caller talk with all others who are in the same conference room.

    A room is there as soon as somebody is in it. The caller hears how many are in it already, and
    those hear a tone whenever somebody comes or goes. The hash key leaves it, and the flow goes
    on; a caller who hangs up leaves it too. With a `pin` the caller is asked for it, three times
    at most; it appears in no trace.
    """

    type, title, group, icon = "conference", "Conference", "Call", "conference"
    waits = speaks = True

    room: str = param(help="The room's name or number: equal names meet.")
    pin: str | None = param(
        help="What the caller has to key in. Left out: everybody may come.", default=None
    )
    announce: bool = param(
        help="Whether the caller hears who is there, and the others a tone.", default=True
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Whether the caller was in it."""
        return (
            Port(_LEFT, "The caller was in the conference, and has left it."),
            Port(_FAILED, "The PIN was wrong, or the line has no place for another conference."),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """A PIN has to be one that telephones can key in."""
        pin = draft.constants.get("pin")
        if pin is not None and not _is_pin(pin):
            yield Finding("bad-value", _BAD_PIN, "pin")
        if draft.constants.get("room") == "":
            yield Finding("bad-value", phrase("the room needs a name"), "room")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``room 100``."""
        return phrase("room {room}", room=shown(draft, "room", quoted=False))

    async def run(self) -> PortValue:
        """Ask for the PIN, and let the caller in."""
        if not self.room:
            raise NodeFailure("bad-value", phrase("the room needs a name"))
        if self.pin is not None:
            if not _is_pin(self.pin):  # an empty one would be right for everybody who waits
                raise NodeFailure("bad-value", _BAD_PIN)
            if not await self._admitted(self.pin):
                return _FAILED
        if self.announce:
            await self._tell_who_is_there()
        end = await JoinConference(self.room, self.announce, _END)
        return end.outcome

    async def _admitted(self, pin: str) -> bool:
        question = await FindPrompt(ASK_PIN)
        for _ in range(_ATTEMPTS):
            await Play(question, secret=True)
            read: Keys = await ReadKeys(_LONGEST, _FIRST, _BETWEEN, _END, secret=True)
            if read.keys == pin:
                return True
        return False

    async def _tell_who_is_there(self) -> None:
        others = await CountMembers(self.room)
        if others:
            words = await FindPrompt(CONFERENCE_OTHERS, {"others": Decimal(others)})
        else:
            words = await FindPrompt(CONFERENCE_ALONE)
        await Play(words, interruptible=False)

    examples = (
        Example(
            "Two are there already; the caller leaves by the hash key.",
            {"room": "100"},
            [
                CountMembers("100"), 2,
                FindPrompt(CONFERENCE_OTHERS, {"others": Decimal(2)}), _OTHERS,
                Play(_OTHERS, interruptible=False), False,
                JoinConference("100"), ConferenceEnd(_LEFT, "", timedelta(minutes=12)),
            ],
            _LEFT,
        ),
        Example(
            "The second PIN is right, and nothing is announced.",
            {"room": "100", "pin": "4711", "announce": False},
            [
                FindPrompt(ASK_PIN), _ASK,
                Play(_ASK, secret=True), False, _READ, Keys("4712", "end_key"),
                Play(_ASK, secret=True), False, _READ, Keys("4711", "end_key"),
                JoinConference("100", announce=False), ConferenceEnd(_LEFT),
            ],
            _LEFT,
        ),
        Example(
            "Three times a wrong PIN.",
            {"room": "100", "pin": "4711"},
            [
                FindPrompt(ASK_PIN), _ASK,
                Play(_ASK, secret=True), False, _READ, Keys("1", "end_key"),
                Play(_ASK, secret=True), False, _READ, Keys("", "timeout"),
                Play(_ASK, secret=True), False, _READ, Keys("2", "end_key"),
            ],
            _FAILED,
        ),
        Example(
            "The first who comes; the line has no room for another conference.",
            {"room": "100"},
            [
                CountMembers("100"), 0,
                FindPrompt(CONFERENCE_ALONE), _ALONE, Play(_ALONE, interruptible=False), False,
                JoinConference("100"), ConferenceEnd(_FAILED, "no ports are left"),
            ],
            _FAILED,
        ),
    )  # fmt: skip
