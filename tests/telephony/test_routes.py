import pytest

from telephony.core.routes import Destination, NotRouted, matches, normalised, route
from telephony.settings import Route

ROUTES = (Route("1???", "phone"), Route("0*", "trunk:carrier", strip=1, prefix="86"))
ALLOWED = ("1???", "0?????????")


@pytest.mark.parametrize(
    ("number", "pattern", "fits"),
    [
        ("1001", "1???", True), ("10011", "1???", False), ("100", "1???", False),
        ("0123", "0*", True), ("0", "0*", True), ("[1]", "[1]", True), ("1", "[1]", False),
        ("+861", "+86?", True), ("a\nb", "a*", True),
    ],
)  # fmt: skip
def test_patterns(number: str, pattern: str, fits: bool) -> None:
    assert matches(number, pattern) is fits


def test_first_match_decides() -> None:
    assert route("1001", ALLOWED, ROUTES) == Destination("1001", trunk="")
    assert route("0 (123) 456-789", ALLOWED, ROUTES) == Destination("86123456789", "carrier")


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("2001", "dial_allow"), ("", "no number"), ("1001@evil.example", "no number"),
        ("1001;x=y", "no number"), ("10\r\n01", "no number"), ("1" * 65, "no number"),
    ],
)  # fmt: skip
def test_refusals_say_why(number: str, word: str) -> None:
    with pytest.raises(NotRouted, match=word):
        route(number, ALLOWED, ROUTES)


def test_allowed_but_without_a_route() -> None:
    with pytest.raises(NotRouted, match="routes"):
        route("2001", ("*",), ROUTES)
    with pytest.raises(NotRouted, match="strips all"):
        route("0", ("*",), (Route("0", "trunk:x", strip=1),))


def test_nothing_is_allowed_by_default() -> None:
    with pytest.raises(NotRouted):
        route("1001", (), ROUTES)


def test_separators_are_taken_off() -> None:
    assert normalised(" +86 (21) 5555-0100 ") == "+862155550100"


def test_the_name_of_a_telephone_keeps_its_dashes() -> None:
    assert route("front-desk", ("*",), (Route("front-*", "phone"),)).number == "front-desk"
