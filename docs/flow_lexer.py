"""Colours for flows in the pages: the flow language for Pygments."""

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

_HEADER = "flow|schema|input|output|var|start|on_error|on_hangup|layout"


class FlowLexer(RegexLexer):
    """Flows, parts of flows, and expressions."""

    name = "Flow"
    aliases: ClassVar[list[str]] = ["flow"]
    filenames: ClassVar[list[str]] = ["*.flow"]

    tokens: ClassVar[dict[str, list[tuple[object, ...]]]] = {
        "root": [
            (r"#[^\n]*", Comment.Single),
            (
                r"^(node)(\s+)(\w+)(\s*:\s*)(\w+)",
                bygroups(Keyword, Text, Name.Label, Punctuation, Name.Class),
            ),
            (rf"^({_HEADER})\b", Keyword),
            (r"(->)([ \t]*)(\w+)", bygroups(Operator, Text, Name.Label)),
            (r'"""[\s\S]*?"""', String),
            (r'!"(?:[^"\\\n]|\\.)*"', Name.Exception),
            (r't"[^"\n]*"', String.Symbol),
            (r'r?"(?:[^"\\\n]|\\.)*"', String),
            (r"[0-9]+(?:ms|s|m|h|d)\b", Number),
            (r"[0-9]+(?:\.[0-9]+)?", Number),
            (r"\b(if|then|else|and|or|not|in)\b", Operator.Word),
            (r"\b(true|false|none)\b", Keyword.Constant),
            (r"(\w+)(\()", bygroups(Name.Function, Punctuation)),
            (r"^([ \t]+)([\w.]+)(\s*)(=)(?!=)", bygroups(Text, Name.Attribute, Text, Operator)),
            (r"->|\?\?|\?\.|[=!<>]=|[-+*/%<>=?]", Operator),
            (r"[()\[\]{},:.]", Punctuation),
            (r"\w+", Name),
            (r"\s+", Text),
            (r".", Text),
        ]
    }
