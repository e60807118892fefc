"""The services that flows reach beyond the call, made from the configuration."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from cordboard.config import Config
from cordboard.config.tables import NOT_FETCHED
from cordboard.database import Database
from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.program import Program, reached
from flow_runtime.outside.logged import LogMailer, LogTexter
from flow_runtime.outside.pins import PinStore
from flow_runtime.outside.web import WebClient
from flow_runtime.services import Mailer, Texter

log = logging.getLogger("server")


class Outside:
    """All of them; nothing is opened before it is needed.

    *mail* and *sms* send what flows send; None is a site without a mail server.
    """

    def __init__(self, database: Database, mail: Mailer | None, sms: Texter | None) -> None:
        self.web = WebClient()
        self.pins = PinStore(database.engine)
        self.mail = mail
        self._database = database
        self.sms = sms

    async def warm_up(self, needs: Iterable[str]) -> None:
        """Open what flows *need*, before the first caller waits for it; faults are logged."""
        known: Mapping[str, Callable[[], Awaitable[None]]] = {
            "web": self.web.warm_up, "database": self.pins.warm_up
        }  # fmt: skip
        for need in needs:
            if need in known:
                try:
                    await known[need]()
                except NodeFailure as failure:
                    log.warning("%s", failure)

    async def close(self) -> None:
        """Close connections, and let the threads end."""
        await self.web.close()
        await self.pins.close()
        if self.mail is not None:
            await self.mail.close()
        self._database.close()


def served(config: Config) -> Outside:
    """The services of a server."""
    from flow_runtime.outside.mail import SmtpMailer  # a simulated call needs no mail library
    from flow_runtime.outside.sms import HttpTexter

    mail = None if config.smtp is None else SmtpMailer(config.smtp)
    outside = Outside(Database(config.database), mail, LogTexter())
    if config.sms is not None:
        outside.sms = HttpTexter(config.sms, outside.web)
    return outside


def simulated(config: Config | None, folder: Path) -> Outside:
    """The services of a simulated call: it asks the web, but sends no mail and no messages.

    PINs are those of the configured database, else of one in *folder* that is gone afterwards.
    """
    url = NOT_FETCHED if config is None else config.database
    if url == NOT_FETCHED:
        url = f"sqlite:///{folder / 'cordboard.db'}"
    return Outside(Database(url), LogMailer(), LogTexter())


def needs(programs: Iterable[Program]) -> set[str]:
    """The services that the nodes of *programs*, and of the flows they call, cannot do without."""
    return {step.cls.needs for program in reached(programs) for step in program.steps} - {""}
