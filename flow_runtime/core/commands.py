"""What a node may ask of the world (commands) and what the world may answer.

A node's ``run()`` awaits commands: ``key = await ReadKeys(...)``. Awaiting yields the command
itself to whoever drives the coroutine; the answer is sent in, a failure or a hang-up is thrown
in. There is no event loop, socket or clock on this side.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, Generic, Literal, NoReturn, Protocol, TypeVar

from flow_runtime.core.phrase import phrase
from flow_runtime.core.sound import Recording, Sound

T = TypeVar("T")


class Hangup(Exception):
    """Thrown into the running node when the caller has gone. *cause* is a short word."""

    def __init__(self, by: str = "caller", cause: str = "normal") -> None:
        super().__init__(f"{by} hung up ({cause})")
        self.by, self.cause = by, cause


class NodeFailure(Exception):
    """Something a node asked for failed: the node leaves by ``error`` unless it catches this.

    *name* is a stable kebab-case word that flows and logs may rely on (``database-timeout``,
    ``tts-failed``, ``disk-full``, ``type-error``, ``step-budget``); *text* says what happened.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name, self.text = name, text


class Command(Generic[T]):
    """One request to the outer world. Awaiting it parks the node until the answer arrives."""

    __slots__ = ()

    def __await__(self) -> Generator[Command[Any], Any, T]:
        """Yield the command, return the answer."""
        answer: T = yield self
        return answer


class Scope(Protocol):
    """What a local command may read and change: the variables and facts of one run."""

    def assign(self, target: str, value: Any, secret: bool = False) -> None:
        """Set a declared variable, or an attribute of the contact (``contact.level``).

        The value of a *secret* variable is masked in traces and logs from then on.
        """

    def calendar_state(self, calendar: str) -> Literal["open", "closed", "holiday"]:
        """What the calendar called *calendar* says of the present moment."""

    def prompt(self, key: str, values: Mapping[str, Any], language: str = "") -> Sound:
        """The prompt *key* in *language* (default: the caller's), filled with *values* alone."""

    def value(self, variable: str) -> Any:
        """What *variable* of the running flow holds; `NodeFailure` when there is none."""

    def fact(self, name: str) -> Any:
        """``call.NAME``; None when the line does not tell it."""

    def set_language(self, language: str) -> None:
        """From now on the caller hears, and ``call.language`` is, *language* (BCP 47)."""

    def find_file(self, name: str) -> str | None:
        """The absolute path of a file beside the flow or among the prompts, None if missing."""


class LocalCommand(Command[T]):
    """A command that the interpreter answers itself, without leaving the pure core."""

    __slots__ = ()

    def apply(self, scope: Scope) -> T:
        """Do it and give the answer."""
        raise NotImplementedError


@dataclass(slots=True, unsafe_hash=True)
class Assign(LocalCommand[None]):
    """Set *target* (a variable or ``contact.NAME``) to *value*.

    Nobody changes one, but it is not frozen: that would treble the time it takes to make one, and
    one is made for every line of every `set` a call passes.
    """

    target: str
    value: Any
    secret: bool = False

    def apply(self, scope: Scope) -> None:
        """Write the value."""
        scope.assign(self.target, self.value, self.secret)


@dataclass(frozen=True, slots=True)
class CalendarState(LocalCommand[Literal["open", "closed", "holiday"]]):
    """Ask whether a calendar is open now."""

    calendar: str

    def apply(self, scope: Scope) -> Literal["open", "closed", "holiday"]:
        """Look at the calendar."""
        return scope.calendar_state(self.calendar)


@dataclass(frozen=True, slots=True)
class FindPrompt(LocalCommand[Sound]):
    """Get words that a node itself needs: built in, unless the site's prompts have the *key*."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    """Empty for the language of the caller."""

    def apply(self, scope: Scope) -> Sound:
        """Look in the prompt tables."""
        return scope.prompt(self.key, self.values, self.language)


@dataclass(frozen=True, slots=True)
class CountUp(LocalCommand[Decimal]):
    """Add 1 to the number in *variable*, which counts as 0 while it is none; the new number."""

    variable: str

    def apply(self, scope: Scope) -> Decimal:
        """Count."""
        before = scope.value(self.variable)
        if before is not None and not isinstance(before, Decimal):
            raise NodeFailure(
                "type-error",
                phrase("{variable} holds no number to count up", variable=self.variable),
            )
        count = (before or Decimal(0)) + 1
        scope.assign(self.variable, count)
        return count


@dataclass(frozen=True, slots=True)
class ReadFact(LocalCommand[Any]):
    """Get ``call.NAME``, for example the caller's number."""

    name: str

    def apply(self, scope: Scope) -> Any:
        """Look it up."""
        return scope.fact(self.name)


@dataclass(frozen=True, slots=True)
class SetLanguage(LocalCommand[None]):
    """Speak with the caller in *language* (BCP 47) from now on."""

    language: str

    def apply(self, scope: Scope) -> None:
        """Switch."""
        scope.set_language(self.language)


