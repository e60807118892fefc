"""The configuration as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from contact_center.store.settings import Declared
from desk.core.hooks import Hook
from flow_runtime.outside.settings import SmsProvider, Smtp
from flow_runtime.switchboard.feature_codes import FeatureCodes
from telephony.settings import Pyvoip, Sip


@dataclass(frozen=True)
class DataSource:
    """``[data.NAME]``: a database that flows may ask, and change when it is *writable*."""

    url: str
    writable: bool = False


@dataclass(frozen=True)
class Prompts:
    """``[prompts]``: where texts and recordings lie, and the languages they are in."""

    folder: Path
    languages: tuple[str, ...] = ("en",)
    currency: str = "USD"


@dataclass(frozen=True)
class Tts:
    """``[tts]``: the engine, built in or a plug-in's, and its voice for each language."""

    engine: str = "pyttsx3"
    voices: Mapping[str, str] = field(default_factory=dict)
    piper_voices: Path | None = None


@dataclass(frozen=True)
class Logging:
    """``[logging]``: the level, and which SIP messages to log."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    sip: str = ""


@dataclass(frozen=True)
class Api:
    """``[api]``: where the API listens, and the token that opens it, or the file it is kept in.

    *session* is how many seconds a session lasts that is not used.
    """

    host: str
    port: int
    token: str
    token_file: Path
    session: float = 12 * 3600.0


@dataclass(frozen=True)
class Account:
    """``[accounts.NAME]``: somebody who uses the API; *agent* is whose telephone is theirs."""

    name: str
    role: Literal["supervisor", "admin", "wallboard"]
    password: str = field(repr=False)
    agent: str = ""


@dataclass(frozen=True)
class Config:
    """One cordboard.toml. Paths are absolute; durations are seconds.

    *state* is the folder of what the server keeps for itself: control socket, prompt cache.
    *database* is the URL of the server's own data, *keep* how long it keeps there what is over.
    Without *smtp* no mail can be sent, without
    *sms* messages are only logged, without *api* there is none. *centre* has queues and agents.
    *accounts* are those of the API that are no agents, *webhooks* who is told of contacts.
    *later* names the sections that are understood by a later version and have no effect yet.
    """

    base: Path
    state: Path
    sip: Sip
    prompts: Prompts
    recordings: Path
    database: str
    keep: float = 400 * 86_400.0
    pyvoip: Pyvoip | None = None
    drain: float = 30.0
    numbers: Mapping[str, Path] = field(default_factory=dict)
    data: Mapping[str, DataSource] = field(default_factory=dict)
    calendars: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tts: Tts = field(default_factory=Tts)
    logging: Logging = field(default_factory=Logging)
    smtp: Smtp | None = None
    sms: SmsProvider | None = None
    api: Api | None = None
    centre: Declared = field(default_factory=Declared)
    feature_codes: FeatureCodes = field(default_factory=FeatureCodes)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    webhooks: tuple[Hook, ...] = ()
    later: tuple[str, ...] = ()
