"""The command line: ``cordboard COMMAND ...``; a command is one module of `cordboard.commands`."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from keyword import iskeyword
from types import ModuleType

COMMANDS = {
    "serve": "answer calls until SIGTERM",
    "check": "find the problems of flows",
    "fmt": "print flows in their canonical form",
    "test": "make the calls of *.call.yaml files",
    "design": "draw a flow: canvas, text, checks and simulator",
    "simulate": "be the caller of a flow, in the terminal",
    "call": "place a call with the built-in softphone",
    "nodes": "show the node library",
    "export": "write a flow as VoiceXML",
    "import": "make flows of a VoiceXML document",
    "render-prompts": "speak all fixed prompts into the cache",
    "status": "look at a running server",
    "agents": "look at the agents of a running server, and press their buttons",
    "queues": "look at the queues of a running server",
    "contacts": "look at calls, callbacks and messages of a running server, and end one",
    "doctor": "what is installed or missing, and what to do about it",
    "init": "make a folder with a sample line, ready to serve",
    "demo": "see a real call walk through the sample flow",
    "staff": "how many agents a service level needs",
    "replay": "a day replayed through a routing strategy, beside the one in force",
    "bench": "measure speed and memory on this machine",
}
"""Command -> help. `command_module` finds its module, which is imported when it is used."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    _print_what_can_be_printed()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_usage())
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        print(f"cordboard {_version()}")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        from flow_runtime.core.suggest import suggest

        near = suggest(name, COMMANDS, len(COMMANDS))
        print(f"cordboard: there is no command {name}{near}", file=sys.stderr)
        return 2
    module = command_module(name)
    parser = argparse.ArgumentParser(prog=f"cordboard {name}", description=module.__doc__)
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(arguments[1:])))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # the reader of our output (head, less) has gone: nothing is left to say to it
        sys.stderr.close()
        return 141
    except OSError as error:
        print(f"cordboard {name}: {_told(error)}", file=sys.stderr)
        return 2


def command_module(name: str) -> ModuleType:
    """The module of a command: underscores for hyphens, and one behind a word of Python."""
    word = name.replace("-", "_")
    return importlib.import_module(f"cordboard.commands.{word}{'_' * iskeyword(word)}")


def _print_what_can_be_printed() -> None:
    """A terminal without Unicode shows ``?`` for a sign it does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _told(error: OSError) -> str:
    """An error of the system that no command foresaw: which file, and what is wrong with it."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {help}" for name, help in COMMANDS.items()]
    return "\n".join(
        [
            "usage: cordboard COMMAND ...",
            "",
            "Draw how a telephone line behaves and run the drawing on real calls.",
            "",
            *lines,
            "",
            "cordboard COMMAND --help tells more about one command.",
        ]
    )


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # 20 ms nobody else needs

    try:
        return version("cordboard")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
