"""Queues and agents: what cordboard.toml names is loaded at start, and the file wins for that."""

import dataclasses

import pytest

from contact_center.core import events as ev
from contact_center.store.directory import (
    Directory,
    agent_ops,
    agent_removed,
    queue_ops,
    queue_removed,
    read_directory,
)
from contact_center.store.errors import StoreError
from contact_center.store.settings import AgentSettings, Declared, QueueSettings
from contact_center.store.strategies import in_force, next_change, publish, versions
from contact_center.store.tables import Agent, Audit, Queue, Session, Skill
from store_kit import Centre, running

REPAIRS = QueueSettings(
    "repairs", "lowest sufficient skill", 600.0, 0.9, 15.0, 5.0, 100, "office", 25.0, 45.0, 2,
    0.5, "none", 4, 90.0, "0755", agents=("1002", "1001"),
)  # fmt: skip
SALES = QueueSettings("sales")
LI_WEI = AgentSettings(
    "1001", "Li Wei", "sip:1001@127.0.0.1:7001", {"repairs": 80, "sales": 20},
    {"zh-CN": 100, "language": "zh-CN"}, frozenset({"sales"}), 2, True, True, ("0*", "+86*"),
    "07551001", True,
)  # fmt: skip
ANNA = AgentSettings("1002", "Anna", queues={"repairs": 60})
SITE = Declared((REPAIRS, SALES), (LI_WEI, ANNA), {"repairs": "repairs"})


def directory(made: Centre) -> Directory:
    with made.store.database.reading.begin() as connection:
        return read_directory(connection)


async def test_what_is_declared_is_stored_and_the_engine_knows_it(url: str) -> None:
    async with running(url, declared=SITE) as made:
        stored = directory(made)
        assert stored.queues == {"repairs": REPAIRS, "sales": SALES}
        assert stored.agents == {"1001": LI_WEI, "1002": ANNA}
        engine = made.acd.engine
        assert engine.queues["repairs"].setup == REPAIRS.setup()
        assert engine.agents["1001"].setup == LI_WEI.setup()
        assert (engine.agents["1001"].state, engine.agents["1002"].state) == ("ready", "signed out")
        await made.settled()
        assert [row.agent for row in made.rows(Session)] == ["1001"]
        assert {(row.name, row.kind) for row in made.rows(Skill)} == {
            ("zh-CN", "level"), ("language", "word"),
        }  # fmt: skip


async def test_the_same_file_again_changes_nothing(url: str) -> None:
    async with running(url, declared=SITE):
        pass
    async with running(url, declared=SITE) as made:
        await made.settled()
        changed = (ev.SetAgent, ev.SetQueue, ev.SignIn, ev.Force)
        kinds = made.count(
            "select count(*) from inputs where kind in"
            f" ({', '.join(repr(kind.__name__) for kind in changed)})"
            " and seq > (select max(seq) from snapshots)"
        )
        assert kinds == 0
        assert [row.agent for row in made.rows(Session, ended=None)] == ["1001"]
        with made.store.database.reading.begin() as connection:
            assert [v.version for v in versions(connection, "repairs")] == [1]


async def test_what_the_file_names_no_longer_is_removed(url: str) -> None:
    async with running(url, declared=SITE):
        pass
    async with running(url, declared=Declared((REPAIRS,), (ANNA,))) as made:
        await made.settled()
        engine = made.acd.engine
        assert set(engine.agents) == {"1002"}
        assert engine.queues["sales"].open is False
        without = dataclasses.replace(REPAIRS, agents=("1002",))
        assert directory(made).queues == {"repairs": without}
        (session,) = made.rows(Session)
        assert session.ended is not None
        assert [(row.by, row.target) for row in made.rows(Audit)] == [("cordboard.toml", "1001")]
        removed = {row.name for row in made.rows(Agent) if row.removed is not None}
        assert removed == {"1001"}
    async with running(url, declared=SITE) as again:
        assert set(again.acd.engine.agents) == {"1001", "1002"}
        assert again.acd.engine.queues["sales"].open is True
        assert directory(again).agents == {"1001": LI_WEI, "1002": ANNA}


