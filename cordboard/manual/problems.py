"""The pages of what goes wrong: problems of flows, with examples that are tried, and failures."""

from __future__ import annotations

import re
import tomllib
from difflib import unified_diff
from typing import Final

from cordboard.manual.markdown import block, code, page, table
from cordboard.manual.trial import CONFIG, FLOW, findings
from flow_runtime.core.explanations import Chapter, Explanation, FailureName, failure_groups
from nodes.explanations import all_chapters, explanations

_SEVERITY: Final = {
    "error": "Error: the flow is not served.",
    "warning": "Warning: the flow is served all the same.",
    "either": "Error or warning.",
}
_LINK: Final = re.compile(r"\[([^]]+)]\([^)]+\)")


def problems_page() -> str:
    """All chapters."""
    codes = ", ".join(
        f"[`{explanation.code}`](#{explanation.code})"
        for explanation in sorted(
            (e for chapter in all_chapters() for e in chapter.explanations), key=lambda e: e.code
        )
    )
    return page(
        "Problems",
        "What `cordboard check` (and the server, when it loads a flow) may say:"
        " `FILE:LINE:COLUMN: error|warning CODE: text`. An error keeps the flow from being served;"
        " a warning does not. `cordboard check --explain CODE` prints the section of a code in the"
        " terminal.",
        codes,
        "The examples are checked on this small site, with `cordboard check --config"
        f" cordboard.toml {FLOW}`; what is printed below is what it says.",
        block(CONFIG, "toml"),
        *(_chapter(chapter) for chapter in all_chapters()),
    )


def _chapter(chapter: Chapter) -> str:
    sections = [section(explanation) for explanation in chapter.explanations]
    return "\n\n".join([f"## {chapter.title}", chapter.about, *sections])


def section(explanation: Explanation) -> str:
    """The section of one code."""
    parts = [f"### {explanation.code}", f"*{_SEVERITY[explanation.severity]}* {explanation.means}"]
    for name, text in explanation.files.items():
        parts += [f"With `{name}`:", block(text, _language(name, text))]
    if explanation.plugin:
        parts += ["With a plug-in that brings the node type:", block(explanation.plugin, "python")]
    parts.append(block(explanation.example, "flow"))
    parts += [f"({note})" for note in _notes(explanation)]
    said = [line for line in findings(explanation) if f" {explanation.code}: " in line]
    parts.append(block("\n".join(said), "text"))
    parts.append(f"**What to do.** {explanation.mend}")
    if change := _difference(explanation):
        parts.append(block(change, "diff"))
    return "\n\n".join(parts)


def _language(name: str, text: str) -> str:
    """The language of a file for the highlighter, which is strict; some are wrong on purpose."""
    if name.endswith(".flow"):
        return "flow"
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return "text"
    return "toml"


def _notes(explanation: Explanation) -> list[str]:
    notes = [
        f"`{marker}` stands for `{text.strip()}` {times} times."
        for marker, (text, times) in explanation.repeats.items()
    ]
    if explanation.encoding != "utf-8":
        notes.append(f"The file is saved as {explanation.encoding.upper()}.")
    if explanation.numbered:
        notes.append(f'With `"100" = "{FLOW}"` among the numbers.')
    return notes


def _difference(explanation: Explanation) -> str:
    """The changed lines, of the flow or of the files beside it."""
    changed = [(explanation.example, explanation.mended)]
    changed += [(explanation.files[n], text) for n, text in explanation.mended_files.items()]
    lines: list[str] = []
    for old, new in changed:
        difference = unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1)
        lines += [line for line in list(difference)[2:] if not line.startswith("@@")]
    return "\n".join(line for line in lines if line != " ")


def failures_page() -> str:
    """Every name of a failure."""
    parts = [
        "A node that cannot do its work leaves by its `error` port, or to the flow's `on_error`."
        " Why is in the trace (`error`, with `name` and `text`) and in the log, for expressions"
        " with their place in the file.",
    ]
    for group, names in failure_groups().items():
        rows = [(code(f.name), f.means, f.mend) for f in names]
        parts += [f"## {group}", table(("name", "what happened", "what to do"), rows)]
    return page("Failures in a call", *parts)


def known() -> dict[str, Explanation | FailureName]:
    """Everything that can be explained; a name that is both is explained as a problem."""
    failures = {f.name: f for names in failure_groups().values() for f in names}
    return {**failures, **explanations()}


def explained(found: Explanation | FailureName) -> str:
    """One code or name for the terminal."""
    if isinstance(found, FailureName):
        parts = [f"{found.name}\nA failure in a call. {found.means}", f"What to do: {found.mend}"]
    else:
        parts = [
            f"{found.code}\n{_SEVERITY[found.severity]}",
            found.means,
            f"What to do: {found.mend}",
            "For example:",
            _indented(found.example),
        ]
        if change := _difference(found):
            parts += ["is mended so:", _indented(change)]
    return _LINK.sub(r"\1", "\n\n".join(parts))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
