"""The second view of a flow, on NodeGraphQt's viewer and items; only here NodeGraphQt is imported.

NodeGraphQt's controller (its nodes with properties, undo stack and session files) is not used: the
flow's text is the truth. Its viewer does the selecting, dragging, connecting and unplugging.
"""

from designer.canvas.nodegraph.canvas import NodeGraphCanvas

__all__ = ["NodeGraphCanvas"]
