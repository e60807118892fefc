"""How often somebody may try: wrong passwords with a growing wait, and actions by the second."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

FREE_OF_ACCOUNT: Final = 5
"""Wrong passwords in a row of one account that cost no wait."""
FREE_OF_ADDRESS: Final = 20
"""Those from one address, where many agents may sit behind one router."""
FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 900.0
FORGOTTEN_AFTER: Final = 3600.0
"""Seconds without a try after which an account or address begins anew."""
_KNOWN: Final = 10_000
"""Accounts and addresses that are kept; the one tried longest ago goes first."""


@dataclass(slots=True)
class _Tries:
    count: int = 0
    last: float = 0.0


class Attempts:
    """Wrong passwords by account and by address; *now* is seconds of a clock that never goes back.

    A try counts as wrong from its beginning until `right` says otherwise: so many at once gain
    nothing.
    """

    def __init__(self) -> None:
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()

    def begin(self, account: str, address: str, now: float) -> int:
        """0, and the try is counted; or the whole seconds to wait, and it is not."""
        keys = (("account", account), FREE_OF_ACCOUNT), (("address", address), FREE_OF_ADDRESS)
        wait = max(self._wait(key, free, now) for key, free in keys)
        if wait > 0:
            return math.ceil(wait)
        for key, _ in keys:
            tries = self._of(key, now)
            tries.count, tries.last = tries.count + 1, now
            self._tries.move_to_end(key)
        while len(self._tries) > _KNOWN:
            self._tries.popitem(last=False)
        return 0

    def right(self, account: str, address: str) -> None:
        """The password was right: the account begins anew, and the address has one try back."""
        self._tries.pop(("account", account), None)
        tries = self._tries.get(("address", address))
        if tries is not None:
            tries.count -= 1

    def count(self, account: str) -> int:
        """How many tries in a row the account has had."""
        tries = self._tries.get(("account", account))
        return 0 if tries is None else tries.count

    def _of(self, key: tuple[str, str], now: float) -> _Tries:
        tries = self._tries.setdefault(key, _Tries())
        if now - tries.last > FORGOTTEN_AFTER:
            tries.count = 0
        return tries

    def _wait(self, key: tuple[str, str], free: int, now: float) -> float:
        tries = self._tries.get(key)
        if tries is None or tries.count < free or now - tries.last > FORGOTTEN_AFTER:
            return 0.0
        doubled = min(tries.count - free, 20)
        return tries.last + min(FIRST_WAIT * 2.0**doubled, LONGEST_WAIT) - now


class Pace:
    """How fast one account may act: *rate* a second, *burst* at once."""

    def __init__(self, rate: float = 10.0, burst: float = 30.0) -> None:
        self._rate, self._burst = rate, burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, account: str, now: float) -> float:
        """0, and one is taken; or the seconds until one may be."""
        left, since = self._left.get(account, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        if left < 1:
            return (1 - left) / self._rate
        self._left[account] = left - 1, now
        self._left.move_to_end(account)
        if len(self._left) > _KNOWN:
            self._left.popitem(last=False)
        return 0.0
