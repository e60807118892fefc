"""Dialogs: who talks with whom, by which route, in which order (RFC 3261 section 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from telephony.core.message import Request, Response
from telephony.core.transaction_types import Hop
from telephony.core.uri import UriError, parse_name_addr, parse_uri

DialogKey = tuple[str, str, str]
"""Call-ID, local tag, remote tag (12)."""


class Dialog:
    """The state both sides share. *local* and *remote* are From and To values without tags.

    *routes* are Route values in the order in which requests carry them. *pinned*: the peer is
    behind NAT, and *hop* is the only way to it whatever its Contact says.
    """

    __slots__ = (
        "call_id",
        "hop",
        "local",
        "local_cseq",
        "local_tag",
        "pinned",
        "remote",
        "remote_cseq",
        "remote_tag",
        "routes",
        "target",
    )

    def __init__(self, call_id: str, local: str, local_tag: str, hop: Hop) -> None:
        self.call_id, self.local, self.local_tag, self.hop = call_id, local, local_tag, hop
        self.remote = self.remote_tag = self.target = ""
        self.pinned = False
        self.routes: tuple[str, ...] = ()
        self.local_cseq = 0
        self.remote_cseq = -1

    @property
    def key(self) -> DialogKey:
        """Where it is found."""
        return self.call_id, self.local_tag, self.remote_tag

    def request(self, method: str, branch_via: str, cseq: int | None = None) -> Request:
        """The next request of ours (12.2.1.1); with *cseq*, an ACK of that INVITE."""
        if cseq is None:
            self.local_cseq = cseq = self.local_cseq + 1
        uri, routes = self.target, self.routes
        if routes and not _is_loose(routes[0]):
            # a strict router wants its own address on top, the target goes to the end
            uri, routes = _bare(routes[0]), (*routes[1:], f"<{self.target}>")
        request = Request(method, uri)
        add = request.headers.append
        add("Via", branch_via)
        for route in routes:
            add("Route", route)
        add("Max-Forwards", "70")
        add("From", f"{self.local};tag={self.local_tag}")
        add("To", f"{self.remote};tag={self.remote_tag}" if self.remote_tag else self.remote)
        add("Call-ID", self.call_id)
        add("CSeq", f"{cseq} {method}")
        return request

    def next_hop(self) -> Hop:
        """Where requests go: the first route, else the target (8.1.2); names are not looked up."""
        if self.pinned and not self.routes:
            return self.hop
        try:
            place = parse_name_addr(self.routes[0]).uri if self.routes else parse_uri(self.target)
        except UriError:
            return self.hop
        if place.scheme == "tel":
            return self.hop
        host, port = place.address
        return Hop(host, port, self.hop.socket)

    def refresh(self, message: Request | Response) -> None:
        """Take the peer's new Contact (target refresh, 12.2.1.2 and 12.2.2)."""
        contact = message.contact
        if contact is not None:
            self.target = str(contact.uri)

    def in_order(self, request: Request) -> bool:
        """Whether the peer's CSeq rises (12.2.2); notes it when it does."""
        number = request.cseq.number
        if number <= self.remote_cseq:
            return False
        self.remote_cseq = number
        return True


def from_invite(invite: Request, local_tag: str, source: Hop) -> Dialog:
    """The dialog an incoming INVITE begins (12.1.1)."""
    dialog = Dialog(invite.call_id, untagged(invite.get("to")), local_tag, source)
    dialog.remote, dialog.remote_tag = untagged(invite.get("from")), invite.from_.tag
    dialog.remote_cseq = invite.cseq.number
    dialog.routes = tuple(invite.values("record-route"))
    dialog.refresh(invite)
    if not dialog.target:
        dialog.target = str(invite.from_.uri)
    return dialog


def from_response(early: Dialog, response: Response) -> Dialog:
    """The dialog a response to our INVITE begins (12.1.2); *early* is the INVITE's own state."""
    dialog = Dialog(early.call_id, early.local, early.local_tag, early.hop)
    dialog.remote, dialog.remote_tag = untagged(response.get("to")), response.to.tag
    dialog.local_cseq = early.local_cseq
    dialog.pinned = early.pinned
    dialog.routes = tuple(reversed(response.values("record-route")))
    dialog.target = early.target
    dialog.refresh(response)
    return dialog


def as_data(dialog: Dialog) -> dict[str, Any]:
    """What is needed to send a request in *dialog* later, as JSON takes it; not our CSeq."""
    return {
        "call_id": dialog.call_id,
        "local": [dialog.local, dialog.local_tag],
        "remote": [dialog.remote, dialog.remote_tag],
        "target": dialog.target,
        "routes": list(dialog.routes),
        "hop": [dialog.hop.host, dialog.hop.port],
        "pinned": dialog.pinned,
    }


def from_data(data: Mapping[str, Any], cseq: int, socket: int) -> Dialog:
    """The dialog of `as_data`; its next request has the number *cseq* and leaves by *socket*.

    Raises KeyError, TypeError or ValueError for data that is none.
    """
    host, port = data["hop"]
    local, local_tag = data["local"]
    dialog = Dialog(str(data["call_id"]), str(local), str(local_tag), Hop(host, int(port), socket))
    dialog.remote, dialog.remote_tag = map(str, data["remote"])
    dialog.target, dialog.pinned = str(data["target"]), bool(data["pinned"])
    dialog.routes = tuple(map(str, data["routes"]))
    dialog.local_cseq = cseq - 1
    return dialog


def untagged(value: str) -> str:
    """An address without its header parameters: what both From and To are made from."""
    if value.count(">") == 1:
        return value[: value.index(">") + 1]
    address = parse_name_addr(value)
    address.params.clear()
    return str(address)


def _is_loose(route: str) -> bool:
    try:
        return "lr" in parse_name_addr(route).uri.params
    except UriError:
        return True


def _bare(route: str) -> str:
    """A route's URI as a Request-URI: without what is not allowed there (19.1.1)."""
    uri = parse_name_addr(route).uri
    params = {name: value for name, value in uri.params.items() if name != "method"}
    return str(replace(uri, params=params, headers=""))
