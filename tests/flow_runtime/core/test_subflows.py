"""Flows that call flows: values there and back, failures and hang-ups on their way up."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from flow_kit import LIBRARY, NOON, SITE, Caller, Seen, site_with
from flow_runtime.core.commands import CallFlow, Hangup, NodeFailure, Note, Pause, Play
from flow_runtime.core.frame import Frame
from flow_runtime.core.interpreter import Ended, Phase, Run
from flow_runtime.core.levels import DEEPEST
from flow_runtime.core.model import PortValue
from flow_runtime.core.node import Node, param
from flow_runtime.core.program import compile_program
from flow_runtime.core.prompts import APOLOGY, GOODBYE, NO_PROMPTS
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse

SORRY = str(NO_PROMPTS.find(APOLOGY, "en").text.constant)  # type: ignore[union-attr]
BYE = str(NO_PROMPTS.find(GOODBYE, "en").text.constant)  # type: ignore[union-attr]

MAIN = """flow main
schema 1
var account: text?
start -> identify
node identify: subflow
  flow = "identify.flow"
  inputs = {tries: 2, who: call.caller}
  outputs = {account: number}
  known -> tell
  unknown -> sorry
node tell: work
  text = "account {account}"
  -> over
node sorry: work
  text = "who are you"
  -> over
node over: hangup
"""

IDENTIFY = """flow identify
schema 1
input who: text
input tries: number
input greeting: text = "hello {who}"
output number: text?
var note: text = "{greeting}, {tries} tries"
start -> greet
node greet: work
  text = note
  -> choose
node choose: if
  when = who == "4711"
  true -> found
  false -> lost
node found: set
  number = "A-{who}"
  -> known
node known: end
  outcome = "known"
node lost: end
  outcome = "unknown"
"""


def calling(flows: Mapping[str, str], answers: Any = None, **options: Any) -> Caller:
    """A caller in the flow ``main`` of *flows*, which lie in one folder."""
    options.setdefault("call", {"caller": "4711"})
    return Caller(
        flows["main"], answers, site=site_with(flows, options.pop("site", SITE)), **options
    )


# --- there and back -------------------------------------------------------------------------------


def test_a_subflow_gets_inputs_and_gives_outputs_and_an_outcome() -> None:
    caller = calling({"main": MAIN, "identify.flow": IDENTIFY})
    assert caller.go() == Ended("hangup", "flow", "normal", "over")
    assert caller.notes == ["hello 4711, 2 tries", "account A-4711"]
    assert caller.seen.events == [
        ("enter", "identify"), ("enter", "greet"), ("leave", "greet", "next"),
        ("enter", "choose"), ("leave", "choose", "true"),
        ("enter", "found"), ("assigned", "number", "A-4711"), ("leave", "found", "next"),
        ("enter", "known"), ("leave", "known", "known"),
        ("assigned", "account", "A-4711"), ("leave", "identify", "known"),
        ("enter", "tell"), ("leave", "tell", "next"), ("enter", "over"),
    ]  # fmt: skip


def test_each_outcome_has_its_way() -> None:
    caller = calling({"main": MAIN, "identify.flow": IDENTIFY}, call={"caller": "1"})
    caller.go()
    assert caller.notes[-1] == "who are you"
    assert caller.run.frame.variables == {"account": None}, "the variables are one's own again"


def test_variables_of_the_same_name_are_two() -> None:
    caller = calling(
        {
            "main": """flow main
schema 1
var n: number = 1
start -> part
node part: subflow
  flow = "part.flow"
  -> tell
node tell: work
  text = "{n}"
  -> over
node over: finish
""",
            "part.flow": """flow part
schema 1
var n: number = 10
start -> more
node more: set
  n = n + 1
  -> back
node back: end
""",
        }
    )
    caller.go()
    assert caller.notes == ["1"]


def test_a_secret_stays_one_on_its_way_back() -> None:
    caller = calling(
        {
            "main": """flow main
schema 1
start -> part
node part: subflow
  flow = "part.flow"
  outputs = {mine: yours}
  -> over
node over: finish
""",
            "part.flow": """flow part
schema 1
output yours: text = ""
start -> keep
node keep: secret
  into = yours
  value = "7391"
  -> back
