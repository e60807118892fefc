"""Two of our endpoints on a network in virtual time that loses, doubles and reorders."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip_kit import PEER, Bench, octets, request, sdp
from sip_network import Network, Node, Weather
from telephony.core.offer_answer import Negotiation
from telephony.core.session_types import (
    Ended,
    Incoming,
    Modified,
    Refusal,
    Session,
    Settled,
    Taken,
)
from telephony.core.transaction_types import Received, Send, Wake
from telephony.core.wire import Request, WireError, parse

STORM = Weather(loss=0.1, double=0.1, delay=0.01, jitter=0.3)
CALM = Weather()


class Story:
    """What happened, by side and session."""

    def __init__(self) -> None:
        self.ended: Counter[tuple[str, int]] = Counter()
        self.sessions: list[tuple[str, Session]] = []
        self.names: Counter[str] = Counter()

    def note(self, node: Node, told: Any) -> None:
        self.names[f"{node.host} {type(told).__name__}"] += 1
        if isinstance(told, Ended):
            self.ended[node.host, id(told.session)] += 1


def at_rest(node: Node) -> bool:
    agent = node.agent
    layer = agent.transactions
    left = (agent.dialogs, agent.buried, layer.servers, layer.clients, layer.merged)
    return not any(left) and len(agent.timers) == 0


def answering(story: Story, *, talk: float, refuse: float = 0.0):
    """Rings, answers after a while, holds now and then, sometimes hangs up or refuses."""

    def application(node: Node, told: Any) -> None:
        story.note(node, told)
        if not isinstance(told, Incoming):
            return
        session, net = told.session, node.net
        story.sessions.append((node.host, session))
        node.do(session, "prepare", Negotiation(node.host, 6000, 1))
        node.do(session, "ring", 180)
        if net.dice.random() < refuse:
            net.at(net.now + 1, lambda: node.do(session, "reject", Refusal(486)))
            return
        net.at(net.now + net.dice.random() * 3, lambda: node.do(session, "answer"))
        if net.dice.random() < 0.5:
            net.at(net.now + talk * net.dice.random(), lambda: node.do(session, "modify", True))
        if net.dice.random() < 0.5:
            net.at(net.now + talk * net.dice.random(), lambda: node.do(session, "hangup"))

    return application


def watching(story: Story):
    def application(node: Node, told: Any) -> None:
        story.note(node, told)
        if isinstance(told, Taken):
            net, session = node.net, told.session
            if net.dice.random() < 0.5:
                net.at(net.now + 2, lambda: node.do(session, "modify", True))

    return application


@pytest.mark.parametrize("seed", range(4))
def test_200_calls_in_a_storm_end_with_none_stuck(seed):
    net, story = Network(STORM, seed), Story()
    caller = net.add("10.0.0.1", watching(story))
    called = net.add("10.0.0.2", answering(story, talk=20, refuse=0.2))

    def place() -> None:
        session = caller.call("10.0.0.2")
        story.sessions.append((caller.host, session))
        net.at(
            net.now + net.dice.random() * 20, lambda: caller.do(session, "hangup")
        )  # ringing, talking, or over

    for n in range(200):
        net.at(n * 0.05, place)
    net.run(400)
    assert at_rest(caller) and at_rest(called)
    assert all(session.state == "ended" for _, session in story.sessions)
    assert all(story.ended[host, id(session)] == 1 for host, session in story.sessions)
    assert sum(host == "10.0.0.1" for host, _ in story.sessions) == 200
    # the storm repeats INVITEs; it makes no second calls of them
    assert story.names["10.0.0.2 Incoming"] <= 200
    assert story.names["10.0.0.1 Taken"] > 50 and story.names["10.0.0.1 Modified"] > 5


def test_in_calm_weather_all_calls_are_taken_and_hung_up_once():
    net, story = Network(CALM, 1), Story()
    caller = net.add("10.0.0.1", watching(story))

    def application(node: Node, told: Any) -> None:
        story.note(node, told)
        if isinstance(told, Incoming):
            node.do(told.session, "prepare", Negotiation(node.host, 6000, 1))
            node.do(told.session, "answer")

    called = net.add("10.0.0.2", application)
    for _ in range(50):
        session = caller.call("10.0.0.2")
        net.at(10.0, lambda session=session: caller.do(session, "hangup"))
    net.run(5)
    assert len(called.agent.dialogs) == 50
    net.run(100)
    assert story.names["10.0.0.1 Taken"] == story.names["10.0.0.1 Ended"] == 50
    assert story.names["10.0.0.2 Ended"] == story.names["10.0.0.2 Incoming"] == 50
    assert at_rest(caller) and at_rest(called)


def test_holds_that_meet_are_sorted_out():
    """Both sides hold at the same moment, again and again: glare, and in the end both had it."""
    net, story = Network(Weather(delay=0.1), 3), Story()
    caller = net.add("10.0.0.1", story.note)
    taken: list[Session] = []

    def application(node: Node, told: Any) -> None:
        story.note(node, told)
        if isinstance(told, Incoming):
            taken.append(told.session)
            node.do(told.session, "prepare", Negotiation(node.host, 6000, 1))
            node.do(told.session, "answer")

    called = net.add("10.0.0.2", application)
    session = caller.call("10.0.0.2")
    for n in range(5):
        net.at(1 + n * 10, lambda n=n: caller.do(session, "modify", n % 2 == 0))
        net.at(1 + n * 10, lambda n=n: called.do(taken[0], "modify", n % 2 == 0))
    net.run(60)
    assert story.names["10.0.0.1 Modified"] == story.names["10.0.0.2 Modified"] == 5
    assert session.state == taken[0].state == "up"
    one, other = session.negotiation, taken[0].negotiation
    assert one.agreed is not None
    assert (one.hold, other.hold, one.agreed.send) == (True, True, False)


def test_a_dead_network_leaves_nothing_behind():
    net, story = Network(Weather(loss=1.0), 0), Story()
    caller = net.add("10.0.0.1", story.note)
    for _ in range(20):
        caller.call("10.0.0.2")
    net.run(120)
    ended, cleared = "10.0.0.1 Ended", "10.0.0.1 Cleared"
    assert story.names == Counter({ended: 20, cleared: 20}) and at_rest(caller)


def test_a_network_that_dies_during_the_call():
    net, story = Network(CALM, 0), Story()
    caller = net.add("10.0.0.1", story.note)
    called = net.add("10.0.0.2", answering(story, talk=10))
    session = caller.call("10.0.0.2")
    net.run(8)
    net.weather.loss = 1.0
    net.at(20, lambda: caller.do(session, "hangup"))
    net.run(100)
    net.weather.loss = 0.0
    assert at_rest(caller)
    for host, other in story.sessions:
        if other.state != "ended":
            net.nodes[host].do(other, "hangup")
    net.run(200)
    assert at_rest(called)


# --- anything a peer may come up with -------------------------------------------------------------

METHODS = ["INVITE", "ACK", "BYE", "CANCEL", "INFO", "OPTIONS", "REGISTER", "UPDATE", "X"]
TAGS = ["", "peer", "t1", "t2", "t3", "t4"]
BODIES = [b"", sdp(), sdp(formats="9"), sdp("a=sendonly"), b"Signal=1\r\n", b"\0\xff"]
KINDS = ["application/sdp", "application/dtmf-relay", "multipart/mixed;boundary=x", "x"]

requests_ = st.builds(
    request,
    st.sampled_from(METHODS),
    branch=st.sampled_from(["z9hG4bK1", "z9hG4bK2", "z9hG4bK3", "old"]),
    call_id=st.sampled_from(["a", "b"]),
    cseq=st.integers(0, 4),
    from_tag=st.sampled_from(["peer", "other"]),
    to_tag=st.sampled_from(TAGS),
    body=st.sampled_from(BODIES),
    content_type=st.sampled_from(KINDS),
)
commands_ = st.tuples(
    st.sampled_from(["ring", "answer", "reject", "hangup", "modify", "lost", "prepare"]),
    st.integers(0, 5),
)
responses_ = st.tuples(
    st.integers(0, 8), st.sampled_from([100, 180, 183, 200, 302, 401, 404, 408, 481, 487, 491, 503])
)


class Crowd(Bench):
    """A bench whose sessions are prodded at random."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[Session] = []

    def step(self, kind: str, what: Any) -> None:
        if kind == "request":
            self.feed(what)
        elif kind == "wait":
            self.wait(what)
        elif kind == "call":
            self.sessions.append(self.outgoing(credentials=("u", "p") if what else None))
        elif kind == "command" and self.sessions:
            name, which = what
            arguments = {
                "prepare": Negotiation("10.0.0.1", 20000, 7),
                "reject": Refusal(486),
                "modify": which % 2 == 0,
                "lost": "why",
            }
            self.do(self.sessions[which % len(self.sessions)], name, arguments.get(name))
        elif kind == "response":
            ours = [m for m in self.sent if isinstance(m, Request)]
            if ours:
                which, status = what
                sent = ours[-1 - which % len(ours)]
                body = sdp() if which % 2 else b""
                data = sent.reply(
                    status,
                    to_tag=f"p{which % 3}",
                    headers=[
                        ("Content-Type", "application/sdp"),
                        ("Contact", "<sip:a@10.0.0.2>"),
                        ("WWW-Authenticate", 'Digest realm="r", nonce="n"'),
                    ],
                    body=body,
                ).to_bytes()
                self.feed(data)
        self.sessions += [
            told.session
            for told in self.told
            if isinstance(told, Incoming) and told.session not in self.sessions
        ]


