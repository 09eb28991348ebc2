"""How soon a country answers complaints."""

from __future__ import annotations

from gateway.conversation.source import Node
from gateway.registry.grievances import Deadlines, Pace
from referral_engine.deadlines import Span, read_span


def read_deadlines(node: Node | None) -> Deadlines:
    """What a policy says under `complaints`; what it leaves out is as `Deadlines` has it.

    `acknowledge` and `answer`, the same below `harm`, and `silence`, after which an answer counts as accepted: each
    one time such as `{hours: 4}`. Raises `FlowError` with file and line.
    """
    usual = Deadlines()
    if node is None:
        return usual
    node.only("acknowledge", "answer", "harm", "silence")
    harm = node.get("harm")
    if harm is not None:
        harm.only("acknowledge", "answer")
    return Deadlines(
        usual=_pace(node, usual.usual),
        harm=_pace(harm, usual.harm) if harm else usual.harm,
        silence=_span(node, "silence", usual.silence),
    )


def _pace(node: Node, otherwise: Pace) -> Pace:
    pace = Pace(_span(node, "acknowledge", otherwise.acknowledge), _span(node, "answer", otherwise.answer))
    if pace.acknowledge.length > pace.answer.length:
        raise node.fault("'acknowledge' is longer than 'answer'")
    return pace


def _span(node: Node, key: str, otherwise: Span) -> Span:
    given = node.get(key)
    if given is None:
        return otherwise
    try:
        return read_span(given.value, key)
    except ValueError as error:
        raise given.fault(str(error)) from None
