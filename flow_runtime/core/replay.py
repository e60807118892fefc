"""Replays a node's example, for the test of a node type: no loop, no line, no clock."""

from __future__ import annotations

from typing import Any, cast

from flow_runtime.core.model import ERROR, PortValue
from flow_runtime.core.node import Example, Node


def replay(cls: type[Node], example: Example) -> PortValue | None:
    """The port by which a *cls* leaves when the world answers as *example* says.

    None when the last command ends the run. Raises AssertionError when the node gives another
    command than the example has, leaves early, or goes on after the last answer.
    """
    drawn = tuple(cls.port_key(port) for port in example.drawn)
    # run() is a coroutine that only ever awaits commands, so that a plain send drives it
    running = cls(name="example", drawn=drawn, **example.given).run()
    script = list(example.script)
    answer: Any = None
    try:
        while True:
            throws = isinstance(answer, Exception)
            command = running.throw(answer) if throws else running.send(answer)
            if not script:
                raise AssertionError(f"one command more than in the example: {command}")
            wanted = script.pop(0)
            if command != wanted:
                raise AssertionError(f"the node gives {command}, the example has {wanted}")
            if not script and example.leaves_by is None:
                running.close()
                return None
            answer = script.pop(0) if script else None
    except StopIteration as stop:
        if script:
            raise AssertionError(f"the node left before {script[0]}") from None
        return cast(PortValue, stop.value)
    except AssertionError:
        raise
    except Exception as failure:
        if failure is not answer:
            raise
        return ERROR
