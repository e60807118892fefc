"""PINs that are forgotten with the call: for calls that only a test makes."""

from __future__ import annotations

from flow_runtime.core.service_commands import PinResult
from flow_runtime.outside.pins import checked


class MemoryPins:
    """What `flow_runtime.services.Pins` asks for, without a database."""

    def __init__(self) -> None:
        self._pins: dict[str, str] = {}
        self._failures: dict[str, int] = {}

    async def locked(self, account: str, lock_after: int) -> bool:
        """See `flow_runtime.services.Pins`."""
        checked(account)
        return self._failures.get(account, 0) >= lock_after

    async def check(self, account: str, pin: str, lock_after: int) -> PinResult:
        """See `flow_runtime.services.Pins`."""
        if await self.locked(account, lock_after):
            return "locked"
        if account not in self._pins:
            return "wrong"
        if self._pins[account] == pin:
            self._failures[account] = 0
            return "ok"
        self._failures[account] += 1
        return "locked" if self._failures[account] >= lock_after else "wrong"

    async def set(self, account: str, pin: str) -> None:
        """See `flow_runtime.services.Pins`."""
        checked(account)
        self._pins[account], self._failures[account] = pin, 0
