"""What the designer asks of the site that a flow belongs to; the application fills it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from flow_runtime.call_tests import OpenData
from flow_runtime.core.problems import Problem
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.services import Mailer, Pins, Texter, Web

if TYPE_CHECKING:
    from contact_center.core.strategy.expressions import Expressions
    from contact_center.store.settings import Declared


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text as sound: a WAV file in memory, or why there is none."""

    wav: bytes = b""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A flow to begin with: a sample, with what it shows in one sentence."""

    name: str
    title: str
    about: str
    folder: Path
    flow: Path


class Outside(Protocol):
    """The services beyond the call of one simulated call; none of them sends anything."""

    @property
    def web(self) -> Web:
        """Web servers, the real ones."""

    @property
    def mail(self) -> Mailer | None:
        """Only notes what would be sent."""

    @property
    def sms(self) -> Texter | None:
        """Only notes what would be sent."""

    @property
    def pins(self) -> Pins:
        """Those of the configured database."""

    async def close(self) -> None:
        """Close what was opened."""


class Site(Protocol):
    """A configuration with all that belongs to it, or what lies beside a flow without one.

    Methods that take long say so, and are called from worker threads.
    """

    config: Path | None
    """The ``cordboard.toml`` that counts, None without one."""
    prompts_folder: Path
    languages: Sequence[str]
    numbers: Mapping[str, Path]
    """Called number: its flow."""

    def surroundings(self, flow: Path | None) -> Surroundings:
        """What the flow in the file *flow* (None: not saved yet) is checked and run against."""

    def prompt_problems(self) -> Sequence[tuple[Path, Problem]]:
        """What is wrong with the prompt tables."""

    def reload(self) -> None:
        """Read configuration and prompts anew: some file has changed."""

    def centre(self) -> Declared:
        """The queues, agents and voicemail boxes that the configuration names."""

    def expressions(self) -> Expressions:
        """What reads the conditions of routing strategies."""

    def open_data(self) -> OpenData:
        """The real data sources, for a simulated call or a query tried by hand."""

    def open_outside(self, folder: Path) -> Outside:
        """The services of a simulated call, which may put files into *folder*."""

    def try_query(
        self, source: str, sql: str, bind: Mapping[str, Any], timeout: timedelta, most: int
    ) -> Sequence[Mapping[str, Any]]:
        """Rows of a query. Takes long; raises `flow_runtime.core.commands.NodeFailure`."""

    def speak(self, text: str, language: str) -> Spoken:
        """*text* spoken in the voice of *language*. Takes long."""

    def templates(self) -> Sequence[Template]:
        """The samples that a new flow can begin with."""

    def begin(self, template: Template, folder: Path) -> Path:
        """Copy *template*, with all that it needs, into the new or empty *folder*; its flow.

        Takes long; raises OSError.
        """


class OpenSite(Protocol):
    """Finds the site of a flow file (None: a new flow): the nearest ``cordboard.toml``."""

    def __call__(self, flow: Path | None) -> Site:
        """The site; raises ValueError with a text for a configuration that has mistakes."""
