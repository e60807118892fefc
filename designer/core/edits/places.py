"""Edits of the canvas: where cards stand, frames and notes. They touch no line of logic."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal

from designer.core.edits.remains import without
from flow_runtime.core.model import Box, Flow, Remark


def positions(flow: Flow) -> dict[str, tuple[int, int]]:
    """Where each placed node stands."""
    return {box.name: (box.x, box.y) for box in flow.layout.boxes}


def place(flow: Flow, where: Mapping[str, tuple[int, int]]) -> Flow:
    """Put nodes where *where* says; the others stay."""
    kept = []
    left = dict(where)
    for box in flow.layout.boxes:
        at = left.pop(box.name, None)
        kept.append(box if at is None else replace(box, x=at[0], y=at[1]))
    kept += [Box(name, x, y) for name, (x, y) in left.items()]
    return replace(flow, layout=replace(flow.layout, boxes=tuple(kept)))


def move(
    flow: Flow, nodes: Mapping[str, tuple[int, int]], sheets: Collection[int], dx: int, dy: int
) -> Flow:
    """Move by (dx, dy) the *nodes*, given with where they stand now, and some remarks."""
    moved = place(flow, {name: (x + dx, y + dy) for name, (x, y) in nodes.items()})
    remarks = tuple(
        replace(r, x=r.x + dx, y=r.y + dy) if i in sheets else r
        for i, r in enumerate(moved.layout.remarks)
    )
    return replace(moved, layout=replace(moved.layout, remarks=remarks))


def add_remark(
    flow: Flow, kind: Literal["note", "frame"], text: str, x: int, y: int, width: int, height: int
) -> Flow:
    """Put a note or a frame on the canvas."""
    remarks = (*flow.layout.remarks, Remark(kind, text, x, y, width, height))
    return replace(flow, layout=replace(flow.layout, remarks=remarks))


def change_remark(flow: Flow, index: int, **fields: str | int) -> Flow:
    """Change ``text``, ``x``, ``y``, ``width`` or ``height`` of the remark at *index*."""
    remarks = list(flow.layout.remarks)
    remarks[index] = replace(remarks[index], **fields)  # type: ignore[arg-type]
    return replace(flow, layout=replace(flow.layout, remarks=tuple(remarks)))


def remove_remarks(flow: Flow, indexes: Collection[int]) -> Flow:
    """Take notes and frames away; what lies in a frame stays."""
    kept, strays = without(flow.layout.remarks, indexes)
    tail = strays + flow.layout.tail
    return replace(flow, layout=replace(flow.layout, remarks=kept, tail=tail))


def canonical(flow: Flow) -> Flow:
    """*flow* with boxes and remarks in the order in which they are printed and read again."""
    boxes = sorted(flow.layout.boxes, key=lambda box: (box.name, box.x, box.y))
    remarks = sorted(flow.layout.remarks, key=_printed)
    layout = replace(flow.layout, boxes=tuple(boxes), remarks=tuple(remarks))
    return replace(flow, layout=layout)


def _printed(remark: Remark) -> tuple[bool, str, int, int, int, int]:
    size = (remark.x, remark.y, remark.width, remark.height)
    return (remark.kind == "frame", remark.text, *size)
