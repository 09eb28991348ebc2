"""Conditions: type-checked when a flow is loaded, true or false when it runs."""

from __future__ import annotations

import pytest

from gateway.commands import Kind
from gateway.conversation import expression
from gateway.conversation.expression import LONGEST
from gateway.errors import FlowError

DECLARED = {
    "name": Kind.PERSON_NAME,
    "children": Kind.NUMBER,
    "age": Kind.AGE,
    "sure": Kind.BOOLEAN,
    "places": Kind.LIST,
}
NOBODY = {"channel": "ussd", "language": "", "roles": [], "now_year": 2026}


@pytest.mark.parametrize(
    ("text", "values", "holds"),
    [
        ("channel == 'ussd' && !('provider' in roles)", {}, True),
        ("'provider' in roles", {"roles": ["provider"]}, True),
        ("language == ''", {}, True),
        ("children > 4", {"children": 5}, True),
        ("children > 4", {"children": 4}, False),
        ("children == 0", {}, True),
        ("name == ''", {}, True),
        ("sure", {}, False),
        ("sure", {"sure": True}, True),
        ("size(places) == 0", {}, True),
        ("age.from + 18 > now_year", {"age": {"from": 2010}}, True),
        ("age.from > 0", {}, False),
        ("!(age.from > 0)", {}, False),
        ("age.nothing == 1", {"age": {"from": 2010}}, False),
        ("children / 0 == 1", {"children": 1}, False),
        ("children * 9223372036854775807 > 1", {"children": 9}, False),
        ("children > 4", {"children": "five"}, False),
        ("children > 4", {"children": 2**70}, False),
        ("children > 4", {"children": object()}, False),
    ],
)
def test_a_condition_holds_only_when_it_is_true(text, values, holds):
    """An unset variable is the zero of its type; an error of any sort is false."""
    assert expression.compile(text, DECLARED).holds(NOBODY | values) is holds


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("children > 'four'", "no matching overload"),
        ("child > 4", "undeclared reference to 'child'"),
        ("children", "not true or false"),
        ("age.from", "not true or false"),
        ("children >", "Syntax error"),
        ("", "Syntax error"),
        ("os.system('true')", "undeclared reference"),
        ("__import__('os') == null", "undeclared reference"),
        ("{{7*7}} == 49", "Syntax error"),
        ("pin == ''", "undeclared reference to 'pin'"),
        ("true || " * 200 + "true", f"at most {LONGEST}"),
    ],
)
def test_a_condition_that_could_not_work_does_not_load(text, problem):
    """The author reads what is wrong; nothing of the process can be reached."""
    with pytest.raises(FlowError, match="(?i)" + problem.replace("(", r"\(")):
        expression.compile(text, DECLARED)


def test_only_the_variables_named_are_needed():
    """So that a step passes few values."""
    assert [name for name, _ in expression.compile("children > 4 && sure", DECLARED).needs] == [
        "children",
        "sure",
    ]