node back: end
""",
        }
    )
    caller.go()
    assert ("assigned", "mine", "***") in caller.seen.events
    assert caller.run.frame.variables["mine"] == "7391"


def test_values_from_outside_are_made_to_fit_the_inputs() -> None:
    caller = calling(
        {"main": MAIN.replace("tries: 2", "tries: contact.tries"), "identify.flow": IDENTIFY},
        contact={"tries": "3"},
    )
    caller.go()
    assert caller.notes[0] == "hello 4711, 3 tries"


def test_the_files_of_a_subflow_are_its_own() -> None:
    """`file("x")` is looked up beside the flow that says it."""
    part = """flow part
schema 1
start -> jingle
node jingle: say
  text = file("x.wav")
  -> back
node back: end
"""
    main = """flow main
schema 1
start -> part
node part: subflow
  flow = "part.flow"
  -> own
node own: say
  text = file("x.wav")
  -> over
node over: finish
"""
    inner = site_with({}, Surroundings(LIBRARY, files=lambda name: f"/parts/{name}"))
    outer = site_with({"part.flow": part})
    called = outer.flows and outer.flows("part.flow")
    assert called is not None
    called.around = inner
    caller = Caller(main, site=outer, files=lambda name: f"/main/{name}")
    caller.go()
    assert [c.sound[0].path for c in caller.commands if isinstance(c, Play)] == [
        "/parts/x.wav", "/main/x.wav",
    ]  # fmt: skip


# --- what fails -----------------------------------------------------------------------------------

FAILS = """flow part
schema 1
{head}start -> try
node try: work
  -> back
node back: end
{tail}"""

CALLS = """flow main
schema 1
{head}start -> part
node part: subflow
  flow = "part.flow"
  next -> over
{edge}node over: finish
{tail}"""


def failing(part: str, main: str = CALLS, fault: Any = None, **parts: str) -> Caller:
    words = {"head": "", "edge": "", "tail": ""} | parts
    fault = fault or NodeFailure("disk-full", "no room")
    flows = {"main": main.format(**words), "part.flow": part}
    return calling(flows, {Note: [fault]})


def test_a_failure_leaves_by_the_error_port_of_the_node_that_called() -> None:
    caller = failing(
        FAILS.format(head="", tail=""), edge="  error -> mend\n", tail="node mend: finish\n"
    )
    assert caller.go() == Ended("end", "flow", "done", "mend")
    assert ("failed", "try", "disk-full") in caller.seen.events
    assert ("failed", "part", "disk-full") in caller.seen.events
    assert ("leave", "part", "error") in caller.seen.events


def test_a_subflow_may_handle_it_itself() -> None:
    handled = FAILS.format(head="on_error -> back\n", tail="")
    caller = failing(handled)
    assert caller.go() == Ended("end", "flow", "done", "over")


def test_an_error_in_its_own_handling_goes_up() -> None:
    loops = FAILS.format(head="on_error -> again\n", tail="node again: work\n  -> back\n")
    caller = failing(loops, edge="  error -> mend\n", tail="node mend: finish\n")
    caller.answers[Note] = [NodeFailure("one", "1"), NodeFailure("two", "2")]
    assert caller.go().node == "mend"
    assert ("failed", "part", "two") in caller.seen.events


def test_each_visit_may_be_handled_anew() -> None:
    """The `on_error` of a sub-flow helps once in each call of it."""
    main = """flow main
schema 1
var n: number = 0
start -> part
node part: subflow
  flow = "part.flow"
  -> twice
node twice: count
  variable = n
  limit = 1
  under -> part
  over -> over
node over: finish
"""
    caller = failing(FAILS.format(head="on_error -> back\n", tail=""), main)
    caller.answers[Note] = [NodeFailure("one", "1"), NodeFailure("two", "2")]
    assert caller.go().node == "over"


def test_a_failure_that_nobody_handles_ends_in_an_apology() -> None:
    caller = failing(FAILS.format(head="", tail=""))
    ended = caller.go()
    assert (ended.by, ended.cause, ended.node) == ("failure", "disk-full", "part")
    assert caller.heard == [SORRY]


def test_the_on_error_of_the_calling_flow_handles_it() -> None:
    caller = failing(
        FAILS.format(head="", tail=""), head="on_error -> mend\n", tail="node mend: finish\n"
    )
    assert caller.go().node == "mend"


def test_a_goodbye_in_a_subflow_ends_the_call() -> None:
    part = """flow part
