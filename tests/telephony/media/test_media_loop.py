"""The packets' loop with many sockets: it collects packets, and waits while none is sent."""

from __future__ import annotations

import socket
import time

import pytest

from telephony.media import loop as module
from telephony.media.loop import Loop


def test_with_many_sockets_and_nothing_to_send_it_still_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MANY", 1)
    rounds, heard = 0, []
    ours, theirs = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    with ours, theirs:
        ours.bind(("127.0.0.1", 0))
        ours.setblocking(False)
        start = time.monotonic()

        def urgent(now: float) -> bool:
            nonlocal rounds
            rounds += 1
            if rounds % 20 == 0:
                theirs.sendto(b"x", ours.getsockname())
            packets.ending = len(heard) == 5
            return False

        packets = Loop(lambda now: None, urgent)
        packets.listen(ours, lambda now: heard.append(ours.recv(10)))
        packets.run()
        # at most one round a millisecond, and one for each packet
        assert rounds <= (time.monotonic() - start) * 1000 + 10
    assert heard == [b"x"] * 5
