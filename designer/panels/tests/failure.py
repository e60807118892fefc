"""How a call test has failed, in the interface's language."""

from __future__ import annotations

from designer.look.i18n import told, tr
from flow_runtime.call_tests import Result


def failure_text(result: Result) -> str:
    """A line for each thing that there is to tell; those without a label go on with the last."""
    lines = []
    for item in result.items():
        text = told(item.text)
        lines.append(
            tr("{label}: {text}", label=item.label, text=text) if item.label else f"    {text}"
        )
    return "\n".join(lines)
