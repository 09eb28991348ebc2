"""Who holds the simulated phones: three people who came back, and everybody of the sample directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from gateway.catalogue.files import read_file
from gateway.simulator.network import Character

RETURNEES = (
    Character("+251911234501", "Almaz (came back)", telegram=500000001),
    Character("+252634123402", "Xasan (came back)", telegram=500000002),
    Character("+251911234503", "Tigist (came back)", telegram=500000003),
)


def sample(flows_dir: Path | None = None) -> tuple[Character, ...]:
    """The returnees, then the providers and staff of `directory.yaml`, the package's or a folder's."""
    with as_file((flows_dir or files("flows")) / "directory.yaml") as place:
        directory = read_file(place).data
    return RETURNEES + tuple(_providers(directory)) + tuple(_staff(directory))


def _providers(directory: Mapping[str, Any]) -> Iterator[Character]:
    for each in directory.get("organisations", {}).values():
        for number in each.get("phones", ()):
            yield Character(number, each["name"], "provider")


def _staff(directory: Mapping[str, Any]) -> Iterator[Character]:
    for each in directory.get("staff", {}).values():
        chats = [int(chat) for chat in each.get("telegram", ())]
        for number, chat in zip(each.get("phones", ()), chats or [0], strict=False):
            yield Character(number, each["name"], "staff", telegram=chat, met=True)
