import pytest

from telephony.core import guard
from telephony.core.guard import LOCKED, TRIES, Limiter, LockOut, is_scanner


def test_scanners_are_known_by_name() -> None:
    assert is_scanner("friendly-scanner")
    assert is_scanner("SIPVicious 0.3")
    assert not is_scanner("baresip v1.0.0")


def test_a_bucket_empties_and_fills() -> None:
    limiter = Limiter(rate=2.0, burst=3.0)
    assert [limiter.allow("a", 0.0) for _ in range(5)] == [True, True, True, False, False]
    assert limiter.allow("b", 0.0)
    assert limiter.allow("a", 0.5)
    assert not limiter.allow("a", 0.5)
    assert limiter.dropped("a") == 3
    assert limiter.dropped("a") == 0
    assert limiter.dropped("unknown") == 0
    assert limiter.allow("a", 100.0)


def test_a_clock_that_steps_back_gives_nothing() -> None:
    limiter = Limiter(rate=1.0, burst=1.0)
    assert limiter.allow("a", 100.0)
    assert not limiter.allow("a", 50.0)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_KEPT", 10)
    limiter, locks = Limiter(1.0, 1.0), LockOut()
    for i in range(100):
        limiter.allow(i, 0.0)
        locks.wrong(f"192.0.2.{i}", "1001", 0.0)
    assert len(limiter._buckets) == 10
    assert len(locks._wrong) == 10


def test_an_account_is_locked_for_one_address_only() -> None:
    locks = LockOut()
    told = [locks.wrong("192.0.2.1", "1001", float(i)) for i in range(TRIES)]
    assert told == [False] * (TRIES - 1) + [True]
    assert locks.locked("192.0.2.1", "1001", 10.0)
    assert not locks.locked("192.0.2.2", "1001", 10.0)
    assert not locks.locked("192.0.2.1", "1002", 10.0)
    assert not locks.locked("192.0.2.1", "1001", LOCKED + 10.0)


def test_an_address_that_tries_many_accounts_is_locked() -> None:
    locks = LockOut()
    for i in range(TRIES * 4):
        locks.wrong("192.0.2.1", f"10{i:02}", 0.0)
    assert locks.locked("192.0.2.1", "7777", 1.0)
    assert not locks.locked("192.0.2.2", "7777", 1.0)


def test_the_right_password_forgives_and_time_forgets() -> None:
    locks = LockOut()
    for i in range(TRIES - 1):
        locks.wrong("192.0.2.1", "1001", float(i))
    locks.right("192.0.2.1", "1001")
    assert not locks.wrong("192.0.2.1", "1001", 9.0)
    for _ in range(TRIES - 2):
        locks.wrong("192.0.2.1", "1001", 9.0)
    assert not locks.wrong("192.0.2.1", "1001", 10.0 + LOCKED)
