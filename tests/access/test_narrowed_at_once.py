"""Whoever is answered that sight was taken away finds it gone, without waiting for anything.

The views are held back until somebody waits for them: else they would mostly catch up meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from services.referrals.doing import NARROWS
from services.referrals.domain.fact import ReferralFact
from services.referrals.domain.referral import events as happened
from services.referrals.domain.safeguards import events as guarded
from services.referrals.domain.sharing import events as shared_by
from services.referrals.wiring import SERVICE
from shared.eventstore.port import Stored
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.scenes import LATELY, asked, fact_of, let_in, sent, taken_on
from tests.access.work_lists import peopled
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, Way

BEGINS = {PSP.programme: "anna", INFOHUS.programme: "finn", BANDEEXIT.programme: "kirsten"}
ADDRESS = "Hemmelig Vej 1"
HANNE, CARL = {"subject": "hanne"}, {"subject": "carl", "reason": "Nabo til familien."}
WHY, BACK = {"reason": "Familien er flyttet."}, {"withdrawn_on": LATELY}
TO_POLICE = {"outcome": "overdraget_til_politiet"}
PROTECTED = {"kind": "name_and_address", "since": LATELY}


@dataclass(frozen=True)
class Taking:
    """By what sight is taken away: the fact, who asks for it and how; what goes, and from whom."""

    fact: type[ReferralFact]
    by: str
    door: str
    body: object
    viewer: str
    way: Way = PSP
    hides: str = "concern"

    @property
    def word(self) -> str:
        """What is seen before, and no longer after."""
        return ADDRESS if self.hides == "address" else str(self.way.answers[self.hides])

    def __str__(self) -> str:
        """Say it as the name of a test."""
        return f"{self.fact.__name__} of {self.way.programme}"


TAKINGS = (
    Taking(guarded.StaffNamed, "lis", "staff", HANNE, "carl"),
    Taking(guarded.StaffExcluded, "lis", "exclusions", CARL, "carl"),
    Taking(happened.ReferralClaimed, "hanne", "claim", None, "carl"),
    Taking(happened.ReferralClaimed, "erik", "claim", None, "ulla", BANDEEXIT, "motivation"),
    Taking(happened.ReferralAssigned, "lis", "assignment", HANNE, "carl"),
    Taking(
        *(guarded.AddressProtected, "anna", "address-protection", PROTECTED),
        viewer="hanne",
        hides="address",
    ),
    Taking(happened.ReferralWithdrawn, "anna", "withdrawal", WHY, "hanne"),
    Taking(happened.ReferralEnteredInError, "anna", "error", WHY, "hanne"),
    Taking(shared_by.PartyLeft, "jette", "leaving", WHY, "jette"),
    Taking(
        *(shared_by.ConsentWithdrawn, "kirsten", "consents/{}/withdrawal", BACK),
        viewer="erik",
        way=BANDEEXIT,
        hides="motivation",
    ),
    Taking(guarded.GlassReviewed, "dpo", "broken-glass/{}/review", {"justified": False}, "lis"),
    Taking(shared_by.ReferralTakenOver, "ib", "closing", TO_POLICE, "finn", INFOHUS),
)
AIMED_AT = {
    shared_by.ConsentWithdrawn: "consent-recorded",
    guarded.GlassReviewed: "glass-broken",
}
"""The fact that is named in the door, of those that take something back."""


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with everybody who takes part in these."""
    async with peopled(tmp_path, rulebook) as running:
        await running.appoint("finn", INFOHUS.sender)
        await running.appoint("ib", INFOHUS.taker)
        yield running


@contextmanager
def held_back(here: Hall, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the views show nothing new of this service until somebody waits for them."""
    awaited, views, runner = asyncio.Event(), here.wiring.views, here.wiring.runner
    apply, wait_for = views.apply, runner.wait_for

    async def applied(source: str, facts: Sequence[Stored]) -> None:
        if source == SERVICE:
            await awaited.wait()
        await apply(source, facts)

    async def waited_for(position: int, *, within: float = 2.0) -> None:
        awaited.set()
        await wait_for(position, within=within)

    with patch.context() as held:
        held.setattr(views, "apply", applied)
        held.setattr(runner, "wait_for", waited_for)
        yield
        awaited.set()


async def begun(here: Hall, way: Way) -> str:
    """Give a case that all of both units work on, with a third where it may be let in."""
    extra = {"address": ADDRESS} if way is PSP else {}
    case = await sent(here, BEGINS[way.programme], way, **extra)
    if way is PSP:
        await let_in(here, "hanne", case, PSP)
    if way is INFOHUS:
        await taken_on(here, "ib", case)
    return case


async def told(here: Hall, person: str, case: str) -> str:
    """Give what somebody is answered at once who looks at the case."""
    return (await here.ask(person, "GET", f"/referrals/{case}")).text


@pytest.mark.parametrize("taking", TAKINGS, ids=str)
async def test_the_next_look_finds_it_gone(
    here: Hall, taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who names, keeps out, takes, assigns or ends is answered when others see it no longer."""
    case = await begun(here, taking.way)
    if taking.fact is guarded.GlassReviewed:
        await asked(here, "hanne", "claim", case)
        await asked(here, "lis", "broken-glass", case, WHY)
    await here.shown()
    assert taking.word in await told(here, taking.viewer, case)
    await here.shown()
    aimed = await fact_of(here, case, AIMED_AT[taking.fact]) if taking.fact in AIMED_AT else ""
    method = "PUT" if taking.door == "address-protection" else "POST"
    with held_back(here, monkeypatch):
        await asked(here, taking.by, taking.door.format(aimed), case, taking.body, method=method)
        at_once = await told(here, taking.viewer, case)
    assert taking.word not in at_once
    await here.shown()
    assert at_once == await told(here, taking.viewer, case), "and so it stays"
    kind = taking.fact.model_fields["type"].default
    assert kind in {each.type for each in await here.stream_of(UUID(case))}


def test_each_fact_that_narrows_is_tried_here() -> None:
    """A new one fails the build until it is seen that it is waited for."""
    assert {each.fact for each in TAKINGS} == set(NARROWS)
