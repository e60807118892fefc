"""The sections of cordboard.toml about services beyond the calls."""

from pathlib import Path

import pytest

from cordboard.config import Config, ConfigError, parse_config
from cordboard.outside import served, simulated
from flow_runtime.outside.logged import LogMailer, LogTexter
from flow_runtime.outside.mail import SmtpMailer
from flow_runtime.outside.settings import SmsProvider, Smtp
from flow_runtime.outside.sms import HttpTexter

FULL = """
[database]
url = "sqlite:///state/line.db"
[smtp]
url = {env = "MAIL"}
from = "City Gas <line@example.com>"
[sms]
driver = "http"
url = "https://sms.example.com/send"
template = '{"to": "{to}", "body": "{text}"}'
headers = {Authorization = {file = "token"}, X-Site = "gas"}
"""


def parsed(text: str, base: Path, secrets: bool = True) -> Config:
    return parse_config(text, base, secrets=secrets)


def test_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL", "smtps://line:p%40ss@mail.example.com")
    (tmp_path / "token").write_text("Bearer k7\n")
    config = parsed(FULL, tmp_path)
    assert config.database == f"sqlite:///{tmp_path}/state/line.db"
    assert config.smtp == Smtp(
        "mail.example.com", 465, "City Gas <line@example.com>", True, "line", "p@ss"
    )
    assert config.sms == SmsProvider(
        "https://sms.example.com/send",
        '{"to": "{to}", "body": "{text}"}',
        {"Authorization": "Bearer k7", "X-Site": "gas"},
    )
    assert "p@ss" not in repr(config) and "k7" not in repr(config)


def test_without_secrets_nothing_is_fetched(tmp_path: Path) -> None:
    config = parsed(FULL, tmp_path, secrets=False)
    assert config.smtp is not None and config.sms is not None


def test_what_is_left_out(tmp_path: Path) -> None:
    config = parsed("", tmp_path)
    assert config.database == f"sqlite:///{tmp_path}/cordboard.db"
    assert (config.smtp, config.sms) == (None, None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[smtp]\nurl = "smtp://localhost"', "[smtp] from: is missing"),
        ('[smtp]\nurl = "mail"\nfrom = "a@b"', '[smtp] url: this is no mail server; write "smtp:'),
        ('[smtp]\nurl = "smtp://h:99999"\nfrom = "a@b"', "[smtp] url: Port out of range"),
        ('[smtp]\nurl = "smtp://h/x"\nfrom = "a@b"', "[smtp] url: nothing may follow the port"),
        ('[smtp]\nurl = "smtp://h"\nfrom = "line"', "[smtp] from: 'line' is no mail address"),
        ('[smtp]\nurl = "smtp://h"\nfrom = "a@b\\nBcc: c@d"', "is no mail address"),
        ('[smtp]\nurl = "smtp://h"\nfrom = "a@b, c@d"', "is no mail address"),
        ('[smtp]\nurl = "smtp://h"\nfrom = "a@b"\nfrm = "x"', 'did you mean "from"'),
        ('[sms]\ndriver = "pigeon"', "'pigeon' is not one of log, http"),
        ('[sms]\ndriver = "http"', "[sms] url: url must begin with a server"),
        ('[sms]\nurl = "https://h/{to}/{text}"', '[sms] url: has no effect while nothing is sent;'),
        ('[sms]\ntemplate = "x"', "[sms] template: has no effect while nothing is sent"),
        ('[sms]\ndriver = "http"\nurl = "https://h"\ntemplate = "n={to}"',
         "neither url nor template"),
        ('[sms]\ndriver = "http"\nurl = "https://h"\ntemplate = \'{"a": {to}, "b": "{text}"}\'',
         "[sms] template: template begins like JSON"),
        ('[database]\nurl = "sqlite://"', "would be forgotten when the server ends; name a file"),
        ('[database]\nurl = "sqlite:///:memory:"', "would be forgotten"),
        ('[database]\nurl = "sqlite:///"', "would be forgotten"),
        ('[database]\nurl = "line.db"', "this is no database URL"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_what_to_write(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parsed(text, tmp_path)
    assert says in str(caught.value)


async def test_what_a_server_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL", "smtp://localhost")
    (tmp_path / "token").write_text("k7")
    outside = served(parsed(FULL, tmp_path))
    assert isinstance(outside.mail, SmtpMailer) and isinstance(outside.sms, HttpTexter)
    await outside.close()
    outside = served(parsed("", tmp_path))
    assert outside.mail is None and isinstance(outside.sms, LogTexter)
    await outside.warm_up(["web", "database", "sms", "smtp"])
    assert (tmp_path / "cordboard.db").is_file()
    await outside.close()


async def test_a_database_that_cannot_be_opened_is_told_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    outside = served(parsed('[database]\nurl = "sqlite:///file/line.db"', tmp_path))
    await outside.warm_up(["database"])
    assert "the database of [database] cannot be used" in caplog.text
    await outside.close()


async def test_what_a_simulated_call_has(tmp_path: Path) -> None:
    outside = simulated(None, tmp_path)
    assert isinstance(outside.mail, LogMailer) and isinstance(outside.sms, LogTexter)
    await outside.pins.set("A-1", "7391")
    assert await outside.pins.check("A-1", "7391", 5) == "ok"
    await outside.close()
    assert (tmp_path / "cordboard.db").is_file()
