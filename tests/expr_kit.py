"""Shared by the tests of expressions: a frame, and expressions written as text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flow_runtime.core.expr.compile import compile_expression
from flow_runtime.core.expr.env import ANY_NAMES, TypeEnv
from flow_runtime.core.expr.failure import ExpressionFailure
from flow_runtime.core.expr.infer import infer
from flow_runtime.core.frame import Frame
from flow_runtime.core.problems import Problem
from flow_runtime.core.syntax.parser import parse_expression
from flow_runtime.core.types import Type

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 in Shanghai."""
SHANGHAI = ZoneInfo("Asia/Shanghai")


def frame(variables: dict[str, Any] | None = None, **more: Any) -> Frame:
    facts: dict[str, Any] = {
        "now": NOW,
        "zone": SHANGHAI,
        "call": {"caller": "13800000001", "started": datetime(2026, 11, 23, 1, 59, tzinfo=UTC)},
    }
    return Frame(variables=variables or {}, **{**facts, **more})


def value(
    text: str,
    variables: dict[str, Any] | None = None,
    *,
    expected: Type | None = None,
    env: TypeEnv = ANY_NAMES,
    **more: Any,
) -> Any:
    """What the expression *text* gives."""
    return compile_expression(parse_expression(text), expected, env)(frame(variables, **more))


def failure(text: str, variables: dict[str, Any] | None = None, **more: Any) -> ExpressionFailure:
    """How the expression *text* fails."""
    with pytest.raises(ExpressionFailure) as caught:
        value(text, variables, **more)
    return caught.value


def typed(
    text: str, expected: Type | None = None, env: TypeEnv | None = None, **variables: Type
) -> tuple[str, list[str]]:
    """The type of *text* as written and the codes of its problems."""
    found, problems = infer(parse_expression(text), env or TypeEnv(variables), expected)
    return str(found), [problem.code for problem in problems]


def problem(text: str, expected: Type | None = None, env: TypeEnv | None = None) -> Problem:
    """The only problem of *text*."""
    _, problems = infer(parse_expression(text), env or TypeEnv(), expected)
    (only,) = problems
    return only
