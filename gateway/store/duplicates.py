"""Who may be registered twice: the blinded keys by which people are found, and the pairs that were found.

A blocking key is sixteen bytes of a blind index: enough that two never meet by chance, and half the room. Rows of a
record that went into another stay: who writes the name as it was written there is found, and led to the one kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, tuple_, union_all, update

from gateway.messages import AddressKind
from gateway.store.database import Transaction
from gateway.store.people import DRAFT, PersonRow
from gateway.store.prepared import Prepared
from gateway.store.rows import columns, many, one
from gateway.store.tables import addresses, blocking_keys, holders, likenesses, name_counts, people

SIGN = 16  # bytes of a blind index that are kept
OPEN, MERGED, APART = "open", "merged", "apart"
_OF_A_KEY = 200  # people looked at of those who share one key, the newest: a name that more bear says little
_EIGHT = 8


@dataclass(frozen=True, slots=True)
class LikenessRow:
    """Two records that may be one person's, `one_id` the smaller. `score` is in hundredths of a bit.

    `reasons` are [field, agreement, hundredths]. `actor` decided, unless it is open.
    """

    id: int
    one_id: int
    other_id: int
    score: int
    band: str
    reasons: list[list[Any]]
    state: str

    @property
    def both(self) -> set[int]:
        """The two."""
        return {self.one_id, self.other_id}


@dataclass(frozen=True, slots=True)
class PairRow:
    """An open pair as the staff see it: the references of those whom the two records stand for now."""

    likeness: LikenessRow
    one: str
    other: str


_PERSON = columns(people, PersonRow)
_LIKENESS = columns(likenesses, LikenessRow)
_KEYS_OF = Prepared(select(blocking_keys.c.key).where(blocking_keys.c.person_id == bindparam("person")))
_DROP = Prepared(
    delete(blocking_keys).where(
        blocking_keys.c.person_id == bindparam("person"), blocking_keys.c.key == bindparam("key")
    )
)
_PHONES = Prepared(
    select(addresses.c.id)
    .join(holders, holders.c.conversation_id == addresses.c.conversation_id)
    .where(holders.c.person_id == bindparam("person"), addresses.c.kind == AddressKind.PHONE.value)
    .order_by(addresses.c.id)
)
_PHONES_OF_ALL = (
    select(holders.c.person_id, addresses.c.id)
    .join(addresses, holders.c.conversation_id == addresses.c.conversation_id)
    .where(
        holders.c.person_id.in_(bindparam("people", expanding=True)),
        addresses.c.kind == AddressKind.PHONE.value,
    )
    .order_by(holders.c.person_id, addresses.c.id)
)
_BY_IDS = select(*_PERSON).where(people.c.id.in_(bindparam("people", expanding=True)))
_MERGED = Prepared(select(*_PERSON).where(people.c.merged_into == bindparam("person")).order_by(people.c.id))
_LARGEST = Prepared(select(func.max(people.c.id)))
_PAIRS_OF = Prepared(
    select(*_LIKENESS)
    .where(or_(likenesses.c.one_id == bindparam("one"), likenesses.c.other_id == bindparam("other")))
    .order_by(likenesses.c.id)
)
_COUNTED = Prepared(
    select(name_counts.c.people, name_counts.c.words).order_by(name_counts.c.id.desc()).limit(1)
)
_FINISHED = people.c.status != DRAFT
_NEWEST = Prepared(select(*_PERSON).where(_FINISHED).order_by(people.c.id.desc()).limit(bindparam("most")))
_AFTER = Prepared(
    select(*_PERSON)
    .where(people.c.id > bindparam("after"), _FINISHED)
    .order_by(people.c.id)
    .limit(bindparam("most"))
)
_HOW_MANY = Prepared(select(func.count()).select_from(people).where(_FINISHED))


def stands_for(person: PersonRow) -> int:
    """The person that a record means: the one kept, where it was merged."""
    return person.merged_into or person.id


# --- keys -------------------------------------------------------------------------------------------------


def keep_keys(tx: Transaction, person_id: int, signs: Iterable[bytes]) -> None:
    """Makes these the keys by which a person is found, and writes only what changes."""
    wanted = set(signs)
    there = {key for (key,) in tx.run(_KEYS_OF, {"person": person_id})}
    with tx.batch() as batch:
        for key in sorted(there - wanted):
            batch.run(_DROP, {"person": person_id, "key": key})
        for key in sorted(wanted - there):
            batch.add(blocking_keys, {"key": key, "person_id": person_id}, once=True)


def sharing(tx: Transaction, signs: Sequence[bytes], most: int) -> list[PersonRow]:
    """Those who share most keys with these, at most so many, the newest first among equals."""
    if not signs:
        return []
    padded = [*signs, *[b""] * (-len(signs) % _EIGHT)]  # few statements, whatever the number of keys
    parameters = {f"key{place}": sign for place, sign in enumerate(padded)} | {"most": most}
    return many(PersonRow, tx.run(_sharing(len(padded)), parameters))


@lru_cache(maxsize=64)
def _sharing(count: int) -> Prepared:
    """The statement for so many keys. Of each no more rows are read than `_OF_A_KEY`, however many share it."""
    of_each = [
        select(blocking_keys.c.person_id)
        .where(blocking_keys.c.key == bindparam(f"key{place}", type_=blocking_keys.c.key.type))
        .order_by(blocking_keys.c.person_id.desc())
        .limit(_OF_A_KEY)
        .subquery()
        for place in range(count)
    ]
    met = union_all(*[select(each.c.person_id) for each in of_each]).subquery()
    shared = func.count().label("shared")
    ranked = (
        select(met.c.person_id, shared)
        .group_by(met.c.person_id)
        .order_by(shared.desc(), met.c.person_id.desc())
        .limit(bindparam("most"))
        .subquery()
    )
    return Prepared(
        select(*_PERSON)
        .join(ranked, ranked.c.person_id == people.c.id)
        .order_by(ranked.c.shared.desc(), people.c.id.desc())
    )


def these(tx: Transaction, person_ids: Iterable[int]) -> list[PersonRow]:
    """People by their numbers."""
    wanted = sorted(person_ids)
    return many(PersonRow, tx.execute(_BY_IDS, {"people": wanted})) if wanted else []


def merged_into(tx: Transaction, person_id: int) -> list[PersonRow]:
    """The records that went into another, and stand for that person now."""
    return many(PersonRow, tx.run(_MERGED, {"person": person_id}))


def phones_of(tx: Transaction, person_id: int) -> list[int]:
    """The phones of a person, as rows of addresses: a number has one, whichever key of the ring blinded it."""
    return [phone for (phone,) in tx.run(_PHONES, {"person": person_id})]


def phones_of_all(tx: Transaction, person_ids: Iterable[int]) -> dict[int, list[int]]:
    """The same of several people."""
    found: dict[int, list[int]] = {}
    rows: Sequence[Any] = tx.execute(_PHONES_OF_ALL, {"people": sorted(person_ids)}).all()
    for person, phone in rows:
        found.setdefault(person, []).append(phone)
    return found


def largest(tx: Transaction) -> int:
    """About how many people there are: the newest one's number, which costs nothing to find."""
    return int(tx.run(_LARGEST, {}).scalar() or 0)


