"""[accounts] and [webhooks] of cordboard.toml, and what is said of mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cordboard.config import Config, ConfigError, parse_config
from desk.core.hooks import EVENTS

AGENT = '[agents.1009]\npassword = "x"\n'
HOOK = '[webhooks.crm]\nurl = "https://crm.example.com/in"\nsecret = "0123456789abcdef"\n'


def config(text: str, folder: Path = Path("/site"), *, secrets: bool = True) -> Config:
    return parse_config(text, folder, secrets=secrets)


def test_an_account(tmp_path: Path) -> None:
    (tmp_path / "wang.password").write_text("quite long\n")
    text = f"""{AGENT}
[accounts.wang]
role = "supervisor"
password = {{file = "wang.password"}}
agent = "1009"
"""
    account = config(text, tmp_path).accounts["wang"]
    assert (account.role, account.password, account.agent) == ("supervisor", "quite long", "1009")
    assert "quite long" not in repr(account)
    assert config(text, secrets=False).accounts["wang"].role == "supervisor"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('password = "quite long"', "role: is missing: write one of supervisor, admin, wallboard"),
        ('role = "supervizor"', "'supervizor' is no role (did you mean \"supervisor\"?)"),
        ('role = "agent"', "an agent has no account, but [agents.NAME]"),
        ('role = "admin"', "password: is missing: an account without one"),
        ('role = "admin"\npassword = "short"', "has fewer than 8 characters"),
        ('role = "admin"\npassword = "quite long"\nagent = "1008"', 'did you mean "1009"'),
        ('role = "admin"\npassword = "quite long"\nagents = "1"', 'did you mean "agent"'),
    ],
)
def test_mistakes_in_an_account(lines: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config(f"{AGENT}[accounts.wang]\n{lines}\n")
    assert says in str(refused.value) and "[accounts.wang]" in str(refused.value)


def test_an_account_has_no_agents_name() -> None:
    with pytest.raises(ConfigError, match=r"is taken by \[agents.1009\]"):
        config(f'{AGENT}[accounts.1009]\nrole = "admin"\npassword = "quite long"\n')


def test_a_webhook_is_told_of_everything_unless_it_says_otherwise() -> None:
    (hook,) = config(HOOK).webhooks
    assert hook.events == frozenset(EVENTS)
    (hook,) = config(f'{HOOK}events = ["contact.ended"]\n').webhooks
    assert (hook.name, hook.events) == ("crm", {"contact.ended"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[webhooks.crm]\nsecret = "0123456789abcdef"\n', "url: is missing"),
        (HOOK.replace("https://", "ftp://"), 'write "https://crm.example.com/cordboard"'),
        (HOOK.replace("//crm", "//me:you@crm"), "the secret is what proves who sends"),
        (HOOK.replace("0123456789abcdef", "short"), "secret: has at least 16 characters"),
        (HOOK.replace("0123456789abcdef", ""), "secret: is missing: it has at least 16"),
        (f'{HOOK}events = ["contact.anwsered"]\n', 'did you mean "contact.answered"'),
        (f"{HOOK}events = []\n", "leave it out to be told of all"),
        (f"{HOOK}event = []\n", 'did you mean "events"'),
    ],
)
def test_mistakes_in_a_webhook(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config(text)
    assert says in str(refused.value) and "[webhooks.crm]" in str(refused.value)


def test_how_long_a_session_lasts() -> None:
    made = config('[api]\nsession = "30m"\n').api
    assert made is not None and made.session == 1800.0
    with pytest.raises(ConfigError, match=r"\[api\] session: must be longer than nothing"):
        config('[api]\nsession = "0s"\n')
