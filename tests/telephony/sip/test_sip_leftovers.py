"""What a line gives out of its answered legs, and how the line after a crash hangs them up."""

import asyncio
import json

from sip_desk import DESK
from sip_kit import sdp
from sip_phone import HERE, house
from telephony.line import RingOptions
from telephony.settings import Listen, Trunk

PLAIN = RingOptions(caller_id="13800000001")


class Keeper:
    """Keeps dialogs as the store does: in JSON."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, str]] = {}
        self.dropped: list[str] = []
        self.told = 0
        self.news = asyncio.Event()

    def keep(self, facts, cseq, data):
        self.kept[facts.id] = cseq, json.dumps(dict(data))
        self.told += 1

    def drop(self, leg):
        self.dropped.append(leg)
        self.news.set()

    def hang_up(self, line, leg):
        cseq, data = self.kept[leg]
        line.dialogs.hang_up(leg, cseq + 1000, json.loads(data))

    async def rid_of(self, leg):
        await asyncio.wait_for(self.news.wait(), 3)
        assert self.dropped == [leg]


async def test_a_caller_is_hung_up_by_the_next_server():
    keeper, after = Keeper(), Keeper()
    async with house() as home, house() as next_home:
        home.line.dialogs.keeper, next_home.line.dialogs.keeper = keeper, after
        phone = home.phone()
        phone.invite(f"Record-Route: <sip:127.0.0.1:{phone.port};lr>")
        call, _, _ = await home.call()
        assert not keeper.kept, "it is not answered yet"
        await call.answer()
        answered = await phone.until(200)
        phone.ack(answered)
        after.kept = keeper.kept
        after.hang_up(next_home.line, call.facts.id)
        bye = await phone.until("BYE")
        assert bye.cseq.number == 1000 and bye.call_id == phone.call_id
        assert (bye.from_.tag, bye.to.tag) == (answered.to.tag, "phone")
        assert bye.uri == f"sip:200@127.0.0.1:{phone.port}"
        assert bye.values("route") == [f"<sip:127.0.0.1:{phone.port};lr>"]
        assert "cause=41" in bye.get("reason")
        assert after.dropped == []
        phone.to = next_home.address
        phone.reply(bye, 200)
        await after.rid_of(call.facts.id)
        assert not next_home.line.agent.dialogs
        await call.hangup()
        assert keeper.dropped == [call.facts.id]


async def test_an_agents_leg_is_known_by_its_newest_contact():
    keeper, after = Keeper(), Keeper()
    async with house(DESK) as home, house(DESK) as next_home:
        home.line.dialogs.keeper, next_home.line.dialogs.keeper = keeper, after
        phone, moved = home.phone(), home.phone()
        ringing = home.line.ring(f"sip:a@127.0.0.1:{phone.port}", PLAIN, timeout=5)
        invite = await phone.until("INVITE")
        phone.reply(invite, 200, body=phone.sdp)
        call = await asyncio.wait_for(ringing.answered(), 3)
        ack = await phone.until("ACK")
        assert keeper.told == 1
        uri, there, here = invite.contact.uri, invite.from_.tag, ack.to.tag
        offer = sdp(host="127.0.0.1", port=40002)
        lines = [
            f"INVITE {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{phone.port};branch=z9hG4bKmoved",
            f"From: <sip:a@127.0.0.1>;tag={here}",
            f"To: {invite.get('from').partition(';')[0]};tag={there}",
            f"Call-ID: {invite.call_id}",
            "CSeq: 7 INVITE",
            f"Contact: <sip:a@127.0.0.1:{moved.port}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(offer)}",
        ]
        phone.send("\r\n".join([*lines, "", ""]).encode() + offer)
        await phone.until(200)
        assert keeper.told == 2
        after.kept = keeper.kept
        after.hang_up(next_home.line, call.facts.id)
        bye = await moved.until("BYE")
        assert bye.cseq.number == invite.cseq.number + 1000
        assert (bye.from_.tag, bye.to.tag) == (there, here)
        moved.to = next_home.address
        moved.reply(bye, 481)
        await after.rid_of(call.facts.id)


async def test_a_trunk_that_asks_for_credentials_gets_them():
    keeper = Keeper()
    async with house(HERE) as probe:
        phone = probe.phone()
        trunk = Trunk("pbx", "127.0.0.1", phone.port, user="we", password="secret")
        async with house(DESK, trunks=(trunk,)) as home, house(DESK, trunks=(trunk,)) as after:
            home.line.dialogs.keeper = after.line.dialogs.keeper = keeper
            dialling = asyncio.create_task(home.line.dial("0299", caller_id=None, timeout=5))
            phone.to = home.address
            phone.reply(await phone.until("INVITE"), 200, body=phone.sdp)
            call = await asyncio.wait_for(dialling, 3)
            keeper.hang_up(after.line, call.facts.id)
            challenge = 'Digest realm="pbx", nonce="n", algorithm=SHA-256, qop="auth"'
            first = await phone.until("BYE")
            phone.to = after.address
            phone.send(first.reply(401, headers=[("WWW-Authenticate", challenge)]).to_bytes())
            again = await phone.until("BYE")
            assert 'username="we"' in again.get("authorization")
            assert again.cseq.number == first.cseq.number + 1
            phone.send(again.reply(200).to_bytes())
            await keeper.rid_of(call.facts.id)


async def test_what_cannot_be_read_is_told_and_dropped(caplog):
    keeper = Keeper()
    async with house() as home:
        home.line.dialogs.keeper = keeper
        home.line.dialogs.hang_up("leg", 1000, {"call_id": "x", "hop": "nowhere"})
    assert keeper.dropped == ["leg"] and "cannot be hung up" in caplog.text


async def test_what_is_no_listening_address_any_more_leaves_by_the_first():
    keeper = Keeper()
    async with house() as home:
        home.line.dialogs.keeper = keeper
        phone, call, _, _, _ = await home.talking()
        cseq, data = keeper.kept[call.facts.id]
        moved = {**json.loads(data), "listen": ["192.0.2.1", 5060]}
        two = (Listen("udp", "127.0.0.1", 0), Listen("udp", "127.0.0.1", 0))
        async with house(listen=two) as after:
            after.line.dialogs.hang_up(call.facts.id, cseq + 1000, moved)
            bye = await phone.until("BYE")
            assert bye.via.port == after.line._sockets.addresses[0][1]
            phone.reply(bye, 200)


def answering(phone, via):
    """A 200 to an INVITE that a server at *via* sent before it was killed."""
    lines = [
        "SIP/2.0 200 OK",
        f"Via: SIP/2.0/UDP {via[0]}:{via[1]};branch=z9hG4bKbefore;rport",
        "From: <sip:13800000001@127.0.0.1>;tag=here",
        "To: <sip:a@127.0.0.1>;tag=there",
        "Call-ID: before",
        "CSeq: 3 INVITE",
        "Contact: <sip:phone@192.0.2.1:5060>",
        "Content-Type: application/sdp",
        f"Content-Length: {len(phone.sdp)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + phone.sdp


async def test_a_phone_that_rang_before_a_crash_and_answers_after_it_is_hung_up():
    async with house(DESK) as home:
        phone = home.phone()
        for _ in range(2):  # as often as it answers
            phone.send(answering(phone, home.address))
            ack, bye = await phone.until("ACK"), await phone.until("BYE")
            assert (ack.cseq.number, bye.cseq.number) == (3, 4)
            assert (bye.call_id, bye.from_.tag, bye.to.tag) == ("before", "here", "there")
            phone.send(bye.reply(200).to_bytes())
        assert await phone.silent()
        home.line.agent.strays_until = 0.0  # later nothing can have rung before
        phone.send(answering(phone, home.address))
        assert await phone.silent()


async def test_a_200_to_what_was_never_ours_is_not_answered():
    async with house(DESK) as home:
        phone = home.phone()
        phone.send(answering(phone, ("192.0.2.1", 5060)))
        assert await phone.silent()