# --- everybody, in steps ----------------------------------------------------------------------------------


def how_many(tx: Transaction) -> int:
    """All who finished registering, merged ones too."""
    return int(tx.run(_HOW_MANY, {}).scalar())


def each_after(tx: Transaction, person_id: int, most: int) -> list[PersonRow]:
    """The next of them by their numbers; none where that was the last."""
    return many(PersonRow, tx.run(_AFTER, {"after": person_id, "most": most}))


def newest(tx: Transaction, most: int) -> list[PersonRow]:
    """Those who registered last."""
    return many(PersonRow, tx.run(_NEWEST, {"most": most}))


def keep_counts(tx: Transaction, registered: int, words: bytes, now: datetime) -> None:
    """How often names are borne, sealed, in the place of what was counted before."""
    tx.execute(delete(name_counts))
    tx.add(name_counts, {"people": registered, "words": words, "at": now})


def counts(tx: Transaction) -> tuple[int, bytes] | None:
    """How many had registered when names were counted, and the count, sealed; None where none was made."""
    found: Any = tx.run(_COUNTED, {}).first()
    return None if found is None else tuple(found)


# --- likenesses -------------------------------------------------------------------------------------------


def pairs_of(tx: Transaction, person_id: int) -> list[LikenessRow]:
    """Every pair that a person is one of, decided or not."""
    return many(LikenessRow, tx.run(_PAIRS_OF, {"one": person_id, "other": person_id}))