schema 1
start -> p
node p: polite
  port = "bye"
"""
    caller = failing(part)
    assert caller.go().by == "hangup"
    assert caller.heard == [BYE]
    assert caller.seen.visited == ["part", "p"]


def test_a_port_that_leads_nowhere_fails_there() -> None:
    part = 'flow part\nschema 1\nstart -> p\nnode p: polite\n  port = "next"\n'
    caller = failing(part, edge="  error -> mend\n", tail="node mend: finish\n")
    assert caller.go().node == "mend"
    assert ("failed", "part", "not-connected") in caller.seen.events


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (('flow = "identify.flow"', 'flow = "no.flow"'), "unknown-flow"),
        (('"identify.flow"', '"broken.flow"'), "unknown-flow"),
        (("tries: 2, ", ""), "missing-input"),
        (("tries: 2", "trise: 2, tries: 2"), "unknown-input"),
        (("tries: 2", 'tries: "many"'), "type-error"),
        (("account: number", "account: nubmer"), "unknown-output"),
        (("known -> tell", "knwon -> tell"), "not-connected"),
    ],
)
def test_what_does_not_fit_fails_the_node_that_calls(change: tuple[str, str], name: str) -> None:
    flows = {
        "main": MAIN.replace(*change, 1).replace(
            "unknown -> sorry", "unknown -> sorry\n  error -> over"
        ),
        "identify.flow": IDENTIFY,
        "broken.flow": "flow broken\nschema 1\n",
    }
    caller = calling(flows)
    caller.go()
    assert [e[2] for e in caller.seen.events if e[0] == "failed" and e[1] == "identify"] == [name]
    assert caller.run.frame.variables == {"account": "A-4711" if name == "not-connected" else None}


def test_an_outcome_that_is_no_port_is_named() -> None:
    """Where the sub-flow could not be read when the flow was drawn."""

    class Loose(LIBRARY["subflow"]):  # type: ignore[misc,name-defined]
        """Calls without knowing the outcomes."""

        type = "loose"

        @classmethod
        def ports(cls, draft: Any) -> Any:
            return ()

    site = Surroundings({**LIBRARY, "loose": Loose})
    main = MAIN.replace("identify: subflow", "identify: loose").replace("  known -> tell\n", "")
    caller = calling({"main": main, "identify.flow": IDENTIFY}, site=site)
    assert caller.go().cause == "internal-error"


def test_a_subflow_without_an_end_is_a_failure_when_it_is_over() -> None:
    """A plug-in's node that ends the flow gives its port as the outcome; an empty one is none."""
    part = 'flow part\nschema 1\nstart -> e\nnode e: end\n  outcome = ""\n'
    caller = failing(part, edge="  error -> mend\n", tail="node mend: finish\n")
    assert caller.go().node == "mend"
    assert ("failed", "part", "no-outcome") in caller.seen.events


# --- how deep, how long ---------------------------------------------------------------------------

DEEP = """flow deep
schema 1
input level: number = 0
output deepest: number = 0
start -> more
node more: if
  when = level < {most}
  true -> down
  false -> here
node here: set
  deepest = level
  -> back
node down: subflow
  flow = "deep.flow"
  inputs = {{level: level + 1}}
  outputs = {{deepest: deepest}}
  -> back
node back: end
"""


@pytest.mark.parametrize(("most", "fits"), [(DEEPEST - 1, True), (DEEPEST, False)])
def test_recursion_is_bounded(most: int, fits: bool) -> None:
    main = CALLS.format(head="", edge="  error -> mend\n", tail="node mend: finish\n").replace(
        'flow = "part.flow"', 'flow = "deep.flow"\n  outputs = {deep: deepest}'
    )
    caller = calling({"main": main, "deep.flow": DEEP.format(most=most)})
    assert caller.go().node == ("over" if fits else "mend")
    failed = {event[2] for event in caller.seen.events if event[0] == "failed"}
    assert failed == (set() if fits else {"too-deep"})
    assert caller.run.frame.variables["deep"] == (Decimal(most) if fits else None)


