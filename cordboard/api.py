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
from datetime import UTC, tzinfo
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from cordboard.centre.desk_side import SiteAccounts, open_centre, read_today
from cordboard.config import Api, Config, ConfigError
from desk.api import models
from desk.api.access import Access
from desk.api.app import add_centre, make_app, without_centre
from desk.api.centre import Centre
from desk.api.journal import Journal
from flow_runtime.core.program import Program
from flow_runtime.core.syntax import print_flow
from flow_runtime.library import FlowLibrary

if TYPE_CHECKING:
    from cordboard.centre.centre import Centre as Queues
    from flow_runtime.switchboard.switchboard import Switchboard

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
    """What the API tells of a server; it satisfies `desk.api.app.Server`.

    The *board* knows queues and agents beyond those of cordboard.toml.
    """

    def __init__(
        self,
        config: Config,
        flows: FlowLibrary,
        status: Callable[[], Mapping[str, Any]],
        board: Switchboard | None = None,
    ) -> None:
        self._config, self._flows, self._status, self._board = config, flows, status, board

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
        config, board = self._config, self._board
        queues = config.centre.queues if board is None else tuple(board.known_queues.values())
        agents = config.centre.agents if board is None else tuple(board.known_agents.values())
        return models.Site(
            name=config.base.name,
            numbers={number: self._shown(path) for number, path in config.numbers.items()},
            files=[*self._flow_files(), *self._prompt_tables()],
            prompts_folder=self._shown(config.prompts.folder),
            languages=list(config.prompts.languages),
            currency=config.prompts.currency,
            calendars={name: dict(table) for name, table in config.calendars.items()},
            sources={name: source.writable for name, source in config.data.items()},
            queues=[_queue(queue) for queue in queues],
            agents=[_agent(agent) for agent in agents],
            boxes=dict(config.centre.boxes),
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


def _queue(queue: QueueSettings) -> models.SiteQueue:
    fields = models.SiteQueue.model_fields
    return models.SiteQueue(**{name: getattr(queue, name) for name in fields})


def _agent(agent: AgentSettings) -> models.SiteAgent:
    fields = models.SiteAgent.model_fields
    return models.SiteAgent(**{name: getattr(agent, name) for name in fields})


class ApiServer:
    """Serves the API on ``[api] listen`` inside the server's own event loop.

    Without *config* only the administrator's token opens it.
    """

    def __init__(
        self, api: Api, facts: Facts, journal: Journal, config: Config | None = None
    ) -> None:
        self._api, self._config = api, config
        declared = config.centre if config is not None else Declared()
        self._accounts = SiteAccounts(declared, config.accounts if config is not None else {})
        self._access = Access(token_of(api), self._accounts, self._audit, api.session)
        self._app = make_app(facts, journal, self._access)
        self._centre: Centre | None = None
        self._listening: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None

    def bind(self) -> None:
        """Have the address; raises `ConfigError` when it cannot be had."""
        self._listening = self._bound()

    async def start(self, queues: Queues | None = None, zone: tzinfo = UTC) -> None:
        """Answer; *queues* have been started, days are those of *zone*. See `bind`."""
        if self._listening is None:
            self.bind()
        assert self._listening is not None
        if queues is None or self._config is None:
            without_centre(self._app, self._access)
        else:
            self._open(queues, self._config, zone)
        told = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=int(_GOODBYE),
        )
        self._server = _Quiet(told)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listening]))

    def _open(self, queues: Queues, config: Config, zone: tzinfo) -> None:
        self._accounts.open(queues, queues.now)
        known, hooks = self._accounts.known, config.webhooks
        centre = self._centre = open_centre(queues, config, zone, known)
        add_centre(self._app, self._access, centre, known, hooks, zone)
        self._reading = asyncio.create_task(read_today(centre))

    async def _audit(self, by: str, action: str, target: str, data: Any) -> None:
        log.info("%s: %s %s %s", by, action, target, data)
        if self._centre is not None:
            await self._centre.audit(by, action, target, data)

    async def stop(self) -> None:
        """Stop listening, and let those go who watch."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        elif self._listening is not None:
            self._listening.close()
        if self._reading is not None:
            self._reading.cancel()
        if self._centre is not None:
            self._centre.feed.stop()

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
