"""The site of a server as the designer sees it: what the server tells of it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from contact_center.core.strategy.expressions import Expressions
from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from cordboard.config.settings import Tts
from cordboard.design_site import Voices
from cordboard.outside import Outside, simulated
from cordboard.simulator import NoData
from cordboard.strategies.checks import strategy_check
from cordboard.strategies.expressions import FlowExpressions
from cordboard.surroundings import system_zone
from designer.server.answers import ServedSite
from designer.site import Spoken, Template
from flow_runtime.call_tests import OpenData
from flow_runtime.called_files import with_flows
from flow_runtime.core.calendar import Calendar, CalendarError
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.problems import Problem
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.prompt_files import load_prompts
from nodes.catalogue import library


class RemoteSite:
    """What `designer.site.Site` asks for, of a server whose files were laid down in *folder*.

    Its data and its services stay with the server: a simulated call here has made-up data only.
    """

    config: Path | None = None

    def __init__(self, told: ServedSite, folder: Path, voices: Voices) -> None:
        self._told, self._folder, self._voices = told, folder, voices
        self.languages: Sequence[str] = told.languages
        self.numbers: Mapping[str, Path] = {n: folder / path for n, path in told.numbers.items()}
        self.prompts_folder = self._find_prompts()
        self._centre = _centre(told)
        self.reload()

    def _find_prompts(self) -> Path:
        """Tables that lie outside of the server's site are told by their names only."""
        tables = [file.path for file in self._told.files if file.path.endswith(".toml")]
        return (self._folder / tables[0]).parent if tables else self._folder / "prompts"

    def reload(self) -> None:
        """See `designer.site.Site`; raises ValueError for a calendar that is not understood."""
        told = self._told
        self._prompts = load_prompts(self.prompts_folder, told.languages, told.currency)
        try:
            calendars = {n: Calendar.from_settings(n, t) for n, t in told.calendars.items()}
        except CalendarError as error:
            raise ValueError(str(error)) from None
        zones = {calendar.zone.key for calendar in calendars.values()}
        zone = ZoneInfo(zones.pop()) if len(zones) == 1 else system_zone()
        self._around = Surroundings(
            nodes=library(),
            prompts=self._prompts.book,
            calendars=calendars,
            sources=told.sources,
            queues=tuple(queue.name for queue in told.queues),
            agents=tuple(agent.name for agent in told.agents),
            boxes=tuple(told.boxes),
            check_strategy=strategy_check(self._centre, zone),
            zone=zone,
        )

    def surroundings(self, flow: Path | None) -> Surroundings:
        """See `designer.site.Site`."""
        around = self._around
        return replace(around) if flow is None else with_flows(flow, around)

    def prompt_problems(self) -> Sequence[tuple[Path, Problem]]:
        """See `designer.site.Site`."""
        return self._prompts.problems

    def centre(self) -> Declared:
        """See `designer.site.Site`."""
        return self._centre

    def expressions(self) -> Expressions:
        """See `designer.site.Site`."""
        return FlowExpressions(self._around.zone)

    def open_data(self) -> OpenData:
        """See `designer.site.Site`."""
        return NoData()

    def open_outside(self, folder: Path) -> Outside:
        """See `designer.site.Site`."""
        return simulated(None, folder)

    def try_query(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """See `designer.site.Site`: the sources are the server's, and out of reach."""
        raise NodeFailure(
            "database-unreachable",
            "the data of a server cannot be asked from here; open the flow from its own site",
        )

    def speak(self, text: str, language: str) -> Spoken:
        """See `designer.site.Site`."""
        return self._voices.speak(text, language, None, Tts())

    def templates(self) -> Sequence[Template]:
        """See `designer.site.Site`: new flows begin elsewhere."""
        return ()

    def begin(self, template: Template, folder: Path) -> Path:
        """See `designer.site.Site`."""
        raise OSError("a server has no templates")


def _centre(told: ServedSite) -> Declared:
    """Queues and agents of the server, as far as they matter to a flow."""
    queues = tuple(
        QueueSettings(
            queue.name,
            strategy=queue.strategy,
            max_wait=queue.max_wait,
            max_waiting=queue.max_waiting,
            calendar=queue.calendar,
            agents=tuple(agent.name for agent in told.agents if queue.name in agent.queues),
        )
        for queue in told.queues
    )
    agents = tuple(
        AgentSettings(agent.name, title=agent.title, queues=agent.queues, skills=agent.skills)
        for agent in told.agents
    )
    return Declared(queues, agents, told.boxes)
