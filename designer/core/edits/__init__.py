"""Edits: pure functions from a flow to a flow. What an edit does not name, it keeps.

That goes for comments too: those on lines of their own above a line that is taken out move on to
the next one; the comment behind a line goes with it.
"""

from designer.core.edits.items import (
    JumpKind,
    add_node,
    first_nodes,
    free_name,
    fresh_name,
    remove_nodes,
    rename_node,
    set_jump,
    set_title,
)
from designer.core.edits.parameters import (
    move_line,
    read_value,
    remove_parameter,
    remove_parameters,
    rename_parameter,
    set_parameter,
    set_parameters,
    written_value,
)
from designer.core.edits.places import (
    add_remark,
    canonical,
    change_remark,
    move,
    place,
    positions,
    remove_remarks,
)
from designer.core.edits.ports import (
    connect,
    disconnect,
    draw_port,
    label_port,
    move_port,
    remove_port,
    rename_port,
)
from designer.core.edits.shape import Replaced, Way, arrows_to, insert_node, replace_type
from designer.core.edits.variables import (
    Library,
    declare,
    remove_declaration,
    rename_variable,
    replace_declaration,
    set_flow_header,
    variables_made,
    variables_of,
)

__all__ = [
    "JumpKind",
    "Library",
    "Replaced",
    "Way",
    "add_node",
    "add_remark",
    "arrows_to",
    "canonical",
    "change_remark",
    "connect",
    "declare",
    "disconnect",
    "draw_port",
    "first_nodes",
    "free_name",
    "fresh_name",
    "insert_node",
    "label_port",
    "move",
    "move_line",
    "move_port",
    "place",
    "positions",
    "read_value",
    "remove_declaration",
    "remove_nodes",
    "remove_parameter",
    "remove_parameters",
    "remove_port",
    "remove_remarks",
    "rename_node",
    "rename_parameter",
    "rename_port",
    "rename_variable",
    "replace_declaration",
    "replace_type",
    "set_flow_header",
    "set_jump",
    "set_parameter",
    "set_parameters",
    "set_title",
    "variables_made",
    "variables_of",
    "written_value",
]
