"""The heat map of a window: on or off, of which period, and the figures of the flow in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from designer.core.heat import Measure
from designer.look.i18n import tr
from flow_runtime.core.traffic import FlowTraffic

if TYPE_CHECKING:
    from designer.server.connection import Server
    from designer.server.trace_file import TraceFile

_HOUR: Final = 3600.0
_AGAIN: Final = 60_000
"""Milliseconds after which the figures of a running server are asked for again."""


@dataclass(frozen=True, slots=True)
class Period:
    """From *since* to *until*, in seconds since the epoch; *name* says it to people."""

    name: str
    since: float
    until: float


class Sources(Protocol):
    """Where figures come from."""

    @property
    def server(self) -> Server | None:
        """The server that is connected."""

    @property
    def trace(self) -> TraceFile | None:
        """The trace file that is open."""


class HeatModel(QObject):
    """See the module; `changed` follows all that a panel or a page shows of it."""

    changed = Signal()

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self._sources = sources
        self.on = False
        self.measure: Measure = "traffic"
        self.flow = ""
        self.title = ""
        self.traffic: FlowTraffic | None = None
        """None while there is no answer."""
        self.trouble = ""
        self.from_file = False
        """Whether the figures are those of the trace file."""
        self._at = 0
        self._asked = 0
        self._again = QTimer(self, interval=_AGAIN)
        self._again.timeout.connect(self.refresh)

    # --- what can be chosen ---------------------------------------------------------------------

    @property
    def source(self) -> str:
        """The name of the server or the file that the figures come from; empty without one."""
        if self._trace is not None:
            return self._trace.path.name
        return "" if self._sources.server is None else self._sources.server.address.name

    @property
    def _trace(self) -> TraceFile | None:
        wanted = self.from_file or self._sources.server is None
        return self._sources.trace if wanted else None

    def sources(self) -> list[tuple[str, bool]]:
        """What figures can come from: a name, and whether it is the trace file."""
        server, trace = self._sources.server, self._sources.trace
        found = [] if server is None else [(server.address.name, False)]
        return found if trace is None else [*found, (trace.path.name, True)]

    def periods(self) -> Sequence[Period]:
        """The periods to choose from."""
        if self._trace is not None:
            return _of_file(self._trace)
        if self._sources.server is None:
            return ()
        return _of_server(self._sources.server.now())

    @property
    def period(self) -> int:
        """Which of the periods is chosen."""
        return min(self._at, max(0, len(self.periods()) - 1))

    # --- choosing -------------------------------------------------------------------------------

    def switch(self, on: bool) -> None:
        """Show the heat map, or no longer."""
        if on != self.on:
            self.on = on
            self.refresh()
            if on:
                self._again.start()
            else:
                self._again.stop()

    def choose_period(self, at: int) -> None:
        """Another of the periods."""
        self._at = at
        self.refresh()

    def choose_measure(self, measure: Measure) -> None:
        """Colour by something else."""
        self.measure = measure
        self.changed.emit()

    def choose_source(self, from_file: bool) -> None:
        """The figures of the file, or of the server."""
        self.from_file, self._at = from_file, 0
        self.refresh()

    def show(self, flow: str, title: str) -> None:
        """Another flow is in front."""
        if flow != self.flow:
            self.flow, self.title, self.traffic = flow, title, None
            self.refresh()

    def refresh(self) -> None:
        """Ask for the figures again."""
        self._asked += 1
        self.trouble = ""
        trace, server, periods = self._trace, self._sources.server, self.periods()
        if not self.on or not self.flow or not periods:
            self.traffic = None
        elif trace is not None:
            period = periods[self.period]
            first, last = int(period.since // _HOUR), int(period.until // _HOUR)
            self.traffic = trace.traffic(self.flow, first, last)
        elif server is not None and server.state == "up":
            self._ask(server, periods[self.period])
        self.changed.emit()

    def _ask(self, server: Server, period: Period) -> None:
        from designer.server.answers import FlowFigures, traffic_of
        from designer.server.rest import Trouble

        number = self._asked

        def got(answer: FlowFigures | Trouble) -> None:
            if number != self._asked:
                return  # something else was asked meanwhile
            if isinstance(answer, Trouble):
                self.trouble = answer.text
            else:
                self.traffic = traffic_of(answer)
            self.changed.emit()

        query = {"since": str(period.since), "until": str(period.until)}
        server.rest.get(f"flows/{self.flow}/traffic", FlowFigures, got, query)


def _of_server(now: float) -> list[Period]:
    """Periods by the clock of this computer's place."""
    here = datetime.fromtimestamp(now).astimezone()
    today = here.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    return [
        Period(tr("Last 24 hours"), now - 24 * _HOUR, now),
        Period(tr("Last hour"), now - _HOUR, now),
        Period(tr("Today"), today.timestamp(), now),
        Period(tr("Yesterday"), (today - day).timestamp(), today.timestamp() - 1),
        Period(tr("Last 7 days"), now - 7 * 24 * _HOUR, now),
        Period(tr("Last 31 days"), now - 31 * 24 * _HOUR, now),
    ]


def _of_file(trace: TraceFile) -> list[Period]:
    """The whole file, then each of its days."""
    hours = sorted(trace.hours)
    if not hours:
        return []
    days: dict[str, list[int]] = {}
    for hour in hours:
        day = datetime.fromtimestamp(hour * _HOUR).astimezone()
        days.setdefault(f"{day:%Y-%m-%d}", []).append(hour)
    names = list(days)
    whole = names[0] if len(names) == 1 else f"{names[0]} – {names[-1]}"
    periods = [Period(whole, hours[0] * _HOUR, hours[-1] * _HOUR)]
    if len(names) > 1:
        periods += [Period(n, h[0] * _HOUR, h[-1] * _HOUR) for n, h in days.items()]
    return periods
