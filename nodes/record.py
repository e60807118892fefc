"""record: have the caller leave a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from flow_runtime.core.card import shown
from flow_runtime.core.commands import (
    Assign,
    ClearKeys,
    FindPrompt,
    Keys,
    Play,
    ReadKeys,
    RecordEnd,
)
from flow_runtime.core.commands import Record as RecordSound
from flow_runtime.core.model import NEXT, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, Variable, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import REVIEW_RECORDING
from flow_runtime.core.sound import Recording, Sound, Utterance
from flow_runtime.core.types import RECORDING

_FAILED, _TOO_SHORT = "failed", "too_short"
_SHORTEST = 1.0
"""Seconds: less than this is a click, not a message."""
_ASKED = 3
_WAIT = timedelta(seconds=5)
_LISTEN, _KEEP, _AGAIN = "1", "2", "3"
_KEYS = frozenset("0123456789*#ABCD")


def _says(text: str) -> Sound:
    return (Utterance((text,), "en"),)


_PROMPT = _says("Please leave a message.")
_QUESTION = _says("To listen press 1, to keep it 2, to record it again 3.")
_TAPE, _TAPE_2 = Recording("/recordings/1.wav", 7.5), Recording("/recordings/2.wav", 6.0)
_RECORD = RecordSound(timedelta(minutes=2), timedelta(seconds=3))
_READ = ReadKeys(1, _WAIT, _WAIT)
_SET, _FIND = Assign("note", _TAPE), FindPrompt(REVIEW_RECORDING)


class Record(Node):
    """Record what the caller says.

    The recording ends with a pause, the end key, the greatest length, or when the caller hangs
    up; then it is kept all the same, and `on_hangup` finds it in the variable. With `review`,
    1 plays it back, 2 keeps it, and 3 records it anew. A full disk leaves by `error`.
    """

    type, title, group, icon = "record", "Record", "Ask", "record"
    waits = speaks = True

    prompt: Sound | None = param(help="What the caller hears first.", default=None)
    max_length: timedelta = param(
        help="The greatest length.",
        default=timedelta(minutes=2),
        low=timedelta(seconds=1),
        high=timedelta(hours=4),
        unit="s",
    )
    silence: timedelta = param(
        help="The pause that ends the recording.",
        default=timedelta(seconds=3),
        low=timedelta(milliseconds=500),
        high=timedelta(minutes=10),
        unit="s",
    )
    end_key: str = param(
        help='The key, or keys, that end the recording ("*#"); empty for none.', default="#"
    )
    review: bool = param(
        help="Whether the caller may listen to it, keep it, or record it anew.", default=False
    )
    into: Variable = param(help="The variable that gets the recording.", makes=RECORDING)

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Without a review nothing can be given up, so ``failed`` need not be connected."""
        reviewed = draft.constants.get("review", True)
        return (
            Port(NEXT, "The recording is in the variable.", sets=("into",)),
            Port(_TOO_SHORT, "Nothing was said, or less than a second."),
            Port(
                _FAILED,
                "The caller never chose what to do with the recording; it is in the variable.",
                required=bool(reviewed),
                stands_for=None if reviewed else NEXT,
                sets=("into",),
            ),
        )

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """End keys have to be keys."""
        wrong = sorted(set(draft.constants.get("end_key", "")) - _KEYS)
        if wrong:
            text = phrase(
                'end_key holds "{wrong}", which no telephone has; write "#" or "*#"', wrong=wrong[0]
            )
            yield Finding("bad-value", text, "end_key")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``up to 2 min → note``."""
        return phrase(
            "up to {max_length} → {into}",
            max_length=shown(draft, "max_length"),
            into=shown(draft, "into"),
        )

    async def run(self) -> PortValue:
        """Record, and let the caller review it."""
        if self.prompt and await Play(self.prompt):
            await ClearKeys()  # a key that skips the prompt means nothing to the next question
        while True:
            end: RecordEnd = await RecordSound(self.max_length, self.silence, self.end_key)
            if not end.spoke or end.recording.seconds < _SHORTEST:
                return _TOO_SHORT
            # Before the review: a caller who hangs up meanwhile has left a message too.
            await Assign(self.into, end.recording)
            if not self.review or end.by == "hangup":
                return NEXT
            choice = await self._choice(end.recording)
            if choice != _AGAIN:
                return NEXT if choice == _KEEP else _FAILED

    async def _choice(self, recording: Recording) -> str:
        """``_KEEP``, ``_AGAIN``, or nothing when none was chosen however often it was asked."""
        question = await FindPrompt(REVIEW_RECORDING)
        asked = 0
        while asked < _ASKED:
            await Play(question)
            read: Keys = await ReadKeys(1, _WAIT, _WAIT)
            if read.keys in (_KEEP, _AGAIN):
                return read.keys
            if read.keys == _LISTEN:
                await Play((recording,))
            else:
                asked += 1
        return ""

    examples = (
        Example(
            "A message, ended by a pause.",
            {"prompt": _PROMPT, "into": "note"},
            [Play(_PROMPT), False, _RECORD, RecordEnd(_TAPE, "silence"), _SET, None],
            NEXT,
        ),
        Example(
            "The caller hangs up at the end: the message is kept, and there is no review.",
            {"review": True, "into": "note"},
            [_RECORD, RecordEnd(_TAPE, "hangup"), _SET, None],
            NEXT,
        ),
        Example(
            "A key skips the prompt, but nothing is said.",
            {"prompt": _PROMPT, "into": "note"},
            [
                Play(_PROMPT), True, ClearKeys(), None,
                _RECORD, RecordEnd(_TAPE, "silence", spoke=False),
            ],
            _TOO_SHORT,
        ),
        Example(
            "Half a second is no message.",
            {"into": "note"},
            [_RECORD, RecordEnd(Recording("/recordings/1.wav", 0.5), "key")],
            _TOO_SHORT,
        ),
        Example(
            "The caller listens to it, records it anew, and keeps that.",
            {"review": True, "into": "note"},
            [
                _RECORD, RecordEnd(_TAPE, "key"), _SET, None,
                _FIND, _QUESTION, Play(_QUESTION), True, _READ, Keys("1", "full"),
                Play((_TAPE,)), False,
                Play(_QUESTION), True, _READ, Keys("3", "full"),
                _RECORD, RecordEnd(_TAPE_2, "full"), Assign("note", _TAPE_2), None,
                _FIND, _QUESTION, Play(_QUESTION), True, _READ, Keys("2", "full"),
            ],
            NEXT,
        ),
        Example(
            "Asked three times what to do with it, the caller does not say.",
            {"review": True, "into": "note"},
            [
                _RECORD, RecordEnd(_TAPE, "silence"), _SET, None, _FIND, _QUESTION,
                Play(_QUESTION), False, _READ, Keys("", "timeout"),
                Play(_QUESTION), False, _READ, Keys("8", "full"),
                Play(_QUESTION), False, _READ, Keys("", "timeout"),
            ],
            _FAILED,
        ),
    )  # fmt: skip
