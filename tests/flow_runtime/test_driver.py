"""The driver: sound, keys and the life of a call, on the simulated line in virtual time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest

from flow_bench import ScriptedData, World, play, program
from flow_runtime.core.commands import Command, NodeFailure
from flow_runtime.core.node import Node
from flow_runtime.core.sound import Sound
from flow_runtime.logs import call_id
from flow_runtime.text_speaker import TextSpeaker, speaking_time
from telephony.line import Clip

GREET = """
flow greet "Greet"
schema 1
start -> hello
node hello: say
  text = "Good morning"
  -> bye
node bye: hangup
"""

MENUS = """
flow menus "Menus"
schema 1
start -> first
node first: menu
  prompt = "First menu, press one"
  1 -> second
  failed -> bye
node second: menu
  prompt = "Second menu, press two"
  2 -> third
  failed -> bye
node third: say
  text = "You are there"
  -> bye
node bye: hangup
"""


def test_a_flow_that_speaks_answers_by_itself() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        ended = await world.ended()
        assert far.transcript == "Good morning"
        assert (ended.by, ended.party, ended.node) == ("hangup", "flow", "bye")
        assert (far.ended_by, far.cause) == ("us", "normal")
        assert [e["event"] for e in world.trace] == [
            "incoming", "enter", "answered", "say", "leave", "enter", "hangup",
        ]  # fmt: skip

    play(GREET, scenario)


def test_the_trace_says_who_when_and_what() -> None:
    async def scenario(world: World) -> None:
        await asyncio.sleep(2)
        world.call("138", "96000")
        await world.ended()
        incoming, say = world.events("incoming")[0], world.events("say")[0]
        start = world.loop.now().timestamp() - world.time
        assert incoming == {
            "t": start + 2, "call": "sim1", "event": "incoming", "flow": "greet",
            "caller": "138", "called": "96000", "trunk": "", "channel": "voice",
        }  # fmt: skip
        assert say == {"t": start + 2, "call": "sim1", "event": "say", "text": "Good morning"}
        until_end = world.events("hangup")[0]["t"] - say["t"]
        assert until_end == pytest.approx(speaking_time("Good morning"), abs=1e-3)

    play(GREET, scenario)


def test_answer_rings_first() -> None:
    flow = GREET.replace(
        "start -> hello", "start -> take\nnode take: answer\n  ring = 4s\n  -> hello"
    )

    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(3.9)
        assert far.ringing and not far.answered.is_set()
        await asyncio.sleep(0.2)
        assert far.answered.is_set() and not far.ringing
        await world.ended()

    play(flow, scenario)


def test_a_call_can_be_rejected_before_it_is_answered() -> None:
    flow = """
flow closed "Closed"
schema 1
start -> no
node no: reject
  code = 480
"""

    async def scenario(world: World) -> None:
        far = world.call()
        ended = await world.ended()
        assert far.rejected == 480 and not far.answered.is_set()
        assert (ended.by, ended.party) == ("hangup", "flow")
        assert world.events("hangup")[0]["by"] == "us"

    play(flow, scenario)


def test_keys_typed_ahead_skip_the_prompts_of_later_nodes() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(0.2)
        far.press("12")
        await world.ended()
        assert [h.text for h in far.heard] == ["First menu, press one", "You are there"]
        assert far.heard[0].seconds == pytest.approx(0.2)
        assert world.visited == ["first", "second", "third", "bye"]
        assert [e["key"] for e in world.events("key")] == ["1", "2"]
        start = world.trace[0]["t"]
        pressed = [e["t"] - start for e in world.events("key")]
        assert pressed == pytest.approx([0.2, 0.2], abs=1e-3)

    play(MENUS, scenario)


def test_a_key_cuts_the_prompt_and_is_the_answer() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(0.5)
        far.press("1")
        await asyncio.sleep(10)
        far.press("2")
        await world.ended()
        assert far.heard[0].seconds == pytest.approx(0.5)
        assert far.heard[1].seconds == pytest.approx(speaking_time("Second menu, press two"))

    play(MENUS, scenario)


def test_a_sound_that_cannot_be_interrupted_empties_the_buffer() -> None:
    flow = """
flow warn "Warning"
schema 1
start -> warning
node warning: say
  text = "This call is recorded for training"
  interruptible = false
  -> ask
node ask: menu
  prompt = "Press one"
  attempts = 1
  1 -> bye
  failed -> bye
node bye: hangup
"""

    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(0.5)
        far.press("1")
        await world.ended()
        assert [h.text for h in far.heard] == ["This call is recorded for training", "Press one"]
        assert far.heard[0].seconds == speaking_time("This call is recorded for training")
        assert world.left_by["ask"] == "failed"
        assert [e["key"] for e in world.events("key")] == ["***"], "nobody read it: may be secret"

    play(flow, scenario)


DIGITS = """
flow account "Account"
schema 1
var number_text: text = ""
start -> ask
node ask: digits
  prompt = "Your account number"
  first_timeout = 5s
  next_timeout = 3s
  max = 4
  attempts = 1
  into = number_text
  -> bye
  failed -> bye
