"""The exception tree. What a person mistypes is a value (`Rejected`), never an exception.

No message of these may hold a phone number, a name, a text or a token: they reach logs.
"""

from __future__ import annotations


class GatewayError(Exception):
    """The root of all that this package raises on purpose."""


class SettingsError(GatewayError):
    """The environment is wrong; carries every fault at once, the process refuses to start."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class WebhookError(GatewayError):
    """A stranger's request that a door cannot take."""


class NotAuthentic(WebhookError):
    """No or a wrong token: answered 403 before anything is parsed."""


class TooLarge(WebhookError):
    """A body over the door's bound: answered 413, never read whole."""


class Malformed(WebhookError):
    """Authenticated but unreadable: quarantined and still answered (a 4xx makes a carrier repeat for hours)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FlowError(GatewayError):
    """An author's mistake in a flow, notice or policy: where it stands (from 1) and how to mend it.

    `rule` names what was broken, for lists of findings; `hint` says how to mend it.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str = "",
        line: int = 0,
        column: int = 0,
        state: str = "",
        rule: str = "shape",
        hint: str = "",
    ) -> None:
        where = f"{file}:{line}" if line else file
        at = f" (state {state})" if state else ""
        said = f"{problem}. {hint}" if hint else problem
        super().__init__(f"{where}: {said}{at}" if where else f"{said}{at}")
        self.problem, self.file, self.line, self.column, self.state = problem, file, line, column, state
        self.rule, self.hint = rule, hint


class SendError(GatewayError):
    """A carrier did not take a message. The outbox decides what follows from the three facts.

    `retryable`: trying again later can help. `ambiguous`: the carrier may have taken it all the same.
    `code`: the carrier's own word, never a text or a number of a person. `retry_after`: seconds, if it said so, for
    which it refuses everybody; or, with `only_this`, this one letter.
    """

    def __init__(
        self,
        code: str,
        *,
        retryable: bool = False,
        ambiguous: bool = False,
        retry_after: float | None = None,
        unreachable: bool = False,
        only_this: bool = False,
    ) -> None:
        super().__init__(code)
        self.code, self.retryable, self.ambiguous = code, retryable, ambiguous
        self.retry_after, self.unreachable, self.only_this = retry_after, unreachable, only_this


class StoreError(GatewayError):
    """The database did not do what was asked. Only `gateway.store` sees the driver's own exceptions."""


class StoreUnavailable(StoreError):
    """The database is down, busy past its bound, or full: answer 503 and let the carrier repeat."""


class Conflict(StoreError):
    """A unique key is taken: somebody else was first."""


class VaultError(GatewayError):
    """A sealed value cannot be opened: its key is missing, destroyed, or the value was changed."""
