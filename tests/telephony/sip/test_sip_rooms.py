"""Conferences and taps of SIP calls: what their legs are told, who is a member."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sip_phone import house
from telephony.line import CallEnded, LineError
from telephony.simulated import SimulatedLine


async def test_all_are_told_when_somebody_comes_and_goes():
    async with house() as home:
        _, one, _, leg, _ = await home.talking()
        _, other, _, far, _ = await home.talking()
        leg.orders.clear(), far.orders.clear()
        conference = home.line.conference(beeps=True)
        await conference.join(one)
        await conference.join(other)
        assert leg.orders == ["join", "join", "join"]  # into the room, two beeps
        assert far.orders == ["join", "join"]
        await other.hangup()
        assert leg.orders[-1] == "leave" and conference.members == (one,)
        quiet = home.line.conference()
        await quiet.join(one)
        assert leg.orders[-1] == "join" and conference.members == ()
        with pytest.raises(CallEnded):
            await quiet.join(other)
        assert quiet.members == (one,)


async def test_a_tap_is_told_to_the_leg_and_ends_with_a_bridge():
    async with house() as home:
        _, one, _, leg, _ = await home.talking()
        _, other, _, _, _ = await home.talking()
        await one.untap()
        leg.orders.clear()
        for mode in ("monitor", "whisper", "barge"):
            await one.tap(other, mode)
        await one.untap()
        await one.untap()
        assert leg.orders == ["monitor", "whisper", "barge", "part"]
        await one.tap(other, "monitor")
        await one.bridge(other)
        await one.untap()
        assert leg.orders[-1] == "bridge"
        await one.music([])
        assert leg.orders[-1] == ("music", 0)


async def test_calls_of_another_line_are_refused():
    async with house() as home:
        _, one, _, _, _ = await home.talking()
        far = None

        def taken(call):
            nonlocal far
            far = call

        line = SimulatedLine(lambda: datetime(2026, 11, 23, 10, tzinfo=UTC))
        await line.start(taken)
        line.call("1")
        with pytest.raises(LineError, match="sip line can be tapped"):
            await one.tap(far, "monitor")
        with pytest.raises(LineError, match="sip line can be tapped"):
            await one.tap(one, "monitor")
        with pytest.raises(LineError, match="only calls of the line"):
            await home.line.conference().join(far)
        await line.stop()
