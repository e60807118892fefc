"""Texts and prompts, compiled: as text for data, as utterances for the caller's ear."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flow_runtime.core.expr.code import Closure, Code, constant
from flow_runtime.core.expr.convert import to_text
from flow_runtime.core.expr.failure import MAX_TEXT, ExpressionFailure, too_large
from flow_runtime.core.expr.formats import FORMATS, spoken_parts
from flow_runtime.core.expr.tree import Expr, PromptKey, Slot, Text
from flow_runtime.core.expr.walk import too_complex, walk
from flow_runtime.core.frame import Frame
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place
from flow_runtime.core.prompts import Prompt, PromptBook, base_language
from flow_runtime.core.sound import AudioFile, SoundItem, Spoken, Utterance
from flow_runtime.core.suggest import suggest
from flow_runtime.core.types import PROMPT, TEXT, Type

Parts: TypeAlias = tuple[str | Spoken, ...]
Piece: TypeAlias = Callable[[Frame, str], Parts]
"""One slot in a language, as parts of an utterance."""
Speaker: TypeAlias = Callable[[Frame], SoundItem]


class Wording:
    """Compiles texts and prompts; *code* compiles the expressions in them."""

    def __init__(self, code: Callable[[Expr], Code]) -> None:
        self._code = code

    def written(self, expr: Text) -> Code:
        """A text as data."""
        if expr.constant is not None:
            return constant(TEXT, expr.constant)
        template = ["" if isinstance(part, Slot) else part for part in expr.parts]
        slots = [
            (index, self._written_slot(part))
            for index, part in enumerate(expr.parts)
            if isinstance(part, Slot)
        ]
        place = expr.place

        def run(frame: Frame) -> str:
            pieces = template.copy()
            for index, slot in slots:
                pieces[index] = slot(frame)
            text = "".join(pieces)
            if len(text) > MAX_TEXT:
                raise too_large(phrase("a text of more than {most} characters", most=MAX_TEXT)).at(
                    place
                )
            return text

        return Code(TEXT, run)

    def heard(self, expr: Text, wanted: Type) -> Code:
        """A text that is spoken: an utterance, or as a sound a tuple of it, empty for no words."""
        parts = self._parts(expr)
        if wanted.name == "prompt":
            return Code(
                PROMPT, lambda frame: Utterance(parts(frame, frame.language), frame.language)
            )

        def run(frame: Frame) -> tuple[Utterance, ...]:
            utterance = Utterance(parts(frame, frame.language), frame.language)
            return (utterance,) if utterance.text.strip() else ()

        return Code(wanted, run)

    def prompt(self, expr: PromptKey) -> Code:
        """``t"key"``, compiled at its first use in each language."""
        speakers: dict[str, Speaker] = {}
        book: PromptBook | None = None

        def run(frame: Frame) -> SoundItem:
            nonlocal book
            if frame.prompts is not book:
                speakers.clear()
                book = frame.prompts
            speaker = speakers.get(frame.language)
            if speaker is None:
                speaker = speakers[frame.language] = self._speaker(expr, frame)
            return speaker(frame)

        return Code(PROMPT, run)

    # --- prompts ---------------------------------------------------------------------------------

    def _speaker(self, expr: PromptKey, frame: Frame) -> Speaker:
        found = frame.prompts.find(expr.key, frame.language)
        if found is None:
            near = suggest(expr.key, frame.prompts.keys(frame.language))
            text = phrase('there is no prompt "{key}"{near}', key=expr.key, near=near)
            raise ExpressionFailure("unknown-prompt", text, expr.place)
        if found.recording is not None:
            written = found.text.constant if found.text is not None else None
            recorded = AudioFile(found.recording, written or "", found.key)
            return lambda frame: recorded
        return self._uttering(found, expr.place, _tongue(found, frame.language))

    def _uttering(self, found: Prompt, place: Place, language: str) -> Speaker:
        key, text = found.key, found.text or Text(("",))
        if text.constant is not None:
            fixed = Utterance((text.constant,), language, key)
            return lambda frame: fixed
        nested = any(isinstance(part, PromptKey) for part in walk(text))
        reason = phrase("a prompt cannot use another prompt") if nested else too_complex(text)
        if reason is not None:
            raise ExpressionFailure(
                "bad-prompt", phrase('prompt "{key}": {reason}', key=key, reason=reason), place
            )
        parts = self._parts(text)

        def speak(frame: Frame) -> Utterance:
            try:
                return Utterance(parts(frame, language), language, key)
            except ExpressionFailure as failure:
                reason = phrase(
                    'prompt "{key}" ({language}): {text}',
                    key=key,
                    language=language,
                    text=failure.text,
                )
                raise ExpressionFailure(failure.name, reason, place) from None

        return speak

    # --- parts of utterances ---------------------------------------------------------------------

    def _parts(self, expr: Text) -> Piece:
        if expr.constant is not None:
            fixed = (expr.constant,)
            return lambda frame, language: fixed
        pieces = [self._slot(p) if isinstance(p, Slot) else _words(p) for p in expr.parts]
        place = expr.place

        def run(frame: Frame, language: str) -> Parts:
            merged: list[str | Spoken] = []
            length = 0
            for piece in pieces:
                for part in piece(frame, language):
                    length += len(part if isinstance(part, str) else part.text)
                    if merged and isinstance(part, str) and isinstance(merged[-1], str):
                        merged[-1] += part
                    else:
                        merged.append(part)
            if length > MAX_TEXT:
                raise too_large(phrase("a text of more than {most} characters", most=MAX_TEXT)).at(
                    place
                )
            return tuple(merged)

        return run

    def _slot(self, slot: Slot) -> Piece:
        """One ``{expression:format}``; without a format the value is spoken by its type."""
        run, place, name = self._code(slot.value).run, slot.place, slot.format
        chosen = FORMATS.get(name) if name is not None else None
        unknown = name is not None and chosen is None

        def speak(frame: Frame, language: str) -> Parts:
            value = run(frame)
            try:
                if unknown:
                    raise ExpressionFailure(
                        "unknown-format", phrase('there is no format "{name}"', name=name)
                    )
                return spoken_parts(value, chosen, frame, language)
            except ExpressionFailure as failure:
                raise failure.at(place) from None

        return speak

    def _written_slot(self, slot: Slot) -> Closure:
        if slot.format is not None:
            piece = self._slot(slot)
            return lambda frame: Utterance(piece(frame, frame.language), "").text
        run, place = self._code(slot.value).run, slot.place

        def write(frame: Frame) -> str:
            value = run(frame)
            try:
                return to_text(value, frame)
            except ExpressionFailure as failure:
                raise failure.at(place) from None

        return write


def _words(text: str) -> Piece:
    fixed = (text,)
    return lambda frame, language: fixed


def _tongue(found: Prompt, language: str) -> str:
    """The language to speak a prompt in: the caller's own tag, or that of another language."""
    same = base_language(found.language) == base_language(language)
    return language if same else found.language