LOOP = """flow part
schema 1
{head}start -> a
node a: work
  -> b
node b: work
  -> a
node back: end
"""


def test_a_loop_in_a_subflow_spends_the_budget_of_the_call() -> None:
    caller = failing(LOOP.format(head=""), edge="  error -> mend\n", tail="node mend: finish\n")
    caller.answers.clear()
    assert caller.go().node == "mend"
    assert ("failed", "part", "step-budget") in caller.seen.events


def test_the_second_loop_without_a_pause_ends_the_call() -> None:
    """Else a loop around a sub-flow that handles its own loop would never end."""
    main = CALLS.format(head="on_error -> over\n", edge="", tail="").replace(
        "next -> over", "next -> part"
    )
    caller = failing(LOOP.format(head="on_error -> back\n"), main)
    caller.answers.clear()
    ended = caller.go()
    assert (ended.by, ended.cause) == ("failure", "step-budget")
    assert caller.heard == [SORRY]
    assert caller.run.phase is Phase.PARTING


def test_a_pause_gives_on_error_its_second_chance() -> None:
    part = LOOP.format(head="on_error -> rest\n") + ("node rest: careful\n  -> back\n")
    main = """flow main
schema 1
var n: number = 0
start -> part
node part: subflow
  flow = "part.flow"
  -> twice
node twice: count
  variable = n
  limit = 2
  under -> part
  over -> over
node over: finish
"""
    caller = failing(part, main)
    caller.answers.clear()
    assert caller.go().node == "over"


# --- hanging up -----------------------------------------------------------------------------------

TIDY = """flow part
schema 1
{head}start -> wait
node wait: parting
  -> back
node back: end
node tidy: work
  text = "sub-flow tidies"
  -> tidied
node tidied: finish
"""


class Sleepy(Node):
    """Waits, and says so when it is interrupted."""

    type, title, group, icon = "sleepy", "Sleepy", "Logic", "log"
    name_: str = param(help="Who.", default="sleepy")

    async def run(self) -> PortValue:
        try:
            await Pause(timedelta(seconds=1))
        finally:
            await Note(f"{self.name} wakes up")
        return "next"


WITH_SLEEPY = Surroundings({**LIBRARY, "sleepy": Sleepy})
SLEEPS = """flow part
schema 1
{head}start -> wait
node wait: sleepy
  -> back
node back: end
node tidy: work
  text = "sub-flow tidies"
  -> tidied
node tidied: finish
"""


def hanging_up(head: str, main_head: str, part: str = SLEEPS) -> Caller:
    main = CALLS.format(
        head=main_head, edge="  error -> over\n",
        tail='node tidy: work\n  text = "main tidies"\n  -> over\n',
    )  # fmt: skip
    return calling(
        {"main": main, "part.flow": part.format(head=head)},
        {Pause: [Hangup("caller", "gone")]},
        site=WITH_SLEEPY,
    )


@pytest.mark.parametrize("inner", [True, False])
@pytest.mark.parametrize("outer", [True, False])
def test_a_hang_up_is_tidied_from_the_inside_out(inner: bool, outer: bool) -> None:
    tidy = "on_hangup -> tidy\n"
    caller = hanging_up(tidy if inner else "", tidy if outer else "")
    ended = caller.go()
    assert (ended.by, ended.party, ended.cause) == ("hangup", "caller", "gone")
    expected = ["wait wakes up", *["sub-flow tidies"] * inner, *["main tidies"] * outer]
    assert caller.notes == expected
    assert ("leave", "part", "next") not in caller.seen.events


def test_what_fails_while_a_subflow_tidies_does_not_keep_the_others_from_it() -> None:
    caller = hanging_up("on_hangup -> tidy\n", "on_hangup -> tidy\n")
    caller.answers[Note] = [None, NodeFailure("disk-full", "no room")]
    assert caller.go().by == "hangup"
    assert caller.notes[-1] == "main tidies"


