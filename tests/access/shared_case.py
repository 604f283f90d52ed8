"""One referral that is shared, for who plants a leak: set up in the hall, and in the model."""

from dataclasses import dataclass
from random import Random
from typing import Final
from uuid import UUID

import httpx2

from tests.access.canaries import Canaries
from tests.access.hall import Hall
from tests.access.handover_acts import WAYS
from tests.access.world_model import Case, Party, World
from tests.access.world_people import Seat, everybody, written_district, written_programmes
from tests.access.world_play import Play
from tests.access.world_told import Fact, fact_of

SENDER: Final = "favrskov-ssp"
HOLDER: Final = "oestjyllands-politi-infohus-randers"
FURTHER: Final = "aarhus-ssp"
FURTHER_ONE: Final = (FURTHER, f"anna.{FURTHER}")


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


async def set_scene(here: Hall, canaries: Canaries) -> Scene:
    """Begin it, share it, and remember every word of it."""
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
    _follow(play, holder)
    await here.shown()


def _follow(play: Play, holder: Seat) -> None:
    """Let the model follow."""
    case, basis = play.case, WAYS["infohus"]["bases"][0]
    case.sent, case.stage = True, "delivered"
    for fact, joins, role in (
        (fact_of("begin", play.seat.unit), "", ""),
        (fact_of("send", play.seat.unit), HOLDER, "holder"),
        (Fact("delivered", holder.unit), "", ""),
        (fact_of("gate", holder.unit), "", ""),
        (fact_of("let_in", holder.unit), FURTHER, "let_in"),
    ):
        case.tell(fact)
        if joins:
            case.step += 1
            play.join(joins, role, basis)
