from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flow_runtime.clock import Stalled, VirtualLoop, WallClock, run_virtual

START = datetime(2026, 11, 23, 10, tzinfo=UTC)


def virtually(main: Callable[[VirtualLoop], Coroutine[Any, Any, Any]]) -> Any:
    return run_virtual(main, START)


def test_time_jumps_to_the_next_timer() -> None:
    async def main(loop: VirtualLoop) -> list[tuple[str, float]]:
        seen: list[tuple[str, float]] = []
        loop.call_later(7200, lambda: seen.append(("late", loop.time())))
        loop.call_later(0.5, lambda: seen.append(("soon", loop.time())))
        await asyncio.sleep(3 * 86400)
        seen.append(("end", loop.time()))
        return seen

    assert virtually(main) == [("soon", 0.5), ("late", 7200), ("end", 3 * 86400)]


def test_now_follows_the_loop_in_the_zone_of_the_start() -> None:
    async def main(loop: VirtualLoop) -> datetime:
        await asyncio.sleep(90)
        return loop.now()

    shanghai = ZoneInfo("Asia/Shanghai")
    now = run_virtual(main, datetime(2026, 11, 23, 23, 59, tzinfo=shanghai))
    assert now == datetime(2026, 11, 24, 0, 0, 30, tzinfo=shanghai)
    assert now.tzinfo is shanghai


def test_summer_time_ends_in_virtual_time_too() -> None:
    async def main(loop: VirtualLoop) -> datetime:
        await asyncio.sleep(3 * 3600)
        return loop.now()

    now = run_virtual(main, datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/Berlin")))
    assert (now.hour, now.minute) == (3, 30)


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="with a zone"):
        VirtualLoop(datetime(2026, 11, 23))  # noqa: DTZ001


def test_a_thread_takes_no_virtual_time() -> None:
    async def main(loop: VirtualLoop) -> tuple[str, float]:
        release = threading.Event()
        threading.Timer(0.05, release.set).start()
        async with asyncio.timeout(30):
            await asyncio.to_thread(release.wait, 10)
        return "done", loop.time()

    assert virtually(main) == ("done", 0)


def test_the_threads_of_other_executors_count_too() -> None:
    async def main(loop: VirtualLoop) -> float:
        release = threading.Event()
        threading.Timer(0.05, release.set).start()
        with ThreadPoolExecutor() as pool:
            async with asyncio.timeout(30):
                await loop.run_in_executor(pool, release.wait, 10)
        return loop.time()

    assert virtually(main) == 0


def test_a_thread_that_hangs_meets_its_time_limit() -> None:
    async def main(loop: VirtualLoop) -> float:
        release = threading.Event()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await asyncio.to_thread(release.wait, 10)
        release.set()
        return loop.time()

    assert virtually(main) == pytest.approx(0.1)


def test_time_jumps_again_when_the_thread_is_back() -> None:
    async def main(loop: VirtualLoop) -> float:
        await asyncio.to_thread(int)
        await asyncio.sleep(100)
        return loop.time()

    assert virtually(main) == 100


def test_a_subprocess_is_waited_for() -> None:
    async def main(loop: VirtualLoop) -> tuple[int, bytes]:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "print('out')", stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(60):
            output, _ = await child.communicate()
        await asyncio.sleep(1)
        assert child.returncode is not None
        return child.returncode, output

    assert virtually(main) == (0, b"out\n")


def test_a_subprocess_without_pipes_is_waited_for() -> None:
    async def main(loop: VirtualLoop) -> int:
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", "pass")
        async with asyncio.timeout(60):
            return await child.wait()

    assert virtually(main) == 0


def test_waiting_for_nothing_is_an_error() -> None:
    async def main(loop: VirtualLoop) -> None:
        await loop.create_future()

    with pytest.raises(Stalled, match="no timer"):
        virtually(main)


def test_somebody_is_asked_before_time_jumps() -> None:
    async def main(loop: VirtualLoop) -> tuple[list[float | None], float]:
        asked: list[float | None] = []
        woken = loop.create_future()

        def act(skipped: float | None) -> bool:
            asked.append(skipped)
            if len(asked) < 2:
                return False
            loop.before_jump = None
            woken.set_result(None)
            return True

        loop.before_jump = act
        await asyncio.sleep(5)
        loop.call_later(7, lambda: None)
        await woken
        return asked, loop.time()

    assert virtually(main) == ([5, 7], 5)


def test_the_wall_clock_is_aware() -> None:
    assert WallClock().now().tzinfo is not None
    tokyo = WallClock(ZoneInfo("Asia/Tokyo")).now()
    assert tokyo.utcoffset() == timedelta(hours=9)
