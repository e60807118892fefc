"""Watches a simulated call and writes down a test that is the same call again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from flow_runtime.call_tests.disguise import Disguise
from flow_runtime.call_tests.model import (
    ERROR,
    HANGS_UP,
    NORMAL,
    REJECTED,
    Answers,
    CallTest,
    Changed,
    Channel,
    DataAnswer,
    Ends,
    Fails,
    Hears,
    NodeAnswer,
    Press,
    QueueScript,
    Rows,
    Says,
    Step,
    Waits,
)
from flow_runtime.call_tests.recorded_queues import Stay, recorded
from flow_runtime.call_tests.staging import OpenData
from flow_runtime.call_tests.tree import Table
from flow_runtime.call_tests.values import as_tree
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.interpreter import Ended
from flow_runtime.core.outcome import MASK
from flow_runtime.services import Switchboard
from telephony.simulated import FarEnd

_NOTICED: Final = 0.05
"""Seconds: a shorter pause before the caller acts is none."""
_LONG: Final = 300.0
"""Seconds of silence for which a test had better say that they are waited for."""


class Recorder:
    """Takes part in one call: as its trace sink, its data sources, and by what the caller does."""

    def __init__(self, data: OpenData) -> None:
        self.far: FarEnd | None = None
        self.data = _RecordedData(data)
        self._steps: list[Step | _Pressed] = []
        self._answers: dict[str, list[NodeAnswer]] = {}
        self._path: list[tuple[str, str, int, dict[str, Any]]] = []
        """Of each node that was not left yet: its flow, its name, how many steps there were
        when it was entered, and what it has set since."""
        self._dialling: tuple[str, str] | None = None
        """The flow and the node that has dialled and was not left yet."""
        self._asking: tuple[str, str] | None = None
        """Those that asked a web server, the store of PINs, or how things stand in a queue, and
        were not left yet."""
        self._stay: tuple[tuple[str, str], Stay] | None = None
        """Those that are in a queue, or have left it, and were not left yet; and that stay."""
        self._talks: Callable[[str], None] | None = None
        self._queues: dict[str, list[QueueScript]] = {}
        self._said: Mapping[str, Any] | None = None
        self._quiet_since = 0.0
        self._untold: deque[tuple[_Pressed, int]] = deque()
        """The keys that the trace has not told of yet: where each of them is."""
        self._secrets: list[list[tuple[_Pressed, int]]] = [[]]

    # --- what the call brings -------------------------------------------------------------------

    def watch(self, far: FarEnd) -> None:
        """*far* is the caller, who has not been served yet."""
        self.far = far
        far.on_secret = self._secret_is_over

    def switchboard(self, real: Switchboard) -> Switchboard:
        """*real* for the driver: it tells what comes of the caller in queues."""
        made, self._talks = recorded(real, self._queued, self._asked)
        return made

    def event(self, event: Mapping[str, Any]) -> None:
        """Take an event of the trace."""
        self._said = None
        match event:
            case {"event": "enter", "flow": flow, "node": node}:
                self._path.append((flow, node, len(self._steps), {}))
            case {"event": "leave", "flow": flow, "node": node, "port": port}:
                if self._left(flow, node, port):
                    self._quiet_since = self._now()
            case {"event": "variable", "name": name, "value": value} if self._path:
                self._path[-1][3][name] = value
            case {"event": "dial"} if "outcome" not in event and self._path:
                self._dialling = self._path[-1][:2]
            case {"event": "http" | "pin"}:
                self._asked()
            case {"event": "bridged", "to": agent} if self._talks is not None:
                self._talks(agent)
            case {"event": "key", "key": key}:
                self._told(key)
            case {"event": "say"}:
                self._said = event
                if not event["text"]:
                    self._hears(Hears("", event["prompt"].split()[0]))

    def sound(self, text: str) -> None:
        """The caller hears *text*; what the flow does not say (a tone) is not written down."""
        if self._said is not None and self._said["text"]:
            self._hears(Hears(text))
        self._said = None

    # --- what the caller does -------------------------------------------------------------------

    def press(self, keys: str) -> None:
        """Keys are pressed now."""
        if self.far is None or not self.far.call.answered:
            return
        self._pause()
        pressed = _Pressed(list(keys))
        self._untold += [(pressed, number) for number in range(len(keys))]
        self._act(pressed)

    def speak(self, seconds: float) -> None:
        """The caller begins to speak."""
        self._pause()
        self._act(Says("", timedelta(seconds=seconds)))
        self._quiet_since += seconds

    def hang_up(self) -> None:
        """The caller hangs up."""
        self._pause()
        self._act(Ends(HANGS_UP))

    # --- the test -------------------------------------------------------------------------------

    def test(
        self,
        name: str,
        ended: Ended,
        *,
        caller: str,
        called: str,
        at: datetime,
        channel: Channel = "voice",
    ) -> CallTest:
        """The call as a test, now that it is over; secrets have become other digits."""
        if self._dialling is not None:  # the caller hung up meanwhile
            self._left(*self._dialling, "answered_ended")
        if self._stay is not None:
            self._left_queue(len(self._path) - 1, "")
        hide = self._disguised()
        steps = [_written(step, hide) for step in self._steps]
        if not any(isinstance(step, Ends) for step in steps):
            steps += self._end(ended)
        return CallTest(
            name=name,
            steps=tuple(steps),
            caller=caller,
            called=called,
            at=at,
            channel=channel,
            data={
                source: tuple(_hidden(answer, hide) for answer in answers)
                for source, answers in self.data.answers.items()
            },
            answers={
                node: Answers(
                    tuple(
                        NodeAnswer(a.port, a.plain, {n: hide.tree(v) for n, v in a.sets.items()})
                        for a in answers
                    )
                )
                for node, answers in self._answers.items()
            },
            queues={queue: _in_turn(scripts) for queue, scripts in self._queues.items()},
        )

    # --- inside ---------------------------------------------------------------------------------

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _pause(self) -> None:
        """Write down the time in which nothing was heard or done."""
        if self.far is not None and self.far.heard:
            last = self.far.heard[-1]
            self._quiet_since = max(self._quiet_since, last.at + last.seconds)
        pause = self._now() - self._quiet_since
        if pause > _NOTICED:
            self._steps.append(Waits(timedelta(milliseconds=round(pause * 1000))))

    def _act(self, step: Step | _Pressed) -> None:
        self._steps.append(step)
        self._quiet_since = self._now()

    def _hears(self, step: Hears) -> None:
        if self._now() - self._quiet_since > _LONG:
            self._pause()
        self._steps.append(step)

    def _left(self, flow: str, node: str, port: Any) -> bool:
        """A node is left: of one that dialled, or asked, only the port and what it set is kept.

        A test cannot dial, asks no web server, and knows no PIN. Whether it was such a node.
        """
        at = self._find(flow, node)
        if at is None:
            return False
        asked = (flow, node) in (self._dialling, self._asking)
        if not asked and self._stay is not None and self._stay[0] == (flow, node):
            asked = self._left_queue(at, port)
            if not asked:
                del self._path[at:]
                return True
        _, _, steps, sets = self._path[at]
        del self._path[at:]
        if not asked:
            return False
        self._dialling = self._asking = self._stay = None
        del self._steps[steps:]
        written = {name: as_tree(value) for name, value in sets.items() if value != MASK}
        plain = not isinstance(port, str) or not port.isdigit()
        self._answers.setdefault(node, []).append(NodeAnswer(str(port), plain, written))
        return True

    def _find(self, flow: str, node: str) -> int | None:
        places = [entry[:2] for entry in self._path]
        return (
            len(places) - 1 - places[::-1].index((flow, node)) if (flow, node) in places else None
        )

    def _asked(self) -> None:
        """The node asks for what a test cannot give: only how it is left is kept."""
        if self._path:
            self._asking = self._path[-1][:2]

    def _queued(self, stay: Stay) -> None:
        if self._path:
            self._stay = self._path[-1][:2], stay

    def _left_queue(self, at: int, port: Any) -> bool:
        """The stay of the node at *at* of the path is over; True when no script can tell of it.

        What is heard in a queue depends on others who wait: it is not written down, and neither is
        what is said to an agent. Keys that led out of the queue are.
        """
        assert self._stay is not None
        stay, self._stay = self._stay[1], None
        if port and not stay.port:
            return True  # it has failed
        self._queues.setdefault(stay.queue, []).append(stay.script())
        first = self._path[at][2]
        keys = [step for step in self._steps[first:] if not isinstance(step, Hears)]
        self._steps[first:] = keys if stay.by_caller else []
        return False

    def _told(self, key: str) -> None:
        """The flow has read a key, or dropped it; keys are told in the order they were pressed.

        A key that was dropped is masked too, for it may have been meant as a secret.
        """
        if self._untold:
            where = self._untold.popleft()
            if key == MASK:
                self._secrets[-1].append(where)
            else:
                self._secret_is_over()

    def _secret_is_over(self) -> None:
        self._secrets.append([])

    def _disguised(self) -> Disguise:
        """Put other digits in place of the secret keys."""
        disguise = Disguise()
        for secret in self._secrets:
            keys = [pressed.keys[number] for pressed, number in secret]
            for (pressed, number), key in zip(secret, disguise.hide(keys), strict=True):
                pressed.keys[number] = key
        return disguise

    def _end(self, ended: Ended) -> Sequence[Step]:
        if ended.failure is not None:
            return [Ends(ERROR, ended.failure.name)]
        if ended.party == "caller":
            return [Ends(HANGS_UP)]
        if self.far is not None and self.far.rejected is not None:
            return [Ends(REJECTED, str(self.far.rejected))]
        how = NORMAL if ended.by == "end" else ended.cause
        return [] if how.split()[:1] in ([ERROR], [REJECTED], [HANGS_UP], []) else [Ends(how)]


@dataclass(slots=True)
class _Pressed:
    """Keys that were pressed together."""

    keys: list[str]


def _written(step: Step | _Pressed, disguise: Disguise) -> Step:
    match step:
        case _Pressed(keys):
            return Press("".join(keys))
        case Hears(text, None):
            return Hears(disguise.text(text))
    return step


def _in_turn(scripts: Sequence[QueueScript]) -> tuple[QueueScript, ...]:
    """Without those at the end that repeat the one before: the last one stays."""
    count = len(scripts)
    while count > 1 and scripts[count - 1] == scripts[count - 2]:
        count -= 1
    return tuple(scripts[:count])


def _hidden(answer: DataAnswer, disguise: Disguise) -> DataAnswer:
    match answer:
        case Rows(rows):
            return Rows(tuple(disguise.table(row) for row in rows))
        case Fails(name, text):
            return Fails(name, disguise.text(text))
    return answer


class _RecordedData:
    """Data sources whose answers are kept."""

    def __init__(self, real: OpenData) -> None:
        self.answers: dict[str, list[DataAnswer]] = {}
        self._real = real

    async def lookup(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """As the real ones."""
        kept = self.answers.setdefault(source, [])
        try:
            rows = await self._real.lookup(source, sql, bind, timeout, most)
        except NodeFailure as failure:
            kept.append(Fails(failure.name, failure.text))
            raise
        kept.append(Rows(tuple(cast(Table, as_tree(row)) for row in rows)))
        return rows

    async def change(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta
    ) -> int:
        """As the real ones."""
        kept = self.answers.setdefault(source, [])
        try:
            rows = await self._real.change(source, sql, bind, timeout)
        except NodeFailure as failure:
            kept.append(Fails(failure.name, failure.text))
            raise
        kept.append(Changed(rows))
        return rows

    async def close(self) -> None:
        """Close the real ones."""
        await self._real.close()
