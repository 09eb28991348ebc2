"""Phone numbers: those that people type, and those that carriers send."""

from __future__ import annotations

import re

from gateway.messages import Rejected
from gateway.text.clean import clean

_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_TYPED = re.compile(r"\+?[0-9 ().\-‐-―/]{5,30}")
_ABROAD = re.compile(r"0{2,3}(?=[1-9])")  # 000 is right in Kenya and Uganda, and 00 is typed all the same


def e164(text: str) -> str | None:
    """The number as it came if it has the form of E.164, otherwise None. For what a carrier sends: the network
    knows its own numbers better than any table."""
    return text if _E164.fullmatch(text) else None


def phone(text: str, region: str) -> str | Rejected:
    """The E.164 form of a mobile number that a person typed, nationally or with `+` or `00`.

    `region` is the ISO 3166 code of the country it was typed in. Rejected as `not_a_phone`, or `not_a_mobile`.
    Letters are refused, since the library reads them as the digits of a keypad.
    """
    import phonenumbers  # here, since it weighs megabytes that a process without typed numbers need not carry

    typed = clean(text)
    if not _TYPED.fullmatch(typed):
        return Rejected("not_a_phone")
    try:
        number = phonenumbers.parse(_ABROAD.sub("+", typed, count=1) if typed[0] == "0" else typed, region)
    except phonenumbers.NumberParseException:
        return Rejected("not_a_phone")
    if not phonenumbers.is_valid_number(number):
        return Rejected("not_a_phone")
    kinds = phonenumbers.PhoneNumberType
    if phonenumbers.number_type(number) not in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE):
        return Rejected("not_a_mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
