"""Executable content as steps: prompts, assignments, branches, and ways to other places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from cordboard.vxml.document import OUTCOME
from cordboard.vxml.elements import Content, Element, write_inline
from cordboard.vxml.events import Handler
from cordboard.vxml.import_content import Part, branches, leaves, parts_of
from cordboard.vxml.import_sounds import SoundReader, is_heard
from cordboard.vxml.import_tests import compared, truth
from cordboard.vxml.import_ways import Ways
from cordboard.vxml.script_meaning import NONE, ScriptError, number, quoted
from cordboard.vxml.script_reading import read_condition, read_quoted
from cordboard.vxml.sketch import Label, Step, Target, TooLarge, Way
from cordboard.vxml.translation import Context, Then, Translation, earlier
from flow_runtime.core.expr.tree import Call, Expr, HalfTyped, Literal, Name, Text
from flow_runtime.core.model import ERROR, NEXT

_DEEPEST: Final = 50


class Actions:
    """Makes steps of executable content."""

    def __init__(self, translation: Translation, ways: Ways) -> None:
        self._translation = translation
        self._ways = ways
        self._depth = 0
        self._handled: dict[tuple[int, int | None, frozenset[int]], Label] = {}
        ways.handle = self.handle

    def run(
        self,
        content: Sequence[Content],
        then: Then,
        context: Context,
        cleared: int | None = None,
    ) -> Target:
        """The first step of *content*, behind which a call goes on with *then*."""
        return _Sequence(self, list(parts_of(content)), then, context).target(0, cleared)

    def handle(self, handler: Handler, then: Then, context: Context) -> Label:
        """Where an event handler begins; falling out of it leads on with *then*.

        One that never falls out is drawn once for each dialog.
        """
        element, dialog = handler.element, context.dialog
        key = (id(element), None if dialog is None else dialog.number, context.handling)
        label = self._handled.get(key)
        if label is None:
            label = Label()
            if leaves(element.content) and not _throws(element):
                self._handled[key] = label
            inside = replace(
                context,
                handling=context.handling | {id(element)},
                late=dialog is not None and element.place < dialog.element.place,
            )
            self._translation.later(label, lambda: self.run(element.content, then, inside))
            if element.get("cond") not in (None, "true"):
                self._translation.lost(element, "its cond is not looked at: it always acts")
        return label

    def nested(self, find: Callable[[], Target]) -> Target:
        """What *find* finds, unless it is nested too deep."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise TooLarge(f"ifs and the items they clear are nested more than {_DEEPEST} deep")
        try:
            return find()
        finally:
            self._depth -= 1

    def cleared(self, part: Part, before: int | None, context: Context) -> int | None:
        """The first item that was cleared when *part* is done."""
        if part.kind != "clear" or part.element is None or context.order is None:
            return before
        names = part.element.get("namelist")
        known = context.order.numbers
        numbers = [0] if not names else [known[name] for name in names.split() if name in known]
        return earlier(before, min(numbers, default=None))

    def part(self, part: Part, then: Then, context: Context, cleared: int | None) -> Target:
        """The step, or the steps, of *part*."""
        element = part.element
        if part.kind == "set":
            return self._set(part, then(cleared), context)
        if element is None or is_heard(element):
            return self.say(part.content, then(cleared), context)
        match element.name:
            case "if":
                return self._if(element, then, context, cleared)
            case "clear":
                return self._clear(element, then(cleared), context)
            case "log":
                return self._log(element, then(cleared), context)
            case "reprompt":
                return then(cleared)
            case "return":
                return self._return(element, part.outcome, context)
        return self._ways.leave(element, then, context, cleared)

    # --- speech ---------------------------------------------------------------------------------

    def sound(self, content: Sequence[Content], context: Context) -> Expr | None:
        """What is heard of *content*."""
        reader = SoundReader(context.scope, self._translation.report, context.listing)
        return reader.sound(content)

    def say(self, content: Sequence[Content], then: Target, context: Context) -> Target:
        """One prompt, said as often as it stands there."""
        element = next((part for part in content if isinstance(part, Element)), None)
        times = len(content) if element is not None and element.name == "prompt" else 1
        heard, voice = _in_one_voice(content[:1] if times > 1 else content)
        sound = self.sound(heard, context)
        if sound is None:
            return then
        place = element.place if element is not None else context.within[0].place
        match sound:
            case Call("silence", (time,)) if times == 1:
                return self._translation.step(context, "wait", place, {"time": time}, {NEXT: then})
        parameters: dict[str, Expr] = {}
        plain = times == 1 and (voice is not None or not _is_file(sound))
        parameters["text" if plain else "prompt"] = sound
        if voice is not None:
            parameters["voice"] = quoted(voice)
        if times > 1:
            parameters["times"] = number(times)
        if not self._may_barge_in(element, context):
            parameters["interruptible"] = Literal(False, "false")
        kind = "say" if plain else "play"
        return self._translation.step(context, kind, place, parameters, {NEXT: then})

    def _may_barge_in(self, element: Element | None, context: Context) -> bool:
        own = element.get("bargein") if element is not None and element.name == "prompt" else None
        return (own or self._translation.property("bargein", context)) != "false"

    # --- values ---------------------------------------------------------------------------------

    def _set(self, part: Part, then: Target, context: Context) -> Target:
        lines = [
            line
            for element in part.content
            if isinstance(element, Element)
            for line in self.assignment(element, context)
        ]
        return self.set(lines, then, context, part.element)

    def set(
        self,
        lines: Sequence[tuple[str, Expr]],
        then: Target,
        context: Context,
        element: Element | None = None,
    ) -> Target:
        """A step that gives variables of the flow their values; none where there are no lines."""
        if not lines:
            return then
        for name, value in lines:
            self._translation.variables.gets(name, context.scope.type_of(value))
        place = (element or context.within[0]).place
        return self._translation.step(context, "set", place, lines, {NEXT: then})

    def assignment(self, element: Element, context: Context) -> Iterator[tuple[str, Expr]]:
        """The line of an ``assign`` or ``var``; none where nothing has to be done."""
        written = element.get("name") or ""
        if not written:
            return
        constant = read_quoted(element.get("expr") or "")
        if element.get("expr") is None or (written.endswith(OUTCOME) and constant is not None):
            return
        try:
            name = context.scope.name(written)
        except ScriptError as error:
            self._translation.lost(element, f"{error}; the line is left unfinished")
            whole = re.sub(r"^(?:application|document|dialog)\.", "", written)
            name = context.scope.name(whole.partition(".")[0])
            yield name, HalfTyped(f"{written} = {element.get('expr')}")
            return
        value = self._translation.value(element, "expr", context)
        if value != Name(name):
            yield name, value

    def _clear(self, element: Element, then: Target, context: Context) -> Target:
        """Variables are emptied; of form items only those that are asked before they are done."""
        order, names = context.order, (element.get("namelist") or "").split()
        numbers = order.numbers if order is not None else {}
        resets: Mapping[int, tuple[str, Expr]] = order.resets if order is not None else {}
        if not names:
            return self.set(list(resets.values()), then, context, element)
        lines = [resets[numbers[n]] for n in names if n in numbers and numbers[n] in resets]
        lines += [(context.scope.name(n), NONE) for n in names if n not in numbers and "." not in n]
        return self.set(lines, then, context, element)

    def _log(self, element: Element, then: Target, context: Context) -> Target:
        content: list[Content] = []
        if element.get("label"):
            content.append(f"{element.get('label')}: ")
        content += element.content
        if element.get("expr") is not None:
            content.append(Element("value", {"expr": element.get("expr") or ""}, [], element.place))
        text = self.sound(content, context) or quoted("")
        if not isinstance(text, Text | HalfTyped):
            text = HalfTyped(write_inline(element))
        return self._translation.step(context, "log", element.place, {"text": text}, {NEXT: then})

    # --- branches -------------------------------------------------------------------------------

    def _if(self, element: Element, then: Then, context: Context, cleared: int | None) -> Target:
        cases: list[tuple[Expr, Target, Element]] = []
        for head, inside in branches(element):
            test = self._translation.condition(head, context) if head.name != "else" else None
            known = True if test is None else truth(test)
            if known is False:
                continue
            target = self.nested(partial(self.run, inside, then, context, cleared))
            if test is None or known:
                return self._branch(cases, target, context)
            cases.append((test, target, head))
        return self._branch(cases, then(cleared), context)

    def _branch(
        self, cases: Sequence[tuple[Expr, Target, Element]], otherwise: Target, context: Context
    ) -> Target:
        """A `switch` where all cases compare one value, else an `if` for each of them."""
        ports = compared([test for test, _, _ in cases])
        if ports is not None:
            value, names = ports
            ways = [Way(name, case[1]) for name, case in zip(names, cases, strict=True)]
            place = cases[0][2].place
            ways.append(Way("else", otherwise))
            return self._translation.step(context, "switch", place, {"on": value}, ways)
        target = otherwise
        for test, yes, head in reversed(cases):
            two = {"true": yes, "false": target}
            target = self._translation.step(context, "if", head.place, {"when": test}, two)
        return target

    def chosen(self, element: Element, name: str, value: Expr, context: Context) -> int | None:
        """The number of the branch of an ``if`` that is taken when *name* has this *value*.

        None when it depends on more than that; -1 when it is none of them.
        """
        known = context.knowing(name, value)
        for at, (head, _) in enumerate(branches(element)):
            if head.name == "else":
                return at
            try:
                test = truth(read_condition(head.get("cond") or "", known.scope))
            except ScriptError:
                return None
            if test is None:
                return None
            if test:
                return at
        return -1

    # --- the end of a sub-flow --------------------------------------------------------------------

    def _return(self, element: Element, outcome: str | None, context: Context) -> Target:
        """`end`: its outcome is the event, or what an exported flow says beforehand."""
        outcome = element.get("event") or outcome
        if element.get("eventexpr") is not None:
            self._translation.lost(element, "eventexpr is computed; its outcome is next")
        elif element.get("message") or element.get("messageexpr"):
            self._translation.differs(element, "the message of its event is not given back")
        if outcome == ERROR:
            outcome = "error.returned"
            self._translation.differs(element, f"its outcome is {outcome}: error is another port")
        parameters = {"outcome": quoted(outcome)} if outcome and outcome != NEXT else {}
        return self._translation.step(context, "end", element.place, parameters)


