"""Why this agent: what is stored with each decision, and how it reads.

The record is made when the decision is; figures are those of that moment.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from contact_center.core.record import record

Figures: TypeAlias = tuple[str, tuple[float, ...]]
"""An agent's name and the values of the strategy's terms, in their order."""
SHOWN = 3
"""How many candidates are kept: the chosen one and the next ones."""


@record
class Why:
    """One decision.

    *chose*: "agent" when a contact looked for an agent, "contact" when an agent became free and
    the contacts that waited were compared by their score. *step*: "any agent of the queue", the
    requirement's text, or the person waited for. *eligible*: free agents that fitted.
    """

    chose: Literal["agent", "contact", "pick", "take-over", "transfer"]
    strategy: str
    step: str
    terms: tuple[str, ...] = ()
    candidates: tuple[Figures, ...] = ()
    eligible: int = 1
    waited: float = 0.0
    score: float = 0.0


def told(why: Why) -> str:
    """The decision in one sentence for a supervisor."""
    if why.chose == "pick":
        return "picked by the agent"
    if why.chose == "take-over":
        return "taken over by a supervisor"
    if why.chose == "transfer":
        return "transferred to this agent"
    where = f"{why.strategy}; {why.step}; waited {why.waited:.1f} s"
    if why.chose == "contact":
        return f"the agent became free and this contact was first in turn ({where})"
    names = ", ".join(
        name + "".join(f" {t}={v:g}" for t, v in zip(why.terms, values, strict=True))
        for name, values in why.candidates
    )
    return f"first of {why.eligible} free agents: {names} ({where})"
