"""Questions as `menu` and `digits`: what may be keyed in, and what happens when it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from cordboard.vxml.elements import Content, Element
from cordboard.vxml.grammars import Entry, Key, NotKeys, built_in, grammar
from cordboard.vxml.import_actions import Actions
from cordboard.vxml.import_answers import After, Item
from cordboard.vxml.import_asking import ATTEMPTS, FAILED, Asking, Question, back
from cordboard.vxml.import_digits import DigitsField
from cordboard.vxml.import_sounds import Listing
from cordboard.vxml.import_ways import Ways
from cordboard.vxml.script_meaning import number, quoted
from cordboard.vxml.sketch import Label, Step, Target, Way
from cordboard.vxml.translation import Context, Translation, always
from flow_runtime.core.expr.tree import Expr

_KEYS = re.compile(r"[0-9*#A-D]{1,10}")
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
        again = Label()
        ways = [
            Way(key, self._chosen(choice, context, again), choice.text or None)
            for key, choice in choices
        ]
        return self._keys(element, ways, context, again)

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

    def _chosen(self, choice: Element, context: Context, again: Label) -> Target:
        """Where a choice or link leads; a handler that does not leave asks *again*."""
        if choice.get("next") is not None:
            return self._ways.address(choice, choice.get("next") or "", context)
        event = choice.get("event")
        if event is not None:
            return self._ways.event(choice, event, always(again), context)
        return self._ways.hole(choice, context, "where it leads is computed; a flow is drawn")

    # --- fields ---------------------------------------------------------------------------------

    def field(self, item: Item) -> Target:
        """A ``field``: `digits`, or a `menu` of the keys that it takes."""
        entry = self._entry(item.element)
        options = [(k.keys, k.label or "") for k in entry.choices] if entry is not None else []
        context = replace(item.context, listing=listing(options))
        item = replace(item, context=context)
        if entry is not None and not entry.choices:
            if self._hotkeys(context):
                text = "the keys of a <link> are not taken while digits are keyed in"
                self._translation.differs_once(item.element, text)
            field = DigitsField(self._translation, self._actions, self._asking, item, entry)
            return field.asked()
        after = After(self._translation, self._actions, item).ways()
        keys = () if entry is None else entry.choices
        ways = [Way(key.keys, after(key.value), key.label) for key in keys]
        return self._keys(item.element, ways, context, Label())

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

    # --- keys -----------------------------------------------------------------------------------

    def _keys(
        self, element: Element, ways: Sequence[Way], context: Context, again: Label
    ) -> Target:
        """A `menu` with these *ways*, and with those of links; *again* will be its place."""
        offered: dict[str, Way] = {}
        links = (self._link(link, context, again) for link in self._hotkeys(context))
        for way in [*ways, *links]:
            key = str(way.port)
            if _KEYS.fullmatch(key) is None:
                self._translation.lost(element, f'"{key}" cannot be keyed in')
            elif key in offered and way in ways:
                self._translation.lost(element, f"the key {key} is offered twice")
            else:
                offered.setdefault(key, _numbered(way))

        def make(attempts: int, failed: Target, excuses: dict[str, Expr]) -> Step:
            parameters = {"prompt": self._asking.prompt(element, context)}
            if attempts != ATTEMPTS:
                parameters["attempts"] = number(attempts)
            wait = self._asking.timeout(element, context)
            if wait is not None:
                parameters["timeout"] = wait
            parameters |= excuses
            out = [*offered.values(), Way(FAILED, failed)]
            name = element.get("name") or element.get("id") or ""
            return self._translation.step(context, "menu", element.place, parameters, out, name)

        on = back(context, element, again)
        return self._asking.asked(Question(element, context, again, on, make, excuses=True))

    def _hotkeys(self, context: Context) -> list[Element]:
        document = self._translation.document
        links = (link for scope in context.within for link in document.children(scope, "link"))
        return [link for link in links if link.get("dtmf")]

    def _link(self, link: Element, context: Context, again: Label) -> Way:
        return Way((link.get("dtmf") or "").replace(" ", ""), self._chosen(link, context, again))


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
