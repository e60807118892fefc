"""Divides a flow file into logical lines and finds out which comments belong to which line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flow_runtime.core.expr.failure import MAX_DEPTH
from flow_runtime.core.phrase import phrase
from flow_runtime.core.problems import Place, Problem
from flow_runtime.core.syntax.words import HEADER_WORDS

HEADER = re.compile(rf"\n(?:{'|'.join(HEADER_WORDS)})\b")
"""A line break before a header word in column 0: where a file may be cut for a new start."""


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line: what it says, where, and its comments.

    *text* keeps comments inside brackets (the grammar skips them); they are also in *above*,
    behind the whole lines of comment above, so that no comment is lost. A line with a *problem*
    cannot be parsed further.
    """

    number: int
    column: int
    text: str
    above: tuple[str, ...] = ()
    behind: str | None = None
    problem: Problem | None = None


@dataclass(slots=True)
class Lines:
    """Logical lines found so far, the comments after the last of them, and where to go on.

    Each of the comments after the last line goes with whether it is indented. *end* is the offset
    of the line *number*, the next one to read.
    """

    end: int
    number: int
    lines: list[Line] = field(default_factory=list)
    strays: list[tuple[bool, str]] = field(default_factory=list)


def read_lines(text: str, found: Lines, stop: int) -> None:
    """Add to *found* the logical lines of *text* until one ends at or after *stop*."""
    while found.end < stop:
        match = _SIMPLE.match(text, found.end)
        if match is None:
            _read_long_line(text, found)
            continue
        indentation, body, comment = match.groups()
        if body := body.rstrip():
            column = len(indentation) + 1
            behind = None if comment is None else comment_text(comment)
            found.lines.append(Line(found.number, column, body, _take(found), behind))
        elif comment is not None:
            found.strays.append((bool(indentation), comment_text(comment)))
        found.end = match.end()
        found.number += 1


def comment_text(comment: str) -> str:
    """What a comment says: without ``#``, one blank after it, and blanks at the end."""
    return comment[1:].removeprefix(" ").rstrip()


def bracket_problem(text: str, line: int = 1, column: int = 1) -> Problem | None:
    """What is wrong with the quotes and brackets of *text*, an expression on its own."""
    walk = _Walk(text, 0)
    while walk.problem is None and walk.end < len(text):
        walk = _Walk(text, walk.end + 1)
    return None if walk.problem is None else _place(walk, text, 0, line, column)


def _take(found: Lines) -> tuple[str, ...]:
    if not found.strays:
        return ()
    above = tuple(comment for _, comment in found.strays)
    found.strays.clear()
    return above


# One physical line that is a whole logical line: no brackets, and no text that could hold a slot.
# No possessive repeats: those of Python 3.11.2 (Debian 12) match what they must not. There is one
# way only to match a line, so that a failure takes no more than one look at each character.
_SIMPLE = re.compile(
    r"""([ \t]*)(?![ \t])([^"#()\[\]{}\n]*(?:"[^"\\{}\n]*"(?!")[^"#()\[\]{}\n]*)*)
    (\#[^\n]*)?(?:\n|\Z)""",
    re.X,
)


def _read_long_line(text: str, found: Lines) -> None:
    """Read the logical line at ``found.end``, which has brackets or texts with slots."""
    start = found.end
    first = start
    while text[first] in " \t":
        first += 1
    walk = _Walk(text, first)
    number, column = found.number, first - start + 1
    problem = _place(walk, text, first, number, column)
    code_end = walk.end if walk.comment is None else walk.comment
    behind = None if walk.comment is None else comment_text(text[walk.comment : walk.end])
    above = _take(found) + tuple(comment_text(text[a:b]) for a, b in walk.inner_comments)
    code = text[first:code_end].rstrip(" \t\n")
    found.lines.append(Line(number, column, code, above, behind, problem))
    found.end = min(walk.end + 1, len(text))
    found.number += text.count("\n", start, found.end)


def _place(walk: _Walk, text: str, first: int, number: int, column: int) -> Problem | None:
    if walk.problem is None:
        return None
    code, message, offset, length = walk.problem
    line_start = text.rfind("\n", first, offset) + 1
    line = number + text.count("\n", first, offset)
    at = offset - line_start + 1 if line_start > first else offset - first + column
    return Problem("error", code, message, Place(line, at, line, at + length))