node bye: hangup
"""


@pytest.mark.parametrize(
    ("pressed", "read", "seconds"),
    [
        ([(2.0, "1234")], "1234", 2.0),
        ([(2.0, "12#")], "12", 2.0),
        ([(2.0, "12")], "12", 5.0),
        ([(2.0, "1"), (4.9, "2"), (7.8, "3")], "123", 10.8),
    ],
    ids=["full", "end key", "pause", "slow but in time"],
)
def test_a_number_ends_when_it_is_full_ended_or_paused(
    pressed: Sequence[tuple[float, str]], read: str, seconds: float
) -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        for at, keys in pressed:
            world.loop.call_at(at, far.press, keys)
        await world.ended()
        assert world.variable("number_text") == read
        assert world.time == pytest.approx(seconds)

    play(DIGITS, scenario)


def test_the_first_key_is_waited_for_from_the_end_of_the_prompt() -> None:
    async def scenario(world: World) -> None:
        world.call()
        await world.ended()
        assert world.left_by["ask"] == "failed"
        assert world.time == pytest.approx(speaking_time("Your account number") + 5)

    play(DIGITS, scenario)


def test_a_secret_is_masked_everywhere() -> None:
    flow = """
flow pin "PIN"
schema 1
var code: text = ""
start -> ask
node ask: digits
  prompt = "Your PIN"
  secret = true
  into = code
  -> tell
  failed -> bye
node tell: say
  text = "You typed {code}, that is {code:digits}"
  -> look
node look: db_lookup
  source = "billing"
  sql = "select * from account where pin = :pin"
  bind = {pin: code}
  into = row
  found -> bye
  not_found -> bye
node bye: hangup
"""
    data = ScriptedData([{"pin": "4711", "owed": 12}])

    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(0.1)
        far.press("4711#")
        await world.ended()
        assert data.asked[0][1] == {"pin": "4711"}, "the flow itself knows it"
        assert [e["key"] for e in world.events("key")] == ["***"] * 5
        assert world.variable("code") == "***"
        assert world.events("query")[0]["bind"] == {"pin": "***"}
        written = " ".join(map(str, world.trace))
        assert "4711" not in written and "4 7 1 1" not in written

    play(flow, scenario, data=data)


def test_recordings_are_silent_while_a_secret_is_asked_for_and_keyed() -> None:
    """Who knows the prompt keys the secret over it."""
    flow = DIGITS.replace("  attempts = 1", "  attempts = 1\n  secret = true")
    muted: list[tuple[float, bool]] = []

    async def scenario(world: World) -> None:
        far = world.call()
        secret, loop = far.call.secret, world.loop

        def noted(on: bool) -> None:
            muted.append((loop.time(), on))
            secret(on)

        far.call.secret = noted  # type: ignore[method-assign]
        world.loop.call_at(3, far.press, "1234")
        await world.ended()

    play(flow, scenario)
    asked = pytest.approx(speaking_time("Your account number"))
    assert muted == [(0, True), (asked, False), (asked, True), (3, False)]


def test_a_sound_that_cannot_be_made_leaves_by_error() -> None:
    class Mute(TextSpeaker):
        """An engine that has died."""

        async def clips(self, sound: Sound, voice: str | None = None) -> Sequence[Clip]:
            if sound[0].text == "Good morning":
                raise NodeFailure("tts-failed", "no engine could speak")
            return await super().clips(sound, voice)

    flow = GREET.replace("  -> bye", "  -> bye\n  error -> sorry") + (
        'node sorry: say\n  text = "Sorry"\n  -> bye\n'
    )

    async def scenario(world: World) -> None:
        far = world.call()
        await world.ended()
        assert far.transcript == "Sorry"
        error = world.events("error")[0]
        assert (error["node"], error["name"]) == ("hello", "tts-failed")

    play(flow, scenario, speaker=Mute())


def test_an_error_nobody_handles_apologises_and_hangs_up(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(TextSpeaker):
        """A speaker with a bug."""

        async def clips(self, sound: Sound, voice: str | None = None) -> Sequence[Clip]:
            if sound[0].text == "Good morning":
                raise KeyError("bug")
            return await super().clips(sound, voice)

    async def scenario(world: World) -> None:
        far = world.call()
        ended = await world.ended()
        assert ended.by == "failure" and ended.failure is not None
        assert ended.failure.name == "internal-error" and "KeyError" in ended.failure.text
        assert "sorry" in far.transcript and far.ended_by == "us"

    play(GREET, scenario, speaker=Broken())
    assert "nobody foresaw" in caplog.text


class Slow(TextSpeaker):
    """An engine that needs a second for every text."""

    async def clips(self, sound: Sound, voice: str | None = None) -> Sequence[Clip]:
        await asyncio.sleep(1)
        return await super().clips(sound, voice)


def test_a_key_pressed_while_the_words_are_being_made_skips_them() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        world.loop.call_at(0.5, far.press, "1")
        world.loop.call_at(1.5, far.press, "2")
        await world.ended()
        assert far.transcript == "You are there"
        assert [e["text"] for e in world.events("say")] == ["You are there"]

    play(MENUS, scenario, speaker=Slow())


def test_a_hang_up_while_the_words_are_being_made() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        world.loop.call_at(0.5, far.hang_up)
        assert (await world.ended()).party == "caller"
        assert world.time == 0.5

    play(GREET, scenario, speaker=Slow())


def test_a_failing_query_leaves_by_error_and_is_traced() -> None:
    flow = """
