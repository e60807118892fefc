"""Look at the calls, callbacks and messages of a running server's queues, and end one."""

from __future__ import annotations

import argparse
from typing import Any

from cordboard.api_client import ApiClient, add_command, add_connection, in_path
from cordboard.listing import lasted, moment, print_facts, print_json, print_table, run_with


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard contacts``."""
    add_connection(parser)
    parser.set_defaults(doing=_list, queue="")
    commands = parser.add_subparsers(title="what to do", metavar="")
    command = add_command(commands, "list", _list, "what goes on now (also without a command)")
    command.add_argument("--queue", default="", help="of one queue")
    command = add_command(commands, "past", _past, "what there was since yesterday")
    for name in ("queue", "agent", "number"):
        command.add_argument(f"--{name}", default="")
    command.add_argument("--limit", type=int, default=50, metavar="N")
    command = add_command(commands, "show", _show, "one contact: queues, offers and why, the log")
    command.add_argument("id")
    command = add_command(commands, "disconnect", _disconnect, "end one, whatever it is doing")
    command.add_argument("id")
    command = add_command(commands, "cancel", _cancel, "make a callback no more")
    command.add_argument("id")


def run(args: argparse.Namespace) -> int:
    """Do it; 1 when the server did not."""
    return run_with(args, "contacts", args.doing)


def _list(client: ApiClient, args: argparse.Namespace) -> None:
    state = client.get("/api/desk")
    told = [c for c in state["contacts"] if args.queue in ("", c["queue"])]
    if args.json:
        print_json(told)
        return
    rows = (
        (
            contact["id"],
            contact["kind"],
            contact["number"],
            contact["state"],
            contact["queue"],
            str(contact["position"] or ""),
            _waits(contact, state["now"]),
            ", ".join([*contact["agents"], *contact["others"]] or contact["rings"]),
        )
        for contact in told
    )
    columns = ("contact", "kind", "number", "state", "queue", "place", "waits", "with")
    print_table(columns, rows, "nothing goes on")


def _waits(contact: Any, now: float) -> str:
    waiting = contact["waiting"]
    return lasted(now - waiting["entered"]) if waiting is not None else ""


def _past(client: ApiClient, args: argparse.Namespace) -> None:
    told = client.get(
        "/api/contacts/past",
        queue=args.queue,
        agent=args.agent,
        number=args.number,
        limit=args.limit,
    )
    if args.json:
        print_json(told)
        return
    rows = (
        (
            moment(contact["began"]),
            contact["id"],
            contact["kind"],
            contact["number"],
            contact["queue"],
            contact["agent"],
            contact["cause"] or contact["state"],
        )
        for contact in told
    )
    columns = ("began", "contact", "kind", "number", "queue", "agent", "end")
    print_table(columns, rows, "there was nothing")


def _show(client: ApiClient, args: argparse.Namespace) -> None:
    told = client.get(f"/api/contacts/{in_path(args.id)}")
    if args.json:
        print_json(told)
        return
    print_facts(told["contact"])
    for name in ("callback", "voicemail"):
        if told[name] is not None:
            print_facts({name: told[name]})
    rows = (
        (moment(fact["at"]), fact["what"], fact["agent"], fact["queue"], _data(fact["data"]))
        for fact in told["facts"]
    )
    print_table(("when", "what", "agent", "queue", "data"), rows, "its log is no longer kept")


def _data(data: Any) -> str:
    if isinstance(data, dict):  # why this agent
        return ", ".join(f"{name} {data[name]}" for name in ("chose", "strategy", "step"))
    return "" if data is None else " ".join(map(str, data)) if isinstance(data, list) else str(data)


def _disconnect(client: ApiClient, args: argparse.Namespace) -> None:
    client.post(f"/api/contacts/{in_path(args.id)}/actions/disconnect")
    print(f"{args.id}: ended")


def _cancel(client: ApiClient, args: argparse.Namespace) -> None:
    client.post(f"/api/callbacks/{in_path(args.id)}/actions/cancel")
    print(f"{args.id}: is made no more")
