"""Questions as `menu` and `digits`: what may be keyed in, and what happens when it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from cordboard.vxml.elements import Content, Element
from cordboard.vxml.grammars import Entry, Key, NotKeys, built_in, grammar
from cordboard.vxml.import_actions import Actions
from cordboard.vxml.import_answers import After, taken_over
from cordboard.vxml.import_asking import ATTEMPTS, Asking, Question, back
from cordboard.vxml.import_sounds import Listing, is_heard
from cordboard.vxml.import_ways import Ways
from cordboard.vxml.script_meaning import number, quoted
from cordboard.vxml.sketch import Label, Step, Target, Way
from cordboard.vxml.times import duration, read_time
from cordboard.vxml.translation import Context, Then, Translation
from flow_runtime.core.expr.tree import Binary, Call, Expr, Name
from flow_runtime.core.model import NEXT
from flow_runtime.core.types import TEXT

FAILED: Final = "failed"
_KEYS = re.compile(r"[0-9*#A-D]{1,10}")
_SHORTEST, _LONGEST = timedelta(milliseconds=100), timedelta(minutes=10)
_LISTED: Final = 40
_TRUE_KEYS: Final = "123456789"


class Questions:
    """Makes steps of ``field`` and ``menu``."""

    def __init__(self, translation: Translation, actions: Actions, ways: Ways) -> None:
        self._translation = translation
        self._actions = actions
        self._ways = ways
        self._asking = Asking(translation, actions)

    # --- menus ----------------------------------------------------------------------------------

    def menu(self, element: Element, context: Context) -> Target:
        """A ``menu``: its choices lead straight on."""
        choices = self._choices(element)
        context = replace(context, listing=listing([(key, c.text) for key, c in choices]))
        ways = [
            Way(key, self._chosen(choice, context), choice.text or None) for key, choice in choices
        ]
        return self._keys(element, ways, context, lambda cleared: None)

    def _choices(self, element: Element) -> list[tuple[str, Element]]:
        """Each choice with its key; those that can only be spoken are reported."""
        found: list[tuple[str, Element]] = []
        implied = iter(_TRUE_KEYS if element.get("dtmf") == "true" else "")
        for choice in element.elements("choice"):
            key = (choice.get("dtmf") or "").replace(" ", "") or next(implied, "")
            if key:
                found.append((key, choice))
            else:
                self._translation.lost(choice, f'"{choice.text}" can only be spoken; give it a key')
        return found

    def _chosen(self, choice: Element, context: Context) -> Target:
        """Where a choice or link leads."""
        if choice.get("next") is not None:
            return self._ways.address(choice, choice.get("next") or "", context)
        event = choice.get("event")
        if event is not None:
            label = Label()
            then: Then = lambda cleared: label.at  # noqa: E731
            return self._ways.event(choice, event, then, context)
        return self._ways.hole(choice, context, "where it leads is computed; a flow is drawn")

    # --- fields ---------------------------------------------------------------------------------

    def field(
        self,
        element: Element,
        into: str,
        filled: Sequence[Content],
        context: Context,
        then: Then,
        kept: bool = False,
    ) -> Target:
        """A ``field`` whose value goes into the variable *into*.

        *filled* is what happens then, and *then* where the call goes on. *kept*: the variable is
        looked at by the form itself.
        """
        entry = self._entry(element)
        options = [(k.keys, k.label or "") for k in entry.choices] if entry is not None else []
        context = replace(context, listing=listing(options))
        if entry is not None and not entry.choices:
            return self._digits(element, entry, into, filled, context, then, kept)
        after = self._after(element, into, filled, context, then, kept)
        keys = () if entry is None else entry.choices
        ways = [Way(key.keys, after(key.value), key.label) for key in keys]
        return self._keys(element, ways, context, then)

    def _entry(self, element: Element) -> Entry | None:
        """What the field takes; None when that cannot be keyed in."""
        entries: list[Entry] = []
        reasons: list[tuple[Element, str]] = []
        typed = [element] if element.get("type") is not None else []
        for part in [*typed, *element.elements("grammar")]:
            try:
                is_type = part is element
                entries.append(built_in(element.get("type") or "") if is_type else grammar(part))
            except NotKeys as reason:
                reasons.append((part, str(reason)))
        options = tuple(self._options(element))
        if options:
            entries.append(Entry(options))
        for part, why in reasons:
            if entries:
                self._translation.differs(part, f"{why}; the keys are kept")
            else:
                self._translation.lost(part, f"{why}; draw keys on the menu in its place")
        if not entries:
            if not reasons:
                text = "it has no grammar, type or option; draw keys on the menu in its place"
                self._translation.lost(element, text)
            return None
        for entry in entries:
            if entry.loose:
                self._translation.differs(element, entry.loose)
        return next((e for e in entries if not e.choices), _joined(entries))

    def _options(self, element: Element) -> Iterator[Key]:
        for option in element.elements("option"):
            key = (option.get("dtmf") or "").replace(" ", "")
            if key:
                value = option.get("value") or option.text or key
                yield Key(key, quoted(value), option.text or None)
            else:
                self._translation.lost(option, f'"{option.text}" can only be spoken; give it a key')

    def _after(
        self,
        element: Element,
        into: str,
        filled: Sequence[Content],
        context: Context,
        then: Then,
        kept: bool,
    ) -> Callable[[Expr], Target]:
        """Where each value leads: straight into its branch where *filled* begins with an ``if``."""
        return After(self._actions, context, then, kept).ways(element.get("name"), into, filled)

    def _digits(
        self,
        element: Element,
        entry: Entry,
        into: str,
        filled: Sequence[Content],
        context: Context,
        then: Then,
        kept: bool,
    ) -> Target:
        into, filled = taken_over(element.get("name"), into, filled, context, kept)
        self._translation.variables.gets(into, TEXT)
        if self._hotkeys(context):
            text = "the keys of a <link> are not taken while digits are keyed in"
            self._translation.differs_once(element, text)
        after = self._actions.run(filled, then, context)
        place = element.place

        def make(attempts: int, failed: Target, excuses: dict[str, Expr]) -> Step:
            parameters = self._digit_parameters(element, entry, context)
            if attempts != ATTEMPTS:
                parameters["attempts"] = number(attempts)
            parameters["into"] = Name(into)
            ways = {NEXT: after, FAILED: failed}
            return self._translation.step(context, "digits", place, parameters, ways, into_name)

        def apart(silence: Target, wrong: Target) -> Step:
            """None or too few digits are taken too, and told apart behind it."""
            count = Call("len", (Name(into),))
            none = {"when": Binary("==", count, number(0))}
            few = {"when": Binary("<", count, number(entry.fewest))}
            target: Target = after
            if entry.fewest > 1:
                two = {"true": wrong, "false": after}
                target = self._translation.step(context, "if", place, few, two)
            two = {"true": silence, "false": target}
            empty = self._translation.step(context, "if", place, none, two)
            step = make(1, wrong, {})
            step.parameters = [(n, v) for n, v in step.parameters if n != "min"]
            step.parameters.insert(1, ("min", number(0)))
            step.ways[0] = Way(NEXT, empty)
            return step

        into_name = element.get("name") or ""
        again = Label()
        question = Question(element, context, again, back(context, element, again), make)
        return self._asking.asked(replace(question, apart=apart))

    def _digit_parameters(
        self, element: Element, entry: Entry, context: Context
    ) -> dict[str, Expr]:
        parameters = {"prompt": self.prompt(element, context)}
        if entry.fewest != 1:
            parameters["min"] = number(entry.fewest)
        if entry.most != 20:
            parameters["max"] = number(entry.most)
        end_key = self._translation.property("termchar", context)
        if end_key is not None and end_key != "#":
            if end_key not in ("", "*"):
                text = f'the key "{end_key}" cannot end an entry; # does'
                self._translation.differs(element, text)
            else:
                parameters["end_key"] = quoted(end_key)
        first = self.timeout(element, context)
        if first is not None:
            parameters["first_timeout"] = first
        pause = self._time(element, self._translation.property("interdigittimeout", context))
        if pause is not None:
            parameters["next_timeout"] = pause
        return parameters

    # --- keys -----------------------------------------------------------------------------------

    def _keys(self, element: Element, ways: Sequence[Way], context: Context, then: Then) -> Target:
        """A `menu` with these *ways*, and with those of links."""
        offered: dict[str, Way] = {}
        for way in [*ways, *(self._link(link, context) for link in self._hotkeys(context))]:
            key = str(way.port)
            if _KEYS.fullmatch(key) is None:
                self._translation.lost(element, f'"{key}" cannot be keyed in')
            elif key in offered and way in ways:
                self._translation.lost(element, f"the key {key} is offered twice")
            else:
                offered.setdefault(key, _numbered(way))

        def make(attempts: int, failed: Target, excuses: dict[str, Expr]) -> Step:
            parameters = {"prompt": self.prompt(element, context)}
            if attempts != ATTEMPTS:
                parameters["attempts"] = number(attempts)
            wait = self.timeout(element, context)
            if wait is not None:
                parameters["timeout"] = wait
            parameters |= excuses
            out = [*offered.values(), Way(FAILED, failed)]
            name = element.get("name") or element.get("id") or ""
            return self._translation.step(context, "menu", element.place, parameters, out, name)

        again = Label()
        on = back(context, element, again)
        return self._asking.asked(Question(element, context, again, on, make, excuses=True))

    def _hotkeys(self, context: Context) -> list[Element]:
        document = self._translation.document
        links = (link for scope in context.within for link in document.children(scope, "link"))
        return [link for link in links if link.get("dtmf")]

    def _link(self, link: Element, context: Context) -> Way:
        return Way((link.get("dtmf") or "").replace(" ", ""), self._chosen(link, context))

    # --- prompts and times ------------------------------------------------------------------------

    def prompt(self, element: Element, context: Context) -> Expr:
        """What is said at the first attempt; an empty text when it is nothing."""
        content: list[Content] = []
        for part in element.content:
            if not is_heard(part):
                continue
            if isinstance(part, Element) and part.name == "prompt":
                if part.get("count") not in (None, "1"):
                    text = "a prompt for later attempts is not said; the first one is said again"
                    self._translation.differs(part, text)
                    continue
                if (part.get("bargein") or "true") == "false":
                    text = "a key always cuts a question short here, whatever bargein says"
                    self._translation.differs_once(part, text)
            content.append(part)
        return self._actions.sound(content, context) or quoted("")

    def timeout(self, element: Element, context: Context) -> Expr | None:
        """How long silence may last: as the last prompt says, else a property."""
        own = [part.get("timeout") for part in element.elements("prompt") if part.get("timeout")]
        return self._time(
            element, own[-1] if own else self._translation.property("timeout", context)
        )

    def _time(self, element: Element, written: str | None) -> Expr | None:
        if written is None:
            return None
        time = read_time(written)
        if time is None:
            self._translation.differs(element, f'"{written}" is no time; the usual one is taken')
            return None
        return duration(min(max(time, _SHORTEST), _LONGEST))


def listing(keys: Sequence[tuple[str, str]]) -> Listing:
    """What ``enumerate`` says of *keys* and their words: its own text for each, else the words."""

    def listed(element: Element) -> list[Content]:
        found: list[Content] = []
        for key, words in keys[:_LISTED]:
            inside = [_filled_in(part, key, words) for part in element.content] or [words]
            found.append(Element("s", {}, inside, element.place))
        return found

    return listed


def _filled_in(part: Content, key: str, words: str) -> Content:
    if not isinstance(part, Element):
        return part
    if part.name == "value" and part.get("expr") in ("_prompt", "_dtmf"):
        return words if part.get("expr") == "_prompt" else key
    inside = [_filled_in(inner, key, words) for inner in part.content]
    return Element(part.name, part.attributes, inside, part.place)


def _joined(entries: Sequence[Entry]) -> Entry:
    """All choices of several grammars; of one key the first counts."""
    keys: dict[str, Key] = {}
    for entry in entries:
        for key in entry.choices:
            keys.setdefault(key.keys, key)
    return Entry(tuple(keys.values()))


def _numbered(way: Way) -> Way:
    """*way* with a key such as ``1`` as a number, which a flow writes without quotes."""
    key = str(way.port)
    if key.isdigit() and str(int(key)) == key:
        return replace(way, port=int(key))
    return way
