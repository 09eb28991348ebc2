"""What an operator can set and a flow can call is described, and described as it is.

`docs/commands.md` is written from the docstrings of `gateway.commands`. After a change there, write it anew:

    .venv/bin/python tests/house/test_documented.py
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path

import pytest

from gateway import settings
from gateway.commands import CALLS, Call, Kind, arguments, is_query

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = DOCS / "commands.md"
DEPLOYMENT = DOCS / "deployment.md"
AGAIN = "docs/commands.md is not what the docstrings say: run .venv/bin/python tests/house/test_documented.py"

ABOUT = """\
# Commands and queries

What a `do:` state of a flow can call. A *command* changes the register, a *query* only reads it. A flow has to
handle every outcome; the values behind an outcome may be saved in variables of the same kind, or of kind `text`.
An argument in brackets may be left out.

This page is written from the code's own docstrings by `tests/house/test_documented.py`; do not edit it by hand.

## Kinds of values

"""


def page() -> str:
    """The page as the code describes itself."""
    return ABOUT + _kinds() + "".join(_section(name, call) for name, call in CALLS.items())


def _kinds() -> str:
    told = re.findall(r'= "(\w+)"(?:  # (.+))?', inspect.getsource(Kind))
    return "".join(f"- `{kind}`: {meaning or 'true or false'}\n" for kind, meaning in told)


def _section(name: str, call: type[Call]) -> str:
    kind = "Query" if is_query(call) else "Command"
    told = inspect.getdoc(call) or ""
    given = [_argument(*each) for each in arguments(call).items()]
    lines = [f"\n## {name}\n", f"{kind}. {told}\n", f"Arguments: {', '.join(given) or 'none'}.\n"]
    lines += ["| outcome | values |", "|---|---|"]
    lines += [f"| `{outcome}` | {_values(values)} |" for outcome, values in call.outcomes.items()]
    return "\n".join(lines) + "\n"


def _argument(name: str, kind: tuple[Kind, bool]) -> str:
    shown = f"`{name}` ({kind[0].value})"
    return shown if kind[1] else f"[{shown}]"


def _values(values: Mapping[str, Kind]) -> str:
    return ", ".join(f"`{name}` ({kind.value})" for name, kind in values.items()) or "–"


def rows() -> dict[str, tuple[str, str, str]]:
    """The settings table of the deployment guide: name → what it is, its default, an example."""
    found = re.findall(
        r"^\| `(GATEWAY_\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", DEPLOYMENT.read_text(), re.MULTILINE
    )
    assert len(found) == len({name for name, *_ in found}), "a setting stands in two rows"
    return {name: (meaning, default, example) for name, meaning, default, example in found}


FIELDS = {settings.PREFIX + field.name.upper(): field for field in fields(settings.Settings)}


def test_commands_are_described() -> None:
    """Every command and query stands in docs/commands.md with its arguments and outcomes, as the code has them."""
    assert COMMANDS.read_text() == page(), AGAIN


@pytest.mark.parametrize("name", CALLS)
def test_a_call_describes_itself(name: str) -> None:
    """A call says what it is for in a sentence, not with the signature that a dataclass gives itself."""
    told = inspect.getdoc(CALLS[name]) or ""
    assert not told.startswith(f"{CALLS[name].__name__}(")
    assert told.endswith(".")


def test_every_setting_is_described() -> None:
    """The deployment guide's table names every setting, and no setting that there is not."""
    assert rows().keys() == FIELDS.keys()


@pytest.mark.parametrize(("name", "field"), FIELDS.items(), ids=FIELDS.keys())
def test_defaults_are_true(name: str, field: Field[object]) -> None:
    """The table says which settings are required, and of the others the default that the code has."""
    default = rows()[name][1]
    if field.default is MISSING:
        assert default == "required"
    elif field.default in ("", None):
        assert not default.startswith("`")  # in words
    else:
        assert default == f"`{field.default}`"


def test_examples_work() -> None:
    """The table's examples are taken by the settings; a secret has none that somebody could copy."""
    examples = {
        name: example.strip("`") for name, (_, _, example) in rows().items() if example.startswith("`")
    }
    secret = {"GATEWAY_SECRET_KEYS", "GATEWAY_AT_API_KEY", "GATEWAY_AT_WEBHOOK_TOKENS"}
    secret |= {"GATEWAY_TELEGRAM_TOKEN", "GATEWAY_TELEGRAM_SECRET"}
    assert examples.keys() == FIELDS.keys() - secret
    filled = dict.fromkeys(secret - {"GATEWAY_SECRET_KEYS"}, "x" * 32) | {
        "GATEWAY_SECRET_KEYS": "A" * 43 + "="
    }
    settings.read(filled | examples)


if __name__ == "__main__":
    COMMANDS.write_text(page())
