"""Which views of a flow there are, and how they are made."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final, Literal, TypeAlias, get_args

from designer.canvas.protocol import Canvas

Engine: TypeAlias = Literal["scene", "nodegraph"]
"""``scene`` is our own view on Qt's graphics scene; ``nodegraph`` the one on NodeGraphQt."""
ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)


def is_there(engine: Engine) -> bool:
    """Whether what *engine* needs is installed."""
    return engine == "scene" or find_spec("NodeGraphQt") is not None


def make_canvas(engine: Engine) -> Canvas:
    """A canvas of *engine*; our own where that one is not installed."""
    if engine == "nodegraph" and is_there(engine):
        from designer.canvas.nodegraph import NodeGraphCanvas

        return NodeGraphCanvas()
    from designer.canvas.scene_canvas import SceneCanvas

    return SceneCanvas()
