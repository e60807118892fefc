"""Show the node library: every node type with its parameters and ports."""

from __future__ import annotations

import argparse
import inspect
import json
from dataclasses import MISSING
from datetime import timedelta
from typing import Any

from flow_runtime.core.node import Draft, Node, ParamSpec, error_port

GROUPS = ("Call", "Say", "Ask", "Logic", "Data", "Agents")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``cordboard nodes``."""
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Print the library."""
    from nodes.catalogue import library

    described = [describe(cls) for cls in library().values()]
    described.sort(key=lambda node: (_rank(node["group"]), node["type"]))
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
            default = "" if spec["required"] else f" = {spec['default']}"
            print(f"      {spec['name']}: {spec['type']}{default}  # {spec['help']}")
        print(f"      -> {', '.join(node['ports']) or 'none'}")
    return 0


def _rank(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


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
    }


def spelled(value: Any) -> Any:
    """A default as it would be written in a flow."""
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}s"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "none"
    return value if isinstance(value, int | str) else str(value)
