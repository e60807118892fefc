"""The rule table of a running server: stored with versions, and kept over a restart."""

import pytest

from contact_center.core.rules import Call, decide
from contact_center.store.rules import decisions_of
from contact_center.store.tables import Audit
from cordboard.centre.live_rules import LiveRules
from flow_bench import START as MORNING
from flow_runtime.switchboard.rules import RuleBook
from store_kit import Centre, running

VIP = {"name": "VIP", "queue": "sales", "levels": ["gold"], "priority": 50}
REST = {"name": "rest", "person": "1001"}


class Clock:
    def now(self):
        return MORNING


async def rules_of(made: Centre) -> tuple[LiveRules, RuleBook]:
    book = RuleBook(Clock(), ["repairs", "sales"], ["1001"])
    live = LiveRules(made.store.database.reading, made.acd, book, lambda: made.now)
    await live.start()
    return live, book


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'centre.db'}"


async def test_a_table_is_in_force_at_once_and_after_a_restart(url: str) -> None:
    async with running(url) as made:
        live, book = await rules_of(made)
        assert live.get() is None and book.tables == []
        assert await live.put([VIP, REST], "supervisor") == ()
        (known,) = book.tables
        assert [rule.name for rule in known.rules] == ["VIP", "rest"]
        (note,) = made.rows(Audit)
        assert (note.by, note.action) == ("supervisor", "rules")
    async with running(url) as again:
        live, book = await rules_of(again)
        found = live.get()
        assert found is not None and found.version == 1 and found.made_by == "supervisor"
        assert list(found.records) == [VIP, REST] and len(book.tables) == 1


async def test_a_later_version_waits_for_its_time(url: str) -> None:
    async with running(url) as made:
        live, book = await rules_of(made)
        await live.put([VIP], "supervisor")
        await live.put([REST], "supervisor", activates=made.now + 60.0)
        now = live.get()
        assert now is not None and now.version == 1
        assert [(t.version, t.activates - made.now) for t in book.tables] == [(2, 60.0), (1, 0.0)]
        made.now += 60.0
        then = live.get()
        assert then is not None and then.version == 2


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (
            [{"name": "a", "queue": "repair"}],
            'there is no queue "repair" (did you mean "repairs"?)',
        ),
        ([{"name": "a", "person": "1002"}], 'there is no agent "1002"'),
        ([{"name": "a", "queue": "sales", "entered": ["x"]}], 'there is no queue "x"'),
        ([{"name": "a"}], "say where calls go: queue or person, one of them"),
    ],
)
async def test_a_wrong_table_changes_nothing(records, said: str, url: str) -> None:
    async with running(url) as made:
        live, book = await rules_of(made)
        await live.put([VIP], "supervisor")
        (problem, *_) = await live.put(records, "supervisor")
        assert said in problem.text
        assert [table.version for table in book.tables] == [1]


async def test_a_doubtful_table_is_taken_and_told(url: str) -> None:
    async with running(url) as made:
        live, book = await rules_of(made)
        (problem,) = await live.put([REST, VIP], "supervisor")
        assert problem.code == "never-reached" and len(book.tables) == 1


async def test_each_decision_is_kept_with_its_reasons(url: str) -> None:
    async with running(url) as made:
        live, book = await rules_of(made)
        await live.put([VIP, REST], "supervisor")
        decision = decide(book.tables[0].rules, Call("0571", "100", MORNING))
        assert decision is not None
        book.told("c1", decision, 1)
        await made.settled()
        with made.store.database.reading.begin() as connection:
            (kept,) = decisions_of(connection, "c1")
        assert (kept["version"], kept["rule"], kept["kind"], kept["target"]) == (
            1, "rest", "person", "1001",
        )  # fmt: skip
        assert kept["passed_over"] == [["VIP", "customer level is not known, not gold"]]
        assert kept["why"] == "the rule takes every call"
