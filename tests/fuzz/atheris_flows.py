"""Fuzzes the readers of flows, guided by coverage: any byte string, no traceback, nothing lost.

    python tests/fuzz/atheris_flows.py -runs=20000 FOLDER

FOLDER keeps what reached new code; the arguments are those of libFuzzer. An input that breaks
something is written to a file ``crash-...``, which reproduces it as the only argument.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

with atheris.instrument_imports(include=["flow_runtime"]):
    from flow_runtime.core.check import check_text
    from flow_runtime.core.expr.assist import assist
    from flow_runtime.core.expr.compile import constant_value
    from flow_runtime.core.expr.env import TypeEnv
    from flow_runtime.core.expr.infer import infer
    from flow_runtime.core.syntax import (
        ExpressionError,
        Memory,
        decode,
        parse,
        parse_expression,
        parse_template,
        print_expression,
        print_flow,
    )
    from flow_runtime.core.syntax.unfinished import finish

from flow_strategies import SITE  # noqa: E402


def fuzz_file(content: bytes) -> None:
    """As a whole file: read, checked, printed."""
    text = decode(content)
    if not isinstance(text, str):
        return
    flow, _ = check_text(text, SITE)
    parsed = parse(text, Memory())
    if flow is None or parsed.problems:
        return
    written = print_flow(flow)
    again = parse(written)
    assert again.flow is not None and not again.problems, written
    assert print_flow(again.flow) == written


def fuzz_expression(text: str) -> None:
    """As an expression, and as one that is being typed."""
    assist(text, len(text) // 2)
    assist(text, len(text), template=True)
    try:
        expression = parse_expression(text)
    except ExpressionError:
        return
    infer(expression, TypeEnv())
    constant_value(expression)
    finished = finish(text)
    assert finished is not None and finished.expression == expression
    assert parse_expression(print_expression(expression)) == expression


def fuzz_template(text: str) -> None:
    """As a text of the prompt table."""
    try:
        parse_template(text)
    except ExpressionError:
        return


def fuzz_one(data: bytes) -> None:
    """The first byte says what the others are."""
    way, content = data[:1], data[1:]
    if way < b"\x60":
        fuzz_file(content)
        return
    text = content.decode("utf-8", "replace")
    if way < b"\xc0":
        fuzz_expression(text)
    else:
        fuzz_template(text)


if __name__ == "__main__":
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()