async def test_what_the_api_made_stays_and_the_file_wins_for_what_it_names(url: str) -> None:
    async with running(url, declared=Declared((REPAIRS,), (ANNA,))) as made:
        own = AgentSettings("2000", "Own", queues={"repairs": 10})
        changed = AgentSettings("1002", "Renamed", queues={"repairs": 1})
        queues, dialect = {"repairs": REPAIRS}, made.store.dialect
        made.feed(ev.SetQueue(SALES.setup()), list(queue_ops(SALES, "api", dialect)))
        made.feed(ev.SetAgent(own.setup()), list(agent_ops(own, queues, "api", dialect)))
        made.feed(ev.SetAgent(changed.setup()), list(agent_ops(changed, queues, "file", dialect)))
        await made.settled()
        assert directory(made).agents["1002"].title == "Renamed"
    async with running(url, declared=Declared((REPAIRS,), (ANNA,))) as again:
        found = directory(again)
        assert found.agents == {"1002": ANNA, "2000": own}
        assert set(found.queues) == {"repairs", "sales"}
        assert again.acd.engine.agents["1002"].setup == ANNA.setup()
        assert again.acd.engine.agents["2000"].setup == own.setup()
        assert {row.name: row.source for row in again.rows(Queue)} == {
            "repairs": "file", "sales": "api",
        }  # fmt: skip


async def test_an_agent_of_the_api_outlives_a_queue_of_the_file(url: str) -> None:
    async with running(url, declared=Declared((REPAIRS, SALES), (ANNA, LI_WEI))) as made:
        own = AgentSettings(
            "2000", queues={"repairs": 10, "sales": 20}, reserve=frozenset({"sales"})
        )
        queues, dialect = {"repairs": REPAIRS, "sales": SALES}, made.store.dialect
        made.feed(ev.SetAgent(own.setup()), list(agent_ops(own, queues, "api", dialect)))
        await made.settled()
        assert made.store.names_made() == ([], ["2000"])
    async with running(url, declared=Declared((REPAIRS,), (ANNA,))) as again:
        left = dataclasses.replace(own, queues={"repairs": 10}, reserve=frozenset())
        assert again.store.directory.agents["2000"] == left
        assert again.acd.engine.agents["2000"].setup == left.setup()


async def test_what_was_taken_out_is_made_again(url: str) -> None:
    async with running(url, declared=Declared((REPAIRS,), (ANNA,))) as made:
        own, dialect = AgentSettings("2000", queues={"night": 10}), made.store.dialect
        night = QueueSettings("night", callback_attempts=0, agents=("2000",))
        of_both = [*queue_ops(night, "api", dialect)]
        of_both += agent_ops(own, {"night": night}, "api", dialect)
        await made.acd.write(of_both)
        assert made.store.names_made() == (["night"], ["2000"])
        assert directory(made).queues["night"] == night
        await made.acd.write([*agent_removed("2000", 1.0), queue_removed("night", 1.0)])
        assert made.store.names_made() == ([], [])
        assert directory(made).removed_queues == {"night"}
        await made.acd.write(of_both)
        assert directory(made).agents["2000"] == own


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (
            Declared((REPAIRS,), (AgentSettings("1", queues={"repair": 5}),)),
            r'\[agents.1\] queues: there is no queue "repair".*repairs.*\[queues.repair\]',
        ),
        (
            Declared((REPAIRS,), (), {"box": "sale"}),
            r'\[voicemail.box\] queue: there is no queue "sale".*declare it as \[queues.sale\]',
        ),
    ],
)
async def test_a_queue_that_nobody_declared_is_told(
    declared: Declared, said: str, url: str
) -> None:
    made = Centre(url, declared=declared)
    with pytest.raises(StoreError, match=said):
        await made.start()
    made.store.database.close()
    async with running(url) as after:  # and nothing is locked
        assert directory(after).queues == {}


async def test_versions_of_a_strategy_come_into_force_when_their_time_has_come(url: str) -> None:
    async with running(url, declared=Declared((SALES,))) as made:
        now = made.now
        await made.acd.write([publish("sales", "random", now + 100.0, now, "boss")])
        await made.acd.write([publish("sales", "ring all", now + 50.0, now, "boss")])
        with made.store.database.reading.begin() as connection:
            told = [(v.version, v.text, v.made_by) for v in versions(connection, "sales")]
            assert told == [
                (3, "ring all", "boss"),
                (2, "random", "boss"),
                (1, "longest idle", "cordboard.toml"),
            ]
            at = [in_force(connection, "sales", now + later) for later in (0.0, 60.0, 200.0)]
            assert [version.text for version in at if version] == [
                "longest idle", "ring all", "ring all",
            ]  # fmt: skip
            assert next_change(connection, "sales", now) == now + 50.0
            assert in_force(connection, "nothing", now) is None
        made.now += 300.0
    changed = Declared((QueueSettings("sales", "fewest answered"),))
    async with running(url, declared=changed) as again:
        with again.store.database.reading.begin() as connection:
            version = in_force(connection, "sales", again.now + 300.0)
            assert version is not None and (version.version, version.text) == (4, "fewest answered")
