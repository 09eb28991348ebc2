"""The shipped files, read and loaded as an operator would publish them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import flows
from gateway.catalogue.files import Bundle, read_folder
from gateway.catalogue.published import Published, assemble
from gateway.conversation.flow import Revision

ROOT = Path(flows.__file__).parent


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    """Every file of `flows/`."""
    return read_folder(ROOT)


@pytest.fixture(scope="session", params=["et", "so", "sd"])
def published(request: pytest.FixtureRequest, bundle: Bundle) -> Published:
    """What each country would publish."""
    return assemble(bundle, request.param)


@pytest.fixture(scope="session")
def revision(bundle: Bundle) -> Revision:
    """The conversations, which are the same in every country."""
    return assemble(bundle, "et").revision


@pytest.fixture(scope="session")
def read_yaml(bundle: Bundle) -> Callable[[Path], Any]:
    """One file's plain data."""
    return lambda path: bundle.sources[path.relative_to(ROOT).as_posix()].data
