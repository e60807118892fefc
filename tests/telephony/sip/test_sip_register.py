"""The endpoint on real sockets: telephones that register, rightly and wrongly."""

import asyncio

import pytest

from sip_desk import DESK, registered, registering
from sip_phone import house


async def test_a_phone_registers_calls_and_leaves():
    async with house(DESK) as home:
        phone = home.phone()
        phone.invite()
        assert (await phone.until(403)).status == 403
        phone.call_id += "r"
        await registered(phone)
        assert list(home.line.status()["phones"]) == ["1001"]
        phone.call_id += "i"
        phone.invite()
        call, *_ = await home.call()
        assert call.facts.caller == "200" and call.session.dialog.pinned
        assert call.facts.phone == "1001", "whatever its From says"
        assert call.facts.source == (phone.host, phone.port)
        await call.reject(486)
        phone.ack(await phone.until(486))
        phone.call_id += "u"
        phone.send(registering(phone, cseq=3))
        challenge = await phone.until(401)
        phone.send(registering(phone, "Expires: 0", cseq=4, password="right", challenge=challenge))
        assert (await phone.until(200)).contact is None
        assert home.line.status()["phones"] == {}


async def test_unknown_names_and_wrong_passwords_look_alike_and_lock_out():
    async with house(DESK) as home:
        for user in ("1001", "nobody"):
            phone = home.phone()
            answers = []
            for n in range(5):
                phone.send(registering(phone, cseq=2 * n + 1, user=user))
                challenge = await phone.receive()
                phone.send(
                    registering(
                        phone, cseq=2 * n + 2, user=user, password="wrong", challenge=challenge
                    )
                )
                answers.append((await phone.receive()).status)
            assert answers == [403] * 5
            phone.send(registering(phone, cseq=99, user=user))
            assert await phone.silent()
        assert home.line.status()["refusals"]["locked out"] >= 2
        assert not [tx for tx in home.line.agent.transactions.servers.values() if tx.request]


async def test_one_phone_does_not_register_for_another():
    async with house(DESK) as home:
        phone = home.phone()
        phone.send(registering(phone, cseq=1))
        challenge = await phone.until(401)
        data = registering(phone, cseq=2, password="right", challenge=challenge)
        phone.send(data.replace(b"To: <sip:1001@", b"To: <sip:1002@"))
        assert (await phone.receive()).status == 403


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Contact: <sip:a@127.0.0.1>;expires=5", 423),
        ("Contact: rubbish", 400),
        ("Contact: *", 400),
        ("Contact: <sip:a@127.0.0.1>;expires=many", 200),
    ],
)
async def test_odd_registrations(header, status):
    async with house(DESK) as home:
        phone = home.phone()
        phone.send(registering(phone, header, cseq=1))
        challenge = await phone.until(401)
        phone.send(registering(phone, header, cseq=2, password="right", challenge=challenge))
        answered = await phone.receive()
        assert answered.status == status
        assert (answered.get("min-expires") == "30") == (status == 423)


async def test_a_contact_written_otherwise_is_the_same_contact():
    async with house(DESK) as home:
        phone = home.phone()
        cseq = 0
        for contact in ("<sip:a@Host.example;ob>", "<sip:%61@host.example;ob>;expires=60"):
            header = f"Contact: {contact}"
            phone.send(registering(phone, header, cseq=cseq + 1))
            challenge = await phone.until(401)
            cseq += 2
            phone.send(registering(phone, header, cseq=cseq, password="right", challenge=challenge))
            await phone.until(200)
        [known] = home.line.status()["phones"]["1001"]
        assert known["contact"] == "sip:a@host.example;ob" and known["expires_in"] <= 60


async def test_a_flood_of_registrations_is_dammed():
    async with house(DESK) as home:
        phone = home.phone()
        for n in range(120):
            phone.call_id = f"flood{n}"
            phone.send(registering(phone, cseq=1))
        await asyncio.sleep(0.2)
        assert home.line.status()["refusals"]["too many REGISTER"] >= 60


async def test_an_escaped_name_is_the_same_name():
    async with house(DESK) as home:
        phone = home.phone()
        phone.send(registering(phone, cseq=1))
        challenge = await phone.until(401)
        data = registering(phone, cseq=2, password="right", challenge=challenge)
        phone.send(data.replace(b"To: <sip:1001@", b"To: <sip:%31001@"))
        assert (await phone.receive()).status == 200
        assert list(home.line.status()["phones"]) == ["1001"]
