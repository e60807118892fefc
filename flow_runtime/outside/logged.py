"""Services that send nothing, and say so in the log: for simulated calls and first steps."""

from __future__ import annotations

import logging

from flow_runtime.core.service_commands import SendEmail, SendSms

log = logging.getLogger("outside")


class LogMailer:
    """A mail server that sends no mail."""

    async def send(self, mail: SendEmail) -> None:
        """Write to the log what would be sent."""
        log.info("mail NOT SENT, for the call is simulated: to %s: %s", mail.to, mail.subject)

    async def close(self) -> None:
        """There is nothing to give back."""


class LogTexter:
    """The driver ``log`` of ``[sms]``: until a provider is chosen."""

    driver = "log"

    async def send(self, message: SendSms) -> None:
        """Write to the log what would be sent."""
        log.info('SMS NOT SENT, for [sms].driver is "log": to %s: %s', message.to, message.text)
