"""Nodes as they are drawn: the line on the card, and what each sees wrong in its own draft."""

from collections.abc import Mapping
from typing import Any

import pytest

from flow_runtime.core.binding import draft_of
from flow_runtime.core.node import Finding, Node
from flow_runtime.core.syntax.parser import parse
from nodes.catalogue import library

LIBRARY: Mapping[str, type[Node]] = library()


def drawn(lines: str) -> Any:
    """The class and the draft of the node ``x: lines``."""
    first, *rest = lines.strip().splitlines()
    body = "".join(f"  {line.strip()}\n" for line in rest)
    parsed = parse(f"flow f\nschema 1\nstart -> x\nnode x: {first}\n{body}")
    assert not parsed.problems
    decl = parsed.flow.nodes[0]
    cls = LIBRARY[decl.type]
    return cls, draft_of(decl, cls)


def summary(lines: str) -> str:
    cls, draft = drawn(lines)
    text: str = cls.summary(draft)
    return text


def findings(lines: str) -> list[Finding]:
    cls, draft = drawn(lines)
    return list(cls.problems(draft))


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("answer", "at once"),
        ("answer\nring = 2s", "after 2 s"),
        ("answer\nring = pause", ""),
        ("hangup", 'reason "normal"'),
        ('hangup\nreason = "nuisance"', 'reason "nuisance"'),
        ("reject", "486 busy"),
        ("reject\ncode = 499", "499"),
        ("reject\ncode = why", "why"),
        ('dial\nto = "0800-911"', "dial 0800-911 · 30 s"),
        ("dial\nto = contact.owner\ntimeout = 1m", "dial contact.owner · 1 min"),
        ("dial", "dial ? · 30 s"),
        ("wait\ntime = 1500ms", "1 s 500 ms"),
        ("wait\ntime = 90m", "1 h 30 min"),
        ("wait\ntime = 0s", "0 s"),
        ("wait\ntime = pause", "pause"),
        ('say\ntext = "You owe {account.owed:money}."', '"You owe {account.owed:money}."'),
        ('say\ntext = "Good morning"', '"Good morning"'),
        ('say\ntext = t"welcome"', 't"welcome"'),
        ('say\ntext = [t"a", silence(1s), t"b"]', 't"a" · 2 more'),
        ("say\ntext = []", "[]"),
        (f'say\ntext = "{"long " * 30}"', '"' + ("long " * 30)[:59].rstrip() + '…"'),
        ('play\nprompt = file("a.wav")', 'file("a.wav")'),
        ('play\nprompt = file("a.wav")\ntimes = 3', 'file("a.wav") · 3 times'),
        ('menu\n1 "Billing" -> x\n2 "Repairs" -> x\nfailed -> x', "1 Billing · 2 Repairs"),
        ('menu\n1 -> x\n"#" -> x', "1 · #"),
        ("menu", "no keys yet"),
        ("digits\ninto = account", "1-20 digits → account"),
        ("digits\nmin = 4\nmax = 4\nsecret = true\ninto = pin", "4 digits → pin · secret"),
        ("digits\nmin = n", "n-20 digits → ?"),
        ("record\ninto = note", "up to 2 min → note"),
        ("set", ""),
        ("set\ntries = tries + 1", "tries = tries + 1"),
        ('set\na = 1\ncontact.level = "gold"\nb = 2', "a = 1 · 2 more"),
        ("if\nwhen = account.owed > 0 and not paid", "account.owed > 0 and not paid"),
        ("if\nwhen = true", "yes"),
        ("if", "?"),
        (
            "switch\non = customer?.level\n1 -> x\ngold -> x\nelse -> x",
            "customer?.level · 2 values",
        ),
        ("switch\non = tries\n1 -> x", "tries · 1 value"),
        ('business_hours\ncalendar = "office"', 'Calendar "office"'),
        ('log\ntext = "ended after {tries}"', '"ended after {tries}"'),
        ('send_keys\nkeys = "1,,4711#"', 'keys "1,,4711#"'),
        ('record_call\naction = "pause"', "pause"),
        ('language\nchoices = ["en", "zh-CN"]', "1 en · 2 zh-CN"),
        ('language\nchoices = ["zh-CN"]', "zh-CN"),
        ("language\nchoices = tags", ""),
        ('survey\nquestions = [t"a", t"b"]\ninto = marks', "2 questions · 1-5 → marks"),
        ('survey\nquestions = ["x"]\nlow = 0\nhigh = n\ninto = m', "1 question · 0-n → m"),
        ("survey\nquestions = all\ninto = marks", "1-5 → marks"),
        ("count\nvariable = tries\nlimit = 3", "tries up to 3"),
        ("split\nshares = {old: 90, new: 10}", "old 90 % · new 10 %"),
        ("split\nshares = {old: n, new: 10}", "old · new"),
        ("split\nshares = all", ""),
        ('subflow\nflow = "parts/identify.flow"', "parts/identify.flow"),
        ('end\noutcome = "known"', "→ known"),
        ("end", "→ next"),
        ('jump_flow\nflow = "night.flow"', "→ night.flow"),
        (
            'db_lookup\nsource = "billing"\nsql = """\n  select owed,\n    name from account\n"""',
            "owed, name from billing",
        ),
        ('db_lookup\nsource = "billing"\nsql = "values (1)"', "billing"),
        ('db_change\nsql = "INSERT  into repair (a) values (1)"', "insert into repair"),
        ('db_change\nsql = "update account set a = 1"', "update account"),
        ('db_change\nsql = "delete from x.report"', "delete from x.report"),
        ('db_change\nsql = "merge into a using b on c"', "merge into a"),
        ("db_change", ""),
        ('queue\nqueue = "repairs"', "repairs"),
        ('queue\nqueue = "repairs"\nmax_wait = 10m', "repairs · 10 min"),
        ("queue\nqueue = contact.queue", "contact.queue"),
        ('agent\nwho = "1001"', "agent 1001 · 15 s"),
        ("agent\nwho = customer?.owner", "agent customer?.owner · 15 s"),
        ('queue_info\nqueue = "repairs"\ninto = now', "repairs → now"),
    ],
)
def test_the_line_on_the_card(lines: str, text: str) -> None:
    assert summary(lines) == text