def pair(tx: Transaction, one_id: int, other_id: int) -> LikenessRow | None:
    """The pair of two people, in either order, locked until the end."""
    one_id, other_id = sorted((one_id, other_id))
    statement = select(*_LIKENESS).where(likenesses.c.one_id == one_id, likenesses.c.other_id == other_id)
    return one(LikenessRow, tx.execute(statement.with_for_update(key_share=True)))


def between(tx: Transaction, one_id: int, other_id: int) -> list[LikenessRow]:
    """Every pair of a record that stands for one person and one that stands for the other, the likest first."""
    ones, others = ({root, *[each.id for each in merged_into(tx, root)]} for root in (one_id, other_id))
    found = [pair for one in sorted(ones) for pair in pairs_of(tx, one) if pair.both & others]
    return sorted(found, key=lambda pair: (-pair.score, pair.id))


def note(
    tx: Transaction,
    one_id: int,
    other_id: int,
    score: int,
    band: str,
    reasons: list[list[Any]],
    now: datetime,
) -> None:
    """Keeps a pair as open, or what is newly thought of one that is; what was decided stays."""
    one_id, other_id = sorted((one_id, other_id))
    thought = {"score": score, "band": band, "reasons": reasons}
    values = {"one_id": one_id, "other_id": other_id, **thought, "state": OPEN, "found_at": now}
    if tx.insert(likenesses, values, once=True) is None:
        tx.execute(
            update(likenesses)
            .where(
                tuple_(likenesses.c.one_id, likenesses.c.other_id) == (one_id, other_id),
                likenesses.c.state == OPEN,
            )
            .values(**thought)
        )


def forget(tx: Transaction, likeness_id: int) -> None:
    """A pair that no longer looks like one person, and of which nobody decided."""
    tx.execute(delete(likenesses).where(likenesses.c.id == likeness_id, likenesses.c.state == OPEN))


def decide(tx: Transaction, likeness_id: int, state: str, actor: str, now: datetime) -> None:
    """What somebody of the staff said of a pair."""
    values = {"state": state, "actor": actor, "decided_at": now}
    tx.execute(update(likenesses).where(likenesses.c.id == likeness_id).values(**values))


def reopen(tx: Transaction, likeness_id: int) -> None:
    """The pair as it was before somebody said that it is one person."""
    values = {"state": OPEN, "actor": "", "decided_at": None}
    statement = update(likenesses).where(likenesses.c.id == likeness_id, likenesses.c.state == MERGED)
    tx.execute(statement.values(**values))


def waiting(tx: Transaction, band: str = "") -> list[PairRow]:
    """The open pairs, the highest score first, each once by those whom the records stand for now.

    A pair whose records stand for one person by now is none, nor one that was found to be two people.
    """
    first, second = people.alias("first"), people.alias("second")
    now_first, now_second = people.alias("now_first"), people.alias("now_second")
    statement = (
        select(*_LIKENESS, now_first.c.id, now_second.c.id, now_first.c.reference, now_second.c.reference)
        .join(first, first.c.id == likenesses.c.one_id)
        .join(second, second.c.id == likenesses.c.other_id)
        .join(now_first, now_first.c.id == func.coalesce(first.c.merged_into, first.c.id))
        .join(now_second, now_second.c.id == func.coalesce(second.c.merged_into, second.c.id))
        .where(likenesses.c.state.in_((OPEN, APART)), now_first.c.id != now_second.c.id)
        .order_by(likenesses.c.score.desc(), likenesses.c.id)
    )
    cut = len(_LIKENESS)
    apart: set[frozenset[int]] = set()
    shown: dict[frozenset[int], PairRow] = {}
    for row in tx.execute(statement).all():
        likeness, between = LikenessRow(*row[:cut]), frozenset(row[cut : cut + 2])
        if likeness.state == APART and between == {likeness.one_id, likeness.other_id}:
            apart.add(between)
        elif likeness.state == OPEN and band in ("", likeness.band):
            shown.setdefault(between, PairRow(likeness, *row[cut + 2 :]))
    return [pair for between, pair in shown.items() if between not in apart]
