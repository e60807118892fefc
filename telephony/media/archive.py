"""Recordings of the media process: begun, fed, ended, and told about when they are whole."""

from __future__ import annotations

from collections.abc import Callable

from telephony.core.recorder import Limits, Recorder
from telephony.media import protocol
from telephony.media.files import Files
from telephony.media.leg import MediaLeg
from telephony.media.recording import Recording, failure

Emit = Callable[[protocol.Event], None]


class Archive:
    """All recordings in progress. *released* is called with a leg whose file was closed."""

    def __init__(self, files: Files, emit: Emit, released: Callable[[MediaLeg], None]) -> None:
        self._files, self._emit, self._released = files, emit, released
        self._owners: dict[Recording, MediaLeg] = {}

    def record(self, leg: MediaLeg, order: protocol.Record, now: float) -> None:
        """Write what the far end of *leg* says."""
        if leg.recording is not None:
            leg.recording.end("stopped", now)
        recorder = Recorder(leg.law, now, Limits(order.most, order.silence))
        leg.recording = self._begin(leg, recorder, order.path, order.number, order.end_keys)
        leg.attend()

    def record_both(self, leg: MediaLeg, order: protocol.RecordBoth, now: float) -> None:
        """Write both directions of *leg*."""
        if leg.both is not None:
            leg.both.end("stopped", now)
        recorder = Recorder(leg.law, now, Limits(), both=True)
        leg.both = self._begin(leg, recorder, order.path)
        recorder.secret = leg.secret or leg.paused
        leg.sender.recorder = recorder
        leg.attend()

    def _begin(
        self, leg: MediaLeg, recorder: Recorder, path: str, number: int = 0, end_keys: str = ""
    ) -> Recording:
        recorder.secret = leg.secret
        recording = Recording(
            self._files, recorder, path, self._closed, number=number, end_keys=end_keys
        )
        self._owners[recording] = leg
        return recording

    def end(self, leg: MediaLeg, number: int, by: str, now: float) -> None:
        """Close recording *number* of *leg*, or that of both directions, if it runs."""
        recording = leg.both if number == protocol.BOTH else leg.recording
        if recording is not None and recording.number == number:
            recording.end(by, now)

    def end_all(self, leg: MediaLeg | None, now: float) -> int:
        """Close all recordings of *leg*, or of all legs; how many files are not whole yet."""
        mine = [one for one, owner in self._owners.items() if leg is None or owner is leg]
        for recording in mine:
            recording.end("stopped", now)
        return len(mine)

    def pull(self, now: float) -> None:
        """Take what was heard; called some times a second."""
        for recording in list(self._owners):
            recording.pull(now)

    def _closed(self, recording: Recording) -> None:
        """A file is closed, whole or not."""
        leg = self._owners.pop(recording)
        number, recorder = recording.number, recording.recorder
        if recording.error is not None:
            name, text = failure(recording.path, recording.error)
            self._emit(protocol.RecordFailed(leg.id, number, name, text))
        elif number:
            self._emit(
                protocol.Recorded(leg.id, number, recorder.samples, recording.by, recorder.spoke)
            )
        leg.forget(recording)
        self._released(leg)
