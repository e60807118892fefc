"""Replay a day through a routing strategy, in virtual time, and compare it with another."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contact_center.core.simulation.recorded import Callers, RecordedCall, Share
    from contact_center.core.strategy.problems import Problem
    from cordboard.config import Config
    from cordboard.replay.sources import Centre


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard replay``."""
    from cordboard.commands.staff import read_level, read_time

    parser.add_argument(
        "strategy", metavar="STRATEGY", help="one of the fourteen by name, a text, or a file"
    )
    day = parser.add_argument_group("the day, one of")
    which = day.add_mutually_exclusive_group(required=True)
    which.add_argument("--day", type=Path, metavar="FILE", help="calls in a CSV file")
    which.add_argument(
        "--date", type=_date, metavar="DATE", help="a day of a server's database, 2026-11-27"
    )
    which.add_argument(
        "--synthetic", type=_calls, nargs="+", metavar="N",
        help="invented calls: so many in each interval of the day",
    )  # fmt: skip
    made = parser.add_argument_group("invented calls")
    made.add_argument(
        "--interval", type=read_time, default=1800.0, metavar="TIME", help="its length (30m)"
    )
    made.add_argument(
        "--aht", type=read_time, default=180.0, metavar="TIME",
        help="average handling time with hold and wrap-up (3m)",
    )  # fmt: skip
    made.add_argument(
        "--patience", type=read_time, default=float("inf"), metavar="TIME",
        help="how long callers wait on average before they give up; without it for ever",
    )  # fmt: skip
    made.add_argument(
        "--fact", type=_share, action="append", default=[], metavar="NAME=VALUE:SHARE,...",
        help="what callers are like: call.language=zh-CN:70,en:30",
    )  # fmt: skip
    site = parser.add_argument_group("queues and agents")
    site.add_argument("--config", type=Path, metavar="FILE", help="those of a cordboard.toml")
    site.add_argument("--database", metavar="URL", default="", help="those of a server, for --date")
    site.add_argument(
        "--agents",
        metavar="N|FILE",
        default="",
        help="so many alike, or those of a CSV file",
    )
    site.add_argument("--queue", default="", help="the queue that gets the strategy (all)")
    parser.add_argument(
        "--against", metavar="STRATEGY", default="",
        help="what it is compared with (what is in force, else longest idle)",
    )  # fmt: skip
    parser.add_argument(
        "--target", type=read_level, metavar="LEVEL",
        help='service level of all queues ("80%% in 20s", or as configured)',
    )  # fmt: skip
    parser.add_argument(
        "--answer", type=read_time, default=3.0, metavar="TIME",
        help="how long an agent's telephone rings before it is answered (3s)",
    )  # fmt: skip
    parser.add_argument(
        "--seeds", type=_seeds, default=10, metavar="N",
        help="how often, where something is left to chance (10)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print both sides: 0; 1 for a strategy or a day that cannot be used, 2 for a bad file."""
    from contact_center.core.simulation.recorded import CannotReplay
    from contact_center.core.strategy.strategy import StrategyError
    from contact_center.store.errors import StoreError
    from cordboard.config import ConfigError
    from cordboard.replay.day_file import BadDay

    try:
        return _replay(args)
    except StrategyError as error:
        print(error, file=sys.stderr)
        return 1
    except (CannotReplay, StoreError) as error:
        print(f"cordboard replay: {error}", file=sys.stderr)
        return 1
    except (BadDay, ConfigError) as error:
        print(error, file=sys.stderr)
        return 2


def _replay(args: argparse.Namespace) -> int:
    from cordboard.replay.report import plain, show
    from cordboard.replay.sources import (
        classes_of,
        read_strategy,
        rivals,
        runs,
        seeds_for,
        warnings,
    )
    from cordboard.strategies.expressions import FlowExpressions
    from cordboard.surroundings import system_zone

    zone = system_zone()
    callers, centre = _day_and_centre(args, zone)
    proposed, against = read_strategy(args.strategy), read_strategy(args.against)
    both = rivals(centre, proposed, against, args.queue, FlowExpressions(zone))
    classes = classes_of(callers)
    if args.queue:
        classes = {name: some for name, some in classes.items() if name == args.queue}
    found = list(warnings(centre, both.proposed, classes))
    compared = [one for one in warnings(centre, both.against, classes) if one not in found]
    for side, problems in (("", found), (", compared with", compared)):
        for queue, problem in problems if not args.json else ():
            said = f"{problem.severity} {problem.code}: {problem.text}"
            print(f"{queue}{side}: {said}", file=sys.stderr)
    seeds = seeds_for(callers, args.seeds)
    site = centre.site(args.answer)
    ours = runs(site, callers, both.proposed, seeds)
    theirs = runs(site, callers, both.against, seeds)
    if args.json:
        told = {"problems": _told(found), "problems_compared": _told(compared)}
        print(json.dumps({**told, **plain(ours, theirs)}, indent=2))
    else:
        show(ours, theirs)
    return 0


def _told(problems: Sequence[tuple[str, Problem]]) -> list[dict[str, str]]:
    return [
        {"queue": queue, "severity": one.severity, "code": one.code, "text": one.text}
        for queue, one in problems
    ]


# --- the day --------------------------------------------------------------------------------------


def _day_and_centre(args: argparse.Namespace, zone: Any) -> tuple[Callers, Centre]:
    from contact_center.core.simulation.recorded import CannotReplay, Invented
    from cordboard.config import load_config
    from cordboard.replay.day_file import read_calls
    from cordboard.replay.sources import PLAIN, recorded

    config = None if args.config is None else load_config(args.config, secrets=False)
    if args.date is not None:
        return _of_server(args, config, zone)
    if args.database:
        raise CannotReplay("--database belongs to --date: say which day of it")
    calls: Sequence[RecordedCall] = ()
    if args.day is not None:
        alone = args.queue or ("" if config is not None else PLAIN)
        calls = read_calls(args.day, alone)
    centre = _centre(args, config, [call.queue for call in calls])
    if args.day is not None:
        return recorded(calls, centre), centre
    weights = dict.fromkeys([args.queue] if args.queue else centre.queues, 1.0)
    return Invented(
        args.synthetic, args.interval, args.aht, weights, args.patience, args.fact
    ), centre


def _of_server(
    args: argparse.Namespace, config: Config | None, zone: Any
) -> tuple[Callers, Centre]:
    from contact_center.core.simulation.recorded import CannotReplay
    from cordboard.replay.sources import day_of_server, recorded

    url = args.database or (config.database if config is not None else "")
    if not url:
        raise CannotReplay("--date: say of which server, with --config FILE or --database URL")
    calls, centre = day_of_server(url, args.date, zone)
    centre = _with_agents(args, _with_target(args, centre))
    return recorded(calls, centre), centre


def _centre(args: argparse.Namespace, config: Config | None, names: Iterable[str]) -> Centre:
    """Queues and agents of the configuration, else one queue for each name."""
    from contact_center.core.simulation.recorded import CannotReplay
    from contact_center.store.settings import QueueSettings
    from cordboard.replay.sources import PLAIN, Centre

    if config is not None and not config.centre.queues:
        raise CannotReplay(f"{args.config}: has no [queues.NAME]; add one, or leave --config out")
    if config is not None:
        queues = {queue.name: queue for queue in config.centre.queues}
        agents = [agent.setup() for agent in config.centre.agents]
    else:
        some = dict.fromkeys(names) or [args.queue or PLAIN]
        queues = {name: QueueSettings(name) for name in some}
        agents = []
    centre = _with_agents(args, _with_target(args, Centre(queues, agents)))
    if not centre.agents:
        raise CannotReplay("nobody works: name agents with --agents N, --agents FILE or --config")
    return centre


def _with_target(args: argparse.Namespace, centre: Centre) -> Centre:
    from dataclasses import replace

    if args.target is None:
        return centre
    queues = {
        name: replace(queue, service_seconds=args.target.seconds)
        for name, queue in centre.queues.items()
    }
    return replace(centre, queues=queues)


def _with_agents(args: argparse.Namespace, centre: Centre) -> Centre:
    """*centre* with the agents that ``--agents`` gives."""
    from dataclasses import replace

    from contact_center.core.simulation.recorded import CannotReplay
    from cordboard.replay.day_file import read_agents
    from cordboard.replay.sources import alike

    if not args.agents:
        return centre
    if args.agents.isdigit():
        if not 0 < int(args.agents) <= 10_000:
            raise CannotReplay("--agents: from 1 to 10000 agents, or a CSV file")
        agents = alike(int(args.agents), list(centre.queues))
        return replace(centre, agents=agents, duties=())
    agents, duties = read_agents(Path(args.agents))
    return replace(centre, agents=agents, duties=duties)


# --- what is written on the command line ----------------------------------------------------------


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'a date such as 2026-11-27, not "{text}"') from None


def _calls(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100_000:
        raise argparse.ArgumentTypeError(f'a number of calls, from 0 to 100000, not "{text}"')
    return value


def _seeds(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= 1000:
        raise argparse.ArgumentTypeError(f'a number from 1 to 1000, not "{text}"')
    return int(text)


def _share(text: str) -> Share:
    from contact_center.core.simulation.recorded import Share

    name, _, rest = text.partition("=")
    values: dict[str, float] = {}
    for part in filter(None, rest.split(",")):
        value, _, share = part.rpartition(":")
        try:
            values[value or part] = float(share.rstrip("%")) if value else 1.0
        except ValueError:
            values = {}
            break
    known = name.partition(".")[0] in ("call", "contact", "customer") and "." in name
    if not known or not values or min(values.values()) < 0 or not sum(values.values()):
        raise argparse.ArgumentTypeError(
            f'write call.language=zh-CN:70,en:30 (call, contact or customer), not "{text}"'
        )
    return Share(name, values)
