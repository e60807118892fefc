"""Look at the agents of a running server, and press their buttons."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from cordboard.api_client import ApiClient, ApiError, add_command, add_connection, in_path
from cordboard.listing import lasted, moment, print_facts, print_json, print_table, run_with

_ACTIONS = {
    "sign-in": "begin the agent's session",
    "sign-out": "end it, when the present call is over",
    "ready": "let the agent take calls",
    "not-ready": "let the agent take none, when the present call is over",
    "done": "end the time after a call",
    "park": "put the customer into the agent's own list",
    "hang-up": "end the agent's part in the call",
}
_STATES = ("ready", "not-ready", "signed-out")
_ROLES = ("supervisor", "admin", "wallboard")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard agents``."""
    add_connection(parser)
    parser.set_defaults(doing=_list)
    commands = parser.add_subparsers(title="what to do", metavar="")
    add_command(commands, "list", _list, "all agents (also without a command)")
    _named(commands, "show", _show, "one agent")
    for action, help in _ACTIONS.items():
        command = _named(commands, action, _act, help)
        command.set_defaults(action=action)
        if action == "not-ready":
            command.add_argument("--reason", default="", help="why: lunch, training")
    command = _named(commands, "force", _force, "press a button as a supervisor does")
    command.add_argument("state", choices=_STATES)
    command.add_argument("--reason", default="")
    command.add_argument("--locked", action="store_true", help="the agent cannot undo it")
    command = _named(commands, "call", _call, "ring the agent's telephone, then another one")
    command.add_argument("to", help="agent:NAME, number:DIGITS, or an agent's name or a number")
    command = _named(commands, "calls", _calls, "the agent's call log, with what was not answered")
    command.add_argument("--limit", type=int, default=20, metavar="N")
    add_command(commands, "accounts", _accounts, "who may use the API")
    command = _named(commands, "set-password", _set_password, "make an account, or change it")
    command.add_argument("--role", choices=_ROLES, required=True)
    _named(commands, "remove-account", _remove_account, "take an account away")


def run(args: argparse.Namespace) -> int:
    """Do it; 1 when the server did not."""
    return run_with(args, "agents", args.doing)


def _named(commands: Any, name: str, doing: Any, help: str) -> Any:
    command = add_command(commands, name, doing, help)
    command.add_argument("name")
    return command


# --- looking --------------------------------------------------------------------------------------


def _list(client: ApiClient, args: argparse.Namespace) -> None:
    state = client.get("/api/desk")
    if args.json:
        print_json(state["agents"])
        return
    now = state["now"]
    rows = (
        (
            agent["name"],
            agent["title"],
            agent["state"] + (f" ({agent['reason']})" if agent.get("reason") else ""),
            lasted(now - agent["since"]),
            agent.get("contact") or (agent.get("offer") or {}).get("contact", ""),
            str(agent.get("answered", "")),
            "yes" if agent["reachable"] else "no",
        )
        for agent in state["agents"]
    )
    columns = ("agent", "name", "state", "for", "contact", "answered", "telephone")
    print_table(columns, rows, "there are no agents; declare some in cordboard.toml")


def _show(client: ApiClient, args: argparse.Namespace) -> None:
    told = client.get(f"/api/agents/{in_path(args.name)}")
    if args.json:
        print_json(told)
    else:
        print_facts(told)


def _calls(client: ApiClient, args: argparse.Namespace) -> None:
    told = client.get(f"/api/agents/{in_path(args.name)}/calls", limit=args.limit)
    if args.json:
        print_json(told)
        return
    rows = (
        (
            moment(call["at"]),
            call["number"],
            call["queue"],
            call["kind"],
            call["outcome"] or "going on",
            call["reason"],
            lasted(None if call["ended"] is None else call["ended"] - call["at"]),
        )
        for call in told
    )
    columns = ("rang", "number", "queue", "kind", "outcome", "reason", "rang for")
    print_table(columns, rows, "no telephone rang for this agent since yesterday")


# --- doing ----------------------------------------------------------------------------------------


def _act(client: ApiClient, args: argparse.Namespace) -> None:
    body = {"reason": args.reason} if args.action == "not-ready" else {}
    _told(client.post(f"/api/agents/{in_path(args.name)}/actions/{args.action}", **body), args)


def _force(client: ApiClient, args: argparse.Namespace) -> None:
    body = {
        "state": args.state.replace("-", " "),
        "reason": args.reason,
        "locked": args.locked,
    }
    _told(client.post(f"/api/agents/{in_path(args.name)}/actions/force", **body), args)


def _call(client: ApiClient, args: argparse.Namespace) -> None:
    _told(client.post(f"/api/agents/{in_path(args.name)}/actions/call", to=args.to), args)


def _told(done: Any, args: argparse.Namespace) -> None:
    if args.json:
        print_json(done)
        return
    agent = done["agent"]
    later = f", {agent['pending']} when the call is over" if agent["pending"] else ""
    print(f"{agent['name']}: {agent['state']}{later}")


# --- accounts -------------------------------------------------------------------------------------


def _accounts(client: ApiClient, args: argparse.Namespace) -> None:
    told = client.get("/api/accounts")
    if args.json:
        print_json(told)
        return
    where = {"file": "cordboard.toml", "api": "the database"}
    rows = ((one["name"], one["role"], where[one["source"]]) for one in told)
    print_table(("account", "role", "kept in"), rows, "there are no accounts")


def _set_password(client: ApiClient, args: argparse.Namespace) -> None:
    client.put(f"/api/accounts/{in_path(args.name)}", role=args.role, password=_password())
    print(f"{args.name}: {args.role}; sessions of this account have ended")


def _password() -> str:
    """Typed twice, or the first line of what is piped in: never an argument others could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("password: ")
    if first != getpass.getpass("again: "):
        raise ApiError("the two passwords are not the same; nothing has changed")
    return first


def _remove_account(client: ApiClient, args: argparse.Namespace) -> None:
    client.delete(f"/api/accounts/{in_path(args.name)}")
    print(f"{args.name}: removed")
