"""Keeps Python's garbage collector from walking through open flows again and again.

A flow of 500 nodes is half a million objects that stay for hours. Made with the collector at work,
more than a quarter of the time to open it goes into looking for garbage that is not there; later
each full collection is a pause of 100 ms and more in the middle of somebody's typing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def settled_afterwards() -> Iterator[None]:
    """No collection while a flow is opened; what there is afterwards is looked at no more."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
    gc.freeze()


def look_at_all() -> None:
    """A flow was closed: what it leaves behind can be collected with the rest."""
    gc.unfreeze()
