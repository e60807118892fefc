"""Look at the queues of a running server: who waits, the day so far, callbacks and messages."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from cordboard.api_client import ApiClient, add_command, add_connection, in_path
from cordboard.listing import (
    lasted,
    moment,
    print_facts,
    print_json,
    print_table,
    run_with,
    share,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard queues``."""
    add_connection(parser)
    parser.set_defaults(doing=_list)
    commands = parser.add_subparsers(title="what to look at", metavar="")
    add_command(commands, "list", _list, "all queues (also without a command)")
    add_command(commands, "show", _show, "one queue").add_argument("name")
    add_command(commands, "waiting", _waiting, "who waits, in turn").add_argument("name")
    for name, doing, help in (
        ("callbacks", _callbacks, "callbacks that are still to be made"),
        ("voicemails", _voicemails, "messages that are still to be heard"),
    ):
        command = add_command(commands, name, doing, help)
        command.add_argument("name", nargs="?", default="", help="of one queue; default: of all")
    help = "the versions of a queue's strategy"
    add_command(commands, "strategies", _strategies, help).add_argument("name")
    command = add_command(commands, "publish", _publish, "the next version of a strategy")
    command.add_argument("name")
    command.add_argument("text", help="one of the fourteen names, or a text")
    command.add_argument(
        "--at", type=_moment, metavar="TIME", help='when it comes into force ("2026-12-01 08:00")'
    )


def run(args: argparse.Namespace) -> int:
    """Do it; 1 when the server did not."""
    return run_with(args, "queues", args.doing)


def _list(client: ApiClient, args: argparse.Namespace) -> None:
    state = client.get("/api/desk")
    if args.json:
        print_json(state["queues"])
        return
    rows = []
    for queue in state["queues"]:
        today, since, agents = queue["today"], queue["longest_since"], queue["agents"]
        within = share(today["service_level_offered"])
        goal = queue["goal"]
        rows.append(
            (
                queue["name"] + ("" if queue["open"] else " (closed)"),
                str(queue["waiting"]),
                lasted(None if since is None else state["now"] - since),
                str(agents.get("ready", 0)),
                str(sum(agents.values()) - agents.get("signed out", 0)),
                str(today["answered"]),
                str(today["abandoned"]),
                f"{within or '-'} of {share(goal['share'])} in {goal['seconds']:g}s",
            )
        )
    columns = ("queue", "waiting", "longest", "ready", "signed in", "answered", "abandoned",
               "service level")  # fmt: skip
    print_table(columns, rows, "there are no queues; declare some in cordboard.toml")


def _show(client: ApiClient, args: argparse.Namespace) -> None:
    told = client.get(f"/api/queues/{in_path(args.name)}")
    if args.json:
        print_json(told)
    else:
        print_facts(told)


def _waiting(client: ApiClient, args: argparse.Namespace) -> None:
    client.get(f"/api/queues/{in_path(args.name)}")  # an unknown one is an error, not an empty list
    state = client.get("/api/desk")
    told = [c for c in state["contacts"] if c["queue"] == args.name and c["position"] is not None]
    if args.json:
        print_json(told)
        return
    rows = (
        (
            str(contact["position"]),
            contact["id"],
            contact["kind"],
            contact["number"],
            lasted(state["now"] - contact["waiting"]["entered"]),
            f"{contact['waiting']['priority']:g}",
            ", ".join(contact["rings"]),
        )
        for contact in told
    )
    columns = ("place", "contact", "kind", "number", "waits", "priority", "rings at")
    print_table(columns, rows, f"nobody waits in {args.name}")


def _callbacks(client: ApiClient, args: argparse.Namespace) -> None:
    told = client.get("/api/callbacks", queue=args.name)
    if args.json:
        print_json(told)
        return
    rows = (
        (
            one["contact"],
            one["number"],
            one["queue_now"],
            one["state"],
            moment(one["booked"]),
            moment(one["due"]) or "in turn",
            str(one["attempts"]),
        )
        for one in told
    )
    columns = ("contact", "number", "queue", "state", "booked", "due", "attempts")
    print_table(columns, rows, "no callbacks are to be made")


def _voicemails(client: ApiClient, args: argparse.Namespace) -> None:
    told = client.get("/api/voicemails", queue=args.name)
    if args.json:
        print_json(told)
        return
    rows = (
        (
            one["contact"],
            one["box"],
            one["number"],
            one["queue_now"],
            moment(one["made"]),
            lasted(one["seconds"]),
            one["heard_by"],
        )
        for one in told
    )
    columns = ("contact", "box", "number", "queue", "left", "lasts", "heard by")
    print_table(columns, rows, "no messages are to be heard")


def _strategies(client: ApiClient, args: argparse.Namespace) -> None:
    told = client.get(f"/api/queues/{in_path(args.name)}/strategies")
    if args.json:
        print_json(told)
        return
    rows = (
        (
            str(one["version"]),
            "yes" if one["in_force"] else "",
            moment(one["activates"]),
            one["made_by"],
            " ".join(one["text"].split()),
        )
        for one in told
    )
    print_table(("version", "in force", "from", "by", "strategy"), rows, "there are no versions")


def _publish(client: ApiClient, args: argparse.Namespace) -> None:
    path = f"/api/queues/{in_path(args.name)}/strategies"
    told = client.post(path, text=args.text, activates=args.at)
    if args.json:
        print_json(told)
        return
    for warning in told["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
    version = told["version"]
    print(f"{args.name}: version {version['version']} from {moment(version['activates'])} on")


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except ValueError:
        raise argparse.ArgumentTypeError(
            f'a date and time such as "2026-12-01 08:00", not "{text}"'
        ) from None
