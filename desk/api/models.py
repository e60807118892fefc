"""What the API answers, as OpenAPI describes it. Times are seconds since the epoch."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class Call(BaseModel):
    """A call in a list."""

    id: str
    flow: str = Field(description="the flow it is in, or was in last")
    node: str = Field(description="the node it is in, or was in last")
    caller: str
    called: str
    trunk: str
    channel: str
    started: float
    answered: float | None
    ended: float | None
    by: str | None = Field(description="who ended it: caller, us, network")
    cause: str | None


class CallEvents(BaseModel):
    """A call and all that happened on it."""

    call: Call
    dropped: int = Field(description="how many of its first events are no longer kept")
    events: list[dict[str, Any]] = Field(description="trace events, the oldest first")


class ServedFlow(BaseModel):
    """A flow that is served."""

    name: str
    title: str | None
    path: str = Field(description="its file, as the site's configuration names it")
    numbers: list[str] = Field(description="the called numbers that lead to it")
    hash: str = Field(description="SHA-256 of its text")


class NodeFigures(BaseModel):
    """What calls did in one node."""

    visits: int
    hangups: int = Field(description="calls that the caller ended in this node")
    median_seconds: float | None
    ports: list[tuple[str | int, int]] = Field(description="each way out, and how often")


class FlowFigures(BaseModel):
    """What calls did in one flow."""

    flow: str
    since: float
    until: float
    calls: int
    nodes: dict[str, NodeFigures]


class SiteFile(BaseModel):
    """A text file of the site."""

    path: str
    text: str


class SiteQueue(BaseModel):
    """A queue as flows may use it."""

    name: str
    strategy: str = Field(description="one of the fourteen names, or a text")
    max_wait: float | None
    max_waiting: int | None
    calendar: str


class SiteAgent(BaseModel):
    """An agent as flows may name one."""

    name: str
    title: str
    queues: dict[str, int] = Field(description="queue: level, 1 to 100")
    skills: dict[str, int | str] = Field(description="skill: level, or a word")


class Site(BaseModel):
    """All that is needed to draw and check the flows of a server away from it. No secrets."""

    name: str
    numbers: dict[str, str] = Field(description="called number: path of its flow")
    files: list[SiteFile] = Field(description="flows, those they call, and prompt tables")
    prompts_folder: str
    languages: list[str]
    currency: str
    calendars: dict[str, dict[str, Any]]
    sources: dict[str, bool] = Field(description="data source: whether flows may change it")
    queues: list[SiteQueue] = []
    agents: list[SiteAgent] = []
    boxes: dict[str, str] = Field({}, description="voicemail box: the queue of its messages")


class Status(BaseModel):
    """The server as a whole; further fields come from the line."""

    version: str
    up_seconds: int
    calls_now: int
    calls_served: int
    line: dict[str, Any]
    problems: list[str] = Field(description="what is wrong with the flow files as they are now")
