"""How common names are in this register, as a common name proves less than a rare one.

Counted from a sample of records, kept sealed and without any name that hardly anybody bears. Counts beside blind
indexes of words would be easier to keep up to date, but whoever stole them could read the names off their ranks
without a key. It is counted again whenever the register has doubled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice

import orjson

from gateway.enact.work import Work
from gateway.errors import VaultError
from gateway.registry.duplicates.common import Shares
from gateway.registry.duplicates.keys import tokens
from gateway.registry.duplicates.names import word
from gateway.store import duplicates, people, timers
from gateway.store.people import PersonRow
from gateway.vault import Vault

KIND = "name_counts"
WORDS = b"name_counts.words"
SAMPLE = 5_000  # records, the newest: opening them takes a quarter of a second
_ENOUGH = 256  # people; in a smaller register a table of the region knows better
_RARELY = 3  # times; a name that is borne less often is not kept
_AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)  # always past, so that one doubling sets one timer


def shares(work: Work, registered: int) -> Shares:
    """How common names are, as far as they were counted. Has them counted soon where the register has doubled since."""
    counted = duplicates.counts(work.tx)
    before = counted[0] if counted else _ENOUGH - 1
    if registered.bit_length() > before.bit_length():
        timers.schedule(work.tx, KIND, registered.bit_length(), _AT_ONCE)
    return _shares(work.vault, counted[1]) if counted else Shares()


@lru_cache(maxsize=4)
def _shares(vault: Vault, sealed: bytes) -> Shares:
    try:
        words = Counter[str](orjson.loads(vault.open_alone(sealed, WORDS)))
    except VaultError:
        return Shares()  # its key has left the ring: until they are counted again
    return Shares().seen(words.elements())


def count(work: Work, _: int = 0) -> None:
    """Counts the names of the newest records. Handler of the timer `name_counts`."""
    words = Counter(_words(work, duplicates.newest(work.tx, SAMPLE)))
    kept = {word: times for word, times in words.most_common() if times >= _RARELY}
    sealed = work.vault.seal_alone(orjson.dumps(kept), WORDS)
    duplicates.keep_counts(work.tx, duplicates.largest(work.tx), sealed, work.now)


def _words(work: Work, registered: Iterable[PersonRow]) -> Iterable[str]:
    for person in registered:
        try:
            name = people.record_of(work.vault, person)["full_name"]
        except VaultError:
            continue  # erased
        yield from (word(token) for token in islice(tokens(name), 3))
