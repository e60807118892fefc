"""Services that send nothing, and say so in the log: for simulated calls and first steps.

They refuse what the real ones refuse without asking anybody.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from flow_runtime.core.service_commands import SendEmail, SendSms
from flow_runtime.outside.settings import checked

log = logging.getLogger("outside")

_NOBODY: Final = "nobody@localhost"


class LogMailer:
    """A mail server that sends no mail."""

    async def send(self, mail: SendEmail) -> None:
        """Write to the log what would be sent."""
        await asyncio.to_thread(_made, mail)
        log.info("mail NOT SENT, for the call is simulated: to %s: %s", mail.to, mail.subject)

    async def close(self) -> None:
        """There is nothing to give back."""


def _made(mail: SendEmail) -> None:
    from flow_runtime.outside.letters import letter  # most calls send no mail

    letter(mail, _NOBODY)


class LogTexter:
    """The driver ``log`` of ``[sms]``: until a provider is chosen."""

    driver = "log"

    async def send(self, message: SendSms) -> None:
        """Write to the log what would be sent."""
        checked(message)
        log.info('SMS NOT SENT, for [sms].driver is "log": to %s: %s', message.to, message.text)
