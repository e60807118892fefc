from flow_kit import codes, problems_of
from flow_runtime.core.check.subject import route
from flow_runtime.core.problems import Step

HEAD = "flow f\nschema 1\nvar n: number = 0\nstart -> a\n"
ASK = 'node a: menu\n  prompt = "?"\n'


def severities(text: str) -> list[tuple[str, str]]:
    return [(p.code, p.severity) for p in problems_of(text)]


def test_a_node_that_no_way_leads_to() -> None:
    text = HEAD + "node a: hangup\nnode b: hangup\n"
    assert severities(text) == [("unreachable", "warning")]
    assert problems_of(text)[0].subject == "b"
    assert codes(text.replace("start -> a", "start -> a\non_error -> b")) == []


def test_a_circle_without_a_way_out_is_an_error() -> None:
    text = HEAD + "node a: set\n  n = n + 1\n  -> b\nnode b: set\n  n = 0\n  -> c\n"
    text += "node c: set\n  n = 1\n  -> b\n"
    found = problems_of(text)
    assert [(p.code, p.severity, p.subject) for p in found] == [("loop-without-wait", "error", "b")]
    assert "the loop b (next) -> c (next) -> b never ends" in found[0].text
    assert [step.node for step in found[0].path] == ["a", "b", "c", "b"]


def test_a_circle_that_may_count_is_a_warning() -> None:
    text = HEAD + "node a: set\n  n = n + 1\n  -> b\nnode b: if\n  when = n > 3\n"
    text += "  true -> c\n  false -> a\nnode c: hangup\n"
    assert severities(text) == [("loop-without-wait", "warning")]
    assert "10000 nodes" in problems_of(text)[0].text


def test_a_circle_by_the_error_port_alone_is_no_way_out() -> None:
    text = HEAD + "node a: work\n  -> a\n  error -> c\nnode c: hangup\n"
    assert severities(text) == [("loop-without-wait", "error")]


def test_a_circle_that_asks_is_fine() -> None:
    text = (
        HEAD + ASK + "  1 -> b\n  failed -> c\nnode b: set\n  n = n + 1\n  -> a\nnode c: hangup\n"
    )
    assert codes(text) == []


def test_a_failure_leads_to_on_error_only_once() -> None:
    text = "flow f\nschema 1\nstart -> a\non_error -> a\nnode a: hangup\n"
    assert codes(text) == []


def test_a_call_that_can_only_be_hung_up_is_a_warning() -> None:
    text = HEAD + ASK + '  1 -> b\n  failed -> a\nnode b: say\n  text = "!"\n  -> a\n'
    found = problems_of(text)
    assert [(p.code, p.severity, p.subject) for p in found] == [("no-end", "warning", "a")]
    assert [step.node for step in found[0].path] == ["a", "a"]
    assert codes(text.replace("failed -> a", "failed -> c") + "node c: hangup\n") == []


def test_what_is_not_connected_yet_may_still_lead_to_an_end() -> None:
    text = HEAD + ASK + "  1 -> a\n  2\n  failed -> a\n"
    assert codes(text) == ["not-connected@8"]


def test_an_unknown_node_type_may_end_the_flow() -> None:
    assert codes(HEAD + "node a: mystery\n") == ["unknown-node@5"]
    assert codes(HEAD + "node a: mystery\n  x -> a\n") == ["unknown-node@5", "no-end@5"]


def test_sound_after_the_hang_up() -> None:
    text = "flow f\nschema 1\nstart -> a\non_hangup -> l\nnode a: hangup\n"
    text += 'node l: log\n  text = "x"\n  -> s\nnode s: say\n  text = "bye"\n  -> a\n'
    found = problems_of(text)
    assert [(p.code, p.severity, p.subject) for p in found] == [
        ("sound-after-hangup", "error", "s")
    ]
    assert "l (next) -> s" in found[0].text
    assert codes(text.replace('say\n  text = "bye"', 'log\n  text = "bye"')) == []


def test_on_error_is_not_taken_after_the_hang_up() -> None:
    text = "flow f\nschema 1\nstart -> a\non_hangup -> l\non_error -> s\nnode a: hangup\n"
    text += 'node l: log\n  text = "x"\nnode s: say\n  text = "sorry"\n  -> a\n'
    assert codes(text) == []


def test_long_ways_lose_their_middle() -> None:
    short = tuple(Step(str(i), "next") for i in range(12))
    assert route(short).count("->") == 11
    long = (*short, Step("end", None))
    assert route(long).count("->") == 11
    assert "5 (next) -> ... -> 8 (next)" in route(long) and route(long).endswith("-> end")
