"""What the doors call: one inbound message, one transaction."""

from gateway.intake.dialogue import end, hop
from gateway.intake.message import opt_out, quarantine, receive, report

__all__ = ["end", "hop", "opt_out", "quarantine", "receive", "report"]