def test_a_subflow_may_help_to_tidy() -> None:
    main = """flow main
schema 1
start -> wait
on_hangup -> tidy
node wait: sleepy
  -> over
node tidy: subflow
  flow = "part.flow"
  -> after
  error -> worse
node after: work
  text = "all is tidy"
  -> over
node worse: work
  text = "it is not"
  -> over
node over: finish
"""
    part = FAILS.format(head="on_hangup -> never\n", tail='node never: work\n  text = "!"\n')
    answers: dict[type, list[Any]] = {Pause: [Hangup()]}
    caller = calling({"main": main, "part.flow": part}, answers, site=WITH_SLEEPY)
    assert caller.go().by == "hangup"
    assert caller.notes == ["wait wakes up", "work", "all is tidy"]
    answers = {Pause: [Hangup()], Note: [None, NodeFailure("disk-full", "no room")]}
    caller = calling({"main": main, "part.flow": part}, answers, site=WITH_SLEEPY)
    caller.go()
    assert caller.notes == ["wait wakes up", "work", "it is not"]


def test_a_tidying_that_never_ends_is_ended() -> None:
    main = """flow main
schema 1
start -> wait
on_hangup -> tidy
node wait: sleepy
  -> over
node tidy: subflow
  flow = "part.flow"
  -> tidy
  error -> tidy
node over: finish
"""
    caller = calling(
        {"main": main, "part.flow": LOOP.format(head="")}, {Pause: [Hangup()]},
        site=WITH_SLEEPY, budget=500,
    )  # fmt: skip
    assert caller.go().by == "hangup"
    assert len(caller.notes) < 2_000


def test_hanging_up_in_a_subflow_ends_the_call_and_all_clean_up() -> None:
    class Caring(Node):
        """Calls a flow, and cleans up behind it."""

        type, title, group, icon = "caring", "Caring", "Logic", "log"

        flow: str = param(help="Which.", literal=True, names="sub-flow")

        async def run(self) -> PortValue:
            try:
                return await CallFlow(self.flow)
            finally:
                await Note("cleaned up")

    main = CALLS.format(
        head="on_hangup -> tidy\n",
        edge="  error -> over\n",
        tail="""node tidy: work
  text = "never"
  -> over
""",
    ).replace("part: subflow", "part: caring")
    part = 'flow part\nschema 1\nstart -> h\nnode h: hangup\n  reason = "enough"\n'
    site = Surroundings({**LIBRARY, "caring": Caring})
    caller = calling({"main": main, "part.flow": part}, site=site)
    ended = caller.go()
    assert (ended.by, ended.party, ended.cause) == ("hangup", "flow", "enough")
    assert caller.notes == ["cleaned up"]


def test_a_caller_who_hangs_up_during_the_last_words_in_a_subflow() -> None:
    part = 'flow part\nschema 1\nstart -> p\nnode p: polite\n  port = "bye"\n'
    main = CALLS.format(
        head="on_hangup -> tidy\n", edge="", tail='node tidy: work\n  text = "tidy"\n  -> over\n'
    )
    caller = calling({"main": main, "part.flow": part}, {Play: [Hangup()]})
    assert caller.go().party == "caller"
    assert caller.notes == ["tidy"]


# --- jumping --------------------------------------------------------------------------------------

JUMPS = """flow main
schema 1
var n: number = 5
start -> mark
on_error -> over
node mark: set
  contact.level = "gold"
  -> jump
node jump: jump_flow
  flow = "night.flow"
node over: finish
"""
NIGHT = """flow night
schema 1
var n: number = 1
start -> tell
{head}node tell: work
  text = "{{contact.level}} {{n}}"
  -> over
node over: hangup
  reason = "night"
node sorry: work
  text = "sorry"
  -> over
"""


def test_a_jump_begins_another_flow() -> None:
    caller = calling({"main": JUMPS, "night.flow": NIGHT.format(head="")})
    assert caller.run.program.name == "main"
    assert caller.go() == Ended("hangup", "flow", "night", "over")
    assert caller.notes == ["gold 1"]
    assert caller.run.program.name == "night"


