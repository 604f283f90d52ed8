"""A leaf commits to every byte of a fact and to where one field ends and the next begins."""

from dataclasses import replace
from hashlib import sha256
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.audit.ledger.leaf import leaf
from shared.eventstore.port import Stored

A_FACT = Stored(
    position=7,
    stream="referral-0b6a1a52-7a0c-4d8e-9c55-1d2f3a4b5c6d",
    version=2,
    id=UUID("018f6c1e-5b7a-7c3d-8e9f-0a1b2c3d4e5f"),
    type="referral.accepted.v1",
    metadata=b'{"recorded_at":"2026-01-16T14:40:00.000000Z"}',
    data='{"by":"ssp-favrskov","note":"modtaget på mødet"}'.encode(),
)
ITS_LEAF = "191bb38f7beaffca1bddcdced99c465f8b90ab4c86044ecd771ea0b1c5da7593"
AN_EMPTY_FACT = Stored(1, "", 0, UUID(int=0), "", b"", b"")
ITS_LEAF_TOO = "59844c22c9b7ba16d52119b919e9ef208d2b7dc91067b421f995c6439aaf9100"
FACTS = st.builds(
    Stored,
    position=st.integers(1, 9),
    stream=st.text("ab-é", max_size=4),
    version=st.integers(0, 3),
    id=st.integers(0, 3).map(lambda number: UUID(int=number)),
    type=st.text("ab.1", max_size=4),
    metadata=st.binary(max_size=4),
    data=st.binary(max_size=4),
)


def test_the_leaf_is_frozen() -> None:
    """The leaves of all that is in the log follow from this rule, so it never changes."""
    assert leaf(A_FACT).hex() == ITS_LEAF
    assert leaf(AN_EMPTY_FACT).hex() == ITS_LEAF_TOO


def test_the_leaf_is_as_written_down() -> None:
    """0x00, then each field after its length in 8 bytes: the rule of the module's first lines."""
    fields = (
        A_FACT.stream.encode("utf-8"),
        (2).to_bytes(8, "big"),
        bytes.fromhex("018f6c1e5b7a7c3d8e9f0a1b2c3d4e5f"),
        b"referral.accepted.v1",
        A_FACT.metadata,
        A_FACT.data,
    )
    written = b"\x00" + b"".join(len(field).to_bytes(8, "big") + field for field in fields)
    assert leaf(A_FACT) == sha256(written).digest()


@given(FACTS, FACTS)
def test_two_facts_have_two_leaves(one: Stored, other: Stored) -> None:
    """Facts that differ in anything but their position have different leaves."""
    same = replace(one, position=1) == replace(other, position=1)
    assert (leaf(one) == leaf(other)) is same
