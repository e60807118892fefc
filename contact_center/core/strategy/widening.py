"""Whether one condition surely lets in every agent that another does."""

from __future__ import annotations

from typing import Final, TypeAlias

from contact_center.core.strategy.model import Wanted
from contact_center.core.strategy.scan import number_of, split_comparison

Alternatives: TypeAlias = tuple[Wanted, ...]
"""Conditions of which one is enough."""

_SIGNS: Final = {">=": 1, ">": 1, "<=": -1, "<": -1}


def is_wider(condition: str, than: str) -> bool:
    """Whether *condition* surely holds wherever *than* does.

    Known for equal ones, and for comparisons of the same with numbers: ``skill.billing >= 30``
    is wider than ``skill.billing >= 60``.
    """
    if condition == than:
        return True
    one, other = split_comparison(condition), split_comparison(than)
    if one is None or other is None or one[0] != other[0]:
        return False
    low, high = number_of(one[2]), number_of(other[2])
    way = _SIGNS.get(one[1])
    if way is None or low is None or high is None or _SIGNS.get(other[1]) != way:
        return False
    if low == high:
        return one[1] in (">=", "<=")
    return way * low < way * high