flow ask "Ask"
schema 1
start -> look
node look: db_lookup
  source = "crm"
  sql = "select 1"
  into = row
  found -> bye
  not_found -> bye
  error -> sorry
node sorry: say
  text = "Sorry"
  -> bye
node bye: hangup
"""

    async def scenario(world: World) -> None:
        far = world.call()
        await world.ended()
        assert far.transcript == "Sorry"
        assert world.events("query")[0]["error"] == "database-timeout"
        assert world.events("error")[0]["name"] == "database-timeout"

    play(flow, scenario, data=ScriptedData(NodeFailure("database-timeout", "2 s are over")))


def test_a_missing_sound_file_leaves_by_error() -> None:
    flow = GREET.replace('"Good morning"', 'file("gone.wav")')
    ready = program(flow, files=lambda name: f"/nonexistent/{name}")

    async def scenario(world: World) -> None:
        world.call()
        ended = await world.ended()
        assert ended.failure is not None and ended.failure.name == "sound-file-missing"
        assert "/nonexistent/gone.wav" in ended.failure.text

    play(ready, scenario)


LOOP = """
flow round "Round and round"
schema 1
var tries: number = 0
start -> one
node one: set
  tries = tries + 1
  -> two
node two: set
  tries = tries * 1
  -> one
"""


def test_a_flow_that_loops_without_input_is_ended_and_named() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        ended = await world.ended()
        assert ended.failure is not None and ended.failure.name == "step-budget"
        assert "one" in ended.failure.text and "two" in ended.failure.text
        assert "sorry" in far.transcript

    play(LOOP, scenario)


class Odd(Node):
    """Asks for something no driver knows."""

    type, title, group, icon = "odd", "Odd", "Logic", "odd"

    async def run(self) -> str:
        await Unheard()
        return "next"


class Unheard(Command[None]):
    """Of a plug-in that was not installed."""


def test_a_command_that_nobody_can_perform_is_a_named_error() -> None:
    flow = 'flow odd "Odd"\nschema 1\nstart -> odd\nnode odd: odd\n  -> odd\n'

    async def scenario(world: World) -> None:
        world.call()
        ended = await world.ended()
        assert ended.failure is not None and ended.failure.name == "unknown-command"
        assert "Unheard" in ended.failure.text

    play(program(flow, extra={"odd": Odd}), scenario)


def test_notes_and_failures_are_logged_with_the_call_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    flow = GREET.replace(
        "-> hello", '-> note\nnode note: log\n  text = "caller {call.caller}"\n  -> hello'
    )
    seen: list[tuple[str, str]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append((call_id.get(), record.getMessage()))

    async def scenario(world: World) -> None:
        world.call("138")
        await world.ended()

    log = logging.getLogger("flow")
    handler, level = Keep(), log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        play(flow, scenario)
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    assert seen[0] == ("sim1", "node note: caller 138")
    assert {call for call, _ in seen} == {"sim1"}


def test_a_cancelled_server_task_hangs_the_call_up() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(0.1)
        world.served[0].cancel()
        await asyncio.wait(world.served)
        assert world.served[0].cancelled()
        assert far.over.is_set() and far.ended_by == "us"

    play(GREET, scenario)


def test_lost_sound_is_told() -> None:
    async def scenario(world: World) -> None:
        far = world.call()
        await asyncio.sleep(0.1)
        assert far.call.listener is not None
        far.call.listener.media_lost("the media process died")
        await world.ended()
        assert world.events("error")[0]["name"] == "media-lost"

    play(GREET, scenario)


def test_a_line_without_a_trace_serves_as_well() -> None:
    async def scenario(world: World) -> None:
        world.services = replace(world.services, trace=None)
        far = world.call()
        await asyncio.sleep(0.1)
        far.press("12")
        await world.ended()
        assert far.transcript.endswith("You are there")

    play(MENUS, scenario)


def test_calls_do_not_disturb_each_other() -> None:
    async def scenario(world: World) -> None:
        fars = [world.call(str(n)) for n in range(50)]
        for n, far in enumerate(fars):
            world.loop.call_at(0.1 + n / 100, far.press, "1")
            world.loop.call_at(3 + n / 100, far.press, "2" if n % 2 else "9")
        await asyncio.wait(world.served)
        for n, far in enumerate(fars):
            assert far.transcript.endswith("You are there") == bool(n % 2)

    play(MENUS, scenario)
