"""A server of this machine whose API can be watched; its calls are told to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cordboard.api import ApiServer, Facts
from cordboard.config import Api, load_config
from cordboard.surroundings import configured
from designer.server.address import Address
from desk.api.journal import Journal
from flow_runtime.library import FlowLibrary

PORT: Final = 8642
"""Stands in the picture, so it is always the same."""
TOKEN: Final = "a token of the pictures"


class RunningServer:
    """The API of the line that *config* describes, in a thread of its own."""

    def __init__(self, config: Path) -> None:
        read = load_config(config, secrets=False)
        around, _ = configured(read)
        self._flows = FlowLibrary(read.numbers, around)
        self._flows.load()
        api = Api("127.0.0.1", PORT, TOKEN, Path("token"))
        self._journal = Journal()
        self._server = ApiServer(
            api, Facts(replace(read, api=api), self._flows, self._status), self._journal
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._server.start())

    @property
    def address(self) -> Address:
        """Where it is."""
        return Address.parse(f"127.0.0.1:{PORT}")

    def tell(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Let these *events* happen."""

        async def told() -> None:
            for event in events:
                self._journal(event)

        self._run(told())

    def stop(self) -> None:
        """Serve no longer."""
        self._run(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _status(self) -> Mapping[str, Any]:
        return {"up_seconds": 5, "calls_now": 1, "calls_served": 1, "line": {}, "problems": []}

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(15)
