"""``cordboard bench offers``: how the telephones' logs are read."""

from datetime import datetime

import pytest

from cordboard.bench.offers import _quantile, _waits

LINE = "-----------------------------------------------"


def message(at: str, way: str, first: str, call: str) -> str:
    return (
        f"{LINE} 2026-11-28\t10:00:{at}\nUDP message {way} [300] bytes :\n\n"
        f"{first}\nVia: SIP/2.0/UDP x\nCall-ID: {call}\nContent-Length: 0\n\n"
    )


LOG = "".join(
    message(*line)
    for line in (
        ("01.000000", "received", "INVITE sip:a@h SIP/2.0", "one"),
        ("01.001000", "sent", "SIP/2.0 200 OK", "one"),
        ("02.000000", "sent", "BYE sip:b@h SIP/2.0", "one"),
        ("02.001000", "received", "SIP/2.0 200 OK", "one"),
        ("02.004500", "received", "INVITE sip:a@h SIP/2.0", "two"),
        ("02.504500", "received", "INVITE sip:a@h SIP/2.0", "two"),
        ("04.000000", "sent", "BYE sip:b@h SIP/2.0", "two"),
        ("04.500000", "sent", "BYE sip:b@h SIP/2.0", "two"),
        ("05.000000", "received", "INVITE sip:a@h SIP/2.0", "three"),
    )
)


def test_from_the_first_bye_to_the_first_invite_of_another_call() -> None:
    assert list(_waits(LOG, 0.0)) == pytest.approx([0.0045, 1.0], abs=1e-5)


def test_what_came_before_the_beginning_does_not_count() -> None:
    began = datetime(2026, 11, 28, 10, 0, 3).timestamp()  # noqa: DTZ001 - SIPp writes local time
    assert list(_waits(LOG, began)) == pytest.approx([1.0], abs=1e-5)


def test_quantiles_are_in_milliseconds() -> None:
    assert [_quantile([0.001, 0.002, 0.1], share) for share in (0.0, 0.5, 1.0)] == [1.0, 2.0, 100.0]
