"""What the flows of a site are checked and compiled against, made from the configuration."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cordboard.strategies.checks import strategy_check
from flow_runtime.called_files import with_flows
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.prompt_files import LoadedPrompts, load_prompts
from flow_runtime.sound_files import find_files
from nodes.catalogue import library

if TYPE_CHECKING:
    from cordboard.config import Config
    from flow_runtime.core.calendar import Calendar


def configured(config: Config) -> tuple[Surroundings, LoadedPrompts]:
    """The surroundings of all flows of a site, and how its prompts were read.

    Raises `ConfigError` for a mistake in a calendar.
    """
    told = config.prompts
    prompts = load_prompts(told.folder, told.languages, told.currency)
    calendars = calendars_of(config)
    zones = {calendar.zone.key for calendar in calendars.values()}
    zone = ZoneInfo(zones.pop()) if len(zones) == 1 else system_zone()
    around = Surroundings(
        nodes=library(),
        prompts=prompts.book,
        calendars=calendars,
        sources={name: source.writable for name, source in config.data.items()},
        queues=tuple(queue.name for queue in config.centre.queues),
        agents=tuple(agent.name for agent in config.centre.agents),
        boxes=tuple(config.centre.boxes),
        check_strategy=strategy_check(config.centre, zone),
        zone=zone,
        files=find_files(told.folder),
        complete=True,
    )
    return around, prompts


def standalone(file: Path) -> tuple[Surroundings, LoadedPrompts]:
    """The surroundings of a flow without a configuration: a folder ``prompts`` beside it."""
    folder = file.parent / "prompts"
    prompts = load_prompts(folder)
    files = find_files(file.parent, folder)
    zone = system_zone()
    around = Surroundings(
        library(),
        prompts.book,
        check_strategy=strategy_check(None, zone),
        zone=zone,
        files=files,
    )
    return with_flows(file, around), prompts


def surroundings(config: Config | None, file: Path) -> tuple[Surroundings, LoadedPrompts]:
    """The surroundings of the one flow in *file*, and how the prompts were read.

    Raises `ConfigError` as `configured` does.
    """
    if config is None:
        return standalone(file)
    around, prompts = configured(config)
    return beside(file, around, config), prompts


def beside(file: Path, around: Surroundings, config: Config) -> Surroundings:
    """The configured surroundings *around* for *file*, which finds what lies beside it."""
    files = find_files(file.parent, config.prompts.folder)
    return with_flows(file, replace(around, files=files))


def calendars_of(config: Config) -> dict[str, Calendar]:
    """The calendars of the configuration; raises `ConfigError` for the first mistake."""
    from cordboard.config import ConfigError
    from flow_runtime.core.calendar import Calendar, CalendarError

    try:
        return {n: Calendar.from_settings(n, table) for n, table in config.calendars.items()}
    except CalendarError as error:
        raise ConfigError(str(error)) from None


def system_zone() -> tzinfo:
    """The time zone of this machine: ``TZ``, else /etc/localtime, else today's offset."""
    link = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    for key in (os.environ.get("TZ", "").lstrip(":"), link):
        try:
            return ZoneInfo(key)
        except (
            ValueError,
            OSError,
            KeyError,
        ):  # empty, a POSIX rule such as "CET-1CEST", or unknown here
            continue
    offset = datetime.now().astimezone().tzinfo
    assert offset is not None  # astimezone() has just set it
    return offset