steps_ = st.lists(
    st.one_of(
        st.tuples(st.just("request"), requests_),
        st.tuples(st.just("command"), commands_),
        st.tuples(st.just("response"), responses_),
        st.tuples(st.just("call"), st.booleans()),
        st.tuples(st.just("wait"), st.sampled_from([0.01, 0.3, 1.0, 5.0, 40.0])),
    ),
    max_size=25,
)


@settings(max_examples=200, deadline=None)
@given(steps_)
def test_whatever_happens_all_ends_and_is_told_once(steps):
    crowd = Crowd()
    for kind, what in steps:
        crowd.step(kind, what)
    for session in crowd.sessions:
        crowd.do(session, "hangup")
    # requests that are for the user are answered, as the endpoint does at once
    for told in crowd.told:
        if type(told).__name__ == "Asked":
            crowd.respond(told, 200)
    crowd.wait(300)
    assert crowd.at_rest()
    ends = Counter(id(told.session) for told in crowd.told if isinstance(told, Ended))
    assert all(ends[id(session)] == 1 for session in crowd.sessions)
    for told in crowd.told:
        if isinstance(told, Settled | Modified):
            assert told.session in crowd.sessions


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_hostile_octets_leave_little_behind(data):
    """Random octets and mutated messages: no exception, answers sane, state bounded."""
    bench = Bench()
    session = bench.answered()
    valid = [
        request("INVITE", body=sdp(), call_id="z"),
        request("BYE", to_tag="nobody", branch="z9hG4bKb"),
        request("INVITE", to_tag=session.dialog.local_tag, cseq=2, branch="z9hG4bKr", body=sdp()),
        request("INFO", to_tag=session.dialog.local_tag, cseq=3, branch="z9hG4bKi"),
        octets("SIP/2.0 200 OK", "Via: SIP/2.0/UDP h;branch=z9hG4bKt1", "CSeq: 1 INVITE"),
    ]
    for _ in range(data.draw(st.integers(1, 6))):
        message = bytearray(data.draw(st.sampled_from(valid) | st.binary(max_size=200)))
        for _ in range(data.draw(st.integers(0, 4))):
            at = data.draw(st.integers(0, max(0, len(message) - 1)))
            end = at + data.draw(st.integers(0, 12))
            message[at:end] = data.draw(st.binary(max_size=6))
        try:
            found = parse(bytes(message))
        except WireError:
            continue
        for action in bench.agent.handle(Received(found, PEER), bench.now):
            if isinstance(action, Send):
                answer = parse(action.data)
                assert isinstance(answer, Request) or 100 <= answer.status < 700
    layer = bench.agent.transactions
    assert len(layer.servers) <= 8 and len(bench.agent.dialogs) <= 8
    bench.take(bench.agent.handle(Wake(), bench.now))
