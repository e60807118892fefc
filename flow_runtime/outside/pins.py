"""Keeps PINs in a database: salted, hashed by scrypt (RFC 7914), and locked after wrong ones."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import scrypt
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flow_runtime.core.commands import NodeFailure
from flow_runtime.core.service_commands import PinResult
from flow_runtime.data.engines import interrupter
from flow_runtime.data.workers import Job, Overdue, Stuck, Workers

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")

SECONDS: Final = 5.0
"""How long the database, and a free worker, may take together."""
_WORKERS: Final = 4
_COST, _BLOCK, _LANES = 2**14, 8, 1
"""scrypt's parameters: 16 MB and some 40 ms of one processor for each guess, in a thread that lets
the others run. Stored hashes name their own."""
_SALT: Final = 16
_LENGTH: Final = 32
LONGEST: Final = 200
"""Letters of an account."""

SCHEMA: Final[Sequence[str]] = (
    """
    create table pin (
      account varchar(200) primary key,
      hash varchar(200) not null,
      failures integer not null
    )
    """,
)
"""The steps that make the table: a newer version adds to them, and never changes one."""


class PinStore:
    """What `flow_runtime.services.Pins` asks for.

    *open_engine* is called in a worker thread when the first PIN is needed; it gives an engine
    whose database has `SCHEMA`. PINs of four digits are few, so whoever has the database can try
    them all: guard it like one that holds the PINs themselves.
    """

    def __init__(self, open_engine: Callable[[], Engine]) -> None:
        self._open_engine = open_engine
        self._workers = Workers("pins", _WORKERS)

    async def locked(self, account: str, lock_after: int) -> bool:
        """See `flow_runtime.services.Pins`."""
        checked(account)
        return await self._within(lambda connection: _failures(connection, account) >= lock_after)

    async def check(self, account: str, pin: str, lock_after: int) -> PinResult:
        """Compare, in a time that does not tell whether there is such an account.

        The wrong PIN is counted before it is looked at, in a transaction of its own: callers who
        guess at the same time have no more guesses than those who do so in turn.
        """
        checked(account)
        stored, left = await self._within(lambda c: _begin_guess(c, account, lock_after))
        if stored is not None and not left:
            return "locked"
        try:
            right = await self._work(lambda job: matches(pin, stored or NOBODY))
        except NodeFailure:  # nobody has learnt anything: it was no guess
            with suppress(NodeFailure):
                await self._within(lambda connection: _give_back(connection, account))
            raise
        if right and stored is not None:
            await self._within(lambda connection: _forgive(connection, account))
            return "ok"
        return "locked" if stored is not None and left == 1 else "wrong"

    async def set(self, account: str, pin: str) -> None:
        """See `flow_runtime.services.Pins`."""
        checked(account)
        hashed = await self._work(lambda job: hash_of(pin))
        await self._within(lambda connection: _keep(connection, account, hashed))

    async def warm_up(self) -> None:
        """Open the database before the first call needs it; raises `NodeFailure`."""
        await self._within(lambda connection: None)

    async def close(self) -> None:
        """Let the threads end."""
        self._workers.shutdown()

    # --- in threads -------------------------------------------------------------------------------

    async def _within(self, work: Callable[[Connection], T]) -> T:
        """*work* in one transaction."""
        return await self._work(lambda job: self._transaction(work, job))

    def _transaction(self, work: Callable[[Connection], T], job: Job) -> T:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with (
                self._open_engine().connect() as connection,
                job.interruptible(interrupter(connection)),
            ):
                result = work(connection)
                job.decide()
                connection.commit()
                return result
        except SQLAlchemyError as error:
            lines = str(getattr(error, "orig", None) or error).strip().splitlines()
            text = f"the store of PINs: {lines[0] if lines else type(error).__name__}"
            raise NodeFailure("database-error", text) from None

    async def _work(self, work: Callable[[Job], T]) -> T:
        try:
            return await self._workers.run(work, SECONDS)
        except (Overdue, Stuck):
            text = f"the store of PINs did not answer within {SECONDS:g} s"
            raise NodeFailure("database-timeout", text) from None


def checked(account: str) -> None:
    """Refuse what no store can keep: `NodeFailure` ``bad-value``."""
    if len(account) > LONGEST or "\0" in account:
        raise NodeFailure("bad-value", f"an account has at most {LONGEST} letters and digits")


# --- hashes ---------------------------------------------------------------------------------------


def hash_of(pin: str) -> str:
    """``scrypt$16384$8$1$salt$hash``, the last two in hexadecimal digits."""
    salt = os.urandom(_SALT)
    made = _scrypt(pin, salt, _COST, _BLOCK, _LANES)
    return f"scrypt${_COST}${_BLOCK}${_LANES}${salt.hex()}${made.hex()}"


def matches(pin: str, stored: str) -> bool:
    """Whether *stored* is a hash of *pin*; `NodeFailure` when it is no hash at all."""
    try:
        _, cost, block, lanes, salt, made = stored.split("$")
        found = _scrypt(pin, bytes.fromhex(salt), int(cost), int(block), int(lanes))
        return hmac.compare_digest(found, bytes.fromhex(made))
    except ValueError:
        text = "the store of PINs holds something that is no hash; set this PIN anew"
        raise NodeFailure("database-error", text) from None


def _scrypt(pin: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    memory = 128 * block * (cost + lanes + 2)
    return scrypt(pin.encode(), salt=salt, n=cost, r=block, p=lanes, maxmem=memory, dklen=_LENGTH)


NOBODY: Final = f"scrypt${_COST}${_BLOCK}${_LANES}${'00' * _SALT}${'00' * _LENGTH}"
"""The hash of an account without a PIN: it takes as long to compare, and matches nothing."""


# --- statements -----------------------------------------------------------------------------------


def _sql(connection: Connection, statement: str, **values: Any) -> Any:
    from sqlalchemy import text

    return connection.execute(text(statement), values)


def _failures(connection: Connection, account: str) -> int:
    row = _sql(connection, "select failures from pin where account = :account", account=account)
    return int(row.scalar() or 0)


def _begin_guess(connection: Connection, account: str, lock_after: int) -> tuple[str | None, int]:
    """The hash, None without a PIN, and how many guesses there were left before this one."""
    counted = _sql(
        connection,
        "update pin set failures = failures + 1 where account = :account and failures < :most",
        account=account,
        most=lock_after,
    )
    row = _sql(
        connection, "select hash, failures from pin where account = :account", account=account
    ).first()
    if row is None:
        return None, 0
    return row.hash, lock_after - row.failures + 1 if counted.rowcount else 0


def _give_back(connection: Connection, account: str) -> None:
    _sql(
        connection,
        "update pin set failures = failures - 1 where account = :account and failures > 0",
        account=account,
    )


def _forgive(connection: Connection, account: str) -> None:
    _sql(connection, "update pin set failures = 0 where account = :account", account=account)


def _keep(connection: Connection, account: str, hashed: str) -> None:
    _sql(
        connection,
        """
        insert into pin (account, hash, failures) values (:account, :hash, 0)
        on conflict (account) do update set hash = excluded.hash, failures = 0
        """,
        account=account,
        hash=hashed,
    )
