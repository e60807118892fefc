"""Turns a scenario into a test that every backend runs, or refuses by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from line_bench.backends import BACKENDS
from line_bench.bench import Bench, Leg, Part, Scenario
from telephony.line import RingOptions, Unsupported


def scenario(*features: str) -> Callable[[Scenario], Callable[..., None]]:
    """A test of *features*. A backend that lacks one must raise `Unsupported` when asked for it.

    The test is parametrised over all backends; the first line of its docstring is its row in
    the table of results.
    """

    def make(play: Scenario) -> Callable[..., None]:
        @pytest.mark.parametrize("backend", _parameters())
        def test(backend: object, stage: Stage, request: pytest.FixtureRequest) -> None:
            stage.play(request.node)

        test.__name__ = test.__qualname__ = play.__name__
        test.__doc__, test.__module__ = play.__doc__, play.__module__
        test.features = features  # type: ignore[attr-defined]
        test.play = lambda bench: play_or_refuse(bench, features, play)  # type: ignore[attr-defined]
        return test

    return make


class Stage:
    """Plays the scenarios that pytest has selected; of a network backend many side by side.

    The first test of such a backend takes as long as all of them, the others only tell how
    theirs ended.
    """

    def __init__(self, items: Sequence[Any], folders: pytest.TempPathFactory) -> None:
        self._items, self._folders = items, folders
        self._outcomes: dict[str, BaseException | None] = {}

    def play(self, item: Any) -> None:
        """Raise what the scenario of *item* raised, if it did."""
        if item.nodeid not in self._outcomes:
            backend = item.callspec.params["backend"]
            batch = self._of(backend) if backend.together else [item]
            self._outcomes |= backend.run({one.nodeid: self._part(one) for one in batch})
        failure = self._outcomes.pop(item.nodeid)
        if failure is not None:
            raise failure

    def _of(self, backend: object) -> list[Any]:
        return [
            item
            for item in self._items
            if hasattr(item.function, "play") and item.callspec.params["backend"] is backend
        ]

    def _part(self, item: Any) -> Part:
        return item.function.play, self._folders.mktemp(item.originalname)


def _parameters() -> list[Any]:
    return [pytest.param(b, id=b.name, marks=b.marks) for b in BACKENDS]


async def play_or_refuse(bench: Bench, features: tuple[str, ...], play: Scenario) -> None:
    missing = [f for f in features if f not in bench.line.can]
    if not missing:
        await play(bench)
    for feature in missing:
        await refuses(bench, feature)


async def refuses(bench: Bench, feature: str) -> None:
    """The line raises `Unsupported` with its own name and the feature's."""
    with pytest.raises(Unsupported) as refusal:
        if feature == "dial":
            await bench.line.dial(bench.free_number, caller_id=None, timeout=1.0)
        elif feature == "ring":
            await bench.line.ring(bench.free_number, RingOptions(), timeout=1.0).answered()
        else:
            leg = await bench.answered_call()
            await PROBES[feature](bench, leg)
    assert refusal.value.backend == bench.line.name
    assert refusal.value.feature
    assert bench.line.name in str(refusal.value)


async def _tap(bench: Bench, leg: Leg) -> None:
    other = await bench.answered_call()
    await leg.call.tap(other.call, "monitor")


async def _conference(bench: Bench, leg: Leg) -> None:
    await bench.line.conference().join(leg.call)


async def _bridge(bench: Bench, leg: Leg) -> None:
    other = await bench.answered_call()
    await leg.call.bridge(other.call)


PROBES: dict[str, Callable[[Bench, Leg], Awaitable[Any]]] = {
    "sound": lambda bench, leg: leg.call.play([bench.tone(440, 0.1)]),
    "barge-in": lambda bench, leg: leg.call.play([bench.tone(440, 0.1)], interruptible=True),
    "record": lambda bench, leg: leg.call.record(
        str(bench.folder / "probe.wav"), most=1, silence=1
    ),
    "bridge": _bridge,
    "hold": lambda bench, leg: leg.call.hold(),
    "music": lambda bench, leg: leg.call.music([bench.tone(440, 0.1)]),
    "conference": _conference,
    "tap": _tap,
    "send-keys": lambda bench, leg: leg.call.send_keys("1"),
}
"""What to ask for, of a backend that says it cannot. Every line can answer, hang up, and hear
keys."""
