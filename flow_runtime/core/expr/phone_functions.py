"""Functions on telephone numbers.

The numbering plans are those of the phonenumbers package, a port of Google's libphonenumber that
is released with each of its updates. It is large, so it is imported at the first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from flow_runtime.core.expr.failure import bad_value
from flow_runtime.core.expr.registry import Functions
from flow_runtime.core.phrase import phrase

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

functions: Final = Functions()
_f = functions.declare


@_f(
    "phone_e164(number: text, country?: text) -> text?",
    help="A telephone number in international form, none when it is no valid number; a national"
    " number needs its country (ISO 3166).",
    examples=[
        ('phone_e164("13800001234", "CN")', '"+8613800001234"'),
        ('phone_e164("+44 20 7946 0018")', '"+442079460018"'),
        ('phone_e164("0044 20 7946 0018", "CN")', '"+442079460018"'),
        ('phone_e164("12", "CN")', "none"),
    ],
)
def _phone_e164(number: str, country: str | None = None) -> str | None:
    import phonenumbers

    parsed = _parse(number, country)
    if parsed is None:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@_f(
    "phone_region(number: text, country?: text) -> text?",
    "phone_region(number: text, prefixes: record) -> any",
    help="The country (ISO 3166) a telephone number belongs to, or what the longest fitting prefix"
    " of a table stands for; none when there is none.",
    examples=[
        ('phone_region("+442079460018")', '"GB"'),
        ('phone_region("13800001234", "CN")', '"CN"'),
        ('phone_region("057188", {"0": "other", "0571": "Hangzhou"})', '"Hangzhou"'),
    ],
)
def _phone_region(number: str, where: str | Mapping[str, Any] | None = None) -> Any:
    import phonenumbers

    if isinstance(where, Mapping):
        fitting = [prefix for prefix in where if number.startswith(prefix)]
        return where[max(fitting, key=len)] if fitting else None
    parsed = _parse(number, where)
    return phonenumbers.region_code_for_number(parsed) if parsed is not None else None


def _parse(number: str, country: str | None) -> PhoneNumber | None:
    import phonenumbers

    if country is not None and country.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise bad_value(
            phrase(
                '"{country}" is no country code such as CN or GB (ISO 3166)', country=country[:20]
            )
        )
    try:
        parsed = phonenumbers.parse(number[:64], country.upper() if country else None)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None
