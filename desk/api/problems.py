"""Answers that say no, in both languages, and the handlers that send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError

from desk.core.texts import TEXTS
from flow_runtime.switchboard.desk import Refused

_MISSING = ("unknown agent", "unknown contact", "unknown queue", "no such agent", "no such queue")
"""Reasons of the desk that mean that the address was wrong: 404 instead of 409."""


class Problem(Exception):
    """An answer of 400 or more; *reason* is a key of `texts.TEXTS`, whose text takes *values*."""

    def __init__(
        self,
        status: int,
        reason: str,
        headers: Mapping[str, str] | None = None,
        **values: str | int,
    ) -> None:
        english, chinese = TEXTS[reason]
        super().__init__(english.format(**values))
        self.status, self.reason, self.headers = status, reason, headers
        self.chinese = chinese.format(**values)


def handle_problems(app: FastAPI) -> None:
    """Let *app* answer with problems and refusals."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        told = {"detail": str(error), "chinese": error.chinese, "reason": error.reason}
        return _answer(told, error.status, error.headers)

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        told = {"detail": error.text, "chinese": error.chinese, "reason": error.reason}
        return _answer(told, 404 if error.reason in _MISSING else 409)

    @app.exception_handler(RequestValidationError)
    async def misfit(request: Request, error: RequestValidationError) -> Response:
        """As FastAPI does, but for what was sent: that may be a password, or no Unicode."""
        told = [{name: one[name] for name in ("type", "loc", "msg")} for one in error.errors()]
        return _answer({"detail": told}, 422)


def _answer(told: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """JSON in ASCII, which half a character of what was sent cannot break."""
    return Response(json.dumps(told), status, headers, "application/json")
