"""The form items besides fields and blocks: `record`, `dial` and `subflow`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from cordboard.vxml.document import OUTCOME
from cordboard.vxml.elements import Content, Element
from cordboard.vxml.export_nodes import DIALLED
from cordboard.vxml.grammars import TRUE
from cordboard.vxml.import_actions import Actions
from cordboard.vxml.import_answers import After, Item, taken_over
from cordboard.vxml.import_asking import Asked, Asking, back
from cordboard.vxml.import_content import branches
from cordboard.vxml.import_sounds import is_heard
from cordboard.vxml.import_ways import Ways, flow_file
from cordboard.vxml.script_meaning import number, quoted
from cordboard.vxml.script_reading import read_quoted
from cordboard.vxml.sketch import Label, Target, Way, written_name
from cordboard.vxml.times import duration, read_time
from cordboard.vxml.translation import Translation
from flow_runtime.core.expr.tree import Call, Expr, HalfTyped, Name, Pair, RecordOf, Slot, Text
from flow_runtime.core.model import NEXT
from flow_runtime.core.syntax.words import is_name
from flow_runtime.core.types import ANY, RECORDING

_EVERY_KEY: Final = "0123456789*#"
_UNREACHED: Final = {"busy": "busy", "no_answer": "noanswer", "failed": "unknown"}
"""The ports of `dial` and what the variable of a ``transfer`` says (VoiceXML 2.0, 2.3.7)."""


class Items:
    """Makes their steps."""

    def __init__(self, translation: Translation, actions: Actions, ways: Ways) -> None:
        self._translation = translation
        self._actions = actions
        self._ways = ways
        self._asking = Asking(translation, actions)

    def done(self, item: Item, then: Target) -> Target:
        """On to *then*, and note that the item has its value."""
        if item.flag is None:
            return then
        return self._actions.set([(item.flag, TRUE)], then, item.context, item.element)

    # --- record ---------------------------------------------------------------------------------

    def record(self, item: Item) -> Target:
        """A ``record``: silence leads to what handles ``noinput``."""
        item = taken_over(self._translation, item)
        element, context = item.element, item.context
        self._translation.variables.gets(item.into, RECORDING)
        if element.get("beep") != "true":
            self._translation.differs_once(element, "a tone is always heard before a recording")
        again = Label()
        asked = Asked(element, context, again, back(context, element, again))
        counters: list[str] = []
        silence = self._asking.chain(asked, context.catches.phases("noinput"), "silences", counters)
        ways = {NEXT: self._actions.run(item.filled, item.then, context), "too_short": silence}
        parameters = dict(self._record_parameters(item))
        parameters["into"] = Name(item.into)
        again.at = self._translation.step(
            context, "record", element.place, parameters, ways, item.name or ""
        )
        lines = [(counter, number(0)) for counter in counters]
        return self._actions.set(lines, again, context, element)

    def _record_parameters(self, item: Item) -> Iterator[tuple[str, Expr]]:
        element = item.element
        prompt = self._prompt(item)
        if prompt is not None:
            yield "prompt", prompt
        for name, attribute, least, most in (
            ("max_length", "maxtime", timedelta(seconds=1), timedelta(hours=4)),
            ("silence", "finalsilence", timedelta(milliseconds=500), timedelta(minutes=10)),
        ):
            time = self._time(element, attribute)
            if time is not None:
                yield name, duration(min(max(time, least), most))
        yield "end_key", quoted("" if element.get("dtmfterm") == "false" else _EVERY_KEY)

    def _prompt(self, item: Item) -> Expr | None:
        heard = [part for part in item.element.content if is_heard(part)]
        return self._actions.sound(heard, item.context)

    def _time(self, element: Element, attribute: str) -> timedelta | None:
        written = element.get(attribute)
        if written is None:
            return None
        time = read_time(written)
        if time is None:
            text = f'{attribute}="{written}" is no time; the usual one is taken'
            self._translation.differs(element, text)
        return time

    # --- transfer -------------------------------------------------------------------------------

    def transfer(self, item: Item) -> Target:
        """A ``transfer``: how it went is told by the ports of `dial`."""
        element, context = item.element, item.context
        way = After(self._translation, self._actions, item).ways()
        out = {port: self.done(item, way(quoted(word))) for port, word in _UNREACHED.items()}
        kind = element.get("type") or ("bridge" if element.get("bridge") == "true" else "blind")
        talked: Target = self._translation.goodbye
        if kind == "bridge":
            talked = self.done(item, way(quoted(DIALLED["answered_ended"][0])))
        else:
            text = f"a {kind} transfer lets the caller go; here the call stays, and ends after it"
            self._translation.differs(element, text)
        if context.catches.named("error.connection"):
            failed = "error.connection.noroute"
            out["failed"] = self._ways.event(element, failed, item.then, context)
        parameters: dict[str, Expr] = {"to": self._destination(item)}
        time = self._time(element, "connecttimeout")
        if time is not None:
            parameters["timeout"] = duration(
                min(max(time, timedelta(seconds=1)), timedelta(minutes=10))
            )
        target: Target = self._translation.step(
            context,
            "dial",
            element.place,
            parameters,
            {"answered_ended": talked, **out},
            item.name or "",
        )
        heard = [part for part in element.content if is_heard(part)]
        return self._actions.say(heard, target, context) if heard else target

    def _destination(self, item: Item) -> Expr:
        element = item.element
        if element.get("dest") is not None:
            scheme, _, rest = (element.get("dest") or "").partition(":")
            to = rest if rest else scheme
            if scheme == "sip":
                to = rest.partition("@")[0]
                text = f"{to} is dialled: where it is, the routes of the configuration say"
                self._translation.differs(element, text)
            return quoted(re.sub(r";.*", "", to, flags=re.S))
        if element.get("destexpr") is None:
            self._translation.lost(element, "it does not say whom to call; to is left unfinished")
            return HalfTyped("?")
        found = self._translation.value(element, "destexpr", item.context)
        match found:
            case HalfTyped():
                return found
            case Text(parts=("tel:", Slot(value, None))):
                is_text = self._translation.variables.type_of(value).name == "text"
                return value if is_text else Text((Slot(value),))
            case Text(parts=(str(first), *others)) if first.startswith("tel:"):
                rest = first.removeprefix("tel:")
                return Text((rest, *others) if rest else tuple(others))
        return Call("replace", (found, quoted("tel:"), quoted("")))

    # --- subdialog --------------------------------------------------------------------------------

    def subdialog(self, item: Item) -> Target:
        """A ``subdialog``: what it returns are outputs, the events it returns are ports."""
        element, context = item.element, item.context
        filled = self._outputs(item)
        outcomes = list(dict.fromkeys(self._outcomes(item)))
        ways: list[Way] = []
        if outcomes:
            into = self._translation.variables.result(item.into, OUTCOME)
            told = Item(Element("outcome"), context, into, filled, item.then)
            way = After(self._translation, self._actions, told).ways()
            ways += [Way(word, self.done(item, way(quoted(word)))) for word in outcomes]
        else:
            after = self._actions.run(filled, item.then, context)
            ways.append(Way(NEXT, self.done(item, after)))
        ways += self._events(item, {str(way.port) for way in ways})
        parameters = {"flow": self._flow(element)}
        inputs = self._inputs(item)
        if inputs.pairs:
            parameters["inputs"] = inputs
        if element.get("namelist"):
            text = "its namelist goes to a web server; a flow gives inputs, as <param> does"
            self._translation.lost(element, text)
        step = self._translation.step(
            context, "subflow", element.place, parameters, ways, item.name or ""
        )
        self._translation.results.append((step, item.into))
        heard = [part for part in element.content if is_heard(part)]
        return self._actions.say(heard, step, context) if heard else step

    def _flow(self, element: Element) -> Expr:
        source = element.get("src")
        if source is None:
            self._translation.lost(element, "which dialog it calls is computed; name a flow file")
            return HalfTyped(element.get("srcexpr") or "?")
        document, _, dialog = source.partition("#")
        here = self._translation.document
        if dialog and document in ("", f"{here.name}.vxml"):
            if here.dialog(dialog) is not None:
                self._translation.subdialogs[dialog] = None
                return quoted(f"{here.name}_{written_name(dialog)}.flow")
            self._translation.lost(element, f'there is no dialog "{dialog}" in the document')
            return HalfTyped(source)
        found = flow_file(source)
        if found is None:
            text = f'"{source}" is no VoiceXML file beside this one; name a flow file'
            self._translation.lost(element, text)
            return HalfTyped(source)
        self._ways.import_too(element, found[0], source, found[1])
        return quoted(found[0])

    def _inputs(self, item: Item) -> RecordOf:
        pairs: list[Pair] = []
        for param in item.element.elements("param"):
            name = written_name(param.get("name") or "")
            if param.get("expr") is not None:
                value = self._translation.value(param, "expr", item.context)
                if isinstance(value, HalfTyped):  # which stands only for a whole parameter
                    value = Call("unfinished", (quoted(value.raw),))
            else:
                value = quoted(param.get("value") or "")
            pairs.append(Pair(name, value, quoted=not is_name(name)))
        return RecordOf(tuple(pairs))

    def _outputs(self, item: Item) -> Sequence[Content]:
        """*filled* without the assignments at its beginning that only take what came back."""
        filled = [part for part in item.filled if not isinstance(part, str) or part.strip()]
        dialog, name = item.context.dialog, item.name
        if dialog is None or name is None:
            return filled
        while filled and isinstance(filled[0], Element) and filled[0].name == "assign":
            written, script = filled[0].get("name") or "", filled[0].get("expr") or ""
            member = script.removeprefix(f"{name}.")
            plain = written.rpartition(".")[0] in ("", "document", "dialog")
            if member == script or not is_name(member) or not plain or not written:
                break
            if dialog.mentions_of(script) > 1:
                break
            into = item.context.scope.name(written)
            self._translation.variables.result(item.into, member, into)
            self._translation.variables.gets(into, ANY)
            del filled[0]
        return filled

    def _outcomes(self, item: Item) -> Iterator[str]:
        """The outcomes that an exported flow asks for."""
        pattern = re.compile(
            rf"""{re.escape(item.name or "")}\.{OUTCOME}\s*===?\s*('(?:[^'\\]|\\.)*')"""
        )
        for part in item.filled:
            if item.name and isinstance(part, Element) and part.name == "if":
                for head, _ in branches(part):
                    for found in pattern.findall(head.get("cond") or ""):
                        outcome = read_quoted(found)
                        if outcome:
                            yield outcome

    def _events(self, item: Item, taken: set[str]) -> Iterator[Way]:
        """A port for each event that a handler beside the ``subdialog`` waits for."""
        own = item.context.catches.scopes[0]
        events = dict.fromkeys(event for handler in own for event in handler.events)
        for event in events:
            if event in ("noinput", "nomatch", "error", "help") or event in taken:
                continue
            if not event.startswith("connection."):
                label = self._ways.event(item.element, event, item.then, item.context)
                yield Way(event, label)
