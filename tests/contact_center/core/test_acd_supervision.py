"""What supervisors do that changes no agent's state: it is written, and an intercept is kept."""

import pytest

from acd_kit import Centre, Plans
from contact_center.core import events as ev
from contact_center.core.actions import Refused
from contact_center.core.engine import Engine
from contact_center.core.state import replay, restore, snapshot


def audits(made):
    return [(fact.agent, *fact.data) for fact in made.facts if fact.what == "audit"]


def test_listening_is_written_and_changes_nothing():
    made = Centre(["a"])
    before = snapshot(made.engine, Plans())
    assert made.feed(ev.Supervised("a", "whisper", "boss", "by telephone")) == []
    assert audits(made) == [("a", "whisper", "boss", "by telephone")]
    assert snapshot(made.engine, Plans()) == before


def test_an_intercept_lasts_beyond_snapshots_and_replays_until_it_is_ended():
    made = Centre(["a", "q"])
    made.feed(ev.Intercept("a", "q", "boss"))
    kept = snapshot(made.engine, Plans())
    assert restore(kept, Plans()).agents["a"].diverted == "q"
    assert replay(Engine(), made.log).agents["a"].diverted == "q"
    made.feed(ev.Intercept("a", "", "boss"))
    assert made.agent("a").diverted == ""
    assert audits(made) == [("a", "intercept", "boss", "q"), ("a", "intercept ended", "boss", "")]


def test_a_snapshot_of_before_there_were_intercepts_is_read():
    kept = snapshot(Centre(["a"]).engine, Plans())
    del kept["agents"]["a"]["diverted"]
    assert restore(kept, Plans()).agents["a"].diverted == ""


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (ev.Intercept("nobody", "a", "boss"), "unknown agent"),
        (ev.Intercept("a", "nobody", "boss"), "unknown agent"),
        (ev.Intercept("a", "a", "boss"), "whom"),
        (ev.Supervised("nobody", "monitor", "boss"), "unknown agent"),
    ],
)
def test_what_is_refused(event, reason):
    made = Centre(["a"])
    [refused] = made.feed(event)
    assert isinstance(refused, Refused) and refused.reason == reason
    assert not audits(made) and made.agent("a").diverted == ""
