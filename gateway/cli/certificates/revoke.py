"""`gateway certificates revoke`: for good."""

from __future__ import annotations

from gateway.cli.certificates.changing import changing

command = changing(
    "revoke",
    "revoked",
    "End the certificate NUMBER for good. Whoever should have one all the same is issued a new one.",
)
