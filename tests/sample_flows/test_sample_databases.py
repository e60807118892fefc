"""The samples with the databases they come with; their call tests answer in place of these."""

from __future__ import annotations

import io
import runpy
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from cordboard.__main__ import main
from cordboard.call_tests import CallTests
from cordboard.samples import Sample, make_site, samples
from flow_runtime.core.expr.tree import Text
from flow_runtime.core.sql import parameters
from flow_runtime.core.syntax import parse

SUNDAY = date(2026, 11, 22)
"""The day before the one on which call tests are made, unless they say otherwise."""


@dataclass(frozen=True)
class Site:
    """The sample *name*, made in *folder*."""

    name: str
    folder: Path

    @property
    def database(self) -> Path:
        (source,) = samples()[self.name].settings()["data"].values()
        return self.folder / source["url"].removeprefix("sqlite:///")

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return list(connection.execute(question))

    def call(self, steps: str, **more: str) -> None:
        """Make a call with these steps; *more* are further keys of it."""
        keys = "".join(f"    {key}: {value}\n" for key, value in more.items())
        text = f"flow: {self.name}.flow\ncalls:\n  - name: a call\n{keys}    steps:\n"
        file = self.folder / "real.call.yaml"
        file.write_text(text + indent(dedent(steps), " " * 6), encoding="utf-8")
        done = CallTests().run(file)
        told = [*done.problems, *(line for result in done.results for line in result.lines())]
        assert done.passed == 1, told


Make = Callable[[str], Site]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(name: str) -> Site:
        make_site(samples()[name], tmp_path)
        return Site(name, tmp_path)

    return made


# --- every statement of every sample --------------------------------------------------------------


def statements() -> Iterator[tuple[str, Sample, str]]:
    for sample in samples().values():
        for file in sorted(sample.folder.glob("*.flow")):
            flow = parse(file.read_text(encoding="utf-8")).flow
            assert flow is not None
            for node in flow.nodes:
                sql = node.parameter("sql")
                if sql is not None:
                    assert isinstance(sql.value, Text)
                    statement = "".join(map(str, sql.value.parts))
                    yield f"{sample.name}/{file.stem}.{node.name}", sample, statement


STATEMENTS = [pytest.param(sample, sql, id=name) for name, sample, sql in statements()]


@pytest.mark.parametrize(("sample", "sql"), STATEMENTS)
def test_a_statement_fits_the_tables(sample: Sample, sql: str, make: Make) -> None:
    site = make(sample.name)
    with closing(sqlite3.connect(site.database)) as connection:
        connection.execute(f"explain {sql}", dict.fromkeys(parameters(sql)))


# --- whole calls ----------------------------------------------------------------------------------


def test_the_wish_to_be_called_back_is_noted_with_the_order(make: Make) -> None:
    site = make("shop_order_status")
    steps = """\
        - press: "1200103"
        - hears: "left us on 20 November 2026"
        - hears: t"what_else"
        - press: "0"
        - hears: t"call_back.offer"
        - press: "1"
        - hears: t"call_back.noted"
        - ends: normal
        """
    site.call(steps, caller='"5550103"', answers="{operator: [busy]}")
    assert site.rows("select phone, order_number from call_backs") == [("5550103", "200103")]


def test_an_order_in_a_strange_state_is_explained_by_a_person(make: Make) -> None:
    steps = """\
        - press: "1200106"
        - hears: t"find.postcode"
        - press: "40218"
        - hears: t"state.other"
        """
    make("shop_order_status").call(steps, answers="{operator: [answered_ended]}")


def test_points_become_one_voucher_and_no_second(make: Make) -> None:
    site = make("membership_points")
    with closing(sqlite3.connect(site.database)) as connection, connection:
        connection.execute("update members set has_pin = 1")
    steps = """\
        - press: "88000001"
        - hears: t"menu"
        - press: "211"
        - hears: "The number of your voucher is 700006"
        - press: "2"
        - hears: t"menu"
        - press: "21"
        - hears: "you have 460 points, and this voucher takes 500"
        - ends: hangs_up
        """
    site.call(steps, answers="{sign_in.check: [ok]}")
    assert site.rows("select sum(points) from points where member = '88000001'") == [(460,)]


def test_the_code_of_the_letter_cannot_be_found_by_trying(make: Make) -> None:
    site = make("membership_points")
    tried = """\
        - press: "88000003"
        - hears: t"activate.code"
        - press: "{}"
        - hears: t"activate.wrong"
        """
    wrong, right = dedent(tried).format("000000"), dedent(tried).format("161803")
    site.call(wrong * 3 + "- ends: hangs_up\n")
    site.call(wrong * 2 + right + "- ends: hangs_up\n")


