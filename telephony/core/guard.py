"""Who is knocking too often: token buckets, lock-outs and known scanners, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

SCANNERS = ("friendly-scanner", "sipvicious", "sipcli", "sip-scan", "sundayddr", "pplsip")
"""Words of User-Agent headers that only scanners send. They get no answer at all."""

TRIES = 5
"""Wrong passwords before a lock-out."""
LOCKED = 600.0
"""Seconds a lock-out lasts; every further try begins it anew."""

_KEPT = 4096


def is_scanner(user_agent: str) -> bool:
    """Whether a User-Agent header is that of a well-known scanner."""
    lowered = user_agent.lower()
    return any(word in lowered for word in SCANNERS)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float
    dropped: int = 0


class Limiter:
    """A token bucket a key: *rate* a second, at most *burst* at once.

    Keys that are quiet fall out; at most some thousands are kept, the least recent go first.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def allow(self, key: Hashable, now: float) -> bool:
        """Take one token of *key*; False when there is none."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._burst, now)
            if len(self._buckets) > _KEPT:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        gained = max(0.0, now - bucket.at) * self._rate
        bucket.tokens, bucket.at = min(self._burst, bucket.tokens + gained), now
        if bucket.tokens < 1.0:
            bucket.dropped += 1
            return False
        bucket.tokens -= 1.0
        return True

    def dropped(self, key: Hashable) -> int:
        """How many were refused since this was last asked: for the one log line about them."""
        bucket = self._buckets.get(key)
        if bucket is None:
            return 0
        count, bucket.dropped = bucket.dropped, 0
        return count


class LockOut:
    """Counts wrong passwords by address, and by account with address.

    An account is never locked for the whole world: that would let anybody lock out its owner.
    """

    def __init__(self) -> None:
        self._wrong: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()

    def locked(self, host: str, user: str, now: float) -> bool:
        """Whether *host* may not try *user* (or anybody) now."""
        return any(self._is_locked(key, now) for key in ((host, user), (host, None)))

    def wrong(self, host: str, user: str, now: float) -> bool:
        """Note a wrong password; True when this one locked the door."""
        before = self.locked(host, user, now)
        self._count((host, user), now, 1)
        # an address may serve several phones that all have an old password: it is given more room
        self._count((host, None), now, 1)
        return not before and self.locked(host, user, now)

    def right(self, host: str, user: str) -> None:
        """Forget the wrong ones of this account: its owner has shown up."""
        self._wrong.pop((host, user), None)
        self._wrong.pop((host, None), None)

    def _limit(self, key: tuple[str, str | None]) -> int:
        return TRIES if key[1] is not None else TRIES * 4

    def _is_locked(self, key: tuple[str, str | None], now: float) -> bool:
        count, at = self._wrong.get(key, (0, 0.0))
        return count >= self._limit(key) and now - at < LOCKED

    def _count(self, key: tuple[str, str | None], now: float, by: int) -> None:
        count, at = self._wrong.pop(key, (0, now))
        if now - at >= LOCKED:
            count = 0
        self._wrong[key] = (count + by, now)
        if len(self._wrong) > _KEPT:
            self._wrong.popitem(last=False)