@dataclass(frozen=True, slots=True)
class FindFile(LocalCommand[str]):
    """Get the absolute path of the file *name* beside the flow or in the prompts folder."""

    name: str

    def apply(self, scope: Scope) -> str:
        """Look for it; `NodeFailure` ``missing-file`` when it is not there."""
        path = scope.find_file(self.name)
        if path is None:
            text = phrase(
                'there is no file "{name}" beside the flow or in the prompts folder', name=self.name
            )
            raise NodeFailure("missing-file", text)
        return path


# --- other flows ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallFlow(Command[str]):
    """Run the sub-flow *flow*, a path as the calling flow writes it; the answer is its outcome.

    *inputs* are the values of its inputs. *outputs* maps variables of the calling flow to outputs
    of the sub-flow; they are assigned when it ends. What fails in the sub-flow and is not handled
    there is thrown into the node that called it, as is the caller's hang-up, after the sub-flow's
    own ``on_hangup``. The interpreter does this itself; the driver never sees it.
    """

    flow: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JumpFlow(Command[NoReturn]):
    """Go on in *flow* and do not come back, not even to the flows that called this one."""

    flow: str


# --- the call ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer(Command[None]):
    """Answer the call after ringing for *ring*. Answering twice does nothing."""

    ring: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class HangUp(Command[NoReturn]):
    """End the call. The run ends with it: `Hangup` is not thrown into the node that asked."""

    reason: str = "normal"


@dataclass(frozen=True, slots=True)
class RejectCall(Command[NoReturn]):
    """Refuse a call that was not answered yet, with a SIP status *code* of 400 to 699.

    The run ends with it, as with `HangUp`.
    """

    code: int = 486


@dataclass(frozen=True, slots=True)
class Pause(Command[None]):
    """Let *time* pass. Keys pressed meanwhile are kept."""

    time: timedelta


DialOutcome = Literal["answered_ended", "busy", "no_answer", "failed"]


@dataclass(frozen=True, slots=True)
class DialResult:
    """How a dialled call went: *detail* is for the log, *talked* how long both were connected."""

    outcome: DialOutcome
    detail: str = ""
    talked: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Dial(Command[DialResult]):
    """Call *to* and connect both; answered when the dialled side has hung up or cannot be had."""

    to: str
    caller_id: str | None = None
    timeout: timedelta = timedelta(seconds=30)
    record: bool = False


@dataclass(frozen=True, slots=True)
class SendKeys(Command[None]):
    """Press *keys* (0-9, ``*``, ``#``, A-D) towards the caller's side; answered after the last."""

    keys: str


RecordAction = Literal["start", "stop", "pause", "resume"]


@dataclass(frozen=True, slots=True)
class RecordCall(Command[None]):
    """Begin, end, silence or continue the recording of both sides of the call.

    What changes nothing is no error: to start twice, to pause what is not recorded.
    """

    action: RecordAction


# --- sound and keys ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play(Command[bool]):
    """Let the caller hear *sound*, answering the call first if need be.

    The answer is True when a key cut it short (the key waits in the buffer for `ReadKeys`; after
    one that does not, a belated end key, the sound begins again).
    A key that is already waiting skips an interruptible sound; a sound that cannot be
    interrupted empties the buffer at its end.
    """

    sound: Sound
    interruptible: bool = True
    voice: str | None = None
    secret: bool = False
    """Whether keys pressed meanwhile are a secret already, so that recordings stay silent."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that were read, without the end key. *by* says what ended the reading.

    *end_key*: the end key; *full*: *most* keys are there; *timeout*: the caller paused (*keys*
    may be empty: silence).
    """

    keys: str
    by: Literal["end_key", "full", "timeout"]


@dataclass(frozen=True, slots=True)
class ReadKeys(Command[Keys]):
    """Read up to *most* keys, those typed ahead first.

    *first* bounds the wait for the first key, counted from this command (sound has ended by
    then), *between* the wait for each further one. *end_key* ("" for none) ends the reading.
    *secret* masks the keys in traces and logs and pauses recordings meanwhile. When *most* keys
    are there, an *end_key* that follows them within *between* still belongs to them: it is dropped.
    """

    most: int
    first: timedelta
    between: timedelta
    end_key: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class ClearKeys(Command[None]):
    """Forget the keys that were typed ahead."""


@dataclass(frozen=True, slots=True)
class Record(Command["RecordEnd"]):
    """Record the caller until silence, a key of *end_keys*, *most*, or the hang-up."""

    most: timedelta
    silence: timedelta
    end_keys: str = "#"


@dataclass(frozen=True, slots=True)
class RecordEnd:
    """A finished recording; *spoke* is False when nothing but silence was heard."""

    recording: Recording
    by: Literal["silence", "key", "full", "hangup"]
    spoke: bool = True


# --- data and logs ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lookup(Command[tuple[Mapping[str, Any], ...]]):
    """Run a query on a data source; the answer is its rows, at most *most*."""

    source: str
    sql: str
    bind: Mapping[str, Any]
    timeout: timedelta
    most: int


@dataclass(frozen=True, slots=True)
class Change(Command[int]):
    """Run one changing statement in one transaction; the answer is how many rows changed."""

    source: str
    sql: str
    bind: Mapping[str, Any]
    timeout: timedelta


@dataclass(frozen=True, slots=True)
class Note(Command[None]):
    """Write *text* to the log, with the call's id."""

    text: str
