"""The vault: what is sealed opens only as what it is, with a key that is there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import VaultError
from gateway.vault import FINGERPRINT, NONCE, WRAPPED, DataKey, Vault

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
RECORD, NUMBER = b"people.record", b"certificates.number"
VALUE = b"Nuur Xuseen Cabdirashiid"


@pytest.fixture(scope="module")
def vault() -> Vault:
    """A ring of one key."""
    return Vault([OLD])


@pytest.fixture(scope="module")
def rotated() -> Vault:
    """The same ring after a newer key was put in front."""
    return Vault([NEW, OLD])


@pytest.fixture(scope="module")
def key(vault: Vault) -> DataKey:
    """Somebody's data key."""
    return vault.new_key()[1]


# --- sealing ------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(value=st.binary(max_size=500), what=st.from_regex(r"[a-z_]+\.[a-z_]+", fullmatch=True))
def test_round_trip(key: DataKey, value: bytes, what: str) -> None:
    """What was sealed opens again, and the sealed form does not hold it."""
    sealed = key.seal(value, what.encode())
    assert key.open(sealed, what.encode()) == value
    assert len(value) < 8 or value not in sealed


def test_never_twice_the_same(key: DataKey) -> None:
    """Equal values look different: nobody can tell who shares a name."""
    assert len({key.seal(VALUE, RECORD) for _ in range(200)}) == 200


def test_wrong_place(key: DataKey) -> None:
    """A sealed value that was moved to another column does not open."""
    with pytest.raises(VaultError, match=r"certificates\.number"):
        key.open(key.seal(VALUE, RECORD), NUMBER)


def test_somebody_elses_key(vault: Vault, key: DataKey) -> None:
    """One person's key does not open another's record, though one ring wraps both."""
    _, another = vault.new_key()
    with pytest.raises(VaultError):
        another.open(key.seal(VALUE, RECORD), RECORD)


def test_every_changed_byte(key: DataKey) -> None:
    """A change of any one byte, in nonce, text or tag, is seen."""
    sealed = key.seal(VALUE, RECORD)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(VaultError):
            key.open(bytes(changed), RECORD)


@pytest.mark.parametrize("length", [0, 1, NONCE, NONCE + 15], ids=str)
def test_cut_short(key: DataKey, length: int) -> None:
    """A value that lost its end, down to nothing, is refused like a changed one."""
    with pytest.raises(VaultError):
        key.open(key.seal(VALUE, RECORD)[:length], RECORD)


def test_a_refusal_says_nothing(key: DataKey) -> None:
    """The refusal reaches logs: it names the place, not the value."""
    with pytest.raises(VaultError) as caught:
        key.open(b"\0" * 12 + VALUE, RECORD)
    assert str(caught.value) == "cannot open people.record"


def test_alone(vault: Vault, rotated: Vault) -> None:
    """What belongs to no conversation carries its own key, and outlives a rotation."""
    sealed = vault.seal_alone(VALUE, RECORD)
    assert VALUE not in sealed
    assert rotated.open_alone(sealed, RECORD) == VALUE
    with pytest.raises(VaultError):
        vault.open_alone(sealed, NUMBER)


# --- the ring -----------------------------------------------------------------------------------------------


def test_rotation(vault: Vault, rotated: Vault) -> None:
    """Old data keys still open; new ones are wrapped under the new key, and the old ring cannot open them."""
    wrapped, key = vault.new_key()
    sealed = key.seal(VALUE, RECORD)
    assert rotated.open_key(wrapped).open(sealed, RECORD) == VALUE
    fresh, _ = rotated.new_key()
    assert fresh[:FINGERPRINT] != wrapped[:FINGERPRINT]
    with pytest.raises(VaultError, match="not in the key ring"):
        vault.open_key(fresh)


def test_wrapped_as_promised(vault: Vault) -> None:
    """A wrapped key has the length that stored values rely on, and each person's is another."""
    wrapped = [vault.new_key()[0] for _ in range(50)]
    assert {len(each) for each in wrapped} == {WRAPPED}
    assert len(set(wrapped)) == 50


