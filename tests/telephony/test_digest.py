import hashlib

import pytest
from aiosipua.headers import parse_auth

from telephony.core.digest import NONCE_LIFE, DigestServer, Verdict, answer, is_stale

SECRET = b"s" * 32
PASSWORDS = {"1001": "correct horse", "1002": ""}


def server() -> DigestServer:
    return DigestServer("cordboard", SECRET, PASSWORDS.get)


def reply(to: list[str], user: str = "1001", password: str = "correct horse") -> str:
    credentials = answer(to, "REGISTER", "sip:pbx", user, password, "cn0nce")
    assert credentials
    return credentials


def test_the_right_password_is_good_once() -> None:
    ours = server()
    credentials = reply(ours.challenges(100.0))
    assert ours.verify(credentials, "REGISTER", 101.0) == (Verdict.GOOD, "1001")
    # the very same credentials again are a replay: the client is only told to try afresh
    assert ours.verify(credentials, "REGISTER", 102.0) == (Verdict.STALE, "1001")


def test_both_algorithms_are_offered_and_the_better_one_is_chosen() -> None:
    offered = server().challenges(0.0)
    assert [parse_auth(c).params["algorithm"] for c in offered] == ["SHA-256", "MD5"]
    assert parse_auth(reply(offered)).params["algorithm"] == "SHA-256"
    assert parse_auth(reply(offered[::-1])).params["algorithm"] == "SHA-256"
    assert parse_auth(reply(offered[1:])).params["algorithm"] == "MD5"


@pytest.mark.parametrize("which", [0, 1])
def test_each_algorithm_verifies(which: int) -> None:
    ours = server()
    credentials = reply([ours.challenges(5.0)[which]])
    assert ours.verify(credentials, "REGISTER", 6.0)[0] is Verdict.GOOD


def test_wrong_password_unknown_user_and_wrong_method_look_alike() -> None:
    ours = server()
    for user, password in (("1001", "wrong"), ("9999", "correct horse"), ("9999", "")):
        credentials = reply(ours.challenges(1.0), user, password)
        assert ours.verify(credentials, "REGISTER", 1.0) == (Verdict.WRONG, user)
    credentials = reply(ours.challenges(1.0))
    assert ours.verify(credentials, "INVITE", 1.0)[0] is Verdict.WRONG


def test_missing_foreign_and_old_credentials() -> None:
    ours = server()
    assert ours.verify(None, "REGISTER", 1.0) == (Verdict.MISSING, "")
    assert ours.verify("Digest", "REGISTER", 1.0) == (Verdict.MISSING, "")
    old = reply(ours.challenges(1.0))
    assert ours.verify(old, "REGISTER", 2.0 + NONCE_LIFE)[0] is Verdict.STALE
    forged = DigestServer("cordboard", b"other", PASSWORDS.get)
    assert ours.verify(reply(forged.challenges(1.0)), "REGISTER", 1.0)[0] is Verdict.STALE
    other = DigestServer("elsewhere", SECRET, PASSWORDS.get)
    assert ours.verify(reply(other.challenges(1.0)), "REGISTER", 1.0)[0] is Verdict.STALE
    broken = old.replace('nonce="', 'nonce="!')
    assert ours.verify(broken, "REGISTER", 1.0)[0] is Verdict.STALE


def test_a_client_may_count_the_nonce_upwards_only() -> None:
    ours = server()
    nonce = parse_auth(ours.challenges(1.0)[1]).params["nonce"]

    def counted(count: str) -> str:
        def h(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        first, second = h("1001:cordboard:correct horse"), h("INVITE:sip:100@x")
        response = h(f"{first}:{nonce}:{count}:abc:auth:{second}")
        return (
            f'Digest username="1001", REALM="cordboard", nonce="{nonce}", uri="sip:100@x",'
            f' response="{response}", algorithm=MD5, qop=auth, nc={count}, cnonce="abc"'
        )

    verdicts = [ours.verify(counted(c), "INVITE", 2.0)[0] for c in ("00000001", "00000003")]
    assert verdicts == [Verdict.GOOD, Verdict.GOOD]
    assert ours.verify(counted("00000002"), "INVITE", 2.0)[0] is Verdict.STALE


def test_credentials_without_qop_serve_once() -> None:
    ours = server()
    params = dict(parse_auth(ours.challenges(1.0)[1]).params)
    del params["qop"]
    bare = "Digest " + ", ".join(f'{k}="{v}"' for k, v in params.items())
    credentials = reply([bare])
    assert "qop" not in credentials
    assert ours.verify(credentials, "REGISTER", 1.0)[0] is Verdict.GOOD
    assert ours.verify(credentials, "REGISTER", 1.0)[0] is Verdict.STALE


def test_rfc_2617_vector_is_computed_by_the_client() -> None:
    # the worked example of RFC 2617 section 3.5
    challenge = (
        'Digest realm="testrealm@host.com", qop="auth,auth-int", '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    credentials = answer(
        [challenge], "GET", "/dir/index.html", "Mufasa", "Circle Of Life", "0a4f113b"
    )
    assert credentials
    params = parse_auth(credentials).params
    assert params["response"] == "6629fae49393a05397450978507c4ef1"
    assert params["opaque"] == "5ccc069c403ebaf9f0171e9517f40e41"


def test_challenges_that_cannot_be_answered() -> None:
    assert answer([], "REGISTER", "sip:a", "u", "p", "c") is None
    assert answer(['Basic realm="x"'], "REGISTER", "sip:a", "u", "p", "c") is None
    assert (
        answer(['Digest realm="x", nonce="n", algorithm=X9'], "R", "sip:a", "u", "p", "c") is None
    )
    assert answer(['Digest realm="x", nonce="n", qop="auth-int"'], "R", "a", "u", "p", "c") is None


def test_stale_is_read_in_any_case() -> None:
    assert is_stale(['Digest realm="x", Stale=TRUE'])
    assert is_stale(server().challenges(0.0, stale=True))
    assert not is_stale(server().challenges(0.0))


@pytest.mark.parametrize(
    "text", ["", "Digest ,,,", 'Digest username="', "Digest nc=zz, response=x", "\x00", "a=b"]
)
def test_garbage_is_refused_without_a_crash(text: str) -> None:
    assert server().verify(text, "REGISTER", 0.0)[0] in (Verdict.MISSING, Verdict.STALE)


def test_memory_of_used_nonces_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telephony.core.digest._REMEMBERED", 10)
    ours = server()
    for i in range(50):
        assert (
            ours.verify(reply(ours.challenges(float(i))), "REGISTER", float(i))[0] is Verdict.GOOD
        )
    assert len(ours._counts) == 10


def test_two_challenges_of_one_instant_differ() -> None:
    """Two telephones that ask at once must not use up each other's nonce."""
    ours = server()
    assert ours.challenges(1.0) != ours.challenges(1.0)


def test_quotes_within_quotes() -> None:
    challenge = r'Digest realm="a, \"b\"", nonce="n=1,2", opaque="op\"q", qop="auth,auth-int"'
    value = answer([challenge], "INVITE", "sip:1@h", "u", "p", "c")
    assert value is not None
    assert r'opaque="op\"q"' in value and r'realm="a, \"b\""' in value and "qop=auth," in value
