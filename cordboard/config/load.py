"""From the text of cordboard.toml to a `Config`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from contact_center.store.settings import Declared
from cordboard.config.people import read_accounts, read_webhooks
from cordboard.config.services import database_url, read_api, read_database, read_sms, read_smtp
from cordboard.config.settings import Config, DataSource, Logging, Prompts, Tts
from cordboard.config.tables import ConfigError, Table, host_port
from cordboard.speaking import engines
from flow_runtime.core.suggest import suggest
from flow_runtime.switchboard.feature_codes import CODES, BadCode, FeatureCodes
from telephony.settings import Listen, Media, Phone, Pyvoip, Route, Sip, Trunk

LATER = ("asr",)
"""Sections of the published format that belong to parts which are not built yet."""
CENTRE = ("queues", "agents", "voicemail")

_LOOPBACK = ("127.0.0.0/8",)
_LOCAL_NETS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")
_LISTEN = re.compile(r"(udp|tcp|tls|ws|wss):(\[[0-9a-fA-F:.]+\]|[^:\[\]]+):(\d+)")
_NUMBER = re.compile(r"\*|[^*\s]+\*?")
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_CURRENCY = re.compile(r"[A-Z]{3}")


def load_config(path: Path, *, secrets: bool = True) -> Config:
    """Read the configuration at *path*; raises `ConfigError` that begins with the file's name.

    Without *secrets* passwords are not fetched from files and the environment.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        advice = "name yours with --config, or make one with `cordboard init FOLDER`"
        raise ConfigError(f"{path}: {error.strerror}; {advice}") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text") from None
    try:
        return parse_config(text, path.resolve().parent, secrets=secrets)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def parse_config(text: str, base: Path, *, secrets: bool = True) -> Config:
    """Read the *text* of a configuration whose paths are relative to *base*."""
    try:
        top = Table(tomllib.loads(text), "", base, secrets)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is no TOML: {error}") from None
    sip, drain = _sip(top)
    recordings, logging, centre = top.table("recordings"), _logging(top), _centre(top)
    sip["phones"] += tuple(_agents_phones(centre, sip["phones"]))
    database, keep = read_database(top, base)
    config = Config(
        base=base,
        state=top.path("state", ".cordboard"),
        sip=Sip(**sip, trace=logging.sip),
        drain=drain,
        pyvoip=_pyvoip(top),
        numbers=_numbers(top),
        data={name: _source(t, base) for name, t in top.tables("data").items()},
        calendars={n: {k: t.raw(k) for k in t.keys()} for n, t in top.tables("calendars").items()},
        prompts=_prompts(top),
        recordings=recordings.path("folder", "recordings"),
        database=database,
        keep=keep,
        smtp=read_smtp(top),
        sms=read_sms(top),
        api=read_api(top, base),
        tts=_tts(top),
        logging=logging,
        centre=centre,
        feature_codes=_feature_codes(top),
        accounts=read_accounts(top, [agent.name for agent in centre.agents]),
        webhooks=read_webhooks(top),
        later=tuple(name for name in LATER if top.has(name)),
    )
    recordings.done()
    top.done()
    return config


def _sip(top: Table) -> tuple[dict[str, Any], float]:
    table = top.table("sip")
    listen = table.texts("listen", ["udp:127.0.0.1:5060"])
    if not listen:
        raise table.fail("listen", 'name at least one, for example ["udp:0.0.0.0:5060"]')
    values: dict[str, Any] = {
        "listen": tuple(_listen(table, text) for text in listen),
        "public_address": _public_address(table),
        "max_calls": table.whole("max_calls", 1000, 1, 100_000),
        "allow": table.networks("allow", _LOOPBACK),
        "dial_allow": table.texts("dial_allow"),
        "local_nets": table.networks("local_nets", _LOCAL_NETS),
        "trunks": tuple(_trunk(name, t) for name, t in top.tables("trunks").items()),
        "phones": tuple(_phone(name, t) for name, t in top.tables("phones").items()),
        "media": _media(top, table),
    }
    values["routes"] = tuple(_route(t, values["trunks"]) for t in top.array("routes"))
    drain = table.duration("drain", 30.0)
    table.done()
    return values, drain


def _public_address(table: Table) -> str | None:
    text = table.text("public_address")
    try:
        return str(ip_address(text)) if text else None
    except ValueError:
        raise table.fail(
            "public_address", f'{text!r} is no IP address; write "203.0.113.7"'
        ) from None


def _listen(table: Table, text: str) -> Listen:
    found = _LISTEN.fullmatch(text)
    if not found or int(found[3]) > 65535:
        raise table.fail("listen", f'{text!r} is not understood; write "udp:0.0.0.0:5060"')
    if found[1] != "udp":
        raise table.fail("listen", f"{text!r}: this version listens on udp only")
    return Listen("udp", found[2].strip("[]"), int(found[3]))


