"""One running recording of a simulated leg: when it ends, and the file it leaves."""

from __future__ import annotations

import asyncio
from typing import Literal

from telephony.line import MediaFailed, RecordDone
from telephony.simulated.far_end import FarEnd
from telephony.simulated.wav import Stretch, Track, write

By = Literal["silence", "key", "full", "hangup", "stopped"]


class Recorder:
    """Ends after *most* seconds, or *silence* seconds after the last word, or when told to."""

    def __init__(
        self,
        path: str,
        far: FarEnd,
        muted: list[Stretch],
        *,
        most: float,
        silence: float,
        end_keys: str,
    ) -> None:
        self._path, self._far, self._muted = path, far, muted
        self._silence, self.end_keys = silence, end_keys
        self._loop = asyncio.get_running_loop()
        self._start = self._loop.time()
        self.done: asyncio.Future[RecordDone] = self._loop.create_future()
        self._full = self._loop.call_later(most, self.finish, "full")
        self._quiet: asyncio.TimerHandle | None = None
        self.listen()

    def listen(self) -> None:
        """Start the silence anew: at the end of what is being said, or now."""
        if self._quiet is not None:
            self._quiet.cancel()
        begins = max(self._loop.time(), self._far.speaking_until)
        self._quiet = self._loop.call_at(begins + self._silence, self.finish, "silence")

    def finish(self, by: By) -> None:
        """Write the file and give the result, once."""
        if self.done.done():
            return
        self._full.cancel()
        if self._quiet is not None:
            self._quiet.cancel()
        now = self._loop.time()
        try:
            write(self._path, [Track(self._far.spoken, self._muted)], self._start, now)
        except MediaFailed as error:
            self.done.set_exception(error)
            return
        spoke = any(s.end > self._start and s.start < now for s in self._far.spoken)
        self.done.set_result(RecordDone(self._path, now - self._start, by, spoke))
