"""queue: wait for an agent, and talk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, cast

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import Assign, FindPrompt
from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Draft, Example, Finding, Node, Port, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import AGENT_ANSWERS, QUEUE_POSITION, QUEUE_WAIT
from flow_runtime.core.queue_commands import (
    AgentAnswers,
    Announce,
    EnterQueue,
    PlaceNow,
    QueueLeft,
    StayInQueue,
)
from flow_runtime.core.sound import Sound, Utterance

_AFTER, _TIMEOUT, _FULL, _CLOSED = "after_agent", "timeout", "full", "closed"
_CALLBACK: Final = "callback"
_KEY: Final = re.compile(r"[0-9*#A-D]")
_S: Final = timedelta(seconds=1)


def _says(text: str) -> Sound:
    return (Utterance((text,), "en"),)


_THIRD, _WAIT = _says("You are number 3 in the queue."), _says("About 2 minutes to wait.")
_AGENT = _says("You are connected to agent 1001.")
_TO_1001 = [Assign("contact.agent", "1001"), None]


class Queue(Node):
    """Let the caller wait for an agent of a queue, and talk with the one who answers.

    Agents are looked for from the first moment on, during the greeting too. While waiting the
    caller hears music, and from time to time the place in the queue and the estimated wait: never
    more than was said before, and nothing while a telephone rings. When the agent hangs up the
    call goes on at `after_agent`, and `contact.agent` is who it was; a caller who hangs up ends
    the flow. The keys of `keys` leave the queue: with `{"*": "message"}` the star goes on
    at the port `message`.
    """

    type, title, group, icon = "queue", "Queue", "Agents", "queue"
    waits = speaks = True

    queue: str = param(help="The queue's name in the configuration.", names="queue")
    priority: Decimal = param(
        help="Points of priority: each counts as much as a second of waiting, or as the queue's"
        " `age_rate` says.",
        default=Decimal(0),
        low=-1_000_000,
        high=1_000_000,
    )
    skills: Mapping[str, Any] | None = param(
        help='What the agent must have:  {english: 60, language: "zh-CN"}.', default=None
    )
    strategy: str | None = param(
        help="How the agent is chosen, by name or as a text. Left out: as the queue has it.",
        default=None,
        names="strategy",
    )
    preferred_agent: str | None = param(
        help="An agent who is waited for first, 15 seconds at most.", default=None, names="agent"
    )
    max_wait: timedelta | None = param(
        help="The longest wait. Left out: as the queue has it.",
        default=None,
        low=timedelta(0),
        high=timedelta(days=1),
        unit="s",
    )
    music: Sound | None = param(
        help="Heard again and again while waiting. Left out: the ringing tone.", default=None
    )
    greeting: Sound | None = param(help="Heard once, at the beginning.", default=None)
    announce: str = param(
        help="What the caller is told of the wait.",
        default="both",
        choices=("position", "wait", "both", "off"),
    )
    announce_every: timedelta = param(
        help="The time between two announcements.",
        default=timedelta(seconds=30),
        low=timedelta(seconds=5),
        high=timedelta(hours=1),
        unit="s",
    )
    announce_agent: bool = param(
        help="Whether the caller is told the agent's number before they talk.", default=False
    )
    callback_key: str | None = param(
        help="The key that asks for a callback; the flow goes on at `callback`.", default=None
    )
    keys: Mapping[str, Any] | None = param(
        help='The keys that leave the queue, each with its port:  {"*": "message"}.',
        default=None,
        literal=True,
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """How the wait ended, and the ports of the leaving keys."""
        fixed = (
            Port(
                _AFTER, "They talked, and the agent has hung up.",
                required=False, stands_for="goodbye",
            ),
            Port(_TIMEOUT, "The longest wait is over."),
            Port(_FULL, "Too many wait already."),
            Port(_CLOSED, "The queue is closed by its calendar."),
            *_callback_port(draft),
        )  # fmt: skip
        known = {port.name for port in fixed}
        leaving: dict[str, str] = {}
        for key, port in (draft.constants.get("keys") or {}).items():
            if isinstance(port, str) and port not in known and port != ERROR:
                leaving.setdefault(port, key)
        keys = (Port(port, phrase("The key {key}.", key=key)) for port, key in leaving.items())
        return (*fixed, *keys)

    @classmethod
    def problems(cls, draft: Draft) -> Iterator[Finding]:
        """Keys that telephones have, each with one meaning."""
        keys: Mapping[str, Any] = draft.constants.get("keys") or {}
        for key, port in keys.items():
            yield from _key_problems(key, "keys")
            if not isinstance(port, str) or not port or port == ERROR:
                text = phrase('key {key} needs a port: write {{"{key}": "message"}}', key=key)
                yield Finding("bad-keys", text, "keys")
        callback = draft.constants.get("callback_key")
        if callback is not None:
            yield from _key_problems(callback, "callback_key")
            if callback in keys:
                text = phrase("key {key} asks for a callback and leaves the queue", key=callback)
                yield Finding("bad-keys", text, "callback_key")

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``repairs · 10 min``."""
        longest = shown(draft, "max_wait") if "max_wait" in draft.written else ""
        return joined(shown(draft, "queue", quoted=False), longest)

    async def run(self) -> PortValue:
        """Wait, telling the caller how things stand, and talk."""
        event = await EnterQueue(
            self.queue,
            float(self.priority),
            self.skills or {},
            self.strategy,
            self.preferred_agent,
            self.max_wait,
            self.music or (),
            self.greeting or (),
            cast(Announce, self.announce),
            self.announce_every,
            self.announce_agent,
            self.callback_key,
            self.keys or {},
        )
        while not isinstance(event, QueueLeft):
            event = await StayInQueue(await _words(event))
        if event.agent:
            await Assign("contact.agent", event.agent)
        return event.port

    examples = (
        Example(
            "The caller hears how things stand, then who answers, and they talk.",
            {"queue": "repairs", "announce_agent": True},
            [
                EnterQueue("repairs", announce_agent=True), PlaceNow(3, 120 * _S),
                FindPrompt(QUEUE_POSITION, {"position": Decimal(3)}), _THIRD,
                FindPrompt(QUEUE_WAIT, {"wait": 120 * _S}), _WAIT,
                StayInQueue(_THIRD + _WAIT), AgentAnswers("1001"),
                FindPrompt(AGENT_ANSWERS, {"agent": "1001"}), _AGENT,
                StayInQueue(_AGENT), QueueLeft(_AFTER, "1001"), *_TO_1001,
            ],
            _AFTER,
        ),
        Example(
            "Nobody answers in time.",
            {"queue": "repairs", "max_wait": 60 * _S},
            [EnterQueue("repairs", longest=60 * _S), QueueLeft(_TIMEOUT)],
            _TIMEOUT,
        ),
        Example(
            "Too many wait already.",
            {"queue": "repairs"},
            [EnterQueue("repairs"), QueueLeft(_FULL)],
            _FULL,
        ),
        Example(
            "It is night.",
            {"queue": "repairs"},
            [EnterQueue("repairs"), QueueLeft(_CLOSED)],
            _CLOSED,
        ),
        Example(
            "The caller asks to be called back.",
            {"queue": "repairs", "callback_key": "1"},
            [EnterQueue("repairs", callback_key="1"), QueueLeft(_CALLBACK)],
            _CALLBACK,
        ),
        Example(
            "The caller would rather leave a message.",
            {"queue": "repairs", "keys": {"*": "message"}},
            [EnterQueue("repairs", keys={"*": "message"}), QueueLeft("message")],
            "message",
        ),
    )  # fmt: skip


def _callback_port(draft: Draft) -> Iterator[Port]:
    """There where a key asks for it; one that is drawn without a key is never taken."""
    asks = draft.constants.get("callback_key") is not None or "callback_key" in draft.written
    if asks or _CALLBACK in draft.drawn:
        yield Port(
            _CALLBACK,
            "The caller asks for a callback; the place is kept meanwhile.",
            required=asks,
            stands_for=None if asks else _TIMEOUT,
        )


async def _words(event: PlaceNow | AgentAnswers) -> Sound:
    """What is said to the caller of *event*."""
    if isinstance(event, AgentAnswers):
        return await FindPrompt(AGENT_ANSWERS, {"agent": event.agent})
    words: Sound = ()
    if event.position is not None:
        words += await FindPrompt(QUEUE_POSITION, {"position": Decimal(event.position)})
    if event.wait is not None:
        words += await FindPrompt(QUEUE_WAIT, {"wait": event.wait})
    return words


def _key_problems(key: str, at: str) -> Iterator[Finding]:
    if not _KEY.fullmatch(key):
        text = phrase('"{key}" is no key of a telephone: write one of 0-9, * and #', key=key)
        yield Finding("bad-keys", text, at)
