"""The calls that a server has just now, from what it tells those who watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Missed(Exception):
    """Something was not told: the next snapshot has to be asked for."""


@dataclass(slots=True)
class LiveCall:
    """A call in progress. Moments are seconds since the epoch, by the server's clock."""

    id: str
    flow: str = ""
    node: str = ""
    caller: str = ""
    called: str = ""
    started: float = 0.0


class LiveCalls:
    """Takes the messages of ``/api/watch`` (docs/api.md), a snapshot first."""

    def __init__(self) -> None:
        self.calls: dict[str, LiveCall] = {}
        """By id, the oldest first."""
        self.latest = 0.0
        """The moment of the last event, which is about now by the server's clock."""
        self._number: int | None = None

    def take(self, message: Mapping[str, Any]) -> bool:
        """Whether the list is another one by *message*.

        Raises `Missed` when an event is missing before it, ValueError for what is no message.
        """
        try:
            if message["type"] == "snapshot":
                self._number = int(message["number"])
                self.calls = {call.id: call for call in map(_of_snapshot, message["calls"])}
                return True
            if message["type"] != "event":
                raise ValueError(f"a message of the type {message['type']!r}")
            self._follows(int(message["number"]))
            return self._event(message["event"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"a message that is not understood ({error!r})") from None

    def _follows(self, number: int) -> None:
        if self._number is None or number != self._number + 1:
            raise Missed
        self._number = number

    def _event(self, event: Mapping[str, Any]) -> bool:
        call, self.latest = str(event["call"]), float(event["t"])
        match event["event"]:
            case "incoming":
                self.calls[call] = LiveCall(
                    call, str(event.get("flow", "")), "", str(event["caller"]),
                    str(event["called"]), self.latest,
                )  # fmt: skip
            case "enter" if call in self.calls:
                self.calls[call].flow = str(event["flow"])
                self.calls[call].node = str(event["node"])
            case "hangup":
                return self.calls.pop(call, None) is not None
            case _:
                return False
        return True


def _of_snapshot(told: Mapping[str, Any]) -> LiveCall:
    call, flow, node = str(told["id"]), str(told["flow"]), str(told["node"])
    return LiveCall(
        call, flow, node, str(told["caller"]), str(told["called"]), float(told["started"])
    )


def events_of(snapshot: Mapping[str, Any], call: str) -> Sequence[Mapping[str, Any]] | None:
    """The events so far of the one *call* that is watched; None when the server has forgotten it.

    Raises ValueError for what is no snapshot.
    """
    try:
        for told in snapshot["calls"]:
            if told["id"] == call:
                return list(told["events"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"a snapshot that is not understood ({error!r})") from None
    return None
