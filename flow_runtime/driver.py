"""The driver: runs one flow on one call, performing each command the interpreter gives."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

from flow_runtime.core.commands import Command, Hangup, NodeFailure
from flow_runtime.core.frame import Frame
from flow_runtime.core.interpreter import Ended, Run
from flow_runtime.core.program import Program
from flow_runtime.logs import call_id
from flow_runtime.perform import calling, data, dialling, outside, queueing, recording, sound
from flow_runtime.perform.key_buffer import KeyBuffer
from flow_runtime.perform.session import Performers, Session
from flow_runtime.services import Services
from flow_runtime.tracing import Tracer
from telephony.line import (
    Call,
    CallEnded,
    Ender,
    KeySource,
    LineError,
    MediaFailed,
    Unsupported,
)

log = logging.getLogger("flow")

PERFORMERS: Performers = {
    **calling.PERFORMERS,
    **sound.PERFORMERS,
    **recording.PERFORMERS,
    **dialling.PERFORMERS,
    **data.PERFORMERS,
    **outside.PERFORMERS,
    **queueing.PERFORMERS,
}
"""How each type of command is performed; a later package may bring more."""


def run_call(
    call: Call,
    program: Program,
    services: Services,
    *,
    contact: dict[str, Any] | None = None,
    started: Callable[[Run], None] | None = None,
) -> Coroutine[Any, Any, Ended]:
    """Listen to *call* from now on; the coroutine serves it until flow and call are over.

    The coroutine wants a task of its own. It hangs the call up in any case, also when its task
    is cancelled. *contact* holds the attributes that travel with the call and may be read later.
    *started* is given the run before its first step: a simulator looks into its variables.
    """
    conversation = _Conversation(call, program, services, {} if contact is None else contact)
    if started is not None:
        started(conversation.run)
    call.listener = conversation
    return conversation.serve()


class _Conversation:
    """The call's listener and the loop between interpreter and performers.

    A hang-up has to end whatever the flow is waiting for. All commands run in the call's own
    task, and a hang-up cancels that task once, much as `asyncio.timeout` does: that costs
    nothing as long as nobody hangs up, where a task for each command would cost every command.
    """

    __slots__ = ("_cut", "_cuttable", "_services", "_session", "_task", "_tracer", "run")

    def __init__(
        self, call: Call, program: Program, services: Services, contact: dict[str, Any]
    ) -> None:
        facts = _facts(call)
        self._services = services
        tracer = self._tracer = Tracer(call.facts.id, services.clock, services.trace)
        self._session = Session(call, services, tracer, KeyBuffer(tracer), facts, contact)
        self.run = Run(program, _frame(program, services, facts, contact), tracer)
        self._task: asyncio.Task[Any] | None = None
        self._cuttable = self._cut = False
        tracer.event(
            "incoming",
            flow=program.name,
            caller=call.facts.caller,
            called=call.facts.called,
            trunk=call.facts.trunk,
            channel=call.facts.channel,
        )

    # --- what happens on the call --------------------------------------------------------------

    def key(self, key: str, source: KeySource) -> None:
        """A key was pressed."""
        self._session.keys.push(key, source)

    def hung_up(self, by: Ender, cause: str) -> None:
        """The call is over: end what the flow waits for."""
        session = self._session
        session.gone = Hangup(by, cause)
        session.keys.clear()
        self._tracer.event("hangup", by=by, cause=cause)
        if self._services.switchboard is not None:
            self._services.switchboard.hung_up(session.call.facts.id)
        if self._cuttable and self._task is not None and asyncio.current_task() is not self._task:
            self._cuttable, self._cut = False, True
            self._task.cancel()

    def media_lost(self, reason: str) -> None:
        """Sound is gone; the line ends the call by itself when it is gone for good."""
        log.error("no sound any more: %s", reason, extra={"call": self._session.call.facts.id})
        self._tracer.event("error", name="media-lost", text=reason)

    # --- the loop ------------------------------------------------------------------------------

    async def serve(self) -> Ended:
        """Drive the run to its end, then see to it that the call is over."""
        self._task = asyncio.current_task()
        call_id.set(self._session.call.facts.id)
        session, run, clock = self._session, self.run, self._services.clock
        try:
            step = run.start(clock.now())
            while not isinstance(step, Ended):
                try:
                    answer = await self._perform(step)
                except Hangup as hangup:
                    step = run.throw(hangup, clock.now())
                except NodeFailure as failure:
                    step = run.throw(failure, clock.now())
                else:
                    step = run.send(answer, clock.now())
        finally:
            await session.call.hangup("normal")
        log.info("ended by %s (%s) at node %s", step.party, step.cause, step.node)
        return step

    async def _perform(self, command: Command[Any]) -> Any:
        """Perform one command; raises only `Hangup` and `NodeFailure`, or is cancelled."""
        session = self._session
        if session.gone is not None and self.run.hangup is None and not session.leaving:
            raise self._hangup()
        performer = PERFORMERS.get(type(command))
        if performer is None:
            raise NodeFailure(
                "unknown-command",
                f"nothing here can perform {type(command).__name__}; "
                "is the plug-in that brings it installed?",
            )
        if session.gone is not None and performer.needs_call:
            raise self._hangup()
        self._cuttable = performer.cut
        try:
            return await performer.act(session, command)
        except BaseException as error:
            if self._was_cut():  # whatever the clean-up of the performer made of it
                raise self._hangup() from None
            if isinstance(error, Hangup | NodeFailure) or not isinstance(error, Exception):
                raise
            raise self._translated(error) from error
        finally:
            self._cuttable = False

    def _hangup(self, cause: str = "normal") -> Hangup:
        """A fresh exception: one that is raised again and again would grow its traceback."""
        gone = self._session.gone
        return Hangup("caller", cause) if gone is None else Hangup(gone.by, gone.cause)

    def _was_cut(self) -> bool:
        """Whether the cancellation that arrived is our own, and nobody else's as well."""
        if not self._cut or self._task is None:
            return False
        self._cut = False
        return self._task.uncancel() == 0

    def _translated(self, error: Exception) -> Hangup | NodeFailure:
        """What an error of the outer world is to a flow."""
        match error:
            case CallEnded():
                return self._hangup(error.cause)
            case MediaFailed():
                name = error.name if error.name == "disk-full" else "media-failed"
                return NodeFailure(name, str(error))
            case Unsupported():
                return NodeFailure("unsupported", str(error))
            case LineError():
                return NodeFailure("line-failed", str(error))
            case OSError():
                full = error.errno in (errno.ENOSPC, errno.EDQUOT)
                return NodeFailure("disk-full" if full else "file-failed", str(error))
        log.exception("a command failed in a way nobody foresaw")
        return NodeFailure("internal-error", f"{type(error).__name__}: {error}")


class _Quality(Mapping[str, float]):
    """``call.quality`` as it is at the moment it is read."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def __getitem__(self, name: str) -> float:
        return self._call.quality[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._call.quality)

    def __len__(self) -> int:
        return len(self._call.quality)


def _facts(call: Call) -> dict[str, Any]:
    """``call.*`` as the flow reads it; ``answered`` is kept up to date by `Session.take`."""
    facts = call.facts
    return {
        "id": facts.id,
        "caller": facts.caller,
        "called": facts.called,
        "trunk": facts.trunk,
        "started": facts.started,
        "answered": call.answered,
        "headers": facts.headers,
        "channel": facts.channel,
        "quality": _Quality(call),
    }


def _frame(
    program: Program, services: Services, facts: dict[str, Any], contact: dict[str, Any]
) -> Frame:
    around, centre = program.surroundings, services.switchboard
    language = around.languages[0]
    facts["language"] = language
    return Frame(
        now=services.clock.now(),
        call=facts,
        contact=contact,
        zone=around.zone,
        language=language,
        prompts=around.prompts,
        files=around.files,
        queues=centre.queues if centre is not None else None,
        agents=centre.agents if centre is not None else None,
    )
