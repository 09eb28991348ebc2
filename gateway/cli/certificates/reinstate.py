"""`gateway certificates reinstate`: what was suspended holds again."""

from __future__ import annotations

from gateway.cli.certificates.changing import changing

command = changing("reinstate", "active", "Let the suspended certificate NUMBER hold again.")
