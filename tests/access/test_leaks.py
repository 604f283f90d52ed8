"""A leak planted on purpose is caught by the very checks that the histories make, each for its own.

Planted in a projection, in a header, in a count, in a log line and in a file of a database.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import httpx2
import pytest

from services.referrals import opening
from services.referrals.api import following, listing, showing
from services.referrals.domain.referral.parties import Party as Partner
from services.referrals.domain.referral.parties import joining
from services.referrals.projections import party_view
from services.referrals.projections.lists import Asked, listed
from services.referrals.seeing import Looking, Seeing
from services.referrals.wiring import Wiring
from shared.access.caller import Caller
from shared.api.preconditions import etag
from shared.rulebook.content import Rulebook
from shared.rulebook.profiles import Profiles
from shared.rulebook.vocabulary import Category
from tests.access.canaries import Canaries, Escaped, databases, none_in, none_in_files
from tests.access.hall import hall
from tests.access.shared_case import FURTHER_ONE, HOLDER, SENDER, Scene, set_scene
from tests.access.watching import (
    Miscounted,
    NotFilled,
    Withheld,
    all_is_shown,
    nothing_leaks,
    page_is_full,
    told_as_much,
)
from tests.access.world_model import World
from tests.access.world_people import Seat, everybody, written_district
from tests.logged import logged


@pytest.fixture
async def scene(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Callable[[], Any]]:
    """Give what sets the scene, so that a fault can be planted before."""
    async with hall(tmp_path, rulebook) as here:
        yield lambda: set_scene(here, Canaries())


EVERYTHING = frozenset(get_args(Category))


async def test_without_a_fault_nothing_is_found(scene: Callable[[], Any]) -> None:
    """The checks let by what is in order, and they look at something."""
    set_up = await scene()
    answer = await set_up.look(FURTHER_ONE)
    nothing_leaks(set_up.world, set_up.seats[FURTHER_ONE], "follow", answer)
    assert all_is_shown(set_up.world, set_up.seats[FURTHER_ONE], set_up.case, answer) > 1


async def test_a_leak_in_a_projection_is_caught(
    scene: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that the profile does not give, in a line and let by at the door, is found."""
    set_up = await scene()
    monkeypatch.setattr(Profiles, "sees", lambda *_: EVERYTHING)
    leaky = await _anew(set_up)
    seat = set_up.seats[FURTHER_ONE]
    answer = await set_up.here.see(seat.token, f"/referrals/{leaky}", **seat.headers)
    with pytest.raises(Escaped):
        nothing_leaks(set_up.world, seat, "follow", answer)


async def _anew(set_up: Scene) -> str:
    """Tell the same story once more, now that there is a fault in it."""
    again: Scene = await set_scene(set_up.here, set_up.canaries)
    set_up.world.cases |= again.world.cases
    set_up.world.written |= again.world.written
    return again.case.id