@pytest.mark.parametrize(
    ("lines", "code", "says"),
    [
        ("menu\nfailed -> x", "no-keys", 'draw one, for example  1 "Billing" -> node'),
        (
            "digits\nmin = 5\nmax = 4\ninto = a",
            "empty-range",
            "min is 5, which is more than max, 4",
        ),
        ("digits\nmax = 0\ninto = a", "empty-range", "more than max, 0"),
        ("set", "nothing-set", "write a line such as"),
        ('send_keys\nkeys = "12x"', "bad-keys", 'keys holds "x", which no telephone has'),
        ('send_keys\nkeys = ""', "bad-keys", "presses no key"),
        (
            'record\ninto = m\nend_key = "#x"',
            "bad-value",
            'end_key holds "x", which no telephone has',
        ),
        ('queue\nkeys = {"10": "a"}', "bad-keys", '"10" is no key of a telephone'),
        ('queue\nkeys = {"1": 2}', "bad-keys", 'write {"1": "message"}'),
        ('queue\nkeys = {"1": "error"}', "bad-keys", "key 1 needs a port"),
        ('queue\ncallback_key = "x"', "bad-keys", '"x" is no key of a telephone'),
        (
            'queue\ncallback_key = "1"\nkeys = {"1": "message"}',
            "bad-keys",
            "key 1 asks for a callback and leaves the queue",
        ),
        ("language\nchoices = []", "bad-languages", "offers no language"),
        ('language\nchoices = ["english"]', "bad-languages", '"english" is no language tag'),
        ('language\nchoices = ["en", "en"]', "bad-languages", '"en" is offered twice'),
        (f"language\nchoices = {[*'abcdefghij']}".replace("'", '"'), "bad-languages", "1 to 9"),
        ('language\nchoices = ["en", "de"]', "language-question", 'in "de" by itself'),
        ("survey\nquestions = []\ninto = a", "no-questions", "asks nothing"),
        ("survey\nlow = 5\ninto = a", "empty-range", "low is 5, but high is only 5"),
        ("survey\nhigh = 1\ninto = a", "empty-range", "high is only 1"),
        ("split\nshares = {a: 50, b: 49.5}", "bad-shares", "make 99.5 %"),
        ('split\nshares = {a: "half", b: 50}', "bad-shares", "the share of a must be a number"),
        ("split\nshares = {a: -50, b: 150}", "bad-shares", "the share of a must be a number"),
        ("split\nshares = {error: 50, b: 50}", "bad-shares", "no share can be called error"),
        ('end\noutcome = "error"', "bad-outcome", "say what happened"),
        ('end\noutcome = ""', "bad-outcome", "give the port a name"),
        ("switch\non = a\nelse -> x", "no-values", "draw a port for each"),
        ('db_lookup\nsql = "delete from a"', "sql-changes", "use a db_change node"),
        ('db_lookup\nsql = "/* b */ (Insert into a"', "sql-changes", "insert changes data"),
        ('db_lookup\nsql = "select 1; select 2"', "sql-statements", "a node for each"),
        ('db_change\nsql = "delete from a; delete from b"', "sql-statements", "a node for each"),
        ('db_lookup\nsql = "select :phone"', "sql-unbound", "bind = {phone: ...}"),
        (
            'db_lookup\nsql = "select :phone"\nbind = {phon: call.caller}',
            "sql-unbound",
            'did you mean "phon"',
        ),
        (
            'db_change\nsql = "delete from a where b = :b"\nbind = {b: 1, c: 2}',
            "sql-unused",
            "has no :c",
        ),
    ],
)
def test_what_is_wrong(lines: str, code: str, says: str) -> None:
    found = [f for f in findings(lines) if f.code == code]
    assert found, findings(lines)
    assert says in found[0].text


