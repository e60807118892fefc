"""The audit log beside what the engine's own events write into it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import insert

from contact_center.store.codec import dumps
from contact_center.store.statements import Op
from contact_center.store.tables import Audit

_NEW: Final = insert(Audit)


def audited(by: str, action: str, target: str, data: Any, now: float) -> Op:
    """What records that *by* did *action* to *target*."""
    return _NEW, {"at": now, "by": by, "action": action, "target": target, "data": dumps(data)}
