"""Agents who dial on their own telephones, for tests on the simulated line."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from flow_runtime.core.prompts import PromptBook
from flow_runtime.switchboard.agent_calls import AgentCalls, Flow
from flow_runtime.switchboard.feature_codes import FeatureCodes
from queue_kit import Centre
from telephony.line import Call
from telephony.simulated import FarEnd


class AgentPhones:
    """Takes the calls of agents' telephones as a server does; a flow has the number 100."""

    def __init__(
        self,
        centre: Centre,
        *,
        codes: FeatureCodes | None = None,
        language: str = "en",
        passwords: Mapping[str, str] | None = None,
        flow: Flow = "",
    ) -> None:
        async def check(agent: str, typed: str) -> bool:
            self.tried.append(typed)
            return typed == (passwords or {}).get(agent)

        book = replace(PromptBook.build({})[0], languages=(language,))
        agents = {agent.name: agent for agent in centre.declared.agents}
        self.centre, self.tried, self._flow = centre, list[str](), flow
        self.calls = AgentCalls(
            centre.journal.engine,
            agents,
            centre.board.desk,
            centre.board.supervision,
            codes or FeatureCodes(),
            centre.world.services,
            book,
            check,
        )

    async def begin(self) -> AgentPhones:
        """Take calls from now on."""
        self.centre.board.pressed = self.calls.pressed
        await self.centre.world.line.start(self._arrive)
        return self

    def _arrive(self, call: Call) -> None:
        flow: Flow = "own" if call.facts.called == "100" else self._flow
        if not self.calls.takes(call, flow):
            self.centre.world.arrive(call)

    def dial(self, agent: str, number: str) -> FarEnd:
        """The agent dials on a telephone that has registered."""
        return self.centre.world.line.call(agent, number, phone=agent)

    async def hears(self, agent: str, number: str) -> str:
        """What the agent hears who dials *number* and is then hung up."""
        far = self.dial(agent, number)
        await asyncio.wait_for(far.over.wait(), 60)
        return far.transcript
