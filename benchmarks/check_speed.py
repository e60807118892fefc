"""How long it takes to check a flow, and to check it again after a change in an editor.

    python benchmarks/check_speed.py [--nodes 300 2000] [--rounds 40]

Makes a flow of that many nodes as people write them (menus, digits, lookups, conditions, prompts
with slots, loops), parses and checks it, then changes it in random places, one change at a time:
in the model, as the designer does, and in the text, as an editor does. Prints milliseconds of
processor time: the median, the 95th percentile and the worst, when Python cleaned up its memory.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

from cordboard.bench.big_flow import SOURCE, big_flow
from flow_runtime.core.check import FlowChecker, check_text
from flow_runtime.core.model import Flow, NodeDecl, Parameter
from flow_runtime.core.surroundings import Surroundings
from flow_runtime.core.syntax import parse_expression
from nodes.catalogue import library

AROUND = Surroundings(library(), sources={SOURCE: False})


# --- changes of the model -------------------------------------------------------------------------


def with_node(flow: Flow, number: int, node: NodeDecl) -> Flow:
    nodes = list(flow.nodes)
    nodes[number] = node
    return replace(flow, nodes=tuple(nodes))


def set_parameter(flow: Flow, number: int, name: str, text: str) -> Flow:
    node = flow.nodes[number]
    value = parse_expression(text)
    changed = tuple(
        Parameter(name, value, place=p.place) if p.name == name else p for p in node.parameters
    )
    return with_node(flow, number, replace(node, parameters=changed))


def some_node(flow: Flow, kind: str) -> int:
    return random.choice([n for n, node in enumerate(flow.nodes) if node.type == kind])


def change_prompt(flow: Flow) -> Flow:
    text = f'"Please hold, {random.randrange(1000)} {{tries}}."'
    return set_parameter(flow, some_node(flow, "menu"), "prompt", text)


def change_condition(flow: Flow) -> Flow:
    text = random.choice(["tries > 3", "note == none", 'tries > 2 and note != "x"', "true"])
    return set_parameter(flow, some_node(flow, "if"), "when", text)


def change_line(flow: Flow) -> Flow:
    text = random.choice(["tries + 1", "tries + 2", "none", '"x"', "number(kind)"])
    return set_parameter(flow, some_node(flow, "set"), "tries", text)


def rename_variable(flow: Flow) -> Flow:
    number = some_node(flow, "digits")
    return set_parameter(flow, number, "into", f"number{random.randrange(1000)}")


def redraw(flow: Flow) -> Flow:
    number = random.randrange(len(flow.nodes) - 2)
    node = flow.nodes[number]
    edges = list(node.edges)
    port = random.randrange(len(edges))
    target = random.choice([None, "bye", random.choice(flow.nodes).name])
    edges[port] = replace(edges[port], target=target)
    return with_node(flow, number, replace(node, edges=tuple(edges)))


def remove_or_add(flow: Flow) -> Flow:
    nodes = list(flow.nodes)
    if random.random() < 0.5:
        del nodes[random.randrange(len(nodes) - 2)]
    else:
        nodes.insert(random.randrange(len(nodes)), NodeDecl(f"new{len(nodes)}", "say"))
    return replace(flow, nodes=tuple(nodes))


MODEL: tuple[Callable[[Flow], Flow], ...] = (
    change_prompt, change_condition, change_line, rename_variable, redraw, remove_or_add,
)  # fmt: skip


# --- changes of the text --------------------------------------------------------------------------


def type_a_letter(text: str) -> str:
    at = text.index("press 1", random.randrange(len(text) // 2))
    return text[:at] + random.choice("abc") + text[at:]


def type_in_a_name(text: str) -> str:
    at = text.index("-> say", random.randrange(len(text) // 2)) + len("-> sa")
    return text[:at] + random.choice("xyz") + text[at:]


def new_line(text: str) -> str:
    at = text.index("\nnode", random.randrange(len(text) // 2))
    return text[:at] + "\n" + text[at:]


def new_parameter(text: str) -> str:
    at = text.index("  attempts", random.randrange(len(text) // 2))
    return text[:at] + "  timeout = 3s\n" + text[at:]


TEXT: tuple[Callable[[str], str], ...] = (type_a_letter, type_in_a_name, new_line, new_parameter)


# --- measuring ------------------------------------------------------------------------------------


def timed(work: Callable[..., object], *arguments: object) -> float:
    """Milliseconds of processor time: others may be busy on the machine."""
    began = time.process_time()
    work(*arguments)
    return (time.process_time() - began) * 1000


def report(label: str, found: list[float]) -> None:
    worst = sorted(found)
    late = worst[int(len(worst) * 0.95)]
    print(f"  {label:28} {statistics.median(found):8.1f} {late:8.1f} {worst[-1]:8.1f}")


def measure(nodes: int, rounds: int) -> None:
    text = big_flow(nodes)
    flow, problems = check_text(text, AROUND)
    assert flow is not None and not problems, problems[:3]
    print(f"{len(flow.nodes)} nodes, {text.count(chr(10))} lines: median, 95 %, worst in ms")
    report("parse and check", [timed(check_text, text, AROUND) for _ in range(5)])
    print(" again, after a change of the model")
    for change in MODEL:
        checker, found = FlowChecker(AROUND), []
        for _ in range(rounds):
            checker.check(flow)
            found.append(timed(checker.check, change(flow)))
        report(change.__name__.replace("_", " "), found)
    print(" parsed and checked again, after a change of the text")
    for edit in TEXT:
        checker, found = FlowChecker(AROUND), []
        for _ in range(rounds):
            checker.check_text(text)
            found.append(timed(checker.check_text, edit(text)))
        report(edit.__name__.replace("_", " "), found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nodes", type=int, nargs="+", default=[300, 2000])
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    random.seed(1)
    for nodes in arguments.nodes:
        measure(nodes, arguments.rounds)


if __name__ == "__main__":
    main()
