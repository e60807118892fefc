"""agent: connect the caller with one agent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flow_runtime.core.card import joined, shown
from flow_runtime.core.commands import Assign
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Draft, Example, Node, Port, param
from flow_runtime.core.phrase import phrase
from flow_runtime.core.queue_commands import EnterAgent, QueueLeft, StayInQueue

_AFTER, _UNAVAILABLE = "after_agent", "unavailable"
_S = timedelta(seconds=1)


class Agent(Node):
    """Connect the caller with one agent, who may be busy with another call for a while.

    The caller hears the ringing tone. When the agent hangs up the call goes on at `after_agent`,
    and `contact.agent` is who it was. An agent who is signed out, does not answer, or is not free
    in time is `unavailable`.
    """

    type, title, group, icon = "agent", "Agent", "Agents", "agent"
    waits = speaks = True

    who: str = param(
        help="The agent's number, or where it is known, for example  customer.owner.",
        names="agent",
        told="trace",
    )
    wait: timedelta = param(
        help="How long the caller waits for the agent at most.",
        default=timedelta(seconds=15),
        low=timedelta(seconds=1),
        high=timedelta(hours=1),
        unit="s",
    )

    @classmethod
    def ports(cls, draft: Draft) -> Sequence[Port]:
        """Whether they talked."""
        return (
            Port(
                _AFTER, "They talked, and the agent has hung up.",
                required=False, stands_for="goodbye",
            ),
            Port(_UNAVAILABLE, "The agent is not there, or not free in time."),
        )  # fmt: skip

    @classmethod
    def summary(cls, draft: Draft) -> str:
        """``agent 1001 · 15 s``."""
        who = phrase("agent {who}", who=shown(draft, "who", quoted=False))
        return joined(who, shown(draft, "wait"))

    async def run(self) -> PortValue:
        """Wait for the agent, and talk."""
        event = await EnterAgent(self.who, self.wait)
        while not isinstance(event, QueueLeft):
            event = await StayInQueue(())
        if event.agent:
            await Assign("contact.agent", event.agent)
        return event.port

    examples = (
        Example(
            "They talk; when the agent hangs up the flow goes on.",
            {"who": "1001"},
            [
                EnterAgent("1001"), QueueLeft(_AFTER, "1001"),
                Assign("contact.agent", "1001"), None,
            ],
            _AFTER,
        ),
        Example(
            "The agent is in another call, and stays there.",
            {"who": "1001", "wait": 30 * _S},
            [EnterAgent("1001", 30 * _S), QueueLeft(_UNAVAILABLE)],
            _UNAVAILABLE,
        ),
    )  # fmt: skip
