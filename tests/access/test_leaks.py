"""A leak planted on purpose is caught by the very checks that the histories make, each for its own.

Planted in a projection, in a header, in a count, in a log line and in a file of a database.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, get_args
from uuid import UUID

import httpx2
import pytest
import structlog

from services.referrals.api import following, listing
from services.referrals.projections.lists import Asked, listed
from services.referrals.seeing import Seeing
from shared.rulebook.content import Rulebook
from shared.rulebook.profiles import Profiles
from shared.rulebook.vocabulary import Category
from tests.access.canaries import Canaries, Escaped, databases, none_in, none_in_files
from tests.access.hall import Hall, hall
from tests.access.handover_acts import WAYS
from tests.access.watching import NotFilled, Withheld, all_is_shown, nothing_leaks, page_is_full
from tests.access.world_model import Case, Party, World
from tests.access.world_people import (
    Seat,
    everybody,
    written_district,
    written_programmes,
)
from tests.access.world_play import Play
from tests.logged import logged

SENDER, HOLDER, FURTHER = "favrskov-ssp", "oestjyllands-politi-infohus-randers", "aarhus-ssp"


@dataclass
class Scene:
    """One referral of which a further unit may read some of the form, and not the words of it."""

    here: Hall
    world: World
    seats: dict[tuple[str, str], Seat]
    case: Case
    canaries: Canaries

    async def look(self, who: tuple[str, str], path: str = "") -> httpx2.Response:
        """Look at the referral, or at something else."""
        seat = self.seats[who]
        return await self.here.see(seat.token, path or f"/referrals/{self.case.id}", **seat.headers)


@pytest.fixture
async def scene(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Callable[[], Any]]:
    """Give what sets the scene, so that a fault can be planted before."""
    async with hall(tmp_path, rulebook) as here:
        yield lambda: _set(here, Canaries())


async def _set(here: Hall, canaries: Canaries) -> Scene:
    district, programmes = written_district(), written_programmes()
    seats = {(seat.unit.id, seat.token): seat for seat in everybody(district) if not seat.officer}
    anna, tom = seats[SENDER, f"anna.{SENDER}"], seats[HOLDER, f"tom.{HOLDER}"]
    for seat in (anna, tom, seats[FURTHER_ONE], seats[HOLDER, f"anna.{HOLDER}"]):
        await here.appoint(seat.person, seat.unit.id, seat.office)
    world = World(district, programmes)
    case = Case("", programmes["infohus"], {SENDER: Party(anna.unit, "sender", 0)})
    play = Play(world, case, anna, Random(4), canaries)  # noqa: S311 - dice
    body = {"programme": "infohus", "urgency": "hurtig", "intake": play.intake()}
    begun = await here.ask(anna.token, "POST", "/referrals", body, **anna.headers)
    case.id = begun.json()["referral"]
    world.cases[case.id] = case
    await _shared(here, play, tom)
    for text in play.said:
        world.write(case, text)
    return Scene(here, world, seats, case, canaries)


async def _shared(here: Hall, play: Play, holder: Seat) -> None:
    """Send it, make the check that comes before, and let a further unit in."""
    case, way = play.case, WAYS["infohus"]
    sending = {"addressee": way["to"][0], "basis": way["bases"][0], "purpose": way["purpose"]}
    sending |= {"necessity": play.say("necessity", concern=True)}
    check = {"gate": "police_check", "result": "intet_til_hinder"}
    further = {"party": FURTHER, "basis": way["bases"][0], "reason": "Derfor."}
    for seat, what, said in (
        (play.seat, "sending", sending | {"chosen_because": "Det er det nærmeste."}),
        (holder, "gates", check),
        (holder, "parties", further),
    ):
        path = f"/referrals/{case.id}/{what}"
        answer = await here.ask(seat.token, "POST", path, said, **seat.headers)
        assert answer.is_success, answer.text
        await here.delivered(UUID(case.id))
    case.sent = True
    for case.step, (unit, role) in enumerate(((HOLDER, "holder"), (FURTHER, "let_in")), 1):
        play.join(unit, role, way["bases"][0])
    await here.shown()


EVERYTHING = frozenset(get_args(Category))
FURTHER_ONE = (FURTHER, f"anna.{FURTHER}")


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
    again: Scene = await _set(set_up.here, set_up.canaries)
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
    set_up.case.excluded[HOLDER] = {anna[1]}
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


def test_a_leak_in_a_log_line_is_caught() -> None:
    """A text in an allowed key of a log line, as our own configuration writes it, is found."""
    with logged("referrals") as (written, _allowed):
        structlog.get_logger().info("not delivered", error="⟦17-concern⟧")
    with pytest.raises(Escaped):
        none_in(written.getvalue(), "the log")


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
