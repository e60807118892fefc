"""Queues, voicemail and agents in cordboard.toml."""

import tomllib
from pathlib import Path

import pytest

from contact_center.core.strategy.names import find
from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from cordboard.config import ConfigError
from cordboard.config.centre import read_centre
from cordboard.config.tables import Table

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
"""


def read(text: str) -> Declared:
    return read_centre(Table(tomllib.loads(text), "", Path("/etc")))


def test_everything_is_read() -> None:
    site = read(SITE)
    repairs, sales = site.queues
    assert repairs == QueueSettings(
        "repairs", "longest idle", 600.0, 0.9, 15.0, 5.0, 100, "office", 25.0, 60.0, 2, 0.5,
        "none", ("1002", "1001"),
    )  # fmt: skip
    assert sales.strategy.startswith("require skill.english") and sales.agents == ("1002",)
    assert (sales.max_wait, sales.max_waiting, sales.age_rate) == (None, None, 1.0)
    assert site.agents[1] == AgentSettings(
        "1001", "Li Wei", "sip:1001@127.0.0.1:7001", {"repairs": 80},
        {"zh-CN": 100, "english": 60, "language": "zh-CN"}, frozenset(), 2, True, True,
    )  # fmt: skip
    assert site.agents[0].reserve == {"sales"} and site.agents[0].title == "1002"
    assert site.boxes == {"nights": "repairs"}
    assert site.passwords == {"1001": "secret", "1002": "another"}
    assert "secret" not in repr(site)


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