async def test_a_leak_in_a_header_is_caught(
    scene: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text in a header is found like one in a body."""
    set_up = await scene()
    (hidden, *_) = [t for t in set_up.case.texts.values() if t.name == "concern"]
    monkeypatch.setattr(following, "etag", lambda _: f'"%E2%9F%A6{hidden.number}-concern"')
    answer = await set_up.look(FURTHER_ONE)
    with pytest.raises(Escaped):
        nothing_leaks(set_up.world, set_up.seats[FURTHER_ONE], "follow", answer)


async def test_a_leak_in_a_count_is_caught(
    scene: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page with a gap, where there is another after it, is found."""
    set_up = await scene()
    await _anew(set_up)
    await _anew(set_up)
    anna = (HOLDER, f"anna.{HOLDER}")
    page_is_full(await set_up.look(anna, "/inbox?size=2"), 2)
    looks, hidden = (
        Seeing.look,
        UUID((await set_up.look(anna, "/inbox")).json()["items"][0]["referral"]),
    )

    def without(self: Seeing, referral: UUID, line: Any) -> Any:  # noqa: ANN401 - as it is
        return None if referral == hidden else looks(self, referral, line)

    async def once(look: Seeing, which: Any, key: Any, size: int) -> Any:  # noqa: ANN401 - as it is
        async with look.here.views.reading() as (connection, generation):
            page = Asked(look.by.unit, key, size)
            rows = await listed(connection, generation, which, page)
        seen = [look.look(UUID(row.referral), row.line) for row in rows]
        return listing.Found([each for each in seen if each], rows[-1].key if rows else None)

    monkeypatch.setattr(Seeing, "look", without)
    page_is_full(await set_up.look(anna, "/inbox?size=2"), 2)  # the product fills it up
    monkeypatch.setattr(listing, "_found", once)
    with pytest.raises(NotFilled):
        page_is_full(await set_up.look(anna, "/inbox?size=2"), 2)


async def test_a_leak_of_existence_is_caught(scene: Callable[[], Any]) -> None:
    """A list that names a referral which is not there for who asks is found."""
    set_up = await scene()
    anna = (HOLDER, f"anna.{HOLDER}")
    set_up.case.excluded[set_up.seats[anna].unit.authority] = {anna[1]}
    answer = await set_up.look(anna, "/inbox")
    with pytest.raises(Escaped):
        nothing_leaks(set_up.world, set_up.seats[anna], "list", answer)


async def test_what_is_withheld_is_caught(scene: Callable[[], Any]) -> None:
    """A product that shows nothing does not pass for one that leaks nothing."""
    set_up = await scene()
    seat = set_up.seats[FURTHER_ONE]
    empty = httpx2.Response(200, json={"intake": {}, "timeline": []})
    with pytest.raises(Withheld):
        all_is_shown(set_up.world, seat, set_up.case, empty)


async def test_a_leak_in_a_log_line_is_caught(
    scene: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that logs what it has opened is found by its log, which tells nothing else."""
    with logged("referrals") as (log, _allowed):
        set_up = await scene()
        await set_up.look(FURTHER_ONE)
        none_in(log.getvalue(), "the log")
        monkeypatch.setattr(following, "opened", _telling_the_log)
        await set_up.look(FURTHER_ONE)
        with pytest.raises(Escaped):
            none_in(log.getvalue(), "the log")


async def _telling_the_log(
    here: Wiring, by: Caller, _referral: UUID, look: Looking, _trace: object
) -> bool:
    """Note with whom it was opened, as ``opening.opened`` does where it fails, and too much."""
    clear = await showing.opened(here, by, list(look.line.intake.values()))
    opening._log.warning("opening not recorded", error=str(list(clear.values())))  # noqa: SLF001 - the service's own
    return False


async def test_a_leak_in_an_etag_is_caught(
    scene: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ETag that counts what a party may not see, such as the holder's own check, is found."""
    set_up = await scene()
    seat = set_up.seats[FURTHER_ONE]
    answer = await set_up.look(FURTHER_ONE)
    set_up.case.opened_by(seat)
    told_as_much(seat, set_up.case, answer)
    stored = await set_up.here.stream_of(UUID(set_up.case.id))
    monkeypatch.setattr(following, "etag", lambda _: etag(len(stored)))
    with pytest.raises(Miscounted):
        told_as_much(seat, set_up.case, await set_up.look(FURTHER_ONE))


def _everybody(parties: list[Partner], fact: Any, _gone: object) -> frozenset[str]:  # noqa: ANN401 - any
    return frozenset(party.unit for party in (*parties, *joining(fact)))


async def test_a_step_too_many_is_caught(
    scene: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A projection that tells everybody how another unit divides its work is found."""
    set_up = await scene()
    monkeypatch.setattr(party_view, "audience", _everybody)
    case = set_up.world.cases[await _anew(set_up)]
    seat = set_up.seats[SENDER, f"anna.{SENDER}"]
    answer = await set_up.here.see(seat.token, f"/referrals/{case.id}", **seat.headers)
    with pytest.raises(Miscounted):
        told_as_much(seat, case, answer)


def test_a_leak_in_a_file_is_caught(tmp_path: Path) -> None:
    """A text in a page of a database, or in what it has yet to write home, is found."""
    for name, how in (("views.db", "utf-8"), ("views.db-wal", "utf-8"), ("vault.db", "utf-16-le")):
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        (folder / name).write_bytes(b"\x00 page \x00" + "⟦17-concern⟧".encode(how))
        with pytest.raises(Escaped):
            none_in_files(databases(folder))


def test_responses_are_searched_whole() -> None:
    """Headers and body are both looked through, however the text is written there."""
    for answer in (
        httpx2.Response(200, headers={"Link": "%E2%9F%A63-x"}),
        httpx2.Response(200, json={"a": "⟦3-x⟧"}),
        httpx2.Response(200, text='{"a": "\\u27e63-x\\u27e7"}'),
    ):
        with pytest.raises(Escaped):
            nothing_leaks(World({}, {}), _nobody(), "follow", answer)


def _nobody() -> Seat:
    return everybody(written_district())[0]
