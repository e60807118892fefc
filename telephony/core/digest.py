"""Digest authentication both ways (RFC 7616, RFC 8760, RFC 3261 section 22).

The arithmetic is aiosipua's. Nonces are stateless: they carry their time and a signature, so a
flood of challenges costs no memory; what is remembered is the highest nonce count of each nonce
that was used, so that credentials cannot be replayed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable, Iterable
from enum import Enum

from aiosipua.auth import SipDigestAuth, build_credentials
from aiosipua.headers import AuthChallenge, stringify_auth

from telephony.core.uri import split_outside

ALGORITHMS = ("SHA-256", "MD5")
"""In order of preference (RFC 8760 section 2.2)."""

NONCE_LIFE = 300.0
"""Seconds a nonce is good for; then the client is told ``stale`` and tries again by itself."""

_REMEMBERED = 10_000


class Verdict(Enum):
    """What became of a request's credentials."""

    GOOD = "good"
    MISSING = "missing"
    STALE = "stale"
    WRONG = "wrong"
    """Unknown user or wrong password: the two are never told apart."""


class DigestServer:
    """Challenges and verifies the requests of one realm.

    *secret* signs the nonces: random bytes, made at start. *password* gives a user's password,
    None for an unknown user.
    """

    def __init__(self, realm: str, secret: bytes, password: Callable[[str], str | None]) -> None:
        self.realm, self._secret, self._password = realm, secret, password
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._made = 0

    def challenges(self, now: float, *, stale: bool = False) -> list[str]:
        """Values of WWW-Authenticate, one an algorithm, the better one first."""
        params = {"realm": self.realm, "nonce": self._nonce(now), "qop": "auth"}
        if stale:
            params["stale"] = "true"
        return [
            stringify_auth(AuthChallenge("Digest", {**params, "algorithm": algorithm}))
            for algorithm in ALGORITHMS
        ]

    def verify(self, authorization: str | None, method: str, now: float) -> tuple[Verdict, str]:
        """Judge an Authorization value for *method*; the user it names comes with the verdict.

        The digest covers the URI that the credentials themselves name: proxies rewrite the
        Request-URI (RFC 7616 section 3.4.6 lets a server accept that).
        """
        given = _lowered(authorization or "")
        user = given.get("username", "")
        if not given.get("response"):
            return Verdict.MISSING, user
        if given.get("realm") != self.realm:
            return Verdict.STALE, user
        age = self._age(given.get("nonce", ""), now)
        if age is None or age > NONCE_LIFE:
            return Verdict.STALE, user
        password = self._password(user)
        # the arithmetic is done for unknown users too: its duration must not tell them apart
        expected = self._expected(given, method, password if password is not None else "")
        if expected is None or password is None:
            return Verdict.WRONG, user
        if not hmac.compare_digest(expected, given["response"].lower()):
            return Verdict.WRONG, user
        return (Verdict.GOOD if self._first_use(given) else Verdict.STALE), user

    def _expected(self, given: dict[str, str], method: str, password: str) -> str | None:
        challenge = AuthChallenge(
            "Digest",
            {
                "realm": self.realm,
                "nonce": given["nonce"],
                "algorithm": given.get("algorithm", "MD5"),
                "qop": given.get("qop", ""),
            },
        )
        count = given.get("nc", "1")
        credentials = build_credentials(
            SipDigestAuth(given.get("username", ""), password),
            challenge,
            method,
            given.get("uri", ""),
            nonce_count=int(count, 16) if _is_hex(count) else 1,
            cnonce=given.get("cnonce", ""),
        )
        return credentials.params["response"] if credentials else None

    def _first_use(self, given: dict[str, str]) -> bool:
        """Whether the nonce count rose (RFC 7616 section 3.4); without qop a nonce serves once."""
        count = int(given["nc"], 16) if _is_hex(given.get("nc", "")) else 1
        nonce = given["nonce"]
        if count <= self._counts.get(nonce, 0):
            return False
        self._counts[nonce] = count
        self._counts.move_to_end(nonce)
        if len(self._counts) > _REMEMBERED:
            self._counts.popitem(last=False)
        return True

    def _nonce(self, now: float) -> str:
        self._made += 1  # two telephones that ask in the same instant get two nonces
        stamp = f"{now:.3f}/{self._made}".encode()
        return base64.urlsafe_b64encode(stamp + b"." + self._sign(stamp)).decode()

    def _age(self, nonce: str, now: float) -> float | None:
        """Seconds since we made *nonce*, None when we did not make it."""
        try:
            stamp, signature = base64.b64decode(nonce, b"-_", validate=True).rsplit(b".", 1)
            made = float(stamp.partition(b"/")[0])
        except ValueError:
            return None
        return now - made if hmac.compare_digest(signature, self._sign(stamp)) else None

    def _sign(self, stamp: bytes) -> bytes:
        digest = hmac.new(self._secret, stamp + self.realm.encode(), hashlib.sha256)
        return digest.hexdigest()[:32].encode()


def answer(
    challenges: Iterable[str], method: str, uri: str, user: str, password: str, cnonce: str
) -> str | None:
    """The credentials that answer the best of *challenges*, None when none can be answered.

    *challenges* are the values of WWW-Authenticate or Proxy-Authenticate; SHA-256 is preferred
    to MD5. *cnonce* is a fresh random text. The answer serves one request: every challenge
    brings a new nonce, whose count begins at 1.
    """
    best: tuple[int, AuthChallenge] | None = None
    for text in challenges:
        params = _lowered(text)
        algorithm = params.get("algorithm", "MD5").upper()
        if not text.strip().lower().startswith("digest") or algorithm not in ALGORITHMS:
            continue
        rank = ALGORITHMS.index(algorithm)
        if best is None or rank < best[0]:
            best = rank, AuthChallenge("Digest", params)
    if best is None:
        return None
    credentials = build_credentials(
        SipDigestAuth(user, password), best[1], method, uri, cnonce=cnonce
    )
    return stringify_auth(credentials) if credentials else None


def is_stale(challenges: Iterable[str]) -> bool:
    """Whether a challenge says that only the nonce was too old: then the password was right."""
    return any(_lowered(text).get("stale", "").lower() == "true" for text in challenges)


def _lowered(text: str) -> dict[str, str]:
    """The parameters of an authentication header; names count in any case (RFC 3261 7.3.1).

    Values stay as they stand between their quotes, for so they go into the digest (RFC 7616
    section 3.4). Our own reader: aiosipua's loses its way at an escaped quote.
    """
    params: dict[str, str] = {}
    for part in split_outside(text.strip().partition(" ")[2], ","):
        name, _, value = part.partition("=")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        params[name.strip().lower()] = value
    return params


def _is_hex(text: str) -> bool:
    return 0 < len(text) <= 8 and all(c in "0123456789abcdefABCDEF" for c in text)
