"""Writes changed texts back into a folder of flows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Writes each file, by its path below the folder. A file keeps the line ends it had."""
    for name, text in files.items():
        path = folder / name
        windows = path.exists() and b"\r\n" in path.read_bytes()
        path.write_text(text, "utf-8", newline="\r\n" if windows else "\n")
