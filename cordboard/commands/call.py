"""Place a call with the built-in softphone, press keys, and keep what was heard."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

_MARKS = {"calling": "->", "answered": "ok", "heard": "<<", "pressed": ">>", "ended": "--"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard call``."""
    parser.add_argument("target", help="sip:NUMBER@HOST:PORT")
    parser.add_argument(
        "--keys", default="", help='keys to press; a comma waits for the next prompt: "1,4711#"'
    )
    parser.add_argument("--record", type=Path, help="WAV file for both directions of the call")
    parser.add_argument("--caller", default="cordboard", help="the number to call from")
    parser.add_argument("--user", default="", help="user, when the far end wants a password")
    parser.add_argument(
        "--password-env", default="SIP_PASSWORD", help="variable that holds the password"
    )
    parser.add_argument("--seconds", type=float, default=120.0, help="hang up after this time")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


def run(args: argparse.Namespace) -> int:
    """Place the call; exit 0 when it was answered."""
    from cordboard.softphone import BadTarget, Target, place_call

    def report(word: str, text: str) -> None:
        if not args.quiet:
            print(f"{_MARKS[word]} {word} {text}".rstrip(), flush=True)

    try:
        outcome = asyncio.run(
            place_call(
                Target.parse(args.target),
                keys=args.keys,
                record=args.record.resolve() if args.record else None,
                caller=args.caller,
                user=args.user,
                password=os.environ.get(args.password_env, ""),
                most=args.seconds,
                report=report,
            )
        )
    except BadTarget as error:
        print(f"cordboard call: {error}", file=sys.stderr)
        return 2
    if not outcome.answered:
        print(f"cordboard call: not answered: {outcome.text}", file=sys.stderr)
        return 1
    who = {"caller": "the far end", "us": "us", "network": "a failure"}[outcome.ended_by or "us"]
    report("ended", f"by {who} after {outcome.seconds:.1f} s")
    return 0