def test_a_member_sets_a_pin_and_signs_in_with_it(
    make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make("membership_points")
    files = [str(site.folder / name) for name in ("cordboard.toml", "membership_points.flow")]
    for keys in ("88000002,271828,8462#,8462#,1,hangup", "88000002,8462#,1,hangup"):
        monkeypatch.setattr("sys.stdin", io.StringIO())
        assert main(["simulate", "--config", *files, "--keys", keys]) == 0
        told = capsys.readouterr().out
        assert "You have 1310 points" in told
        assert "8462" not in told and "271828" not in told
    assert site.rows("select code from members where has_pin = 1") == [(None,)]


def test_an_appointment_is_booked_heard_and_cancelled(make: Make) -> None:
    site = make("appointment_booking")
    runpy.run_path(str(site.folder / "make_database.py"))["make"](site.database, SUNDAY)
    books = """\
        - press: "1"
        - hears: t"service"
        - press: "1"
        - hears: "for a check-up is Monday, 23 November 2026, at 10:30"
        - press: "2"
        - hears: "Monday, 23 November 2026, at 14:00"
        - press: "3"
        - hears: "Tuesday, 24 November 2026, at 08:30"
        - press: "1"
        - hears: "for a check-up on Tuesday, 24 November 2026, at 08:30"
        - ends: hangs_up
        """
    site.call(books, caller='"5550102"')
    booked = "select service, day, time from slots where phone = '5550102'"
    assert site.rows(booked) == [("check-up", "2026-11-24", "08:30")]
    cancels = """\
        - press: "2"
        - hears: "for a check-up on Tuesday"
        - press: "2"
        - hears: t"mine.none"
        - hears: t"menu"
        - press: "2"
        - hears: t"mine"
        - press: "11"
        - hears: t"cancel.done"
        - ends: hangs_up
        """
    site.call(cancels, caller='"5550102"')
    assert site.rows(booked) == []


TO_THE_END = """\
    - press: "14449"
    - hears: t"thanks"
    - ends: hangs_up
    - visits: end
    """
AT_THE_SECOND_QUESTION = """\
    - press: "15"
    - hears: t"ask.breakfast"
    - ends: hangs_up
    - visits: end
    """
AFTER_THE_MESSAGE = """\
    - press: "14442"
    - hears: t"sorry"
    - press: "2"
    - hears: t"message.ask"
    - says: It was cold, and nobody came.
    - ends: hangs_up
    - visits: end
    """


@pytest.mark.parametrize(
    ("steps", "stored"),
    [
        (TO_THE_END, (4, 4, 4, 9, False)),
        (AT_THE_SECOND_QUESTION, (5, None, None, None, False)),
        (AFTER_THE_MESSAGE, (4, 4, 4, 2, True)),
    ],
    ids=["to the end", "at the second question", "after the message"],
)
def test_the_answers_of_a_guest_are_stored_once(
    steps: str, stored: tuple[Any, ...], make: Make
) -> None:
    site = make("satisfaction_survey")
    site.call(steps, caller='"5550120"')
    columns = "room, breakfast, people, likely, message is not null"
    assert site.rows(f"select {columns} from answers where phone = '5550120'") == [stored]


HANGS_UP = """\
    - ends: hangs_up
    - visits: keep_message.note
    """
KEEPS_IT = """\
    - press: "#"
    - hears: t"cordboard.review_recording"
    - press: "2"
    - visits: connect.message_kept
    - ends: hangs_up
    - visits: connect.keep_late
    """


@pytest.mark.parametrize("end", [HANGS_UP, KEEPS_IT], ids=["hangs up", "keeps it"])
def test_a_message_is_kept_once(end: str, make: Make) -> None:
    site = make("company_switchboard")
    steps = """\
        - press: "4"
        - hears: t"directory.ask"
        - press: "533#"
        - hears: "Anna Lee"
        - press: "2"
        - hears: "Tom Lee, extension 1012"
        - press: "1"
        - hears: "for Tom Lee after the tone"
        - says: 5s
        """
    site.call(dedent(steps) + dedent(end), answers="{connect.ring: [no_answer]}")
    kept = site.rows("select extension, caller, round(seconds) from messages")
    assert kept == [("1012", "13800000001", 5.0)]


MARKED = """\
    - hears: t"marks.agent"
    - press: "5"
    - hears: t"marks.help"
    - press: "3"
    - hears: t"goodbye"
    - ends: normal
    """
GONE = """\
    - hears: t"marks.agent"
    - press: "4"
    - hears: t"marks.help"
    - ends: hangs_up
    - visits: note_talk.remember
    """


@pytest.mark.parametrize(
    ("end", "marks"), [(MARKED, "5,3"), (GONE, "4")], ids=["marked", "hung up"]
)
def test_the_agent_of_a_customer_is_remembered(end: str, marks: str, make: Make) -> None:
    site = make("contact_centre")
    steps = """\
        - press: "1"
        - hears: t"menu"
        - press: "1"
        - hears: "Welcome back, Li Na"
        - variable: {points: 600}
        """
    queues = '{repairs: {answered_after: 5s, agent: "1002"}}'
    site.call(dedent(steps) + dedent(end), caller='"13800000001"', queues=queues)
    assert site.rows("select phone, agent, team, marks from talks") == [
        ("13800000001", "1002", "repairs", marks)
    ]
    remembered = "select last_agent from customers where phone = '13800000001'"
    assert site.rows(remembered) == [("1002",)]


def test_the_room_of_the_engineers_has_its_pin(make: Make) -> None:
    site = make("contact_centre")
    steps = """\
        - press: "1"
        - hears: t"menu"
        - press: "3"
        - hears: "PIN"
        - press: "4711#"
        - hears: "first in the conference"
        - press: "#"
        - hears: t"goodbye"
        """
    site.call(dedent(steps))
