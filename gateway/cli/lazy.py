"""A group of commands, one module a command, imported when its command is asked for: `--help` stays quick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """The commands that stand in modules of `package`, each as `command`, by the names that people type."""

    def __init__(self, *args: Any, package: str, modules: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._package, self._modules = package, modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in alphabetical order."""
        return sorted(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; None where there is none."""
        if cmd_name not in self._modules:
            return None
        command: click.Command = import_module(f"{self._package}.{self._modules[cmd_name]}").command
        return command


def group(package: str, modules: Mapping[str, str]) -> Callable[[Callable[..., Any]], click.Group]:
    """Makes a function with a docstring such a group."""
    return click.group(cls=LazyGroup, package=package, modules=modules)
