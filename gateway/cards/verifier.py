"""The page that checks cards without a network: one file, with everything in it that it needs.

Its policy lets it fetch nothing and run nothing but the script that stands in it, which is named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from string import Template

_PARTS = Path(__file__).parent / "page"


def page(
    keys: Mapping[bytes, bytes],
    withdrawn: bytes,
    texts: Mapping[str, Mapping[str, str]],
    languages: Mapping[str, str],
) -> str:
    """The page as HTML.

    `keys` are public keys by name, `withdrawn` the signed list, `texts` what it says by language and name, and
    `languages` tags with the languages' own names, in the order they are offered.
    """
    style = _part("page.css")
    script = _part("verify.js") + _part("page.js").removeprefix('"use strict";\n')
    data = {
        "keys": {kid.hex(): _base64(key) for kid, key in keys.items()},
        "list": _base64(withdrawn),
        "texts": texts,
        "languages": list(languages.items()),
    }
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    # No text may close the element that it stands in.
    shown = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return Template(_part("page.html")).substitute(policy=policy, style=style, script=script, data=shown)


def _part(name: str) -> str:
    return (_PARTS / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{_base64(hashlib.sha256(text.encode()).digest())}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
