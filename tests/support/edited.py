"""Files as an operator would have edited them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gateway.catalogue.files import Bundle, read_file
from gateway.conversation.source import Source


def edited(bundle: Bundle, path: str, *changes: tuple[str, str]) -> Bundle:
    """A bundle with one file changed: each old text, which must be there, becomes the new one, once."""
    text = bundle.texts[path]
    for old, new in changes:
        assert old in text, f"{path} does not hold {old!r}"
        text = text.replace(old, new, 1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file.yaml"
        file.write_text(text, "utf-8")
        read = read_file(file)
    source = Source(path, read.data, read.places)
    return Bundle({**bundle.texts, path: text}, {**bundle.sources, path: source})
