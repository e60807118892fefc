"""What a function of the expression language is, and how a module declares its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flow_runtime.core.expr.signature import Signature, signature
from flow_runtime.core.types import Type

Implementation = TypeVar("Implementation", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Function:
    """A function as the checker, the compiler, the editor and the manual see it.

    *apply* gets arguments of the types of the matching signature and raises nothing but
    `ExpressionFailure`. *with_frame* functions get the frame before their arguments: their
    result depends on the call or the moment. *examples* are pairs of expressions that are equal.
    """

    name: str
    signatures: tuple[Signature, ...]
    help: str
    examples: tuple[tuple[str, str], ...]
    apply: Callable[..., Any]
    with_frame: bool = False

    @property
    def spellings(self) -> str:
        """All signatures, for an error message."""
        return " or ".join(s.text for s in self.signatures)


class Functions:
    """The functions of one theme, in the order of the manual."""

    def __init__(self) -> None:
        self._declared: list[Function] = []

    def __iter__(self) -> Iterator[Function]:
        return iter(self._declared)

    def declare(
        self,
        *lines: str,
        help: str,
        examples: Sequence[tuple[str, str]] = (),
        with_frame: bool = False,
        gives: Type | None = None,
    ) -> Callable[[Implementation], Implementation]:
        """Decorate an implementation with its signatures, as a person reads them.

        *gives* is the exact type of the result where a signature cannot say it: a record with
        known fields.
        """
        parsed = [signature(line, gives) for line in lines]
        name, signatures = parsed[0][0], tuple(s for _, s in parsed)

        def keep(apply: Implementation) -> Implementation:
            f = Function(name, signatures, help, tuple(examples), apply, with_frame)
            self._declared.append(f)
            return apply

        return keep