class _Sequence:
    """Parts that follow each other: where a call comes in at each of them."""

    def __init__(
        self, actions: Actions, parts: Sequence[Part], then: Then, context: Context
    ) -> None:
        self._actions = actions
        self._parts = parts
        self._then = then
        self._context = context
        self._known: dict[tuple[int, int | None], Target] = {}

    def target(self, at: int, cleared: int | None) -> Target:
        """The step at part number *at*, when *cleared* is the first item cleared before it."""
        if (at, cleared) in self._known:
            return self._known[at, cleared]
        states = [cleared]
        for part in self._parts[at:]:
            states.append(self._actions.cleared(part, states[-1], self._context))
        target = self._then(states[-1])
        for n in range(len(self._parts) - 1, at - 1, -1):
            before, after = states[n - at], states[n - at + 1]
            part = self._parts[n]
            behind = target
            target = self._actions.part(part, self._on(n + 1, after, behind), self._context, after)
            if isinstance(target, Step) and target is not behind:
                target.comments[:0] = part.comments
            self._known[n, before] = target
        return target

    def _on(self, at: int, state: int | None, target: Target) -> Then:
        """On to *target*, or to another copy of the rest when more was cleared meanwhile."""

        def on(cleared: int | None) -> Target:
            if cleared == state:
                return target
            return self._actions.nested(lambda: self.target(at, cleared))

        return on


def _throws(element: Element) -> bool:
    return any(part.name == "throw" for part in element.walk())


def _is_file(sound: Expr) -> bool:
    return isinstance(sound, Name) or (isinstance(sound, Call) and sound.function == "file")


def _in_one_voice(content: Sequence[Content]) -> tuple[Sequence[Content], str | None]:
    """*content* without the one ``voice`` around all of it, and its name."""
    match content:
        case [Element(name="prompt", content=[Element(name="voice") as voice])] if voice.get(
            "name"
        ):
            if voice.attributes.keys() == {"name"}:
                return voice.content, voice.get("name")
    return content, None
