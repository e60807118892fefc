"""Copy and paste: a part of a flow as flow text, which mail and chat carry as well as a clipboard.

A fragment is a small flow of its own: the variables that its nodes use, the nodes with the arrows
among them, and where they stand. It can be read, saved as a file and pasted anywhere; hand-made
text pastes too, be it nodes alone or with a letter around them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from designer.core.document import Order, Refused
from designer.core.edits import (
    Library,
    canonical,
    declare,
    first_nodes,
    free_name,
    positions,
    remove_nodes,
    remove_remarks,
    variables_made,
    variables_of,
)
from designer.core.edits.items import change_nodes
from designer.core.edits.variables import names_in
from designer.core.letter import without_letter
from designer.core.picture import GRID
from flow_runtime.core.expr.tree import PromptKey
from flow_runtime.core.expr.walk import walk
from flow_runtime.core.model import (
    NO_COMMENTS,
    Box,
    Declaration,
    Edge,
    Flow,
    Layout,
    NodeDecl,
    Remark,
)
from flow_runtime.core.phrase import phrase
from flow_runtime.core.prompts import NO_PROMPTS, PromptBook
from flow_runtime.core.syntax import parse, print_flow

Point = tuple[int, int]
_COLUMN = 220
"""How far apart pasted nodes stand that no place is known of."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A flow after pasting, with what is new in it: to be selected."""

    flow: Flow
    nodes: tuple[str, ...] = ()
    sheets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is selected: nodes, given with where they stand now, and notes and frames."""

    nodes: Mapping[str, Point]
    sheets: Collection[int] = ()


def copy(
    flow: Flow,
    chosen: Chosen,
    library: Library,
    book: PromptBook = NO_PROMPTS,
    order: Order | None = None,
) -> str:
    """What is *chosen*, as text; *book* tells which variables prompts say, *order* as for print."""
    return print_flow(fragment(flow, chosen, library, book), order)


def cut(
    flow: Flow,
    chosen: Chosen,
    library: Library,
    book: PromptBook = NO_PROMPTS,
    order: Order | None = None,
) -> tuple[str, Flow]:
    """What is *chosen* as text, and the flow without it; its comments go with it."""
    nodes = first_nodes(flow)
    gone = [name for name in chosen.nodes if name in nodes]
    bare = {name: replace(nodes[name], comments=NO_COMMENTS) for name in gone}
    shorter = remove_remarks(remove_nodes(change_nodes(flow, bare), gone), chosen.sheets)
    return copy(flow, chosen, library, book, order), shorter


def duplicate(flow: Flow, chosen: Chosen, library: Library) -> Pasted:
    """What is *chosen* once more, a little to the right and below, written behind the original."""
    part = fragment(flow, chosen, library, NO_PROMPTS)
    after = next((n.name for n in reversed(flow.nodes) if n.name in chosen.nodes), None)
    return _put(flow, part, None, library, after)


def paste(flow: Flow, text: str, library: Library, at: Point | None = None) -> Pasted:
    """*flow* with what *text* holds, its upper left corner at *at*, else moved by a grid step.

    Nodes get fresh names where theirs are taken. Arrows to other nodes than those pasted are not
    connected. Raises `Refused` for a text without nodes or notes, and for one of which a part
    would get lost.
    """
    parsed = parse(text)
    if any(problem.severity == "error" for problem in parsed.problems):
        parsed = parse(without_letter(text))
    for problem in parsed.problems:
        if problem.severity == "error" and problem.code != "syntax-no-flow":
            line = problem.place.line
            raise Refused(
                phrase(
                    "line {line} of what was copied cannot be read: {problem}",
                    line=line,
                    problem=problem.text,
                )
            )
    part = parsed.flow
    if part is None or not (part.nodes or part.layout.remarks):
        raise Refused(
            phrase(
                "there is no node, note or frame in what was copied; copy cards from a canvas, or"
                " lines of a flow beginning with: node NAME: TYPE"
            )
        )
    return _put(flow, part, at, library, None)


# --- the fragment ---------------------------------------------------------------------------------


def fragment(flow: Flow, chosen: Chosen, library: Library, book: PromptBook) -> Flow:
    """The *chosen* part of *flow* as a flow of its own, without a start."""
    nodes = [node for name, node in first_nodes(flow).items() if name in chosen.nodes]
    names = {node.name for node in nodes}
    written = {box.name: box for box in flow.layout.boxes}
    boxes = []
    for name in sorted(names):
        x, y = chosen.nodes[name]
        boxes.append(replace(written.get(name, Box(name, x, y)), x=x, y=y))
    remarks = [r for index, r in enumerate(flow.layout.remarks) if index in chosen.sheets]
    part = Flow(
        flow.name,
        flow.title,
        flow.schema,
        nodes=tuple(_cut_off(node, names) for node in nodes),
        layout=Layout(tuple(boxes), tuple(remarks)),
    )
    used = set(_used(flow, part.nodes, library, book))
    declared = tuple(one for one in flow.declarations if one.name in used)
    return canonical(replace(part, declarations=declared))


def _cut_off(node: NodeDecl, names: Collection[str]) -> NodeDecl:
    """*node* without the arrows that lead to other nodes than *names*; their ports stay written."""
    return replace(node, edges=tuple(_leading(edge, names) for edge in node.edges))


def _leading(edge: Edge, names: Collection[str]) -> Edge:
    return edge if edge.target is None or edge.target in names else replace(edge, target=None)


def _used(
    flow: Flow, nodes: Iterable[NodeDecl], library: Library, book: PromptBook
) -> Iterator[str]:
    """The names that *nodes* use, and those that the first values of these use in turn."""
    defaults = {one.name: one.default for one in flow.declarations}
    todo = [name for node in nodes for name in _of_node(node, library, book)]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            default = defaults.get(name)
            todo += [] if default is None else names_in(default)
            yield name


def _of_node(node: NodeDecl, library: Library, book: PromptBook) -> Iterator[str]:
    for _, name in variables_of(node, library.get(node.type)):
        yield name
    for line in node.parameters:
        for part in walk(line.value):
            if isinstance(part, PromptKey):
                yield from _said(part.key, book)


def _said(key: str, book: PromptBook) -> Iterator[str]:
    for language in book.languages:
        prompt = book.find(key, language)
        if prompt is not None and prompt.text is not None:
            yield from names_in(prompt.text)


# --- putting it in --------------------------------------------------------------------------------


def _put(flow: Flow, part: Flow, at: Point | None, library: Library, after: str | None) -> Pasted:
    taken = {node.name for node in flow.nodes}
    names: dict[str, str] = {}
    for node in part.nodes:
        names.setdefault(node.name, free_name(taken, node.name))
        taken.add(names[node.name])
    nodes = tuple(_renamed(node, names) for node in first_nodes(part).values())
    boxes, remarks = _placed(part, at, flow)
    boxes = [replace(box, name=names[box.name]) for box in boxes]
    behind = [node.name for node in flow.nodes]
    index = behind.index(after) + 1 if after in behind else len(behind)
    first = len(flow.layout.remarks)
    layout = replace(
        flow.layout,
        boxes=(*flow.layout.boxes, *boxes),
        remarks=(*flow.layout.remarks, *remarks),
    )
    grown = replace(flow, nodes=(*flow.nodes[:index], *nodes, *flow.nodes[index:]), layout=layout)
    if not flow.nodes and not flow.jumps:
        grown = replace(grown, jumps=part.jumps)
    for declaration in _missing(flow, part, nodes, library):
        grown = declare(grown, declaration)
    sheets = range(first, first + len(remarks))
    return Pasted(grown, tuple(node.name for node in nodes), tuple(sheets))


def _renamed(node: NodeDecl, names: Mapping[str, str]) -> NodeDecl:
    edges = tuple(
        replace(edge, target=None if edge.target is None else names.get(edge.target))
        for edge in node.edges
    )
    return replace(node, name=names[node.name], edges=edges)


def _missing(
    flow: Flow, part: Flow, nodes: Iterable[NodeDecl], library: Library
) -> Iterator[Declaration]:
    """The declarations of *part* that *flow* lacks.

    Inputs and outputs become variables, so that pasting does not change what the flow is called
    with; in an empty flow they stay what they are.
    """
    known = {one.name for one in flow.declarations}
    made = variables_made(replace(flow, nodes=(*flow.nodes, *nodes)), library)
    for one in part.declarations:
        if one.name not in known and (one.name not in made or one.kind != "var" or one.default):
            known.add(one.name)
            yield one if not flow.nodes else replace(one, kind="var")


def _placed(part: Flow, at: Point | None, flow: Flow) -> tuple[list[Box], list[Remark]]:
    """The boxes and remarks of *part* where they shall stand."""
    names = [node.name for node in first_nodes(part).values()]
    boxes = {box.name: box for box in reversed(part.layout.boxes) if box.name in names}
    remarks = part.layout.remarks
    if at is not None:
        things: list[Box | Remark] = [*boxes.values(), *remarks]
        left = min((thing.x for thing in things), default=0)
        top = min((thing.y for thing in things), default=0)
        dx, dy = _on_grid(at[0]) - left, _on_grid(at[1]) - top
        unplaced = [name for name in names if name not in boxes]
        right = max((box.x + _COLUMN for box in boxes.values()), default=left)
        for number, name in enumerate(unplaced):
            boxes[name] = Box(name, right + _COLUMN * number, top)
    else:
        dx = dy = _step([*boxes.values(), *remarks], flow)
    moved = [replace(boxes[name], x=boxes[name].x + dx, y=boxes[name].y + dy) for name in boxes]
    return moved, [replace(one, x=one.x + dx, y=one.y + dy) for one in remarks]


def _on_grid(length: int) -> int:
    return round(length / GRID) * GRID


def _step(things: Sequence[Box | Remark], flow: Flow) -> int:
    """How far to move *things* so that none lies exactly upon another: pasting again steps on."""
    used = set(positions(flow).values()) | {(one.x, one.y) for one in flow.layout.remarks}
    step = GRID
    while any((thing.x + step, thing.y + step) in used for thing in things):
        step += GRID
    return step
