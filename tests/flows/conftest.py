"""The shipped files, read and loaded as an operator would publish them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import flows
from gateway.catalogue.files import Bundle
from gateway.catalogue.published import Published, assemble
from gateway.conversation.flow import Revision

ROOT = Path(flows.__file__).parent


@pytest.fixture(scope="session")
def bundle(shipped: Bundle) -> Bundle:
    """Every file of `flows/`."""
    return shipped


@pytest.fixture(scope="session", params=["et", "so", "sd"])
def published(request: pytest.FixtureRequest, bundle: Bundle) -> Published:
    """What each country would publish."""
    return assemble(bundle, request.param)


@pytest.fixture(scope="session")
def revision(assembled: Published) -> Revision:
    """The conversations, which are the same in every country."""
    return assembled.revision


@pytest.fixture(scope="session")
def read_yaml(bundle: Bundle) -> Callable[[Path], Any]:
    """One file's plain data."""
    return lambda path: bundle.sources[path.relative_to(ROOT).as_posix()].data
