"""What may go wrong with the store before it runs, in words for whoever starts the server."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be used; the message says what is wrong and what to do."""


def reason_of(error: BaseException) -> str:
    """The driver's own words, in one line."""
    text = str(getattr(error, "orig", None) or error).strip()
    return text.splitlines()[0] if text else type(error).__name__