def test_findings_point_to_a_parameter_that_is_written() -> None:
    assert findings("digits\nmin = 5\nmax = 4\ninto = a")[0].at == "min"
    assert findings("digits\nmax = 0\ninto = a")[0].at == "max"
    assert findings('db_lookup\nsql = "select :a"')[0].at == "sql"
    assert findings('db_lookup\nsql = "select :a"\nbind = {}')[0].at == "bind"


@pytest.mark.parametrize(
    "lines",
    [
        "menu\n1 -> x\nfailed -> x",
        "digits\nmin = 4\nmax = 4\ninto = a",
        "digits\nmin = n\nmax = 4\ninto = a",
        "set\na = 1",
        "switch\non = a\n1 -> x",
        'db_lookup\nsql = "select owed from a where b = :b;"\nbind = {b: call.caller}',
        'db_lookup\nsql = "select :a"\nbind = values',
        "db_lookup\nsql = statement\nbind = {a: 1}",
        "db_change\nsql = \"insert into a values (';', :x) -- done; really\"\nbind = {x: 1}",
        'log\ntext = "x"',
        'queue\ncallback_key = "1"\nkeys = {"*": "message", "#": "timeout"}',
        'send_keys\nkeys = "0123456789*#ABCD,"',
        'record\ninto = m\nend_key = "*#"',
        'record\ninto = m\nend_key = ""',
        "send_keys\nkeys = number",
        'language\nchoices = ["en", "zh-CN"]',
        'language\nchoices = ["de"]',
        'language\nchoices = ["de", "fr"]\nprompt = t"languages"',
        "language\nchoices = tags",
        'survey\nquestions = [t"a"]\nlow = 0\nhigh = 10\ninto = marks',
        "survey\nquestions = all\nlow = n\ninto = marks",
        "split\nshares = {a: 33.3, b: 66.7}",
        "split\nshares = all",
        'end\noutcome = "known"',
    ],
)
def test_what_is_right(lines: str) -> None:
    assert not findings(lines)
