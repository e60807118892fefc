"""Which sounds of a site are the same for every caller, so that they can be made beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flow_runtime.core.expr.tree import Binary, Call, Choice, Expr, ListOf, Slot, Text
from flow_runtime.core.frame import FindFile
from flow_runtime.core.model import Flow
from flow_runtime.core.node import Node
from flow_runtime.core.prompts import PromptBook
from flow_runtime.core.sound import AudioFile, Utterance
from flow_runtime.speaker import Fixed
from speech.spoken import parts
from speech.spoken.written import has_words


def fixed_in_book(book: PromptBook) -> Iterator[Fixed]:
    """All prompts of the languages that *book* speaks, by language and key."""
    for language in book.languages:
        for key in sorted(book.keys(language)):
            prompt = book.find(key, language)
            if prompt is None:
                continue
            if prompt.recording is not None:
                written = (prompt.text and prompt.text.constant) or ""
                yield Fixed(key, AudioFile(prompt.recording, written, key))
            elif prompt.text is not None:
                yield from _fixed_text(prompt.text, key, language, book.currency, key)


def fixed_in_flow(
    flow: Flow, library: Mapping[str, type[Node]], book: PromptBook, files: FindFile | None
) -> Iterator[Fixed]:
    """The texts and sound files that stand in *flow* itself, in its first language."""
    language = book.languages[0] if book.languages else "en"
    for node in flow.nodes:
        specs = library[node.type].params if node.type in library else {}
        for parameter in node.parameters:
            spec = specs.get(parameter.name)
            if spec is None or spec.type.name != "sound":
                continue
            for item in _leaves(parameter.value):
                if isinstance(item, Text):
                    yield from _fixed_text(item, f"node {node.name}", language, book.currency)
                elif (path := _file(item, files)) is not None:
                    yield Fixed(f"node {node.name}", AudioFile(path))


def without_repeats(sounds: Iterable[Fixed]) -> list[Fixed]:
    """*sounds* without those that sound like an earlier one."""
    first: dict[object, Fixed] = {}
    for fixed in sounds:
        said = fixed.item
        where = said.path if isinstance(said, AudioFile) else (said.text, said.language)
        first.setdefault((where, fixed.part), fixed)
    return list(first.values())


def _fixed_text(
    text: Text, origin: str, language: str, currency: str, key: str | None = None
) -> Iterator[Fixed]:
    """A constant text whole; of a template what stands between its values, and their parts."""
    if text.constant is not None:
        if has_words(text.constant):
            yield Fixed(origin, Utterance((text.constant,), language, key))
        return
    for part in text.parts:
        said = parts(part.format or "", language, currency) if isinstance(part, Slot) else [part]
        for piece in filter(has_words, said):
            yield Fixed(origin, Utterance((piece,), language, key), part=True)


def _leaves(expr: Expr) -> Iterator[Expr]:
    """The sounds that *expr* may turn out to be."""
    match expr:
        case ListOf(items):
            inner: tuple[Expr, ...] = items
        case Choice(_, yes, no):
            inner = (yes, no)
        case Binary("??", left, right):
            inner = (left, right)
        case _:
            yield expr
            return
    for item in inner:
        yield from _leaves(item)


def _file(expr: Expr, files: FindFile | None) -> str | None:
    match expr:
        case Call("file", (Text() as name,)) if name.constant is not None and files is not None:
            return files(name.constant)
        case _:
            return None
