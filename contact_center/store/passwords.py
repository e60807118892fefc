"""Accounts of the API: roles, and passwords as argon2 hashes.

Checking takes about as long for an unknown name as for a wrong password, and blocks for some
hundredths of a second: it belongs into a worker thread. Wrong ones are counted by the caller.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, delete, select

from contact_center.store.statements import Op, insert_or_change
from contact_center.store.tables import Account

Role: TypeAlias = Literal["agent", "supervisor", "wallboard", "admin"]
SHORTEST: Final = 8
_HASHER: Final = PasswordHasher()
_NOBODY: Final = _HASHER.hash("nobody")
_AGENTS_ALL: Final[Mapping[str, Role]] = {}


class PasswordError(ValueError):
    """A password that is not taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who has logged in. *renewed*: an operation that stores the hash with today's parameters."""

    name: str
    role: Role
    renewed: Op | None = None


class Accounts:
    """The accounts of the database, and the passwords that cordboard.toml names.

    The file wins for its own: those are kept in memory and compared as they are. *roles* has
    those of them that are no agents'. Without *reading* there are no others.
    """

    def __init__(
        self,
        reading: Engine | None,
        dialect: str,
        declared: Mapping[str, str],
        roles: Mapping[str, Role] = _AGENTS_ALL,
    ) -> None:
        self._reading, self._dialect = reading, dialect
        self._declared, self._roles = declared, roles

    def declared(self) -> dict[str, Role]:
        """The roles of those whom cordboard.toml names."""
        return {name: self._roles.get(name, "agent") for name in self._declared}

    def section(self, name: str) -> str:
        """The section of cordboard.toml that names them."""
        return "accounts" if name in self._roles else "agents"

    def login(self, name: str, password: str, now: float) -> Login | None:
        """Who this is; None for an unknown name or a wrong password."""
        declared = self._declared.get(name)
        if declared is not None:
            same = hmac.compare_digest(declared.encode(), password.encode())
            _matches(_NOBODY, password)
            return Login(name, self._roles.get(name, "agent")) if same else None
        row = self._stored(name)
        if not _matches(row.password_hash if row is not None else _NOBODY, password) or row is None:
            return None
        role = cast(Role, row.role)
        renewed = None
        if _HASHER.check_needs_rehash(row.password_hash):
            renewed = self._written(name, role, password, now)
        return Login(name, role, renewed)

    def set_password(self, name: str, role: Role, password: str, now: float) -> Op:
        """What stores it. Raises `PasswordError` for one that is too short, or the file's own."""
        if name in self._declared:
            raise PasswordError(
                f"the password of {name} is set in cordboard.toml ([{self.section(name)}.{name}]);"
                " change it there and start the server again"
            )
        if len(password) < SHORTEST:
            raise PasswordError(
                f"a password has at least {SHORTEST} characters; choose a longer one"
            )
        return self._written(name, role, password, now)

    def _stored(self, name: str) -> Any:
        if self._reading is None:
            return None
        with self._reading.begin() as connection:
            return connection.execute(
                select(Account.role, Account.password_hash).where(Account.name == name)
            ).one_or_none()

    def _written(self, name: str, role: Role, password: str, now: float) -> Op:
        values = {
            "name": name,
            "role": role,
            "password_hash": _HASHER.hash(password),
            "changed": now,
        }
        return insert_or_change(Account, self._dialect), values


def remove_account(name: str) -> Op:
    """What takes an account away."""
    return delete(Account).where(Account.name == name), {}


def accounts(connection: Connection) -> dict[str, str]:
    """The role of each account."""
    rows = connection.execute(select(Account.name, Account.role).order_by(Account.name))
    return {row.name: row.role for row in rows}


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
