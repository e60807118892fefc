"""The API of a running server: what it is told, and the sockets it is served on."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import logging
import os
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import uvicorn

from cordboard.config import Api, Config, ConfigError
from desk.api import models
from desk.api.app import make_app
from desk.api.journal import Journal
from flow_runtime.core.program import Program
from flow_runtime.core.syntax import print_flow
from flow_runtime.library import FlowLibrary

log = logging.getLogger("api")

_GOODBYE = 2.0
"""Seconds that those who watch get to leave."""


def package_version() -> str:
    """The version of Cordboard that is installed."""
    try:
        return version("cordboard")
    except PackageNotFoundError:
        return "not installed"


def token_of(api: Api) -> str:
    """The administrator's token; its file is made, readable by its owner only, when missing."""
    if api.token:
        return api.token
    path = api.token_file
    try:
        token = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        token = secrets.token_urlsafe(32)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(token + "\n")
        except OSError as error:
            text = f"[api] admin_token: {path} cannot be made: {error.strerror}"
            raise ConfigError(text) from None
        log.info("made the administrator's token: %s", path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"[api] admin_token: {path} cannot be read: {error}") from None
    if not token:
        raise ConfigError(f"[api] admin_token: {path} is empty; remove it, and it is made anew")
    return token


class Facts:
    """What the API tells of a server; it satisfies `desk.api.app.Server`."""

    def __init__(
        self, config: Config, flows: FlowLibrary, status: Callable[[], Mapping[str, Any]]
    ) -> None:
        self._config, self._flows, self._status = config, flows, status

    def status(self) -> models.Status:
        """See `desk.api.app.Server`."""
        return models.Status(version=package_version(), **self._status())

    def flows(self) -> list[models.ServedFlow]:
        """See `desk.api.app.Server`."""
        return [self._served(path, program) for path, program in self._flows.programs().items()]

    def _served(self, path: Path, program: Program) -> models.ServedFlow:
        return models.ServedFlow(
            name=program.name,
            title=program.flow.title,
            path=self._shown(path),
            numbers=[n for n, file in self._config.numbers.items() if file == path],
            hash=hashlib.sha256(print_flow(program.flow).encode()).hexdigest(),
        )

    def site(self) -> models.Site:
        """See `desk.api.app.Server`."""
        config = self._config
        return models.Site(
            name=config.base.name,
            numbers={number: self._shown(path) for number, path in config.numbers.items()},
            files=[*self._flow_files(), *self._prompt_tables()],
            prompts_folder=self._shown(config.prompts.folder),
            languages=list(config.prompts.languages),
            currency=config.prompts.currency,
            calendars={name: dict(table) for name, table in config.calendars.items()},
            sources={name: source.writable for name, source in config.data.items()},
        )

    def _flow_files(self) -> Iterator[models.SiteFile]:
        """The flows as calls get them, whatever their files hold by now, and those they name."""
        todo = [(path.resolve(), program) for path, program in self._flows.programs().items()]
        met = set[Path]()
        while todo:
            path, program = todo.pop(0)
            if path not in met:
                met.add(path)
                yield models.SiteFile(path=self._shown(path), text=print_flow(program.flow))
                todo += [((path.parent / n).resolve(), p) for n, p in program.flows.items()]

    def _prompt_tables(self) -> Iterator[models.SiteFile]:
        for path in sorted(self._config.prompts.folder.glob("*.toml")):
            text = path.read_text(encoding="utf-8", errors="replace")
            yield models.SiteFile(path=self._shown(path), text=text)

    def _shown(self, path: Path) -> str:
        """As seen from the configuration; a file elsewhere keeps its name only."""
        try:
            return path.resolve().relative_to(self._config.base.resolve()).as_posix()
        except ValueError:
            return path.name


class ApiServer:
    """Serves the API on ``[api] listen`` inside the server's own event loop."""

    def __init__(self, api: Api, facts: Facts, journal: Journal) -> None:
        self._api = api
        self._app = make_app(facts, journal, token_of(api))
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; raises `ConfigError` when the address cannot be had."""
        listening = self._bound()
        told = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=int(_GOODBYE),
        )
        self._server = _Quiet(told)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))

    async def stop(self) -> None:
        """Stop listening, and let those go who watch."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving

    def _bound(self) -> socket.socket:
        api = self._api
        family = socket.AF_INET6 if ":" in api.host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((api.host, api.port))
            listening.listen()  # from now on whoever connects waits for the answer
        except OSError as error:
            listening.close()
            advice = "; another program has it" if error.errno == errno.EADDRINUSE else ""
            text = f"[api] listen: {api.host}:{api.port}: {error.strerror}{advice}"
            raise ConfigError(text) from None
        return listening


class _Quiet(uvicorn.Server):
    """Leaves the signals to whoever runs the event loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