@pytest.mark.parametrize(
    "wrapped",
    [b"", b"\0" * WRAPPED, b"short"],
    ids=["empty", "overwritten", "nonsense"],
)
def test_a_destroyed_key(vault: Vault, wrapped: bytes) -> None:
    """Where the wrapped key is destroyed the data is gone: it never opens with something else."""
    with pytest.raises(VaultError):
        vault.open_key(wrapped)


@pytest.mark.parametrize(
    "position", [FINGERPRINT, FINGERPRINT + NONCE, WRAPPED - 1], ids=["nonce", "key", "tag"]
)
def test_a_changed_wrapped_key(vault: Vault, position: int) -> None:
    """A wrapped key with one changed byte is refused."""
    wrapped = bytearray(vault.new_key()[0])
    wrapped[position] ^= 1
    with pytest.raises(VaultError, match="changed or destroyed"):
        vault.open_key(bytes(wrapped))


@pytest.mark.parametrize("secrets", [[], [b"short"], [NEW, b"short"]], ids=["none", "short", "one short"])
def test_a_ring_without_keys(secrets: list[bytes]) -> None:
    """There is no vault without a key of full length."""
    with pytest.raises(VaultError):
        Vault(secrets)


# --- look-ups -----------------------------------------------------------------------------------------------


def test_blind_index(vault: Vault) -> None:
    """The same value gives the same index, another value or another use another one, and none shows the value."""
    index = vault.blind("address", "phone:+251911000001")
    assert index == vault.blind("address", "phone:+251911000001")
    assert index != vault.blind("address", "phone:+251911000002")
    assert index != vault.blind("certificate", "phone:+251911000001")
    assert index != Vault([OTHER]).blind("address", "phone:+251911000001")
    assert len(index) == 32


def test_blind_indexes_outlive_a_rotation(vault: Vault, rotated: Vault) -> None:
    """A row written before the rotation is found after it; new rows are written under the new key."""
    written = vault.blind("address", "phone:+251911000001")
    looked_up = rotated.blinds("address", "phone:+251911000001")
    assert looked_up == (rotated.blind("address", "phone:+251911000001"), written)


@settings(deadline=None)
@given(first=st.lists(st.text(max_size=5), max_size=4), second=st.lists(st.text(max_size=5), max_size=4))
def test_digest_parts_do_not_run_together(vault: Vault, first: list[str], second: list[str]) -> None:
    """Two messages have one digest only where every part is the same: `ab`, `c` is not `a`, `bc`."""
    assert (vault.digest(*first) == vault.digest(*second)) == (first == second)


def test_each_purpose_has_its_key(vault: Vault) -> None:
    """A digest and a blind index of the same bytes differ: one leak does not open the other."""
    assert vault.digest("a") != vault.blind("a", "")
    assert vault.digest_keys != (OLD,)


# --- PINs ---------------------------------------------------------------------------------------------------


def test_pin(vault: Vault) -> None:
    """The PIN is known again, a neighbour's and a wrong one are not, and two hashes of one PIN differ."""
    stored = vault.hash_pin(7, "4821")
    assert vault.check_pin(7, "4821", stored)
    assert not vault.check_pin(7, "4822", stored)
    assert not vault.check_pin(8, "4821", stored)
    assert stored != vault.hash_pin(7, "4821")
    assert "4821" not in stored


def test_pin_needs_the_ring(vault: Vault, rotated: Vault) -> None:
    """A stolen table of hashes is no use without the ring; with the old key still in the ring the PIN holds."""
    stored = vault.hash_pin(7, "4821")
    assert rotated.check_pin(7, "4821", stored)
    assert not Vault([OTHER]).check_pin(7, "4821", stored)


def test_pin_cost(vault: Vault) -> None:
    """The hash is argon2id with 19 MiB and two passes: OWASP's first choice, and a bound on a small server's memory."""
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in vault.hash_pin(7, "4821")
