"""The types of a flow's variables, of arguments and of results. Values are plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any


class Kind(StrEnum):
    """The types of a flow's variables, of arguments and of results. Values are plain JSON."""

    TEXT = "text"  # str, as typed after cleaning
    PERSON_NAME = "person_name"  # str, as typed; at least two letters, none a digit
    AGE = "age"  # {"from": 1990, "to": 1991, "precision": "year", "calendar": "gregorian", "raw": "35"}
    YEAR = "year"  # int
    NUMBER = "number"  # int, 0 or more
    MONTH = "month"  # "2026-05", or "2026" where only the year is known
    DATE = "date"  # "2026-05-31"
    CODE = "code"  # str: the code of an option or of a policy's code list
    PLACE = "place"  # str: a P-code
    PIN = "pin"  # str of digits; never leaves the step it was typed in
    CERTIFICATE_NUMBER = "certificate_number"  # str of 12 or 14 digits, check digits not yet tried
    LEG_CODE = "leg_code"  # str of six digits, Damm digit not yet tried
    PERSON = "person"  # str: a person's reference, one of those of this conversation
    HOLDER_CODE = "holder_code"  # str of six digits, read out by the holder of a certificate
    PHONE = "phone"  # str: E.164
    BOOLEAN = "boolean"
    LIST = "list"  # [{"value": code, "label": text}, …]: what a `choose from:` offers


SECRETS = frozenset({Kind.PIN, Kind.HOLDER_CODE})
"""What never leaves the step it was typed in: masked where it is kept, in no session, given to one call alone."""

Text = Annotated[str, Kind.TEXT]
PersonName = Annotated[str, Kind.PERSON_NAME]
Age = Annotated[Mapping[str, Any], Kind.AGE]
Year = Annotated[int, Kind.YEAR]
Number = Annotated[int, Kind.NUMBER]
Month = Annotated[str, Kind.MONTH]
Date = Annotated[str, Kind.DATE]
Code = Annotated[str, Kind.CODE]
Place = Annotated[str, Kind.PLACE]
Pin = Annotated[str, Kind.PIN]
CertificateNumber = Annotated[str, Kind.CERTIFICATE_NUMBER]
LegCode = Annotated[str, Kind.LEG_CODE]
HolderCode = Annotated[str, Kind.HOLDER_CODE]
Person = Annotated[str, Kind.PERSON]
Boolean = Annotated[bool, Kind.BOOLEAN]

NOT_GIVEN = -1
"""What a number is where it was left out."""

Results = Mapping[str, Kind]
