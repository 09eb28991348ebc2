"""`gateway certificates suspend`: while something is looked into."""

from __future__ import annotations

from gateway.cli.certificates.changing import changing

command = changing(
    "suspend",
    "suspended",
    "Let the certificate NUMBER not hold for now. Providers read NOT VALID, as for a number that does not exist.",
)
