"""Show the node library: every node type with its parameters and ports."""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from dataclasses import MISSING
from datetime import timedelta
from typing import Any

from flow_runtime.core.expr.values import plain_duration
from flow_runtime.core.node import Draft, Node, ParamSpec, Port, error_port
from nodes.catalogue import GROUPS, library, library_problems


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard nodes``."""
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the library."""
    described = [describe(cls) for cls in library().values()]
    described.sort(key=lambda node: (GROUPS.index(node["group"]), node["type"]))
    for problem in library_problems():
        print(problem, file=sys.stderr)
    if args.json:
        print(json.dumps(described, indent=2, ensure_ascii=False))
        return 0
    group = None
    for node in described:
        if node["group"] != group:
            group = node["group"]
            print(f"\n{group}")
        print(f"  {node['type']:<15} {node['help'].splitlines()[0]}")
        for spec in node["parameters"]:
            default = "" if spec["required"] else f" = {_quoted(spec)}"
            print(f"      {spec['name']}: {spec['type']}{default}  # {spec['help']}")
        print(f"      -> {', '.join(node['ports']) or 'none'}")
    return 0


def _quoted(spec: dict[str, Any]) -> str:
    """The default as it stands in a flow."""
    return f'"{spec["default"]}"' if spec["type"] == "text" else str(spec["default"])


def describe(cls: type[Node]) -> dict[str, Any]:
    """One node type as plain data: what ``--json`` prints and the manual is made from."""
    constants = {name: spec.default for name, spec in cls.params.items() if not spec.required}
    ports = cls.ports(Draft("", {}, constants))
    return {
        "type": cls.type,
        "title": cls.title,
        "group": cls.group,
        "icon": cls.icon,
        "help": inspect.getdoc(cls) or "",
        "parameters": [_parameter(spec) for spec in cls.params.values()],
        "ports": [str(port.name) for port in (*ports, error_port())],
        "ways": [_port(port) for port in (*ports, error_port())],
        "waits": cls.waits,
        "speaks": cls.speaks,
        "ends": cls.ends,
        "free_lines": cls.free_lines,
    }


def _parameter(spec: ParamSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "type": "variable" if spec.variable else str(spec.type),
        "required": spec.required,
        "default": None if spec.default is MISSING else spelled(spec.default),
        "help": spec.help,
        "unit": spec.unit,
        "choices": list(spec.choices),
        "low": None if spec.low is None else spelled(spec.low),
        "high": None if spec.high is None else spelled(spec.high),
        "whole": spec.whole,
        "literal": spec.literal,
        "makes": None if spec.makes is None else str(spec.makes),
    }


def _port(port: Port) -> dict[str, Any]:
    return {
        "name": str(port.name),
        "help": port.help,
        "required": port.required,
        "stands_for": port.stands_for,
    }


def spelled(value: Any) -> Any:
    """A default or a bound as it would be written in a flow, texts without their quotes."""
    if isinstance(value, timedelta):
        return plain_duration(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "none"
    return value if isinstance(value, int | str) else str(value)
