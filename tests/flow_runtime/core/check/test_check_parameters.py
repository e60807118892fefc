import pytest

from flow_kit import codes, problems_of

HEAD = 'flow f\nschema 1\nvar n: number = 0\nvar t: text = ""\nstart -> a\n'


def node(lines: str, ports: str = "  -> b\n") -> str:
    return f"{HEAD}node a: {lines}{ports}node b: hangup\n"


DIGITS = "  -> b\n  failed -> b\n"


@pytest.mark.parametrize(
    "text",
    [
        node("wait\n  time = 2s\n"),
        node("wait\n  time = if n > 1 then 2s else 3s\n"),
        node("set\n  n = n + 1\n  n = n + 1\n  contact.level = t\n"),
        node('digits\n  prompt = "?"\n  attempts = 3\n  into = fresh\n', DIGITS),
        node('digits\n  prompt = "?"\n  into = t\n', DIGITS),
        node('digits\n  prompt = "?"\n  end_key = ""\n  into = t\n', DIGITS),
        node('dial\n  to = t\n  caller_id = none\n', "".join(
            f"  {port} -> b\n" for port in ("answered_ended", "busy", "no_answer", "failed"))),
    ],
)  # fmt: skip
def test_good_parameters(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        (node("wait\n  tiem = 2s\n  time = 1s\n"), "unknown-parameter@7", 'did you mean "time"?'),
        (node("wait\n"), "missing-parameter@6", "write time = ..."),
        (node("wait\n  time = 1s\n  time = 2s\n"), "duplicate-parameter@8", "on line 7"),
        (
            node('digits\n  prompt = "?"\n  into = t\n  into = fresh\n', DIGITS),
            "duplicate-parameter@9",
            "on line 8",
        ),
        (node("wait\n  time.x = 1s\n  time = 1s\n"), "unknown-parameter@7", "no parameter time.x"),
        (node("set\n  m = 1\n"), "unknown-variable@7", "var m: TYPE"),
        (node("set\n  nn = 1\n"), "unknown-variable@7", 'did you mean "n"?'),
        (node("set\n  call.caller = t\n"), "unknown-variable@7", "only contact.NAME"),
        (
            node('digits\n  prompt = "?"\n  attempts = 0\n  into = t\n', DIGITS),
            "bad-value@8",
            "attempts is 0, but it must be between 1 and 20",
        ),
        (
            node('digits\n  prompt = "?"\n  attempts = 2.5\n  into = t\n', DIGITS),
            "bad-value@8",
            "attempts is 2.5, but it must be a whole number",
        ),
        (
            node('digits\n  prompt = "?"\n  end_key = "5"\n  into = t\n', DIGITS),
            "bad-value@8",
            'end_key is "5", but it must be one of "#", "*", ""',
        ),
        (
            node('digits\n  prompt = "?"\n  first_timeout = 50ms\n  into = t\n', DIGITS),
            "bad-value@8",
            "first_timeout is 50ms, but it must be between 100ms and 10m",
        ),
        (
            node('digits\n  prompt = "?"\n  into = "t"\n', DIGITS),
            "not-a-variable@8",
            "without quotes",
        ),
        (
            node('digits\n  prompt = "?"\n  into = customer\n', DIGITS),
            "reserved-name@8",
            "word of the language",
        ),
        (
            node('digits\n  prompt = "?"\n  into = n\n', DIGITS),
            "type-mismatch@8",
            "into makes a text, but n is a number",
        ),
        (node('odd\n  how = "problems"\n'), "node-fault@6", "no problems today"),
        (node('odd\n  how = "how"\n'), "odd-how@7", "how is odd"),
        (node('odd\n  how = "where"\n'), "odd-port@8", "the port is odd"),
        (node('odd\n  how = "nowhere"\n'), "odd-all@6", "everything is odd"),
    ],
)
def test_wrong_parameters(text: str, code: str, hint: str) -> None:
    assert codes(text) == [code]
    assert hint in problems_of(text)[0].text


def test_findings_of_a_node_keep_their_severity() -> None:
    assert problems_of(node('odd\n  how = "where"\n'))[0].severity == "warning"
    assert problems_of(node('odd\n  how = "how"\n'))[0].severity == "error"


def test_a_variable_that_is_used_must_be_declared() -> None:
    assert codes(node("counting\n  variable = n\n")) == []
    text = node("counting\n  variable = m\n")
    assert codes(text) == ["unknown-variable@7"]
    assert "declare it: var m: TYPE" in problems_of(text)[0].text


def test_what_must_be_written_out_cannot_be_computed() -> None:
    assert codes(node('counting\n  variable = n\n  word = "x"\n')) == []
    text = node("counting\n  variable = n\n  word = t\n")
    assert codes(text) == ["not-constant@8"]


def test_one_sided_bounds() -> None:
    wanted = {"steps": "must be at least 1", "most": "must be at most 5"}
    for name, hint in wanted.items():
        text = node(f"counting\n  variable = n\n  {name} = {0 if name == 'steps' else 6}\n")
        assert codes(text) == ["bad-value@8"]
        assert hint in problems_of(text)[0].text


def test_none_where_a_value_is_needed() -> None:
    found = problems_of(node("counting\n  variable = n\n  steps = none\n"))
    assert [(p.code, p.severity) for p in found] == [("possible-none", "error")]
