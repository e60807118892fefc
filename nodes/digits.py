"""digits: have the caller key in a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import Assign, ClearKeys, FindPrompt, Keys, Play, ReadKeys
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, Variable, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import CONFIRM_DIGITS, REPEAT_DIGITS
from flow_runtime.core.sound import Sound, Utterance
from flow_runtime.core.types import TEXT

_FAILED = "failed"
_DIGITS = frozenset("0123456789")
_ASKED_TWICE = 2


def _says(text: str) -> Sound:
    return (Utterance((text,), "en"),)


_PROMPT = _says("Please enter your account number.")
_CHECK = _says("You entered 1 2 3 4. Press 1 if that is right.")
_AGAIN = _says("Please enter it again.")
_S = timedelta(seconds=1)
_READ = ReadKeys(20, 5 * _S, 3 * _S, "#")
_READ_PIN = ReadKeys(4, 5 * _S, 3 * _S, "#", secret=True)
_READ_ANSWER = ReadKeys(1, 5 * _S, 3 * _S)
_FIND_CHECK = FindPrompt(CONFIRM_DIGITS, {"digits": "1234"})


class Digits(Node):
    """Let the caller key in digits: an account number, an amount, a PIN.

    The entry ends with the end key, with the last possible digit, or with a pause; an end key
    right behind the last possible digit does no harm. Too few digits, or another key among them,
    count as a failed attempt; after the last one the call leaves by `failed`. The digits are a
    text: leading zeros stay.
    """

    type, title, group, icon = "digits", "Digits", "Ask", "digits"
    waits = speaks = True

    prompt: Sound = param(help="What the caller hears. It is said again at each attempt.")
    min: int = param(help="The fewest digits that count.", default=1, low=0, high=64)
    max: int = param(help="The most digits; then the entry ends by itself.", default=20, low=1,
                     high=64)  # fmt: skip
    end_key: str = param(
        help="The key that ends the entry; empty for none.", default="#", choices=("#", "*", "")
    )
    first_timeout: timedelta = param(
        help="How long to wait for the first digit.",
        default=timedelta(seconds=5),
        low=timedelta(milliseconds=100),
        high=timedelta(minutes=10),
        unit="s",
    )
    next_timeout: timedelta = param(
        help="How long a pause between two digits may be.",
        default=timedelta(seconds=3),
        low=timedelta(milliseconds=100),
        high=timedelta(minutes=10),
        unit="s",
    )
    attempts: int = param(help="How often the caller is asked in all.", default=3, low=1, high=20)
    secret: bool = param(
        help="Whether the digits are masked in traces and logs, and left out of recordings.",
        default=False,
    )
    confirm: bool = param(
        help="Whether the digits are read back, to be confirmed with 1. "
        "Secret digits are not read back but keyed in a second time.",
        default=False,
    )
    into: Variable = param(
        help="The variable that gets the digits, as a text.", makes=TEXT, secret="secret"
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Got them, or not."""
        return (
            Port(NEXT, "The digits are in the variable.", sets=("into",)),
            Port(_FAILED, "None of the attempts gave what was asked for."),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """The fewest must not be more than the most."""
        fewest, most = draft.constants.get("min"), draft.constants.get("max")
        if fewest is not None and most is not None and fewest > most:
            at = "min" if "min" in draft.written else "max"
            yield Finding(
                "empty-range",
                phrase("min is {fewest}, which is more than max, {most}", fewest=fewest, most=most),
                at,
            )

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``4-6 digits → account``."""
        fewest, most = shown(draft, "min"), shown(draft, "max")
        span = fewest if fewest == most else f"{fewest}-{most}"
        secret = phrase("secret") if draft.constants.get("secret") else ""
        return joined(
            phrase("{span} digits → {into}", span=span, into=shown(draft, "into")), secret
        )

    async def run(self) -> PortValue:
        """Ask until the digits fit."""
        for _ in range(self.attempts):
            entry = await self._entry(self.prompt)
            if entry is not None and (not self.confirm or await self._confirmed(entry)):
                await Assign(self.into, entry, self.secret)
                return NEXT
        return _FAILED

    async def _entry(self, prompt: Sound) -> str | None:
        """What was keyed in after *prompt*, None when it does not fit."""
        await Play(prompt, secret=self.secret)
        read: Keys = await ReadKeys(
            self.max, self.first_timeout, self.next_timeout, self.end_key, self.secret
        )
        if len(read.keys) >= self.min and _DIGITS.issuperset(read.keys):
            return read.keys
        await ClearKeys()
        return None

    async def _confirmed(self, entry: str) -> bool:
        if self.secret:
            return await self._entry(await FindPrompt(REPEAT_DIGITS)) == entry
        question = await FindPrompt(CONFIRM_DIGITS, {"digits": entry})
        for _ in range(_ASKED_TWICE):
            await Play(question)
            read: Keys = await ReadKeys(1, self.first_timeout, self.next_timeout)
            # After a full entry many callers still press the end key: that is no answer.
            if read.keys and read.keys != self.end_key:
                return read.keys == "1"
        return False

    examples = (
        Example(
            "The account number, ended with the end key.",
            {"prompt": _PROMPT, "into": "account"},
            [Play(_PROMPT), True, _READ, Keys("0042", "end_key"), Assign("account", "0042"), None],
            NEXT,
        ),
        Example(
            "Too few digits, then silence: two attempts are used up.",
            {"prompt": _PROMPT, "min": 4, "attempts": 2, "into": "account"},
            [
                Play(_PROMPT), True, _READ, Keys("12", "timeout"), ClearKeys(), None,
                Play(_PROMPT), False, _READ, Keys("", "timeout"), ClearKeys(), None,
            ],
            _FAILED,
        ),
        Example(
            "The number is read back: the first time it is not what the caller meant.",
            {"prompt": _PROMPT, "confirm": True, "into": "account"},
            [
                Play(_PROMPT), False, _READ, Keys("1234", "end_key"),
                _FIND_CHECK, _CHECK, Play(_CHECK), True, _READ_ANSWER, Keys("2", "full"),
                Play(_PROMPT), False, _READ, Keys("1234", "end_key"),
                _FIND_CHECK, _CHECK, Play(_CHECK), True, _READ_ANSWER, Keys("1", "full"),
                Assign("account", "1234"), None,
            ],
            NEXT,
        ),
        Example(
            "An end key after the last possible digit does not answer the question.",
            {"prompt": _PROMPT, "max": 4, "confirm": True, "into": "account"},
            [
                Play(_PROMPT), False, ReadKeys(4, 5 * _S, 3 * _S, "#"), Keys("1234", "full"),
                _FIND_CHECK, _CHECK, Play(_CHECK), True, _READ_ANSWER, Keys("#", "full"),
                Play(_CHECK), True, _READ_ANSWER, Keys("1", "full"),
                Assign("account", "1234"), None,
            ],
            NEXT,
        ),
        Example(
            "A secret is masked, and keyed in twice where it has to be confirmed.",
            {"prompt": _PROMPT, "max": 4, "secret": True, "confirm": True, "into": "code"},
            [
                Play(_PROMPT, secret=True), False, _READ_PIN, Keys("7391", "full"),
                FindPrompt(REPEAT_DIGITS), _AGAIN,
                Play(_AGAIN, secret=True), False, _READ_PIN, Keys("7391", "full"),
                Assign("code", "7391", secret=True), None,
            ],
            NEXT,
        ),
    )  # fmt: skip
