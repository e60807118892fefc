"""Which port of a switch stands for a value."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from flow_runtime.core.model import PortValue
from nodes.switch import Switch

DRAWN = (1, 2, "2", "true", "none", "gold", "else", "error", "1.5")


@pytest.mark.parametrize(
    ("value", "port"),
    [
        (Decimal(1), 1),
        (Decimal("2.00"), 2),
        ("2", "2"),
        ("1", "else"),
        (Decimal("1.5"), "else"),
        ("1.5", "1.5"),
        (Decimal(10) ** 40, "else"),
        (True, "true"),
        ("true", "true"),
        (False, "else"),
        (None, "none"),
        ("Gold", "else"),
        ("gold", "gold"),
        ("error", "else"),
        ("else", "else"),
        ("", "else"),
        (date(2026, 1, 1), "else"),
        (("gold",), "else"),
    ],
)
def test_the_port_of_a_value(value: Any, port: PortValue) -> None:
    with pytest.raises(StopIteration) as left:
        Switch(on=value, drawn=DRAWN).run().send(None)
    assert left.value.value == port
    assert type(left.value.value) is type(port)
