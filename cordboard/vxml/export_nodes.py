"""Nodes as dialogs: one ``form`` or ``menu`` for each node whose work VoiceXML can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from cordboard.vxml.document import OUTCOME
from cordboard.vxml.elements import Content, Element, element
from cordboard.vxml.export_work import Work
from cordboard.vxml.script_meaning import quoted, template
from cordboard.vxml.script_writing import NoCounterpart, string
from cordboard.vxml.times import written_time
from flow_runtime.core.expr.tree import Binary, Expr, Literal, Name, Text
from flow_runtime.core.model import Edge, PortValue

DIALLED: Final = {"busy": ("busy",), "no_answer": ("noanswer",),
                  "answered_ended": ("far_end_disconnect", "near_end_disconnect")}  # fmt: skip
"""The ports of `dial`, and what VoiceXML 2.0 (2.3.7) calls them; all else is ``failed``."""
KEYS: Final = frozenset("0123456789*#")
"""The keys that every telephone has."""
_MOST_TIMES = 20
_MENU_KEY = re.compile(r"[0-9*#]{1,10}")


def form(work: Work, *content: Content) -> Element:
    """The node's dialog."""
    return element("form", {"id": work.id}, *work.handlers(), *content)


def block(work: Work, *content: Content) -> Element:
    """A dialog that asks nothing."""
    return form(work, element("block", {}, *content))


def _answer(work: Work) -> Element:
    if work.constant("ring"):
        work.differs("ring: a VoiceXML document starts when the call is already answered")
    return block(work, *work.leave())


def _hangup(work: Work) -> Element:
    reason = work.node.parameter("reason")
    is_normal = reason is None or work.constant("reason") == work.default("reason")
    script = None if reason is None or is_normal else work.scripts.script(reason.value)
    return block(work, element("exit", {"expr": script}))


def _say(work: Work) -> Element:
    return block(work, work.spoken("text", voice="voice"), *work.leave())


def _play(work: Work) -> Element:
    times = work.constant("times")
    if times > _MOST_TIMES:
        raise NoCounterpart(f"times is {times}: more than {_MOST_TIMES} would be written out")
    return block(work, *[work.spoken("prompt") for _ in range(times)], *work.leave())


def _wait(work: Work) -> Element:
    pause = element("break", {"time": written_time(work.constant("time"))})
    return block(work, element("prompt", {}, pause), *work.leave())


def _log(work: Work) -> Element:
    text = work.expression("text")
    if isinstance(text, Text):
        content = work.sounds.template(text.parts)
    else:
        content = [element("value", {"expr": work.scripts.script(text)})]
    return block(work, element("log", {}, *content), *work.leave())


def _set(work: Work) -> Element:
    lines: list[Content] = []
    for line in work.node.parameters:
        if "." in line.name:
            raise NoCounterpart(f"{line.name}: attributes of the contact have no counterpart")
        lines.append(work.assign(line.name, work.scripts.script(line.value)))
    return block(work, *lines, *work.leave())


def _if(work: Work) -> Element:
    condition = work.scripts.script(work.expression("when"))
    return block(work, _branches([(condition, work.leave("true"))], work.leave("false")))


def _branches(cases: list[tuple[str, list[Content]]], otherwise: list[Content] | None) -> Element:
    """``if``, an ``elseif`` for each further case, and ``else``."""
    content: list[Content] = []
    for n, (condition, inside) in enumerate(cases):
        content += ([element("elseif", {"cond": condition})] if n else []) + inside
    if otherwise is not None:
        content += [element("else"), *otherwise]
    return element("if", {"cond": cases[0][0]}, *content)


def _switch(work: Work) -> Element:
    value = work.expression("on")
    cases = [
        (work.scripts.script(Binary("==", value, _port_value(edge.port))), work.leave(edge.port))
        for edge in work.ports()
        if edge.port != "else"
    ]
    if not cases:
        return block(work, *work.leave("else"))
    return block(work, _branches(cases, work.leave("else")))


_WORDS: Final[Mapping[PortValue, Literal]] = {
    "true": Literal(True, "true"),
    "false": Literal(False, "false"),
    "none": Literal(None, "none"),
}


def _port_value(port: PortValue) -> Expr:
    if isinstance(port, int):
        return Literal(Decimal(port), str(port))
    return _WORDS.get(port) or Text((port,))


def _count(work: Work) -> Element:
    variable = work.variable("variable")
    name = work.names(variable)
    value = name if work.is_set(variable) else f"({name} == null ? 0 : {name})"
    limit = Binary("<=", Name(variable), work.expression("limit"))
    ways = _branches([(work.scripts.script(limit), work.leave("under"))], work.leave("over"))
    return block(work, work.assign(variable, f"{value} + 1"), ways)


# --- questions ------------------------------------------------------------------------------------


def _menu(work: Work) -> Element:
    content: list[Content] = []
    if any(str(edge.port) == "#" for edge in work.ports()):
        content.append(_property("termchar", ""))
    content.append(work.spoken("prompt", timeout="timeout"))
    for edge in work.ports():
        if edge.port != "failed":
            content.append(_choice(work, edge))
    asked = _asked_again(work, "silence_prompt", "invalid_prompt")
    return element("menu", {"id": work.id}, *work.handlers(), *content, *asked)


def _choice(work: Work, edge: Edge) -> Element:
    key = str(edge.port)
    if not _MENU_KEY.fullmatch(key):
        raise NoCounterpart(f"the key {key} has no counterpart")
    target = work.target(edge.port)
    if target is None:
        attributes = {"dtmf": key, "event": "exit"}
    else:
        attributes = {"dtmf": key, "next": f"#{target}"}
    return element("choice", attributes, *([edge.label] if edge.label else []))


