"""One history at a time: somebody asks for something, then somebody looks at something."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2

from tests.access.canaries import Canaries
from tests.access.hall import Hall
from tests.access.handover_acts import SENDERS
from tests.access.watching import (
    all_are_listed,
    all_is_shown,
    counted_right,
    nothing_leaks,
    page_is_full,
    told_as_much,
)
from tests.access.world_courses import ACTS, LEADING, WEIGHT, begin
from tests.access.world_model import ENVELOPE, Case, Party, World
from tests.access.world_people import Seat
from tests.access.world_play import Act, Play
from tests.access.world_told import Fact, fact_of

BY_NUMBER: Final = "name_staff"
"""What who leads may do with a secret case that they know the number of, and cannot find."""
UNKNOWN: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
"""What is said of nothing: that it is not there, or that no such colleague is."""
NEW: Final = 0.045
"""How often a case begins."""
ON_COURSE, ASIDE = 0.6, 0.05
"""How often a case is led on its course, and how often a step of it is left out."""
KNOWN: Final = 5
"""Referrals of one history that are taken up again."""
LISTS: Final = ("inbox", "sent", "due")


@dataclass
class History:
    """The people, their referrals, the model of who may have what, and the hall they are in."""

    hall: Hall
    world: World
    seats: tuple[Seat, ...]
    canaries: Canaries = field(default_factory=Canaries)
    counted: "Counter[str]" = field(default_factory=Counter)
    going: list[Case] = field(default_factory=list)
    shipped: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)

    async def step(self, dice: Random) -> None:
        """Let somebody do something, and somebody look at something."""
        self.counted["steps"] += 1
        chance = dice.random()
        if not self.going or (chance < NEW and len(self.going) < 40):
            await self._begin(dice)
        elif chance < NEW + 0.02:
            await self._appoint(dice)
        else:
            await self._act(dice)
        await self._look(dice)

    async def change_rules(self, dice: Random) -> None:
        """Let a stricter profile come into force for one party, or the shipped one come back.

        Who follows sees the newest at once; rows that hold more, or less, are made anew.
        """
        programmes = self.world.programmes
        name = dice.choice(sorted(programmes))
        entry = dice.choice([e for e in programmes[name]["disclosure"] if e["role"] != "holder"])
        given = self.shipped.setdefault((name, id(entry)), tuple(entry["categories"]))
        kept = [each for each in given if each == ENVELOPE or dice.random() < 0.7]
        entry["categories"] = list(given) if len(entry["categories"]) < len(given) else kept
        for each in (e for p in programmes.values() for e in p["disclosure"]):
            if each["role"] == "let_in":
                each["from"] = dice.choice(("joining", "start"))
        content = {**self.hall.rulebook.content, "programmes": programmes}
        await self.hall.activate(json.loads(json.dumps(content, default=str)))
        await self.hall.renewed()
        self.counted["rules"] += 1

    # ---------------------------------------------------------------------------- asking

    async def _begin(self, dice: Random) -> None:
        programme, way = begin(dice)
        unit = dice.choice(SENDERS[programme])
        seat = self._somebody(dice, unit)
        party = Party(seat.unit, "sender", 0)
        case = Case("", self.world.programmes[programme], {seat.unit.id: party}, course=way)
        play = Play(self.world, case, seat, dice, self.canaries)
        body = {"programme": programme, "urgency": "hurtig", "intake": play.intake()}
        answer = await self._ask(seat, "POST", "/referrals", body)
        if answer.status_code != HTTPStatus.CREATED:
            return
        case.id, case.etag = answer.json()["referral"], answer.headers["ETag"]
        self.world.cases[case.id] = case
        self.going = [*self.going, case][-KNOWN:]
        self._granted(play, "begin")
        case.step += 1
        nothing_leaks(self.world, seat, "command", answer, case)

    async def _act(self, dice: Random) -> None:
        case = dice.choice(self.going)
        name, seat = self._wish(dice, case)
        play = Play(self.world, case, seat, dice, self.canaries)
        act = ACTS[name][2](play)
        there = self.world.exists(seat, case)
        leads = name == BY_NUMBER and seat.acts_as in {"leader", "tovholder"}
        answer = await self._at_door(play, act, leads=leads)
        self.counted["granted" if answer.is_success else "refused"] += 1
        if not answer.is_success:
            return
        assert there or leads, f"{seat} does {name} where there is nothing: {case.story}"
        fact = self._granted(play, name)
        if name in case.course[:1]:
            case.course.pop(0)
        told = await self._told(case, act.tells) if act.tells else ""
        self._became(case, fact, lambda: act.then(case, seat, told))
        counted_right(case.parties[seat.unit.id], answer, f"{seat} after {name} of {case.id}")
        case.step += 1
        if case.stage == "sent" and name in {"send", "resend", "reopen"}:
            await self._delivered(case)

    def _wish(self, dice: Random, case: Case) -> tuple[str, Seat]:
        """Give what is asked for and by whom: mostly by a party that may, at times by anybody."""
        if case.course and dice.random() < ON_COURSE:
            name = case.course[0] if dice.random() > ASIDE else case.course.pop(0)
            if case.stage in ACTS[name][1]:
                return name, self._one_of(dice, case, name)
        able = [name for name, (_, stages, _) in ACTS.items() if case.stage in stages]
        if dice.random() < 0.1 or not able:
            return dice.choice(sorted(ACTS)), dice.choice([s for s in self.seats if s.works])
        (name,) = dice.choices(able, [WEIGHT.get(each, 1.0) for each in able])
        return name, self._one_of(dice, case, name)

    def _one_of(self, dice: Random, case: Case, name: str) -> Seat:
        """Give somebody of a party that may ask for such a thing."""
        parties = [p for p in case.parties.values() if p.role in ACTS[name][0]]
        unit = dice.choice(parties or list(case.parties.values())).unit.id
        return self._somebody(dice, unit, case, name)

    def _somebody(self, dice: Random, unit: str, case: Case | None = None, name: str = "") -> Seat:
        """Give who works in a unit, mostly somebody who may ask for such a thing."""
        there = [seat for seat in self.seats if seat.unit.id == unit and seat.works]
        rather = [s for s in there if not self.world.holds_nothing(s)]
        if case is not None and dice.random() < 0.85:
            how = "envelope" if name == "break_glass" else "all"
            leads = [s for s in rather if s.acts_as != "caseworker"] if name in LEADING else rather
            rather = [s for s in leads if case.kinds_for(s) == how] or leads or rather
        return dice.choice(rather or there)

    async def _at_door(self, play: Play, act: Act, *, leads: bool) -> httpx2.Response:
        seat, case = play.seat, play.case
        there = self.world.exists(seat, case)
        path = f"/referrals/{case.id}/{act.path}"
        answer = await self._ask(seat, act.method, path, act.body, **act.headers)
        nothing_leaks(self.world, seat, "command", answer, case)
        if not there and not self.world.holds_nothing(seat) and not leads:
            assert answer.status_code in UNKNOWN, answer.text
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, answer.text
        if "ETag" in answer.headers and case.parties.get(seat.unit.id):
            case.etag = answer.headers["ETag"]
        return answer

    def _became(self, case: Case, fact: Fact, then: Callable[[], None]) -> None:
        """Let the model follow; a closing by which a case is taken over is called so."""
        taken = case.taken
        then()
        if case.taken and not taken:
            fact.kind = "taken-over"
            self.counted["takeover"] += 1

    def _granted(self, play: Play, name: str) -> Fact:
        case, seat = play.case, play.seat
        self.counted[name] += 1
        fact = fact_of(name, seat.unit)
        if not case.is_in_vain(name, seat.unit):
            case.tell(fact)
        for text in play.said:
            text.step = case.step
            self.world.write(case, text)
        numbers = [f"{text.number}-{text.name}" for text in play.said]
        case.story.append(f"{case.step} {name} by {seat.person} ({seat.acts_as}) {numbers}")
        return fact

    async def _told(self, case: Case, kind: str) -> str:
        stored = await self.hall.stream_of(UUID(case.id))
        return next(str(each.id) for each in reversed(stored) if each.type == kind)

    async def _delivered(self, case: Case) -> None:
        """Wait until the machine has delivered it, where somebody here holds it."""
        holder = case.as_role("holder")
        if holder is None:
            return
        await self.hall.delivered(UUID(case.id))
        case.stage = "delivered"
        case.tell(Fact("delivered", holder.unit))

    async def _appoint(self, dice: Random) -> None:
        """Let somebody hold an office no longer, or again."""
        gone = sorted(self.world.dismissed)
        if len(gone) > 4 or (gone and dice.random() < 0.5):
            person, place, office = dice.choice(gone)
            await self.hall.appoint(person, place, office)
            self.world.dismissed.discard((person, place, office))
        else:
            seat = dice.choice([each for each in self.seats if not each.officer])
            await self.hall.dismiss(seat.person, seat.unit.id, seat.office)
            self.world.dismissed.add((seat.person, seat.unit.id, seat.office))

    # --------------------------------------------------------------------------- looking

    async def _ask(
        self, seat: Seat, method: str, path: str, body: object = None, **more: str
    ) -> httpx2.Response:
        headers = {**seat.headers, **more}
        if method != "GET":
            headers["Idempotency_Key"] = str(uuid4())
        while True:  # a machine with much to do may answer that it is not there yet
            answer = await self.hall.ask(seat.token, method, path, body, **headers)
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                return answer
            await self.hall.shown()

    async def _look(self, dice: Random) -> None:
        """Let one person look through one door, mostly at what was just changed."""
        case = dice.choice(self.going[-2:]) if self.going else None
        seat = self._onlooker(dice, case)
        await self.hall.shown()
        door = dice.random()
        self.counted["looks"] += 1
        if case and door < 0.55:
            await self.follow(seat, case)
        elif case and door < 0.62:
            await self._reveal(seat, case)
        elif case and door < 0.65:
            path = f"/referrals/{case.id}/sight"
            answer = await self._ask(seat, "POST", path, {"subject": "anna"})
            nothing_leaks(self.world, seat, "why", answer, case)
        elif door < 0.75:
            nothing_leaks(self.world, seat, "tasks", await self._ask(seat, "GET", "/tasks"))
        elif door < 0.85:
            answer = await self._ask(seat, "GET", f"/changes?size={dice.choice((3, 10))}")
            nothing_leaks(self.world, seat, "changes", answer)
        else:
            await self._leaf(seat, dice.choice(LISTS), dice.choice((1, 3, 7)))

    def _onlooker(self, dice: Random, case: Case | None) -> Seat:
        if case is None or dice.random() < 0.3:
            return dice.choice(self.seats)
        near = {party.unit.authority for party in case.parties.values()}
        units = case.parties
        close = [
            s for s in self.seats if s.unit.id in units or (s.oversees and s.unit.authority in near)
        ]
        return dice.choice(close)

    async def follow(self, seat: Seat, case: Case) -> None:
        """Open a referral: nothing is there that must not be, and nothing is missing."""
        answer = await self._ask(seat, "GET", f"/referrals/{case.id}")
        nothing_leaks(self.world, seat, "follow", answer, case)
        self.counted["demanded"] += all_is_shown(self.world, seat, case, answer)
        if answer.is_success:
            case.opened_by(seat)
            told_as_much(seat, case, answer)
            self.counted["told"] += 1

    async def _reveal(self, seat: Seat, case: Case) -> None:
        path, why = f"/referrals/{case.id}/address", {"reason": "Der skal køres derud."}
        answer = await self._ask(seat, "POST", path, why)
        nothing_leaks(self.world, seat, "address", answer, case)
        self.counted["revealed"] += answer.is_success

    async def _leaf(self, seat: Seat, which: str, size: int) -> None:
        answer = await self._ask(seat, "GET", f"/{which}?size={size}")
        nothing_leaks(self.world, seat, "list", answer)
        if answer.is_success:
            page_is_full(answer, size)

    async def leaf_through(self, seat: Seat, which: str, size: int = 40) -> None:
        """Look through a list to its end; what a unit sent is all there."""
        ids: list[str] = []
        path = f"/{which}?size={size}"
        while True:
            answer = await self._ask(seat, "GET", path)
            nothing_leaks(self.world, seat, "list", answer)
            page_is_full(answer, size)
            page: Any = answer.json()
            ids += [each["referral"] for each in page["items"]]
            if page["next"] is None:
                break
            path = f"/{which}?size={size}&after={page['next']}"
        if which == "sent":
            all_are_listed(self.world, seat, ids)
