"""A thread with an event loop of its own, for work that must not hold up the calls' loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from functools import partial
from threading import Lock, Thread
from typing import Any, Final, TypeVar

from flow_runtime.data.workers import Workers

T = TypeVar("T")

_PATIENCE: Final = 5.0
"""Seconds until a loop that does not turn any more is left to itself."""
_LOOK_UPS: Final = 64
"""Names that are looked up at the same time: a few that hang do not hold up the others."""


class LoopThread(Executor):
    """Runs coroutines in a daemon thread, which is started when it is first needed.

    As an executor it is given functions that make a coroutine, so that `run_in_executor` of any
    event loop, a virtual one too, can wait for them.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of ``work()``, which is cancelled when the caller is."""
        result: T = await asyncio.get_running_loop().run_in_executor(self, work)  # type: ignore[arg-type]
        return result

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start the coroutine that ``fn(*args, **kwargs)`` makes."""
        return asyncio.run_coroutine_threadsafe(fn(*args, **kwargs), self._running())

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                loop = self._loop = _Loop()
                self._thread = Thread(target=loop.run_forever, name=self._name, daemon=True)
                self._thread.start()
            return self._loop

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel what still runs, and let the thread end."""
        with self._lock:
            loop, self._loop, thread = self._loop, None, self._thread
        if loop is None or thread is None:
            return
        try:
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(_PATIENCE)
        except TimeoutError:  # something blocks the loop: the thread ends with the program
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Loop(asyncio.SelectorEventLoop):
    """Looks names up in daemon threads.

    The threads of an ordinary loop are few, and the program waits for them at its end: a name
    server that hangs would hold up requests to other servers, and then the program's end.
    """

    def __init__(self) -> None:
        super().__init__()
        self._names = Workers("names", _LOOK_UPS)

    async def getaddrinfo(
        self,
        host: Any,
        port: Any,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """As in asyncio."""
        look_up = partial(socket.getaddrinfo, host, port, family, type, proto, flags)
        return await self.run_in_executor(self._names, look_up)

    def close(self) -> None:
        """As in asyncio."""
        self._names.shutdown()
        super().close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