def _asked_again(work: Work, silence: str | None, invalid: str | None) -> list[Content]:
    """What happens after silence and after a wrong entry, up to the last attempt."""
    attempts = work.constant("attempts")
    if attempts > 1:
        work.differs_in_general(
            "attempts: silence and wrong keys are counted apart there, here together"
        )
    handlers: list[Content] = []
    for event, excuse in (("noinput", silence), ("nomatch", invalid)):
        if attempts > 1:
            said = [work.spoken(excuse)] if excuse and work.node.parameter(excuse) else []
            handlers.append(element(event, {}, *said, element("reprompt")))
        last = str(attempts) if attempts > 1 else None
        handlers.append(element(event, {"count": last}, *work.leave("failed")))
    return handlers


def _property(name: str, value: str) -> Element:
    return element("property", {"name": name, "value": value})


def _digits(work: Work) -> Element:
    fewest, most = work.constant("min"), work.constant("max")
    for name, loss in (("secret", "masked"), ("confirm", "read back")):
        if work.constant(name):
            work.lost(f"{name}: digits are not {loss} there")
    if fewest == 0:
        work.differs("min: no digit at all is silence there, and asked for again")
    entry = work.own_variable("entry")
    into = work.assign(work.variable("into"), entry)
    field = element(
        "field",
        {"name": entry, "type": f"digits?minlength={max(fewest, 1)};maxlength={most}"},
        _property("interdigittimeout", written_time(work.constant("next_timeout"))),
        _property("termchar", work.constant("end_key")),
        work.spoken("prompt", timeout="first_timeout"),
        *_asked_again(work, None, None),
        element("filled", {}, into, *work.leave()),
    )
    return form(work, field)


def _record(work: Work) -> Element:
    if work.constant("review"):
        work.lost("review: the caller cannot listen to the recording there")
    key = work.constant("end_key")
    if key not in ("#", "") and not KEYS <= set(key):
        work.differs(f'end_key: any key ends a recording there, not only "{key}"')
    message = work.own_variable("message")
    asked = [work.spoken("prompt")] if work.node.parameter("prompt") else []
    record = element(
        "record",
        {
            "name": message,
            "beep": "true",
            "maxtime": written_time(work.constant("max_length")),
            "finalsilence": written_time(work.constant("silence")),
            "dtmfterm": "true" if key else "false",
        },
        *asked,
        element("noinput", {}, *work.leave("too_short")),
        element("filled", {}, work.assign(work.variable("into"), message), *work.leave()),
    )
    return form(work, record)


# --- other telephones, other flows ----------------------------------------------------------------


def _dial(work: Work) -> Element:
    if work.node.parameter("caller_id"):
        work.lost("caller_id: VoiceXML does not say which number the called side sees")
    if work.constant("record"):
        work.lost("record: VoiceXML cannot record the talk")
    name = work.own_variable("dialled")
    cases = [
        (" || ".join(f"{name} == {string(word)}" for word in words), work.leave(port))
        for port, words in DIALLED.items()
    ]
    transfer = element(
        "transfer",
        {
            "name": name,
            **_destination(work),
            "bridge": "true",
            "connecttimeout": written_time(work.constant("timeout")),
        },
        element("catch", {"event": "error.connection"}, *work.leave("failed")),
        element("filled", {}, _branches(cases, work.leave("failed"))),
    )
    return form(work, transfer)


def _destination(work: Work) -> dict[str, str | None]:
    to = work.expression("to")
    if isinstance(to, Text) and to.constant is not None:
        return {"dest": "tel:" + quote(to.constant, safe="+*")}
    return {"destexpr": work.scripts.script(template(quoted("tel:"), to))}


def _subflow(work: Work) -> Element:
    result = work.own_variable("result")
    params = [
        element("param", {"name": pair.key, "expr": work.scripts.script(pair.value)})
        for pair in work.record("inputs").pairs
    ]
    outputs = [
        work.assign(pair.key, f"{result}.{pair.value.name}")
        for pair in work.record("outputs").pairs
        if isinstance(pair.value, Name)
    ]
    ports = [edge.port for edge in work.ports()]
    if ports in ([], ["next"]):
        ways: list[Content] = work.leave()
    else:
        tests = [(f"{result}.{OUTCOME} == {string(str(port))}", work.leave(port)) for port in ports]
        ways = [_branches(tests, None)]
    dialog = element(
        "subdialog",
        {"name": result, "src": _document(work)},
        *params,
        element("filled", {}, *outputs, *ways),
    )
    return form(work, dialog)


def _document(work: Work) -> str:
    """The document that another flow becomes when it is exported too."""
    path = work.constant("flow")
    return quote(re.sub(r"\.flow$", "", path) + ".vxml", safe="/.-_~")


def _end(work: Work) -> Element:
    outcome = element("assign", {"name": OUTCOME, "expr": string(work.constant("outcome"))})
    names = " ".join([OUTCOME, *map(work.names, work.outputs)])
    return block(work, outcome, element("return", {"namelist": names}))


def _jump_flow(work: Work) -> Element:
    return block(work, element("goto", {"next": _document(work)}))


NODES: Final[Mapping[str, Callable[[Work], Element]]] = {
    "answer": _answer, "hangup": _hangup, "dial": _dial, "wait": _wait,
    "say": _say, "play": _play, "menu": _menu, "digits": _digits, "record": _record,
    "set": _set, "if": _if, "switch": _switch, "count": _count, "log": _log,
    "subflow": _subflow, "end": _end, "jump_flow": _jump_flow,
}  # fmt: skip
"""How each node with a counterpart is written; all others have none."""
