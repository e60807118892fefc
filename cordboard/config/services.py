"""The sections of cordboard.toml about services beyond the calls: database, mail, messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from cordboard.config.settings import Api
from cordboard.config.tables import NOT_FETCHED, Table, host_port
from flow_runtime.outside.settings import SmsProvider, Smtp

DATABASE = "sqlite:///cordboard.db"
DAY = 86_400.0
KEEP = 400 * DAY
_SENDER = re.compile(r"(?:[^<>@\x00-\x1f]*<)?[^\s<>@,]+@[^\s<>@,]+>?")


def database_url(table: Table, base: Path, default: str = "") -> str:
    """The URL under ``url``; the path of an SQLite file is relative to *base*."""
    url = table.secret("url") or default
    if not url:
        raise table.fail("url", "is missing")
    if url == NOT_FETCHED:
        return url
    if not re.match(r"[A-Za-z][\w+.-]*:.", url):
        raise table.fail("url", 'this is no database URL; write "sqlite:///file.db"')
    relative = re.fullmatch(r"(sqlite(?:\+\w+)?:///)([^/:].*)", url)
    return f"{relative[1]}{base / relative[2]}" if relative else url


def read_database(top: Table, base: Path) -> tuple[str, float]:
    """``[database]``: where the server keeps its own data, as an SQLAlchemy URL, and how long.

    The second is the seconds after which what is over is forgotten.
    """
    table = top.table("database")
    url = database_url(table, base, DATABASE)
    if re.fullmatch(r"sqlite(\+\w+)?:(//)?(/(:memory:)?)?", url):
        text = f'would be forgotten when the server ends; name a file, "{DATABASE}"'
        raise table.fail("url", text)
    keep = table.duration("keep", KEEP)
    if keep < DAY:
        raise table.fail("keep", 'must be a day at least; write "400d"')
    table.done()
    return url, keep


def read_smtp(top: Table) -> Smtp | None:
    """``[smtp]``: the mail server; None without the section."""
    if not top.has("smtp"):
        return None
    table = top.table("smtp")
    url, sender = table.secret("url"), table.required("from")
    if not _SENDER.fullmatch(sender):
        raise table.fail("from", f'{sender!r} is no mail address; write "line@example.com"')
    try:
        smtp = Smtp.from_url("smtp://localhost" if url == NOT_FETCHED else url, sender)
    except ValueError as error:
        raise table.fail("url", str(error)) from None
    table.done()
    return smtp


def read_sms(top: Table) -> SmsProvider | None:
    """``[sms]``: the provider; None where messages are only logged."""
    table = top.table("sms")
    driver = table.choice("driver", ["log", "http"], "log")
    url, template = table.text("url"), table.text("template")
    named = table.table("headers")
    headers = {name: named.secret(name) for name in named.keys()}
    table.done()
    if driver == "log":
        if url or template:
            text = 'has no effect while nothing is sent; write driver = "http" too'
            raise table.fail("url" if url else "template", text)
        return None
    try:
        return SmsProvider(url, template, headers)
    except ValueError as error:
        key = "template" if str(error).startswith("template") else "url"
        raise table.fail(key, str(error)) from None


def read_api(top: Table, base: Path) -> Api | None:
    """``[api]``: where it listens, and its token; None without the section.

    A token file need not be there yet: the server makes it.
    """
    if not top.has("api"):
        return None
    table = top.table("api")
    host, port = host_port(table, "listen", 8080) if table.has("listen") else ("127.0.0.1", 8080)
    written = table.raw("admin_token", {"file": "admin.token"})
    token, file = "", base / "admin.token"
    if isinstance(written, Mapping) and isinstance(written.get("file"), str):
        file = base / written["file"]
    else:
        token = table.secret("admin_token")
        if not token:
            raise table.fail("admin_token", 'is empty; write {file = "admin.token"}')
    session = table.duration("session", Api.session)
    if session <= 0:
        raise table.fail("session", 'must be longer than nothing; write "12h"')
    table.done()
    return Api(host, port, token, file, session)
