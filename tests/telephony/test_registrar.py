from telephony.core.registrar import MAX_CONTACTS, MAX_EXPIRES, ContactWish, Registered, Registrar

HOME, AWAY = ("192.0.2.1", 5060), ("192.0.2.2", 5062)


def put(
    registrar: Registrar,
    *uris: str,
    cseq: int = 1,
    now: float = 0.0,
    expires: int | None = 60,
    call_id: str = "a",
    source: tuple[str, int] = HOME,
    star: bool = False,
) -> Registered:
    return registrar.register(
        "1001", [ContactWish(u) for u in uris], star=star, call_id=call_id, cseq=cseq,
        source=source, now=now, expires=expires,
    )  # fmt: skip


def test_bindings_come_and_expire() -> None:
    registrar = Registrar()
    assert [b.uri for b in put(registrar, "sip:a").bindings] == ["sip:a"]
    assert registrar.contacts("1001", 59.0)
    assert registrar.contacts("1001", 60.0) == ()
    assert registrar.contacts("1001", 61.0) == ()


def test_several_contacts_the_latest_first() -> None:
    registrar = Registrar()
    put(registrar, "sip:a")
    put(registrar, "sip:b", call_id="b", source=AWAY, now=5.0)
    assert [b.uri for b in registrar.contacts("1001", 6.0)] == ["sip:b", "sip:a"]
    assert registrar.name_at(AWAY, 6.0) == "1001"
    assert registrar.name_at(("192.0.2.3", 5060), 6.0) is None


def test_refresh_needs_a_higher_cseq() -> None:
    registrar = Registrar()
    put(registrar, "sip:a", cseq=5)
    assert put(registrar, "sip:a", cseq=5).status == 500
    assert put(registrar, "sip:a", cseq=6, now=30.0).status == 200
    assert registrar.contacts("1001", 80.0)
    # another call id: the telephone restarted, its count may begin again
    assert put(registrar, "sip:a", cseq=1, call_id="z", now=40.0).status == 200


def test_one_contact_goes_and_all_contacts_go() -> None:
    registrar = Registrar()
    put(registrar, "sip:a", "sip:b")
    put(registrar, "sip:a", cseq=2, expires=0)
    assert [b.uri for b in registrar.contacts("1001", 1.0)] == ["sip:b"]
    assert put(registrar, star=True, expires=0, cseq=3).bindings == ()
    assert registrar.contacts("1001", 1.0) == ()


def test_star_with_anything_else_is_refused() -> None:
    registrar = Registrar()
    put(registrar, "sip:a")
    assert put(registrar, star=True, expires=60, cseq=2).status == 400
    assert put(registrar, "sip:b", star=True, expires=0, cseq=2).status == 400
    assert registrar.contacts("1001", 1.0)


def test_too_brief_and_too_many() -> None:
    registrar = Registrar()
    assert put(registrar, "sip:a", expires=5).status == 423
    many = [f"sip:{i}" for i in range(MAX_CONTACTS + 1)]
    assert put(registrar, *many).status == 200
    assert [b.uri for b in registrar.contacts("1001", 1.0)] == many[:0:-1]


def test_a_question_changes_nothing() -> None:
    registrar = Registrar()
    put(registrar, "sip:a")
    assert [b.uri for b in put(registrar, cseq=2).bindings] == ["sip:a"]
    assert Registrar().register(
        "x", [], star=False, call_id="q", cseq=1, source=HOME, now=0.0
    ).bindings == ()  # fmt: skip


def test_expiry_is_capped_and_the_contact_parameter_wins() -> None:
    registrar = Registrar()
    result = registrar.register(
        "1001", [ContactWish("sip:a", 999_999), ContactWish("sip:b", 40)], star=False,
        call_id="a", cseq=1, source=HOME, now=0.0, expires=60,
    )  # fmt: skip
    assert [b.expires_at for b in result.bindings] == [MAX_EXPIRES, 40.0]


def test_the_status_names_the_source() -> None:
    registrar = Registrar()
    put(registrar, "sip:a")
    assert registrar.status(1.0)["1001"][0]["from"] == "192.0.2.1:5060"
