"""How often people are invited to answer what could wait, read from a country's policy."""

from __future__ import annotations

from dataclasses import dataclass, fields

from gateway.conversation.source import Node


@dataclass(frozen=True, slots=True)
class Invitations:
    """Days after registering until the first invitation, days between two, and how many in all."""

    first_days: int = 3
    every_days: int = 7
    most: int = 4


def read_invitations(node: Node | None) -> Invitations:
    """The part `details` of a policy; the usual where it, or a line of it, is left out. Raises `FlowError`."""
    if node is None:
        return Invitations()
    names = [each.name for each in fields(Invitations)]
    node.only(*names)
    given = {name: each.whole(0 if name == "most" else 1) for name in names if (each := node.get(name))}
    return Invitations(**given)
