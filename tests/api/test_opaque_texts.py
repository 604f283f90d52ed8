"""What leaves sealed comes back unchanged, to the place it was made for, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from shared.api.edge import CursorNotValid, PositionNotValid
from shared.api.paging import Cursors
from shared.api.sealing import NotSealedHere, Sealer, framed, mac
from shared.api.tokens import ANSWERED_IN, ASKED_IN, PositionTokens, Reached
from shared.kernel.ids import UnitId

KEY, OTHER_KEY = bytes(32), bytes(31) + b"\1"
UNIT, OTHER_UNIT = UnitId("favrskov-ssp"), UnitId("odder-ssp")
DOOR = "inbox?order=due"
CURSORS, TOKENS = Cursors(KEY), PositionTokens(KEY)
ROWS = st.lists(st.text() | st.integers(-(2**63), 2**63) | st.none(), max_size=4)


@given(ROWS)
def test_a_cursor_brings_back_where_one_was(last: list[str | int | None]) -> None:
    """A cursor opens to the sort key of the last row shown."""
    assert CURSORS.open(CURSORS.seal(last, door=DOOR, unit=UNIT), door=DOOR, unit=UNIT) == (*last,)


def test_a_cursor_is_for_one_list_of_one_unit() -> None:
    """A cursor of another unit, another list or another key is refused."""
    cursor = CURSORS.seal(["2021-06-04", "018f"], door=DOOR, unit=UNIT)
    for cursors, door, unit in (
        (CURSORS, DOOR, OTHER_UNIT),
        (CURSORS, "sent", UNIT),
        (Cursors(OTHER_KEY), DOOR, UNIT),
    ):
        with pytest.raises(CursorNotValid):
            cursors.open(cursor, door=door, unit=unit)


def test_every_changed_character_is_noticed() -> None:
    """A cursor with any character changed is refused, not read otherwise."""
    cursor = CURSORS.seal([1], door=DOOR, unit=UNIT)
    assert CURSORS.open(cursor, door=DOOR, unit=UNIT) == (1,)
    for place, mark in enumerate(cursor[:-1]):
        changed = cursor[:place] + ("A" if mark != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(CursorNotValid):
            CURSORS.open(changed, door=DOOR, unit=UNIT)


@given(st.text() | st.from_regex(r"[\w-]{0,90}"))
def test_a_made_up_text_is_refused(text: str) -> None:
    """Whatever is sent as a cursor or a position is answered with a refusal, never with a fault."""
    with pytest.raises(CursorNotValid):
        CURSORS.open(text, door=DOOR, unit=UNIT)
    with pytest.raises(PositionNotValid):
        TOKENS.open(text)


def test_a_cursor_is_no_position() -> None:
    """One kind of sealed text does not pass for the other, though the key is the same."""
    with pytest.raises(PositionNotValid):
        TOKENS.open(CURSORS.seal(["referrals", 7], door=DOOR, unit=UNIT))
    sealed = Sealer(KEY, "one purpose").seal([1])
    assert Sealer(KEY, "one purpose").open(sealed) == (1,)
    with pytest.raises(NotSealedHere):
        Sealer(KEY, "another purpose").open(sealed)


def test_a_sealed_text_tells_nothing() -> None:
    """Two seals of the same differ, and neither content nor length tells how far a store is."""
    one, again, later = (TOKENS.seal(Reached("referrals", at)) for at in (7, 7, 1_000_000))
    assert one != again
    assert len(one) == len(later)
    assert "referrals" not in one


def test_a_position_travels_by_its_headers() -> None:
    """What a change answers in one header, a read brings back in the other."""
    response = Response()
    TOKENS.tell(response, Reached("referrals", 41))
    brought = [(ASKED_IN.lower().encode(), response.headers[ANSWERED_IN].encode())]
    assert TOKENS.awaited(Request({"type": "http", "headers": brought})) == Reached("referrals", 41)
    assert TOKENS.awaited(Request({"type": "http", "headers": []})) is None


@given(st.lists(st.binary(max_size=9), max_size=4), st.lists(st.binary(max_size=9), max_size=4))
def test_framing_keeps_parts_apart(one: list[bytes], other: list[bytes]) -> None:
    """Two rows of parts read the same only where they are the same."""
    assert (framed(*one) == framed(*other)) == (one == other)
    assert (mac(KEY, *one) == mac(KEY, *other)) == (one == other)