def _media(top: Table, sip: Table) -> Media:
    ports = sip.text("media_ports", "20000-29999")
    found = re.fullmatch(r"(\d+)-(\d+)", ports)
    if not found or not 1024 <= int(found[1]) < int(found[2]) <= 65535:
        raise sip.fail("media_ports", f'{ports!r} is no range of ports; write "20000-29999"')
    table = top.table("media")
    media = Media(
        ports=(int(found[1]), int(found[2])),
        processes=table.whole("processes", _default_processes(), 1, 64),
        silence=cast(Any, table.choice("silence", ["send", "none"], "send")),
    )
    table.done()
    return media


def _default_processes() -> int:
    import os

    return max(1, (os.cpu_count() or 1) // 2)


def _trunk(name: str, table: Table) -> Trunk:
    host, port = host_port(table, "address", 5060)
    trunk = Trunk(
        name=name,
        host=host,
        port=port,
        register=table.flag("register", False),
        user=table.text("user"),
        password=table.secret("password"),
        sources=table.networks("from"),
        number_from=cast(
            Any, table.choice("number_from", ["request", "to", "p-called-party-id"], "request")
        ),
        expires=table.duration("expires", 300.0),
    )
    if trunk.register and not trunk.user:
        raise table.fail("user", "is missing: register = true needs the user the carrier gave you")
    table.done()
    return trunk


def _phone(name: str, table: Table) -> Phone:
    password = table.secret("password")
    if not password:
        raise table.fail("password", "is missing: a phone without one could be anybody's")
    table.done()
    return Phone(name, password)


def _route(table: Table, trunks: tuple[Trunk, ...]) -> Route:
    to, names = table.required("to"), [f"trunk:{t.name}" for t in trunks]
    if to != "phone" and to not in names:
        raise table.fail("to", f'{to!r} is neither "phone" nor a known trunk{suggest(to, names)}')
    route = Route(
        match=table.required("match"),
        to=to,
        strip=table.whole("strip", 0, 0, 32),
        prefix=table.text("prefix"),
    )
    table.done()
    return route


def _pyvoip(top: Table) -> Pyvoip | None:
    if not top.has("pyvoip"):
        return None
    table = top.table("pyvoip")
    host, port = host_port(table, "server", 5060)
    pyvoip = Pyvoip(host, port, table.required("user"), table.secret("password"))
    table.done()
    return pyvoip


def _numbers(top: Table) -> dict[str, Path]:
    table = top.table("numbers")
    for number in table.keys():
        if not _NUMBER.fullmatch(number):
            raise table.fail(number, 'a number is digits, a prefix such as "400*", or "*"')
    return {number: table.path(number, "") for number in table.keys()}


def _source(table: Table, base: Path) -> DataSource:
    source = DataSource(database_url(table, base), table.flag("writable", False))
    table.done()
    return source


def _prompts(top: Table) -> Prompts:
    table = top.table("prompts")
    prompts = Prompts(
        folder=table.path("folder", "prompts"),
        languages=table.texts("languages", ["en"]),
        currency=table.text("currency", "USD"),
    )
    if not prompts.languages:
        raise table.fail("languages", 'name at least one, for example ["en"]')
    for tag in prompts.languages:
        if not _TAG.fullmatch(tag):
            raise table.fail("languages", f'{tag!r} is no language tag; write "en" or "zh-CN"')
    if not _CURRENCY.fullmatch(prompts.currency):
        raise table.fail("currency", f'{prompts.currency!r} is no ISO 4217 code; write "EUR"')
    table.done()
    return prompts


def _centre(top: Table) -> Declared:
    """Queues and agents; strategies are read only where there are any, for that takes time."""
    if not any([top.has(name) for name in CENTRE]):
        return Declared()
    from cordboard.config.centre import read_centre

    return read_centre(top)


def _feature_codes(top: Table) -> FeatureCodes:
    """``[feature_codes]``: what agents dial, and the reasons that digits behind it stand for."""
    table = top.table("feature_codes")
    named = table.table("reasons")
    reasons = {digits: named.text(digits) for digits in named.keys()}
    for digits in reasons:
        if not (digits.isascii() and digits.isdigit()):
            raise named.fail(digits, 'a reason is dialled as digits; write 1 = "lunch"')
    codes = {feature: table.text(feature, code.dialled) for feature, code in CODES.items()}
    table.done()
    try:
        return FeatureCodes(codes, reasons)
    except BadCode as bad:
        raise table.fail(bad.feature, str(bad)) from None


def _agents_phones(centre: Declared, phones: Iterable[Phone]) -> Iterator[Phone]:
    """An agent without a fixed address has a telephone that registers, with the same password."""
    known = {phone.name for phone in phones}
    for agent in centre.agents:
        if not agent.contact and agent.name not in known:
            yield Phone(agent.name, centre.passwords[agent.name])


def _tts(top: Table) -> Tts:
    table = top.table("tts")
    voices = table.table("voices")
    tts = Tts(
        engine=table.choice("engine", engines(), "pyttsx3"),
        voices={language: voices.text(language) for language in voices.keys()},
        piper_voices=table.path("piper_voices", "") if table.has("piper_voices") else None,
    )
    table.done()
    return tts


def _logging(top: Table) -> Logging:
    table = top.table("logging")
    levels = ["debug", "info", "warning", "error"]
    logging = Logging(cast(Any, table.choice("level", levels, "info")), table.text("sip"))
    table.done()
    return logging
