"""SIPp scenarios step by step: what a test's telephone sends, and what it expects.

Shared by most scenarios: the caller's number is SIPp's keyword ``[caller]``, sound goes to the
port ``[rtp]``, which is an `RtpPeer` of the test, and ``[here]`` is the address that Via and
Contact name. Each INVITE keeps its branch, so that a
repetition, its CANCEL and the ACK of a refusal can name it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

OFFER = """\
v=0
o=sipp 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [rtp] RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendrecv
"""
_ME = '"caller" <sip:[caller]@[here]>;tag=[pid]t[call_number]'
_THEM = "<sip:[service]@[remote_ip]:[remote_port]>"
_PHONE_TAG = "tag=[pid]p[call_number]"
_KEEP = "".join(
    f'<ereg regexp="{pattern}" search_in="hdr" header="{header}" assign_to="{name}"/>'
    for header, pattern, name in (
        ("CSeq:", "[0-9]+", "invite"),
        ("Via", ":.*", "via"),
        ("From", ":.*", "caller"),
        ("To", ":.*", "called"),
    )
)
"""What a telephone remembers of the INVITE."""
_DTMF_RELAY = "Signal={key}\nDuration=160\n"


def offer(
    *,
    formats: str = "0 8",
    event_type: int | None = 101,
    ptime: int = 20,
    direction: str = "sendrecv",
    host: str = "[local_ip]",
    version: int = 1,
) -> str:
    """A session description; *formats* are payload types of G.711."""
    events = [] if event_type is None else [f"a=rtpmap:{event_type} telephone-event/8000"]
    types = formats if event_type is None else f"{formats} {event_type}"
    laws = {"0": "PCMU", "8": "PCMA"}
    lines = [
        "v=0",
        f"o=sipp 1 {version} IN IP4 [local_ip]",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio [rtp] RTP/AVP {types}",
        *(f"a=rtpmap:{kind} {laws[kind]}/8000" for kind in formats.split()),
        *events,
        f"a=ptime:{ptime}",
        f"a={direction}",
        "",
    ]
    return "\n".join(lines)


class Scenario:
    """Builds the XML; every method adds a step and gives the scenario back.

    *begin* is a scenario whose steps come first.
    """

    def __init__(self, begin: Scenario | None = None) -> None:
        self._steps: list[str] = list(begin._steps) if begin else []
        self._cseq = begin._cseq if begin else 0
        self._invite = begin._invite if begin else 0
        self._asked = begin._asked if begin else False
        self._back = begin._back if begin else 0

    # --- as a caller ------------------------------------------------------------------------------

    def invite(self, body: str = OFFER, *headers: str, again: bool = False) -> Scenario:
        """An INVITE; *again* repeats the last one octet by octet, as a retransmission does."""
        if not again:
            self._cseq += 1
            self._invite = self._cseq
        return self._request(
            "INVITE",
            f"{_THEM.strip('<>')}",
            self._branch(),
            self._invite,
            to=_THEM,
            body=body,
            headers=headers,
        )

    def reinvite(self, body: str, *headers: str) -> Scenario:
        """An INVITE within the call."""
        self._cseq += 1
        self._invite = self._cseq
        return self._within("INVITE", self._branch(), self._invite, body, headers)

    def changed(self, body: str) -> Scenario:
        """Have the session changed: re-INVITE, 200, ACK."""
        return self.reinvite(body).expect(100, optional=True).expect(200).ack()

    def cancel(self) -> Scenario:
        """Cancel the last INVITE."""
        return self._request(
            "CANCEL", _THEM.strip("<>"), self._branch(), self._invite, to=_THEM, contact=False
        )

    def ringing(self, status: int = 180) -> Scenario:
        """Expect it to ring."""
        return self.expect(100, optional=True).expect(status)

    def answered(self) -> Scenario:
        """Expect 200; it may ring before."""
        for status in (100, 180, 183):
            self.expect(status, optional=True)
        return self.expect(200, contact=True)

    def refused(self, status: int) -> Scenario:
        """Expect the last INVITE to be refused, and acknowledge that."""
        self.expect(100, optional=True)
        self.expect(180, optional=True)
        self.expect(status)
        return self._request(
            "ACK", _THEM.strip("<>"), self._branch(), self._invite, to=_THEM + "[peer_tag_param]",
            contact=False,
        )  # fmt: skip

    def ack_refusal(self) -> Scenario:
        """Acknowledge that a re-INVITE was refused."""
        return self._within("ACK", self._branch(), self._invite, contact=False)

    def ack(self, body: str = "") -> Scenario:
        """Acknowledge the 200 to the last INVITE."""
        return self._within("ACK", "[branch]", self._invite, body, contact=False)

    def call(self, body: str = OFFER) -> Scenario:
        """INVITE, 200, ACK."""
        return self.invite(body).answered().ack()

    def outside(self, method: str, *headers: str, body: str = "") -> Scenario:
        """A request that belongs to no call."""
        self._cseq += 1
        uri = _THEM.strip("<>")
        return self._request(
            method, uri, "[branch]", self._cseq, to=_THEM, body=body, headers=headers
        )

    def register(self, user: str, password: str, *, expires: int = 600) -> Scenario:
        """Register *user* here, with the password when it is asked for; a final 200 follows."""
        who = f"<sip:{user}@[remote_ip]:[remote_port]>"
        for credentials in ("", f"[authentication username={user} password={password}]"):
            self._cseq += 1
            lines = [
                "REGISTER sip:[remote_ip]:[remote_port] SIP/2.0",
                "Via: SIP/2.0/UDP [here];branch=[branch]",
                f"From: {who};tag=[pid]r[call_number]",
                f"To: {who}",
                "Call-ID: [call_id]",
                f"CSeq: {self._cseq} REGISTER",
                f"Contact: <sip:{user}@[here]>",
                f"Expires: {expires}",
                "Max-Forwards: 70",
                *([credentials] if credentials else []),
            ]
            self._send(lines, "", resend=True)
            if not credentials:
                self._add('<recv response="401" auth="true"/>')
        return self

    # --- within a call ----------------------------------------------------------------------------

    def request(
        self, method: str, body: str = "", *headers: str, content_type: str = "application/sdp"
    ) -> Scenario:
        """Any other request within the call."""
        self._cseq += 1
        return self._within(method, "[branch]", self._cseq, body, headers, content_type)

    def info_relay(self, key: str) -> Scenario:
        """Press a key by INFO with application/dtmf-relay."""
        body = _DTMF_RELAY.format(key=key)
        return self.request("INFO", body, content_type="application/dtmf-relay").expect(200)

    def info_plain(self, key: str) -> Scenario:
        """Press a key by INFO with application/dtmf."""
        return self.request("INFO", key, content_type="application/dtmf").expect(200)

    def bye(self) -> Scenario:
        """Hang up."""
        return self.request("BYE").expect(200)

    def hung_up(self) -> Scenario:
        """Expect the other side to hang up."""
        return self.expect_request("BYE").reply("200 OK")

    # --- as the called side -----------------------------------------------------------------------

    def reply(self, status: str, *headers: str, body: str = "") -> Scenario:
        """Answer the last request."""
        tag = "" if status.startswith("100") or self._cseq else f";{_PHONE_TAG}"
        lines = [
            f"SIP/2.0 {status}",
            "[last_Via:]",
            "[last_From:]",
            f"[last_To:]{tag}",
            "[last_Call-ID:]",
            "[last_CSeq:]",
            "[last_Record-Route:]",
            "Contact: <sip:peer@[here]>",
            *headers,
        ]
        return self._send(lines, body, resend=status.startswith("2") and bool(body))

    def reply_to_invite(self, status: str, body: str = "") -> Scenario:
        """Answer the INVITE although another request came after it."""
        lines = [
            f"SIP/2.0 {status}",
            "Via[$via]",
            "From[$caller]",
            "To[$called]" + ("" if self._cseq else f";{_PHONE_TAG}"),
            "Call-ID: [call_id]",
            "CSeq: [$invite] INVITE",
            *(["Contact: <sip:peer@[here]>"] if body else []),
        ]
        return self._send(lines, body, resend=False)

    def bye_back(self) -> Scenario:
        """Hang up a call that came to us."""
        self._back += 1
        return self._back_request("BYE").expect(200)

    def changed_back(self, body: str) -> Scenario:
        """Have a call that came to us changed: re-INVITE, 200, ACK."""
        self._back += 1
        self._back_request("INVITE", body).expect(100, optional=True).expect(200)
        return self._back_request("ACK")

    def _back_request(self, method: str, body: str = "") -> Scenario:
        lines = [
            f"{method} [next_url] SIP/2.0",
            "Via: SIP/2.0/UDP [here];branch=[branch]",
            "[routes]",
            f"From: <sip:phone@[here]>;{_PHONE_TAG}",
            "To[$caller]",
            "Call-ID: [call_id]",
            f"CSeq: {self._back} {method}",
            *(["Contact: <sip:peer@[here]>"] if body else []),
            "Max-Forwards: 70",
        ]
        return self._send(lines, body, resend=method != "ACK")

    # --- parts ------------------------------------------------------------------------------------

    def expect(self, status: int, *, optional: bool = False, contact: bool = False) -> Scenario:
        """Expect a response; later requests of the call go where its *contact* says."""
        more = (' optional="true"' if optional else "") + (' rrs="true"' if contact else "")
        return self._add(f'<recv response="{status}"{more}/>')

    def expect_request(self, method: str, *, optional: bool = False) -> Scenario:
        """Expect a request."""
        more = ' optional="true"' if optional else ""
        if method != "INVITE":
            return self._add(f'<recv request="{method}"{more}/>')
        self._asked = True
        rrs = "" if self._cseq else ' rrs="true"'
        return self._add(f'<recv request="INVITE"{more}{rrs}><action>{_KEEP}</action></recv>')

    def pause(self, milliseconds: int) -> Scenario:
        """Wait."""
        return self._add(f'<pause milliseconds="{milliseconds}"/>')

    def pause_between(self, least: int, most: int) -> Scenario:
        """Wait for a random time of *least* to *most* ms."""
        return self._add(f'<pause distribution="uniform" min="{least}" max="{most}"/>')

    def wait_for_repetitions(self, milliseconds: int = 4000) -> Scenario:
        """When all is over, answer repetitions of the last message for a while."""
        return self._add(f'<timewait milliseconds="{milliseconds}"/>')

    def xml(self) -> str:
        """The whole scenario."""
        used = ['<Reference variables="invite,via,caller,called"/>'] if self._asked else []
        steps = "\n".join([*self._steps, *used])
        return (
            '<?xml version="1.0" encoding="ISO-8859-1" ?>\n'
            f'<scenario name="test">\n{steps}\n</scenario>\n'
        )

    def write(self, path: Path) -> Path:
        """Write it for SIPp."""
        path.write_text(self.xml())
        return path

    def _branch(self) -> str:
        return f"z9hG4bK-[pid]-[call_number]-{self._invite}"

    def _within(
        self,
        method: str,
        branch: str,
        cseq: int,
        body: str = "",
        headers: Sequence[str] = (),
        content_type: str = "application/sdp",
        *,
        contact: bool = True,
    ) -> Scenario:
        return self._request(
            method,
            "[next_url]",
            branch,
            cseq,
            to=_THEM + "[peer_tag_param]",
            body=body,
            headers=("[routes]", *headers),
            content_type=content_type,
            contact=contact,
        )

    def _request(
        self,
        method: str,
        uri: str,
        branch: str,
        cseq: int,
        *,
        to: str,
        body: str = "",
        headers: Sequence[str] = (),
        content_type: str = "application/sdp",
        contact: bool = True,
    ) -> Scenario:
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP [here];branch={branch}",
            *headers,
            f"From: {_ME}",
            f"To: {to}",
            "Call-ID: [call_id]",
            f"CSeq: {cseq} {method}",
            *(["Contact: <sip:[caller]@[here]>"] if contact else []),
            "Max-Forwards: 70",
        ]
        return self._send(lines, body, content_type, resend=method != "ACK")

    def _send(
        self,
        lines: Sequence[str],
        body: str,
        content_type: str = "application/sdp",
        *,
        resend: bool,
    ) -> Scenario:
        kind = [f"Content-Type: {content_type}"] if body else []
        text = "\n".join([*lines, *kind, "Content-Length: [len]", "", body])
        retrans = ' retrans="500"' if resend else ""
        return self._add(f"<send{retrans}><![CDATA[\n{text}\n]]></send>")

    def _add(self, step: str) -> Scenario:
        self._steps.append(step)
        return self
