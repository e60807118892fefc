"""Queues, voicemail and agents in cordboard.toml."""

import tomllib
from pathlib import Path

import pytest

from contact_center.core.strategy.names import find
from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from cordboard.config import ConfigError, parse_config
from cordboard.config.centre import read_centre
from cordboard.config.tables import Table
from flow_runtime.switchboard.feature_codes import FeatureCodes

SITE = """
[calendars.office]
zone = "Asia/Shanghai"
[queues.repairs]
strategy = "longest idle"
max_wait = "10m"
service_level = "90% in 15s"
wrap_up = "5s"
max_waiting = 100
calendar = "office"
ring = "25s"
exclude = "1m"
misses = 2
age_rate = 0.5
rescue = "none"
callback_attempts = 3
callback_retry = "2m"
caller_id = "4000"
[queues.sales]
strategy = "require skill.english >= 50; order by skill.english desc"
[voicemail.nights]
queue = "repairs"
[agents.1002]
password = "another"
queues = {repairs = 60, sales = 10}
skills = {english = 60}
reserve = ["sales"]
[agents.1001]
name = "Li Wei"
contact = "sip:1001@127.0.0.1:7001"
password = "secret"
queues = {repairs = 80}
skills = {"zh-CN" = 100, english = 60, language = "zh-CN"}
max_held = 2
persistent_leg = true
ready = true
may_dial = ["0571*", "9?????"]
caller_id = "057188888888"
supervisor = true
"""


def read(text: str) -> Declared:
    return read_centre(Table(tomllib.loads(text), "", Path("/etc")))


def test_everything_is_read() -> None:
    site = read(SITE)
    repairs, sales = site.queues
    assert repairs == QueueSettings(
        "repairs", "longest idle", 600.0, 0.9, 15.0, 5.0, 100, "office", 25.0, 60.0, 2, 0.5,
        "none", 3, 120.0, "4000", agents=("1002", "1001"),
    )  # fmt: skip
    assert sales.strategy.startswith("require skill.english") and sales.agents == ("1002",)
    assert repairs.setup().callback_attempts == 3 and repairs.setup().callback_retry == 120.0
    assert (sales.callback_attempts, sales.callback_retry, sales.caller_id) == (1, 300.0, "")
    assert (sales.max_wait, sales.max_waiting, sales.age_rate) == (None, None, 1.0)
    assert site.agents[1] == AgentSettings(
        "1001", "Li Wei", "sip:1001@127.0.0.1:7001", {"repairs": 80},
        {"zh-CN": 100, "english": 60, "language": "zh-CN"}, frozenset(), 2, True, True,
        ("0571*", "9?????"), "057188888888", supervisor=True,
    )  # fmt: skip
    assert site.agents[0].reserve == {"sales"} and site.agents[0].title == "1002"
    assert site.boxes == {"nights": "repairs"}
    assert site.passwords == {"1001": "secret", "1002": "another"}
    assert "secret" not in repr(site)


def codes(text: str) -> FeatureCodes:
    return parse_config(f"[feature_codes]\n{text}", Path("/etc")).feature_codes


def test_feature_codes() -> None:
    assert codes("") == FeatureCodes()
    site = codes('sign_in = "*71"\npick = ""\n[feature_codes.reasons]\n1 = "lunch"')
    assert site.codes["sign_in"] == "*71" and site.codes["sign_out"] == "*12"
    assert site.read("*8") is None
    assert (site.reason("1"), site.reason("2")) == ("lunch", "2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('signin = "*1"', '[feature_codes] signin: unknown key (did you mean "sign_in"?)'),
        ('sign_in = "*12"', '[feature_codes] sign_out: "*12" is the code of sign_in already'),
        ('ready = "yes"', "[feature_codes] ready: 'yes' cannot be dialled; write digits"),
        ("ready = 45", "[feature_codes] ready: must be a text in quotes, not 45"),
        ("[feature_codes.reasons]\nx = 'lunch'", "[feature_codes.reasons] x: a reason is dialled"),
    ],
)
def test_feature_codes_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        codes(text)
    assert said in str(caught.value)


def test_a_file_without_a_contact_centre() -> None:
    assert read("") == Declared()


def test_a_strategy_may_be_named_in_chinese_and_is_kept_by_its_name() -> None:
    named = find("longest idle")
    assert named is not None
    (queue,) = read(f'[queues.q]\nstrategy = "{named.title.zh}"').queues
    assert queue.strategy == "longest idle"


AGENT = '[queues.q]\n[agents.1]\npassword = "x"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[queues.q]\nrong = 1", '[queues.q] rong: unknown key (did you mean "ring"?)'),
        ('[queues.q]\nservice_level = "80 in 20"', 'not understood; write "80% in 20s"'),
        ('[queues.q]\nservice_level = "101% in 20s"', 'not understood; write "80% in 20s"'),
        ("[queues.q]\nage_rate = -1", "must be a number of points a second, 0 or more, not -1"),
        ("[queues.q]\nage_rate = true", "must be a number of points a second"),
        ("[queues.q]\nmax_waiting = 0", "must be from 1 to 1000000, not 0"),
        ("[queues.q]\ncallback_attempts = 101", "must be from 0 to 100, not 101"),
        ('[queues.q]\nrescue = "yes"', "'yes' is not one of callback, none"),
        ('[queues.q]\ncalendar = "ofice"\n[calendars.office]', "[calendars.ofice] (did you mean"),
        ('[queues.q]\nstrategy = "order by idel"', "[queues.q] strategy: "),
        ('[queues.q]\nstrategy = "require skill.x > 1"\n', 'no agent has the skill "x"'),
        ('[queues.q]\n[voicemail.v]\nqueue = "p"', "[voicemail.v] queue: there is no [queues.p]"),
        ("[voicemail.v]", "[voicemail.v] queue: is missing"),
        ("[agents.1]", "[agents.1] password: is missing: a sign-in without one"),
        (AGENT + "nick = 1", "[agents.1] nick: unknown key"),
        (AGENT + "queues = {p = 5}", "[agents.1] queues: there is no [queues.p]"),
        (AGENT + "queues = {q = 101}", "[agents.1.queues] q: must be from 1 to 100, not 101"),
        (AGENT + "skills = {s = 0}", "[agents.1.skills] s: must be from 1 to 100, not 0"),
        (AGENT + 'reserve = ["q"]', '[agents.1] reserve: "q" is not among the queues'),
        (
            AGENT + 'skills = {s = 5}\n[agents.2]\npassword = "x"\nskills = {s = "zh"}',
            "[agents.2.skills] s: is a word here and a level with another agent",
        ),
    ],
)
def test_mistakes_say_where_and_what(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert said in str(caught.value)
