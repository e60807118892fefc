"""Lets a text be heard in the voice of a language, without making the form wait."""

from __future__ import annotations

from collections.abc import Callable

from designer.forms.context import FormContext
from designer.forms.tasks import Task
from designer.look.i18n import told, tr
from designer.site import Spoken
from flow_runtime.core.expr.tree import Member, Name, Slot
from flow_runtime.core.syntax import ExpressionError, parse_template, print_expression


def spoken_words(template: str) -> str:
    """A text with its slots in words: ``{account.owed:money}`` is heard as "owed"."""
    try:
        parts = parse_template(template).parts
    except ExpressionError:
        return template
    return "".join(part if isinstance(part, str) else _slot_words(part) for part in parts)


def _slot_words(slot: Slot) -> str:
    match slot.value:
        case Name(name) | Member(_, name):
            return name.replace("_", " ")
    return print_expression(slot.value)


def speak(
    context: FormContext,
    words: str,
    language: str,
    done: Callable[[bytes], None],
    failed: Callable[[str], None],
) -> Task | None:
    """Speak *words* in a worker thread; *done* gets a WAV file, *failed* what went wrong."""
    if not words.strip():
        failed(tr("There is no text to listen to."))
        return None
    site = context.session.site

    def heard(spoken: Spoken) -> None:
        if spoken.trouble or not spoken.wav:
            failed(told(spoken.trouble) or tr("The voice gave no sound."))
        else:
            done(spoken.wav)

    return context.tasks.start(
        lambda: site.speak(words, language), heard, lambda error: failed(str(error))
    )
