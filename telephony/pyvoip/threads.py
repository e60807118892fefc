"""Between pyVoIP's threads and the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class Aloud:
    """Runs things on the event loop, called from any thread; in vain once the loop is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def __call__(self, what: Callable[..., object], *arguments: Any) -> None:
        """Run *what* soon."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what, *arguments)


async def aside(work: Callable[[], T]) -> T:
    """Run *work*, which blocks, in a daemon thread of its own.

    The threads that pyVoIP starts inherit being daemons from it, so none keeps a program alive.
    """
    done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    aloud = Aloud()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        try:
            result = work()
        except Exception as error:
            aloud(settle, None, error)
        else:
            aloud(settle, result, None)

    Thread(target=run, name="pyvoip-work", daemon=True).start()
    return await done