_CODE = re.compile(r'"""|(?<![\w\u0080-\U0010ffff])[rt]"|!"|["#()\[\]{}\n]')
_IN_TEXT = re.compile(r'\\.|\{\{|\}\}|["{\n]')
_IN_LONG = re.compile(r'\\[\s\S]|\{\{|\}\}|"""|\{')
_RAW = re.compile(r'[^"\n]*"')
_HALF = re.compile(r'(?:[^"\\\n]|\\.)*"')

# No line inside brackets can begin like these: there, a bracket was left open further up.
_NEW_LINE = re.compile(
    r"""[ \t]*(?:
          [^\W\d][\w.]*[ \t]*=(?!=)                              # name =
        | (?:[\w*-]+|"(?:[^"\\\n]|\\.)*")?[ \t]*             # port
          (?:"(?:[^"\\\n]|\\.)*")?[ \t]*->                    # "label" ->
        )
      | (?:node|var|input|output)[ \t]+[^\W\d]\w*[ \t]*:
      | flow[ \t]+[^\W\d] | layout[ \t]*\n
    """,
    re.X,
)
_CLOSER = {"(": ")", "[": "]", "{": "}"}
_OPENER = {closer: opener for opener, closer in _CLOSER.items()}


class _Walk:
    """One pass over the logical line that begins at *start*, knowing texts, brackets, comments.

    *end* is the offset of the line break that ends it (or of the end of the text).
    """

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.position = start
        self.end = -1
        self.comment: int | None = None
        self.inner_comments: list[tuple[int, int]] = []
        self.problem: tuple[str, str, int, int] | None = None
        self._open: list[tuple[str, int]] = []
        while self.end < 0:
            top = self._open[-1][0] if self._open else ""
            if top == '"':
                self._in_text()
            elif top == '"""':
                self._in_long_text()
            else:
                self._in_code()

    def _complain(self, code: str, message: str, offset: int, length: int = 1) -> None:
        if self.problem is None:
            self.problem = (code, message, offset, length)

    def _push(self, opener: str, offset: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._complain(
                "syntax-nesting",
                phrase(
                    "brackets are nested more than {most} deep; "
                    "compute a part of it in a `set` node first",
                    most=MAX_DEPTH,
                ),
                offset,
            )
            self.end = self._line_end(offset)
        self._open.append((opener, offset))

    def _line_end(self, offset: int) -> int:
        stop = self.text.find("\n", offset)
        return len(self.text) if stop < 0 else stop

    def _in_code(self) -> None:
        match = _CODE.search(self.text, self.position)
        if match is None:
            self._end_of_file()
            return
        mark, at = match.group(), match.start()
        self.position = match.end()
        if mark == "\n":
            self._line_break(at)
        elif mark == "#":
            self._comment(at)
        elif mark in _CLOSER:
            self._push(mark, at)
        elif mark in _OPENER:
            self._close(mark, at)
        elif mark == '"':
            self._push(mark, at)
        elif mark == '"""':
            self._long_quotes(at)
        else:
            self._skip_text(_HALF if mark == '!"' else _RAW, at)

    def _line_break(self, at: int) -> None:
        if not self._open:
            self.end = at
            return
        kinds = [kind for kind, _ in self._open]
        if '"' in kinds:
            self._unclosed_text(at)
        elif '"""' not in kinds and _NEW_LINE.match(self.text, at + 1):
            self._unclosed_bracket(at)

    def _comment(self, at: int) -> None:
        stop = self._line_end(at)
        if self._open:
            self.inner_comments.append((at, stop))
        else:
            self.comment = at
        self.position = stop

    def _close(self, closer: str, at: int) -> None:
        opener = _OPENER[closer]
        kinds = [kind for kind, _ in self._open]
        if kinds and kinds[-1] == opener:
            self._open.pop()
            return
        if not kinds:
            self._complain(
                "syntax-bracket",
                phrase(
                    "there is no “{opener}” that this “{closer}” could close; take it away",
                    opener=opener,
                    closer=closer,
                ),
                at,
            )
            return
        kind, opened = self._open[-1]
        self._complain(
            "syntax-bracket",
            phrase(
                "“{closer}” does not close the “{kind}” that {where}; write “{wanted}” first",
                closer=closer,
                kind=kind,
                where=_where(self.text, opened, at),
                wanted=_CLOSER[kind],
            ),
            at,
        )
        text_depth = max((n for n, k in enumerate(kinds) if k[0] == '"'), default=-1)
        if opener in kinds[text_depth + 1 :]:
            while self._open.pop()[0] != opener:
                pass

    def _long_quotes(self, at: int) -> None:
        kinds = [kind for kind, _ in self._open]
        if '"""' in kinds:  # we are in a slot of a long text, and that text ends here
            self._unclosed_slot(self._open[kinds.index('"""') + 1][1])
            del self._open[kinds.index('"""') :]
        else:
            if '"' in kinds:
                self._complain(
                    "syntax-text",
                    phrase(
                        'a text in three quotes cannot stand inside another text; write it as "..."'
                    ),
                    at,
                    3,
                )
            self._push('"""', at)

    def _skip_text(self, pattern: re.Pattern[str], at: int) -> None:
        match = pattern.match(self.text, self.position)
        if match is not None:
            self.position = match.end()
            return
        self._open.append(('"', at))
        self._unclosed_text(self._line_end(at))

    def _in_text(self) -> None:
        match = _IN_TEXT.search(self.text, self.position)
        if match is None:
            self._unclosed_text(len(self.text))
            return
        self.position = match.end()
        if match.group() == '"':
            self._open.pop()
        elif match.group() == "{":
            self._push("{", match.start())
        elif match.group() == "\n":
            self._unclosed_text(match.start())

    def _in_long_text(self) -> None:
        match = _IN_LONG.search(self.text, self.position)
        if match is None:
            self._end_of_file()
            return
        self.position = match.end()
        if match.group() == '"""':
            self._open.pop()
        elif match.group() == "{":
            self._push("{", match.start())

    def _end_of_file(self) -> None:
        """The text ran out: report what is open, and go on where a new item seems to begin."""
        self.end = len(self.text)
        kinds = [kind for kind, _ in self._open]
        if '"""' in kinds:
            opened = self._open[kinds.index('"""')][1]
            self._complain(
                "syntax-text",
                phrase('this long text is never closed; put """ on a line of its own after it'),
                opened,
                3,
            )
            header = HEADER.search(self.text, opened)
            self.end = len(self.text) if header is None else header.start()
        elif '"' in kinds:
            self._unclosed_text(self.end)
        elif kinds:
            self._unclosed_bracket(self.end)

    def _unclosed_text(self, stop: int) -> None:
        """A text on one line is open at its end; an open slot in it is the likelier cause."""
        kinds = [kind for kind, _ in self._open]
        if '"""' in kinds:  # it stands in a slot of a long text, which goes on
            slot = kinds.index('"""') + 1
            self._unclosed_slot(self._open[slot][1])
            del self._open[slot:]
            self.position = stop
            return
        text = next(n for n, (kind, _) in enumerate(self._open) if kind == '"')
        if len(self._open) > text + 1:
            self._unclosed_slot(self._open[text + 1][1])
        self._complain(
            "syntax-text",
            phrase(
                'this text is not closed; put " at its end '
                '(a text of several lines stands between """ and """)'
            ),
            self._open[text][1],
        )
        self.end = stop

    def _unclosed_slot(self, at: int) -> None:
        self._complain(
            "syntax-bracket",
            phrase(
                "this “{” is not closed; put “}” after the expression, "
                "or write {{ for a brace that is to be said"
            ),
            at,
        )

    def _unclosed_bracket(self, stop: int) -> None:
        kind, opened = self._open[-1]
        self._complain(
            "syntax-bracket",
            phrase(
                "this “{kind}” is not closed; “{closer}” is missing",
                kind=kind,
                closer=_CLOSER[kind],
            ),
            opened,
        )
        self.end = stop


def _where(text: str, opened: int, at: int) -> str:
    lines = text.count("\n", opened, at)
    if lines == 0:
        return phrase("stands before it")
    return phrase("stands {lines} line{s} above", lines=lines, s="s" if lines > 1 else "")
