"""What agents dial on their own telephones: codes, passwords, other agents, numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent_phone_kit import AgentPhones
from contact_center.core import events as ev
from contact_center.store.settings import AgentSettings, QueueSettings
from flow_runtime.core import feature_prompts
from flow_runtime.core.prompts import PromptBook
from flow_runtime.switchboard.feature_codes import (
    CODES,
    BadCode,
    Dialled,
    FeatureCodes,
    KeysInCall,
)
from queue_kit import Centre, flow, run
from telephony.simulated import Callee

WITH = {"repairs": 50}
READY = AgentSettings("1001", queues=WITH, ready=True)
OUT = AgentSettings("1001", queues=WITH)
FIXED = AgentSettings("1001", contact="sip:1001@10.0.0.2:5062", queues=WITH)
OTHER = AgentSettings("1002", queues=WITH, ready=True)

Phones = Callable[[AgentPhones], Coroutine[Any, Any, None]]


def on_phones(
    scenario: Phones, *agents: AgentSettings, queue: QueueSettings | None = None, **how: Any
) -> None:
    """Let *scenario* happen at a centre of *agents*; *how* is for `AgentPhones`."""

    async def main(centre: Centre) -> None:
        await scenario(await AgentPhones(centre, **how).begin())

    run(flow(), main, agents=agents or (READY,), queue=queue)


# --- codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("*11", Dialled("sign_in")),
        ("*46", Dialled("not_ready")),
        ("*463", Dialled("not_ready", "3")),
        ("*8", Dialled("pick")),
        ("*85", Dialled("retrieve")),
        ("*361002", Dialled("barge", "1002")),
        ("*811", None),
        ("*99", None),
        ("1001", None),
        ("", None),
    ],
)
def test_a_code_is_read(number: str, found: Dialled | None) -> None:
    assert FeatureCodes().read(number) == found


def test_the_longest_code_wins_and_an_empty_one_is_off() -> None:
    codes = FeatureCodes({"not_ready": "7", "monitor": "71", "ready": ""})
    assert codes.read("715") == Dialled("monitor", "5")
    assert codes.read("725") == Dialled("not_ready", "25")
    assert codes.read("") is None


@pytest.mark.parametrize(
    ("codes", "feature", "says"),
    [
        ({"ready": "*1", "done": "*1"}, "done", "code of ready already"),
        ({"ready": "one"}, "ready", "cannot be dialled"),
        ({"ready": "*12345678901234567"}, "ready", "cannot be dialled"),
    ],
)
def test_codes_that_cannot_be(codes: Any, feature: str, says: str) -> None:
    with pytest.raises(BadCode, match=says) as bad:
        FeatureCodes(codes)
    assert bad.value.feature == feature


def test_the_words_are_there_in_both_languages_and_a_site_may_replace_them() -> None:
    english, chinese = feature_prompts.BUILT_IN["en"], feature_prompts.BUILT_IN["zh"]
    assert english.keys() == chinese.keys()
    assert all(any(letter > "\u4e00" for letter in text) for text in chinese.values())
    site, problems = PromptBook.build({"en": {feature_prompts.READY: "Go."}})
    assert not problems
    book = feature_prompts.with_feature_prompts(site)
    for key, said in (
        (feature_prompts.READY, "Go."),
        (feature_prompts.DONE, english["cordboard.agent_done"]),
    ):
        prompt = book.find(key, "en")
        assert prompt is not None and prompt.text is not None
        assert prompt.text.constant == said


# --- states ---------------------------------------------------------------------------------------


def test_a_day_by_the_telephone() -> None:
    async def scenario(phones: AgentPhones) -> None:
        centre = phones.centre
        assert await phones.hears("1001", "*11") == "You are signed in."
        assert centre.state("1001") == "not ready"
        assert await phones.hears("1001", "*45") == "You are ready."
        assert centre.state("1001") == "ready"
        assert await phones.hears("1001", "*461") == "You are not ready."
        assert centre.state("1001") == "not ready"
        assert centre.journal.engine.agents["1001"].reason == "lunch"
        assert await phones.hears("1001", "*469") == "You are not ready."
        assert centre.journal.engine.agents["1001"].reason == "9"
        assert await phones.hears("1001", "*12") == "You are signed out."
        assert centre.state("1001") == "signed out"
        assert not phones.tried, "it has registered with the password"

    on_phones(scenario, OUT, codes=FeatureCodes(reasons={"1": "lunch"}))


def test_who_becomes_ready_by_a_code_is_not_rung_while_hearing_it() -> None:
    async def scenario(phones: AgentPhones) -> None:
        centre = phones.centre
        await centre.board.desk.sign_in("1001")
        caller = centre.call()
        await asyncio.sleep(5)
        far = phones.dial("1001", "*45")
        phone = await centre.rings("1001")
        assert far.over.is_set() and far.transcript == "You are ready."
        phone.answer()
        await asyncio.sleep(1)
        assert caller.hears == ["1001"]
        caller.hang_up()

    on_phones(scenario, OUT)


def test_a_supervisors_lock_is_said() -> None:
    async def scenario(phones: AgentPhones) -> None:
        phones.centre.board.desk.force("1001", "not ready", by="boss", locked=True)
        assert "locked the agent's state" in await phones.hears("1001", "*45")
        assert phones.centre.state("1001") == "not ready"

    on_phones(scenario)


def test_a_refusal_is_said_with_its_reason() -> None:
    async def scenario(phones: AgentPhones) -> None:
        assert "present state (signed out)" in await phones.hears("1001", "*45")
        assert await phones.hears("1001", "*99") == "There is no such code."

    on_phones(scenario, OUT)


def test_everything_is_said_in_the_language_of_the_site() -> None:
    async def scenario(phones: AgentPhones) -> None:
        assert await phones.hears("1001", "*11") == "您已签入。"
        assert await phones.hears("1001", "*48") == (
            "坐席当前状态（未就绪）不允许此操作；请查看状态后重试"
        )
        assert await phones.hears("1001", "*8") == "您的队列中没有人在等待。"

    on_phones(scenario, OUT, language="zh-CN")


def test_wrap_up_is_ended_by_a_code() -> None:
    async def scenario(phones: AgentPhones) -> None:
        centre = phones.centre
        caller = centre.call()
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(5)
        caller.hang_up()
        await phone.over.wait()
        assert centre.state("1001") == "wrap-up"
        assert await phones.hears("1001", "*48") == "Your wrap-up is finished."
        assert centre.state("1001") == "ready"

    on_phones(scenario, queue=QueueSettings("repairs", wrap_up=600.0))


# --- whose telephone it is ------------------------------------------------------------------------


def fixed_call(phones: AgentPhones, number: str, caller: str = "1001", port: int = 5062) -> Any:
    return phones.centre.world.line.call(caller, number, source=("10.0.0.2", port))


def test_a_telephone_at_a_fixed_address_asks_for_the_password() -> None:
    async def scenario(phones: AgentPhones) -> None:
        far = fixed_call(phones, "*11")
        await far.answered.wait()
        await asyncio.sleep(2)
        far.press("4321#")
        await asyncio.sleep(10)
        assert "This password is wrong" in far.transcript
        assert phones.centre.state("1001") == "signed out"
        far.press("1234#")
        await far.over.wait()
        assert far.transcript.endswith("You are signed in.")
        assert phones.tried == ["4321", "1234"]
        assert phones.centre.state("1001") == "not ready"

    on_phones(scenario, FIXED, passwords={"1001": "1234"})


def test_wrong_passwords_lock_the_agent_out_at_that_address() -> None:
    async def scenario(phones: AgentPhones) -> None:
        for typed in ("1#2#3#", "4#5#6#"):
            far = fixed_call(phones, "*11")
            await far.answered.wait()
            for key in typed:
                far.press(key)
                if key == "#":
                    await asyncio.sleep(15)
            await far.over.wait()
        assert "Too many wrong passwords" in far.transcript
        assert phones.tried == ["1", "2", "3", "4", "5"], "the sixth is not even looked at"
        far = fixed_call(phones, "*11")
        await far.over.wait()
        assert far.transcript.startswith("Too many wrong passwords")
        await asyncio.sleep(601)
        far = fixed_call(phones, "*11")
        await far.answered.wait()
        far.press("1234#")
        await far.over.wait()
        assert far.transcript.endswith("You are signed in.")

    on_phones(scenario, FIXED, passwords={"1001": "1234"})


def test_an_address_alone_intercepts_nobodys_calls() -> None:
    async def scenario(phones: AgentPhones) -> None:
        far = fixed_call(phones, "*371002")
        await far.answered.wait()
        await asyncio.sleep(2)
        far.press("4321#")
        await asyncio.sleep(10)
        assert "This password is wrong" in far.transcript
        assert not phones.centre.journal.engine.agents["1002"].diverted
        far.press("1234#")
        await far.over.wait()
        assert phones.centre.journal.engine.agents["1002"].diverted == "1001"

    supervisor = replace(FIXED, supervisor=True)
    on_phones(scenario, supervisor, OTHER, passwords={"1001": "1234"})


def test_nothing_typed_is_no_password() -> None:
    async def scenario(phones: AgentPhones) -> None:
        far = fixed_call(phones, "*11")
        await far.over.wait()
        assert not phones.tried and phones.centre.state("1001") == "signed out"

    on_phones(scenario, FIXED, passwords={"1001": ""})


@pytest.mark.parametrize(
    ("caller", "source", "phone"),
    [
        ("1001", ("10.0.0.3", 5062), ""),
        ("1001", ("10.0.0.2", 5063), ""),
        ("1002", ("10.0.0.2", 5062), ""),
        ("", ("10.0.0.2", 5062), ""),
        ("1001", ("10.0.0.2", 5062), "reception"),
    ],
    ids=["address", "port", "name", "anonymous", "another telephone's"],
)
def test_who_merely_says_to_be_an_agent_is_not_believed(
    caller: str, source: tuple[str, int], phone: str
) -> None:
    async def scenario(phones: AgentPhones) -> None:
        line = phones.centre.world.line
        far = line.call(caller, "*12", source=source, phone=phone)
        await asyncio.sleep(1)
        assert phones.centre.world.served, "the flow has it, like any other call"
        far.hang_up()

    on_phones(scenario, FIXED)


# --- customers ------------------------------------------------------------------------------------


def test_the_longest_waiting_is_picked_and_the_telephone_rings() -> None:
    async def scenario(phones: AgentPhones) -> None:
        centre = phones.centre
        callers = []
        for number in ("1", "2"):
            callers.append(centre.call(number))
            await asyncio.sleep(10)
        far = phones.dial("1001", "*8")
        phone = await centre.rings("1001")
        assert far.over.is_set() and phone.shown.auto_answer and phone.shown.caller_id == "1"
        phone.answer()
        await asyncio.sleep(1)
        assert callers[0].hears == ["1001"]
        for caller in callers:
            caller.hang_up()
        await phone.over.wait()
        assert await phones.hears("1001", "*8") == "Nobody is waiting in your queues."

    busy = AgentSettings("1001", queues=WITH)

    async def signed_in(phones: AgentPhones) -> None:
        await phones.centre.board.desk.sign_in("1001")
        await scenario(phones)

    on_phones(signed_in, busy)


def test_keys_park_and_swap_during_a_call() -> None:
    async def scenario(phones: AgentPhones) -> None:
        centre = phones.centre
        first = centre.call("1")
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(1)
        phone.press("*84")
        await phone.over.wait()
        assert first.hears == [] and not first.over.is_set()
        second = centre.call("2")
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(1)
        phone.press("*84")
        await asyncio.sleep(1)
        assert second.hears == ["1001"], "no more than one may be parked"
        phone.press("*85")
        await asyncio.sleep(1)
        assert first.hears == ["1001"] and second.hears == []
        first.hang_up()
        await phone.over.wait()
        second.hang_up()

    on_phones(scenario)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ([("*", 0), ("8", 1), ("4", 2)], "park"),
        ([("1", 0), ("*", 1), ("8", 2), ("5", 3)], "retrieve"),
        ([("*", 0), ("*", 1), ("8", 2), ("4", 3)], "park"),
        ([("*", 0), ("8", 1), ("4", 5)], None),
        ([("*", 0), ("4", 1), ("5", 2)], None),
    ],
    ids=["park", "after another key", "begun twice", "too slow", "another code"],
)
def test_codes_among_the_keys_of_a_call(typed: list[tuple[str, int]], found: str | None) -> None:
    keys = KeysInCall(FeatureCodes())
    assert [keys.press(key, at) for key, at in typed][-1] == found


def test_a_code_is_found_once() -> None:
    keys = KeysInCall(FeatureCodes())
    assert [keys.press(key, 0.0) for key in "*84*84"] == [None, None, "park"] * 2


def test_park_is_for_calls() -> None:
    async def scenario(phones: AgentPhones) -> None:
        assert "present state (ready)" in await phones.hears("1001", "*84")

    on_phones(scenario)


def test_the_parked_customer_is_taken_back() -> None:
    async def scenario(phones: AgentPhones) -> None:
        centre = phones.centre
        assert await phones.hears("1001", "*85") == "You have not parked anybody."
        caller = centre.call("1")
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(1)
        centre.board.desk.park("1001")
        await phone.over.wait()
        phones.dial("1001", "*85")
        again = await centre.rings("1001")
        again.answer()
        await asyncio.sleep(1)
        assert caller.hears == ["1001"]
        caller.hang_up()
        await again.over.wait()

    on_phones(scenario)


# --- calls ----------------------------------------------------------------------------------------


def test_another_agent_is_called() -> None:
    async def scenario(phones: AgentPhones) -> None:
        centre = phones.centre
        far = phones.dial("1001", "1002")
        other = await centre.rings("1002")
        assert other.shown.caller_id == "1001"
        assert centre.state("1001") == "talking"
        other.answer()
        await asyncio.sleep(1)
        assert far.hears == ["1002"] and other.hears == ["1001"]
        far.hang_up()
        await other.over.wait()
        assert [centre.state(agent) for agent in ("1001", "1002")] == ["ready", "ready"]

    on_phones(scenario, READY, OTHER)


def test_an_agent_in_a_call_cannot_be_called() -> None:
    async def scenario(phones: AgentPhones) -> None:
        centre = phones.centre
        caller = centre.call()
        phone = await centre.rings("1002")
        phone.answer()
        await asyncio.sleep(1)
        said = await phones.hears("1001", "1002")
        assert said.startswith("the other agent is in a call")
        assert centre.state("1001") == "not ready"
        caller.hang_up()

    resting = AgentSettings("1001", queues={})

    async def signed_in(phones: AgentPhones) -> None:
        await phones.centre.board.desk.sign_in("1001")
        await scenario(phones)

    on_phones(signed_in, resting, OTHER)


def test_numbers_are_dialled_as_far_as_the_class_of_service_goes() -> None:
    async def scenario(phones: AgentPhones) -> None:
        centre = phones.centre
        centre.world.line.callees["0555123"] = Callee(after=1.0)
        far = phones.dial("1001", "0555123")
        await asyncio.sleep(3)
        assert far.hears == ["0555123"]
        far.hang_up()
        await asyncio.sleep(1)
        said = await phones.hears("1001", "0900123")
        assert "may not dial 0900123" in said
        assert centre.state("1001") == "ready"

    on_phones(scenario, AgentSettings("1001", queues=WITH, ready=True, may_dial=("0555*",)))


@pytest.mark.parametrize(
    ("number", "flow", "served"),
    [("100", "", True), ("0777", "any", True), ("0555", "any", False), ("0777", "", False)],
    ids=["a flow's own number", "any number", "one that may be dialled", "no flow"],
)
def test_flows_serve_their_own_numbers(number: str, flow: Any, served: bool) -> None:
    async def scenario(phones: AgentPhones) -> None:
        far = phones.dial("1001", number)
        await asyncio.sleep(1)
        assert bool(phones.centre.world.served) is served
        far.hang_up()
        await asyncio.sleep(1)

    out = AgentSettings("1001", queues=WITH, may_dial=("0555",))
    on_phones(scenario, out, flow=flow)


def test_every_code_is_in_the_manual() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "admin.md").read_text(encoding="utf-8")
    for feature, code in CODES.items():
        (row,) = [line for line in manual.splitlines() if f"| `{feature}` |" in line]
        assert row.startswith(f"| `{code.dialled}`")
        assert code.then == "" or ("AGENT" in row) == (code.then == "agent")


# --- the hold key ---------------------------------------------------------------------------------


def test_the_agents_hold_key_gives_the_caller_music() -> None:
    async def scenario(centre: Centre) -> None:
        pressed: list[bool] = []
        centre.board.observe(
            lambda event, actions, now: (
                pressed.append(event.on) if isinstance(event, ev.HoldKey) else None
            )
        )
        caller = centre.call()
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(2)
        phone.hold()
        await asyncio.sleep(8)
        assert centre.state("1001") == "talking"
        phone.hold(False)
        await asyncio.sleep(1)
        phone.speak(1.0, "I am back")
        await asyncio.sleep(2)
        (music,) = [h for h in caller.heard if h.text == "On hold" and h.kind == "sound"]
        assert music.seconds == pytest.approx(8, abs=0.01)
        assert caller.heard[-1].text == "I am back" and pressed == [True, False]
        phone.hold()
        await asyncio.sleep(3)
        phone.hang_up()
        await centre.world.ended()
        assert caller.transcript.endswith("Goodbye from 1001")

    run(flow('music = "On hold"'), scenario)


def test_the_callers_hold_key_changes_nothing_for_the_agent() -> None:
    async def scenario(centre: Centre) -> None:
        caller = centre.call()
        phone = await centre.rings("1001")
        phone.answer()
        await asyncio.sleep(2)
        before = len(phone.heard)
        caller.hold()
        await asyncio.sleep(5)
        assert len(phone.heard) == before, "the agent hears what the customer's side sends"
        caller.hold(False)
        phone.hang_up()

    run(flow(), scenario)
