"""A process holds a revision once, however many catalogues hand it out."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.catalogue.files import Bundle
from gateway.catalogue.published import Catalogue, Published
from gateway.errors import StoreError
from gateway.store.database import Database

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path) -> Database:
    """A database of nobody's."""
    return Database(f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'another.db')}")


def test_two_catalogues_hold_one_revision(empty: Database, shipped: Bundle, assembled: Published) -> None:
    """Loading takes a second; what another catalogue of the process has loaded is taken from there."""
    catalogue = Catalogue(empty, "et")
    catalogue.publish(shipped, "tests", "", NOW)
    assert catalogue.fresh() is assembled
    assert Catalogue(empty, "et").pinned(shipped.id) is assembled


def test_each_country_has_its_own(empty: Database, shipped: Bundle, assembled: Published) -> None:
    """The same files speak by another policy."""
    catalogue = Catalogue(empty, "so")
    catalogue.publish(shipped, "tests", "", NOW)
    assert catalogue.fresh() is not assembled
    assert catalogue.fresh().policy != assembled.policy


def test_only_what_is_published_here_is_handed_out(empty: Database, assembled: Published) -> None:
    """That somebody else holds a revision does not publish it."""
    with pytest.raises(StoreError):
        Catalogue(empty, "et").pinned(assembled.id)
