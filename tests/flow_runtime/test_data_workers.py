"""The pool of threads behind a data source: bounded, and never waited for in vain."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from flow_runtime.data.workers import GivenUp, Job, Overdue, Stuck, Workers

SHORT = 0.05
LONG = 30.0


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Work that hangs waits for this; it is set at the end whatever happens."""
    event = threading.Event()
    yield event
    event.set()


async def test_it_gives_the_result() -> None:
    workers = Workers("t", 2)
    assert await workers.run(lambda job: 42, LONG) == 42
    assert await asyncio.gather(*(workers.run(lambda job, n=n: n, LONG) for n in range(20))) == [
        *range(20)
    ]


async def test_it_raises_what_the_work_raises() -> None:
    workers = Workers("t", 1)

    def fail(job: Job) -> None:
        raise LookupError("no")

    with pytest.raises(LookupError):
        await workers.run(fail, LONG)
    assert await workers.run(lambda job: "on", LONG) == "on"


async def test_no_more_threads_than_allowed_and_none_without_need() -> None:
    workers = Workers("bounded", 3)
    names = set()

    def work(job: Job) -> None:
        names.add(threading.current_thread().name)

    await workers.run(work, LONG)
    await workers.run(work, LONG)
    assert names == {"bounded-1"}
    barrier = threading.Barrier(3, timeout=LONG)
    await asyncio.gather(*(workers.run(lambda job: barrier.wait(), LONG) for _ in range(3)))
    await asyncio.gather(*(workers.run(work, LONG) for _ in range(30)))
    assert names <= {"bounded-1", "bounded-2", "bounded-3"}


async def test_work_that_hangs_is_given_up(released: threading.Event) -> None:
    workers = Workers("t", 2)
    with pytest.raises(Overdue) as overdue:
        await workers.run(lambda job: released.wait(), SHORT)
    assert not overdue.value.decided
    assert await workers.run(lambda job: "the other thread", LONG) == "the other thread"


async def test_when_all_hang_it_says_so_at_once_and_recovers(released: threading.Event) -> None:
    workers = Workers("t", 2)
    hanging = [workers.run(lambda job: released.wait(), SHORT) for _ in range(2)]
    results = await asyncio.gather(*hanging, return_exceptions=True)
    assert [type(r) for r in results] == [Overdue, Overdue]
    with pytest.raises(Stuck):
        await workers.run(lambda job: None, LONG)
    released.set()
    assert await until_it_answers(workers) == "again"


async def until_it_answers(workers: Workers) -> str:
    while True:
        try:
            return await workers.run(lambda job: "again", LONG)
        except Stuck:
            await asyncio.sleep(0.01)


async def test_work_given_up_while_it_waited_never_starts(released: threading.Event) -> None:
    workers = Workers("t", 1)
    started = []
    hanging = asyncio.create_task(workers.run(lambda job: released.wait(), LONG))
    await asyncio.sleep(0)
    with pytest.raises(Overdue):
        await workers.run(lambda job: started.append(1), SHORT)
    released.set()
    await hanging
    await workers.run(lambda job: None, LONG)
    assert not started


async def test_a_blocking_call_is_interrupted(released: threading.Event) -> None:
    workers = Workers("t", 1)
    ended = threading.Event()

    def work(job: Job) -> None:
        with job.interruptible(released.set):
            released.wait()
        ended.set()

    with pytest.raises(Overdue):
        await workers.run(work, SHORT)
    assert await asyncio.to_thread(ended.wait, LONG)


async def test_an_interrupt_that_came_too_early_is_repeated(released: threading.Event) -> None:
    workers, tries, ended = Workers("t", 1), [], threading.Event()

    def interrupt() -> None:  # as a database that has not begun its statement yet: no effect
        tries.append(1)
        if len(tries) == 3:
            released.set()

    def work(job: Job) -> None:
        with job.interruptible(interrupt):
            released.wait()
        ended.set()

    with pytest.raises(Overdue):
        await workers.run(work, SHORT)
    assert await asyncio.to_thread(ended.wait, LONG)


def test_at_shutdown_given_up_work_is_interrupted_at_once(released: threading.Event) -> None:
    """The event loop that would do it later may be about to end."""
    ended = threading.Event()

    def work(job: Job) -> None:
        with job.interruptible(released.set):
            released.wait()
        ended.set()

    async def give_up_and_end() -> None:
        workers = Workers("t", 1)
        with pytest.raises(Overdue):
            await workers.run(work, SHORT)
        workers.shutdown()

    asyncio.run(give_up_and_end())
    assert ended.wait(LONG)


async def test_what_is_not_blocking_any_more_is_not_interrupted() -> None:
    job, called = Job(), []
    with job.interruptible(lambda: called.append(1)):
        pass
    job.give_up()
    job.interrupt()
    assert not called


async def test_given_up_work_learns_of_it_before_it_takes_effect(
    released: threading.Event,
) -> None:
    workers, outcome = Workers("t", 1), []
    ended = threading.Event()

    def work(job: Job) -> None:
        released.wait()
        try:
            job.decide()
        except GivenUp:
            outcome.append("undone")
        finally:
            ended.set()

    with pytest.raises(Overdue) as overdue:
        await workers.run(work, SHORT)
    assert not overdue.value.decided
    released.set()
    assert await asyncio.to_thread(ended.wait, LONG)
    assert outcome == ["undone"]


async def test_after_the_point_of_no_return_that_is_told(released: threading.Event) -> None:
    workers = Workers("t", 1)

    def work(job: Job) -> None:
        job.decide()
        released.wait()

    with pytest.raises(Overdue) as overdue:
        await workers.run(work, SHORT)
    assert overdue.value.decided


async def test_a_cancelled_task_gives_its_work_up(released: threading.Event) -> None:
    workers, jobs, begun = Workers("t", 1), [], threading.Event()

    def work(job: Job) -> None:
        jobs.append(job)
        begun.set()
        released.wait()

    task = asyncio.create_task(workers.run(work, LONG))
    await asyncio.to_thread(begun.wait, LONG)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert jobs[0].given_up


async def test_after_shutdown_the_threads_end() -> None:
    workers = Workers("ending", 2)
    thread = await workers.run(lambda job: threading.current_thread(), LONG)
    workers.shutdown()
    await asyncio.to_thread(thread.join, LONG)
    assert not thread.is_alive()


def test_a_thread_that_hangs_does_not_keep_the_program() -> None:
    program = """
import asyncio, threading
from flow_runtime.data.workers import Overdue, Workers
async def main():
    try:
        await Workers("t", 1).run(lambda job: threading.Event().wait(), 0.05)
    except Overdue:
        print("given up")
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
    assert done.stdout.split() == [b"given", b"up"], done.stderr
