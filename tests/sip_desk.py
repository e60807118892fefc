"""Telephones of the tests that register: a site with two, and how one of them does it."""

from __future__ import annotations

from dataclasses import replace

from sip_phone import HERE, Phone
from telephony.core.digest import answer
from telephony.settings import Phone as PhoneSettings
from telephony.settings import Route

DESK = replace(
    HERE,
    allow=(),
    phones=(PhoneSettings("1001", "right"), PhoneSettings("1002", "other")),
    dial_allow=("1???", "0*"),
    routes=(Route("1???", "phone"), Route("01*", "trunk:none"), Route("0*", "trunk:pbx", strip=1)),
)


def registering(
    phone: Phone, *more: str, cseq: int, password: str = "", challenge=None, user: str = "1001"
) -> bytes:
    headers = list(more)
    if challenge is not None:
        values = challenge.headers.get("www-authenticate")
        value = answer(values, "REGISTER", "sip:127.0.0.1", user, password, f"c{cseq}")
        headers.append(f"Authorization: {value}")
    return phone.request(
        "REGISTER", *headers, uri="sip:127.0.0.1", cseq=cseq, user=user, to_user=user
    )


async def registered(phone: Phone, user: str = "1001", password: str = "right") -> None:
    phone.send(registering(phone, cseq=1, user=user))
    challenge = await phone.until(401)
    phone.send(registering(phone, cseq=2, user=user, password=password, challenge=challenge))
    ok = await phone.until(200)
    assert ok.contact.params["expires"] == "600"
