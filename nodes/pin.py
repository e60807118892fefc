"""pin: ask for a PIN, or let the caller set or change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from flow_runtime.core.card import chosen, joined, shown
from flow_runtime.core.commands import ClearKeys, FindPrompt, Keys, NodeFailure, Play, ReadKeys
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Node, Port, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import ASK_PIN, NEW_PIN, REPEAT_PIN
from flow_runtime.core.service_commands import CheckPin, PinLocked, SetPin
from flow_runtime.core.sound import Sound, Utterance

_OK, _WRONG, _LOCKED = "ok", "wrong", "locked"
_FEWEST: Final = 4
_MOST: Final = 12
_FIRST: Final = timedelta(seconds=5)
_BETWEEN: Final = timedelta(seconds=3)
_END: Final = "#"


def _says(text: str) -> Sound:
    return (Utterance((text,), "en"),)


_ASK, _NEW, _AGAIN = _says("Your PIN, please."), _says("Your new PIN."), _says("Once more.")
_READ = ReadKeys(_MOST, _FIRST, _BETWEEN, _END, secret=True)
_GIVEN = {"account": "A-1"}
_FREE = [PinLocked("A-1", 5), False]
_FIND_ASK, _FIND_NEW, _FIND_AGAIN = FindPrompt(ASK_PIN), FindPrompt(NEW_PIN), FindPrompt(REPEAT_PIN)


def _keyed(prompt: Sound, keys: str) -> list[object]:
    return [Play(prompt, secret=True), True, _READ, Keys(keys, "end_key")]


class Pin(Node):
    """Ask the caller for a PIN of 4 to 12 digits, or let the caller set or change it.

    `check` compares it with that of the account. `set` keeps a new one, keyed in twice; see to it
    before that the caller may do so. `change` asks for the old one first. After `lock_after` wrong
    PINs in a row, in one call or in several, the account is locked until a new PIN is `set`. An
    account without a PIN has no right one. PINs are stored salted and hashed (scrypt), appear in
    no trace or log, and recordings are silent while they are asked for.
    """

    type, title, group, icon = "pin", "PIN", "Ask", "pin"
    waits = speaks = True
    needs = "database"

    account: str = param(help="Whose PIN it is: an account number, a membership number.")
    action: str = param(
        help="Whether to check the PIN, to set one, or to change it.",
        default="check",
        choices=("check", "set", "change"),
    )
    prompt: Sound | None = param(
        help="What the caller hears first. Left out: Cordboard asks for the PIN.", default=None
    )
    attempts: int = param(help="How often the caller is asked in all.", default=3, low=1, high=20)
    lock_after: int = param(
        help="How many wrong PINs in a row lock the account.", default=5, low=1, high=100
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Right, wrong, or locked, which does not happen to those who set a PIN."""
        sets = draft.constants.get("action") == "set"
        return (
            Port(_OK, "The PIN is right, or the new one is kept."),
            Port(_WRONG, "It was not right in any of the attempts."),
            Port(
                _LOCKED,
                "The account is locked because of too many wrong PINs.",
                required=not sets,
                stands_for=_WRONG if sets else None,
            ),
        )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``check member.number · 3 attempts``."""
        asked = chosen(draft, "action") + " " + shown(draft, "account", quoted=False)
        attempts = phrase("{attempts} attempts", attempts=shown(draft, "attempts"))
        return joined(asked, attempts)

    async def run(self) -> PortValue:
        """Ask, and compare or keep."""
        if not self.account:
            raise NodeFailure("bad-value", phrase("account is empty: whose PIN is meant?"))
        if self.action == "set":
            return await self._set(self.prompt)
        result = await self._check()
        return await self._set(None) if (result, self.action) == (_OK, "change") else result

    async def _check(self) -> PortValue:
        if await PinLocked(self.account, self.lock_after):
            return _LOCKED
        question = self.prompt or await FindPrompt(ASK_PIN)
        for _ in range(self.attempts):
            pin = await self._entry(question)
            if pin:
                result = await CheckPin(self.account, pin, self.lock_after)
                if result != _WRONG:
                    return result
        return _WRONG

    async def _set(self, prompt: Sound | None) -> PortValue:
        question, again = prompt or await FindPrompt(NEW_PIN), await FindPrompt(REPEAT_PIN)
        for _ in range(self.attempts):
            pin = await self._entry(question)
            if pin and await self._entry(again) == pin:
                await SetPin(self.account, pin)
                return _OK
        return _WRONG

    async def _entry(self, question: Sound) -> str:
        """The digits of a PIN; empty when what was keyed in can be none."""
        await Play(question, secret=True)
        read: Keys = await ReadKeys(_MOST, _FIRST, _BETWEEN, _END, secret=True)
        if len(read.keys) >= _FEWEST and read.keys.isdecimal():
            return read.keys
        await ClearKeys()
        return ""

    examples = (
        Example(
            "The PIN is right.",
            _GIVEN,
            [*_FREE, _FIND_ASK, _ASK, *_keyed(_ASK, "7391"), CheckPin("A-1", "7391", 5), "ok"],
            _OK,
        ),
        Example(
            "Two digits are no PIN, the next is wrong, and then the attempts are used up.",
            {**_GIVEN, "prompt": _ASK, "attempts": 2},
            [
                *_FREE, *_keyed(_ASK, "12"), ClearKeys(), None,
                *_keyed(_ASK, "1234"), CheckPin("A-1", "1234", 5), "wrong",
            ],
            _WRONG,
        ),
        Example("Nobody is asked for the PIN of a locked account.", _GIVEN,
                [PinLocked("A-1", 5), True], _LOCKED),
        Example(
            "One wrong PIN too many.",
            {**_GIVEN, "prompt": _ASK, "lock_after": 1},
            [PinLocked("A-1", 1), False, *_keyed(_ASK, "1234"), CheckPin("A-1", "1234", 1),
             "locked"],
            _LOCKED,
        ),
        Example(
            "A new PIN is set; the first time the two are not the same.",
            {**_GIVEN, "action": "set"},
            [
                _FIND_NEW, _NEW, _FIND_AGAIN, _AGAIN,
                *_keyed(_NEW, "7391"), *_keyed(_AGAIN, "7392"),
                *_keyed(_NEW, "7391"), *_keyed(_AGAIN, "7391"), SetPin("A-1", "7391"), None,
            ],
            _OK,
        ),
        Example(
            "To change a PIN the old one is needed.",
            {**_GIVEN, "action": "change", "prompt": _ASK},
            [
                *_FREE, *_keyed(_ASK, "7391"), CheckPin("A-1", "7391", 5), "ok",
                _FIND_NEW, _NEW, _FIND_AGAIN, _AGAIN,
                *_keyed(_NEW, "2846"), *_keyed(_AGAIN, "2846"), SetPin("A-1", "2846"), None,
            ],
            _OK,
        ),
        Example(
            "A new PIN that is never keyed in twice is not kept.",
            {**_GIVEN, "action": "set", "attempts": 1},
            [
                _FIND_NEW, _NEW, _FIND_AGAIN, _AGAIN,
                *_keyed(_NEW, "7391"), *_keyed(_AGAIN, "1"), ClearKeys(), None,
            ],
            _WRONG,
        ),
        Example(
            "The database does not answer.",
            _GIVEN,
            [PinLocked("A-1", 5), NodeFailure("database-timeout", "no answer within 5 s")],
            ERROR,
        ),
    )  # fmt: skip