def test_the_other_flow_has_its_own_on_error() -> None:
    flows = {"main": JUMPS, "night.flow": NIGHT.format(head="on_error -> sorry\n")}
    caller = calling(flows, {Note: [NodeFailure("disk-full", "no room")]})
    assert caller.go().cause == "night"
    assert caller.notes == ["gold 1", "sorry"]


def test_an_on_error_may_jump_and_the_other_flow_handles_errors_anew() -> None:
    main = JUMPS.replace("on_error -> over", "on_error -> jump").replace(
        'node mark: set\n  contact.level = "gold"\n', "node mark: work\n"
    )
    flows = {
        "main": main,
        "night.flow": NIGHT.format(head="on_error -> sorry\n").replace("{contact.level} ", ""),
    }
    fails = [NodeFailure("one", "1"), NodeFailure("two", "2")]
    caller = calling(flows, {Note: fails})
    assert caller.go().cause == "night"


def test_a_jump_leaves_those_that_called_it_too() -> None:
    part = 'flow part\nschema 1\nstart -> j\nnode j: jump_flow\n  flow = "night.flow"\n'
    main = CALLS.format(head='var level: text = ""\n', edge="", tail="")
    flows = {"main": main, "part.flow": part, "night.flow": NIGHT.format(head="")}
    caller = calling(flows, contact={"level": "silver"})
    assert caller.go().cause == "night"
    assert caller.seen.visited == ["part", "j", "tell", "over"]


def test_a_jump_to_nowhere_fails() -> None:
    caller = calling({"main": JUMPS})
    assert caller.go().node == "over"
    assert ("failed", "jump", "unknown-flow") in caller.seen.events


def test_flows_may_jump_in_a_circle_but_not_without_end() -> None:
    one = 'flow one\nschema 1\nstart -> j\non_error -> j\nnode j: jump_flow\n  flow = "two.flow"\n'
    flows = {"main": one, "two.flow": one.replace("two.flow", "one.flow"), "one.flow": one}
    caller = calling(flows)
    ended = caller.go()
    assert (ended.by, ended.cause) == ("failure", "step-budget")


def test_the_caller_keeps_the_versions_it_began_with() -> None:
    """A program holds the programs it calls: nothing is looked up while a call runs."""
    site = site_with({"identify.flow": IDENTIFY})
    program = compile_program(parse(MAIN).flow, site)  # type: ignore[arg-type]
    called = site.flows and site.flows("identify.flow")
    assert called is not None
    called.flow = None
    run = Run(program, Frame(now=NOON, call={"caller": "1"}), Seen())
    assert isinstance(run.start(NOON), Note)


def test_secrets_of_the_contact_are_kept_by_a_jump() -> None:
    main = JUMPS.replace('node mark: set\n  contact.level = "gold"', "node mark: secretly")

    class Secretly(Node):
        """Marks the contact in secret."""

        type, title, group, icon = "secretly", "Secretly", "Logic", "log"

        async def run(self) -> PortValue:
            from flow_runtime.core.commands import Assign

            await Assign("contact.level", "gold", secret=True)
            return "next"

    night = NIGHT.format(head="").replace(
        'node tell: work\n  text = "{contact.level} {n}"',
        'node tell: set\n  contact.level = "silver"',
    )
    site = Surroundings({**LIBRARY, "secretly": Secretly})
    caller = calling({"main": main, "night.flow": night}, site=site)
    caller.go()
    assert [e for e in caller.seen.events if e[0] == "assigned"] == [
        ("assigned", "contact.level", "***"), ("assigned", "contact.level", "***"),
    ]  # fmt: skip


def test_a_node_that_does_not_let_itself_be_ended_does_not_stop_a_jump() -> None:
    class Clinging(Node):
        """Holds on."""

        type, title, group, icon = "clinging", "Clinging", "Logic", "log"
        flow: str = param(help="Which.", literal=True, names="flow")

        async def run(self) -> PortValue:
            from flow_runtime.core.commands import JumpFlow

            try:
                await JumpFlow(self.flow)
            finally:
                await Note("no!")

    main = JUMPS.replace("jump: jump_flow", "jump: clinging")
    site = Surroundings({**LIBRARY, "clinging": Clinging})
    caller = calling({"main": main, "night.flow": NIGHT.format(head="")}, site=site)
    assert caller.go().cause == "night"
