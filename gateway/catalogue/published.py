"""The catalogue: the current revision and every pinned one, loaded once a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

from gateway.catalogue import files
from gateway.catalogue.files import Bundle, flow_sources
from gateway.catalogue.notices import Notice, read_notice
from gateway.catalogue.policy import Policy, read_policy
from gateway.conversation import load
from gateway.conversation.flow import Revision, Settings
from gateway.errors import FlowError
from gateway.store import revisions
from gateway.store.database import Database

FRESH = 0.5  # seconds that a process goes without looking for a newer publication


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Published:
    """One revision, ready to speak."""

    id: str
    revision: Revision
    notices: Mapping[str, Notice]
    policy: Policy


def assemble(bundle: Bundle, country: str) -> Published:
    """Loads everything of a bundle. Raises `FlowError` at the first fault, with file and line."""
    policy = read_policy(bundle, country)
    phrases = bundle.sources.get("phrases.yaml")
    if phrases is None:
        raise FlowError("there is no phrases.yaml")
    settings = Settings(policy.resume_after, policy.language, policy.calendars)
    revision = load.revision(bundle.id, tuple(flow_sources(bundle)), phrases, settings)
    read = [read_notice(source, revision) for source in bundle.under("notices")]
    notices = {notice.name: notice for notice in read}
    return Published(bundle.id, revision, notices, policy)


_HELD: WeakValueDictionary[tuple[str, str], Published] = WeakValueDictionary()
"""What some catalogue of this process holds, by name and country: a name is a hash of all that is in the files."""


def _held(name: str, country: str, bundle: Callable[[], Bundle]) -> Published:
    """A revision out of `_HELD`, or else assembled anew."""
    found = _HELD.get((name, country))
    if found is None:
        found = _HELD[name, country] = assemble(bundle(), country)
    return found


class Catalogue:
    """Hands out revisions; sees a publication by another process within `FRESH` seconds. Safe between threads."""

    def __init__(self, database: Database, country: str) -> None:
        self._database, self._country = database, country
        self._loaded: dict[str, Published] = {}
        self._lock = threading.Lock()
        self._current: Published | None = None
        self._looked = float("-inf")

    def current(self) -> Published:
        """The revision to start on, as last seen: inside a transaction nobody waits for another connection.

        Raises `FlowError` before the first publication, and `StoreUnavailable`.
        """
        return self._current or self.fresh()

    def fresh(self) -> Published:
        """The revision to start on, no older than `FRESH` seconds. For use before a transaction."""
        if self._current is None or time.monotonic() - self._looked > FRESH:
            self._looked = time.monotonic()  # before the look: one thread of many goes
            self._current = self._look()
        return self._current

    def newest(self) -> str | None:
        """The name of the revision that is current in the database now; None before the first publication."""
        with self._database.reading() as tx:
            return revisions.current(tx)

    def _look(self) -> Published:
        name = self.newest()
        if name is None:
            raise FlowError("nothing is published yet: run `gateway flows publish`")
        return self.pinned(name)

    def pinned(self, name: str) -> Published:
        """A published revision. Raises `StoreError` for one that never was."""
        found = self._loaded.get(name)
        if found is not None:
            return found
        with self._lock:
            if name not in self._loaded:
                with self._database.reading() as tx:
                    data = revisions.files(tx, name)
                self._loaded[name] = _held(name, self._country, lambda: files.from_bytes(data))
            return self._loaded[name]

    def bundle(self, name: str) -> Bundle:
        """The files of a published revision. Raises `StoreError` for one that never was."""
        with self._database.reading() as tx:
            return files.from_bytes(revisions.files(tx, name))

    def publish(self, bundle: Bundle, author: str, note: str, now: datetime) -> bool:
        """Loads and publishes a bundle; False where it is the current one already. Raises `FlowError`.

        What else is to be held against files that operators wrote is `authoring.publishing.publish`'s to do.
        """
        loaded = _held(bundle.id, self._country, lambda: bundle)
        data = files.to_bytes(bundle)
        with self._database.transaction() as tx:
            done = revisions.publish(tx, bundle.id, data, author, note, now)
        self._loaded[bundle.id] = loaded
        self._looked = float("-inf")
        return done

    def again(self, name: str, author: str, note: str, now: datetime) -> bool:
        """Publishes an old revision anew; False where it is the current one. Raises `FlowError`, `StoreError`.

        It was checked when it was new; here it must only still load.
        """
        self.pinned(name)
        with self._database.transaction() as tx:
            done = revisions.again(tx, name, author, note, now)
        self._looked = float("-inf")
        return done
