"""The codes that a variable of a flow can hold, as far as its files tell."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.commands import Kind
from gateway.conversation.flow import Ask, Choose, Do, Flow


def possible(flow: Flow) -> Mapping[str, frozenset[str]]:
    """The only codes that each variable can hold: those declared, or those of the options it is saved from.

    A variable that something else saves into as well is left out: nobody knows what it may hold.
    """
    codes = {
        each.name: set(each.words.values()) for each in flow.variables.values() if each.kind is Kind.CODE
    }
    declared = {name for name, values in codes.items() if values}
    open_ended = {each.name for trigger in flow.triggers for each in trigger.take}
    for state in flow.states.values():
        if isinstance(state, Do):
            open_ended |= {name for outcome in state.outcomes.values() for _, name in outcome.saves}
        elif isinstance(state, Choose | Ask) and state.save in codes:
            if isinstance(state, Choose) and not state.source:
                codes[state.save] |= set(state.options)
            else:
                open_ended.add(state.save)
    return {
        name: frozenset(values)
        for name, values in codes.items()
        if values and (name in declared or name not in open_ended)
    }
