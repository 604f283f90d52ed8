"""One request to see something: for which purpose, of which lines, and how it is noted.

A try for what does not exist for who asks, and for what never was, asks the same of stores,
databases and policies, leaves the same single record and gets the same answer (ADR 0020).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header

from services.referrals.domain.referral.refusals import NotForYourOffice
from services.referrals.projections.one import line_of
from services.referrals.projections.party_line import PartyView
from services.referrals.sight import Asker, Sight, as_far_back, may_do, sight
from services.referrals.wiring import Here, Known
from shared.access.caller import Caller
from shared.access.noting import Notes, Why, who
from shared.access.purposes import PURPOSE, purpose_of, standing_purpose
from shared.kernel.refusals import DoesNotExist
from shared.reads.reading import Kind, Object
from shared.rulebook.content import Rulebook


@dataclass(frozen=True, slots=True)
class Looking:
    """One look at one line: whose it is, what may be shown of it, under which rules."""

    referral: UUID
    by: Caller
    line: PartyView
    sight: Sight
    rules: Rulebook


@dataclass(frozen=True)
class Seeing:
    """Who asks to see something, where, and for which purpose where they say one."""

    here: Here
    by: Known
    notes: Notes
    wished: str | None

    @property
    def rules(self) -> Rulebook:
        """The rules in force now."""
        return self.here.rulebooks.at(self.here.clock.now())

    async def one(self, referral: UUID, *, kind: Kind = Kind.SHOW) -> Looking:
        """Give a look at one referral. Raises ``DoesNotExist``, which is noted, and purposes'."""
        purpose = await self._purpose(referral)
        line = await self._line(referral)
        look = self._look(referral, line, purpose)
        if look is None:
            await self.note_denied(kind, referral, purpose)
            raise DoesNotExist
        return look

    async def again(self, look: Looking) -> Looking:
        """Look once more at what was just found: something of it has changed.

        It may be gone for who asks since. Raises ``DoesNotExist``, which is noted.
        """
        line = await self._line(look.referral)
        found = self._look(look.referral, line, look.sight.purpose)
        if found is None:
            await self.note_denied(Kind.SHOW, look.referral, look.sight.purpose)
            raise DoesNotExist
        return found

    async def doing(self, action: str, referral: UUID) -> Looking:
        """Give a look at what something is to be done with.

        Raises ``NotForYourOffice`` besides, where the referral is there to be seen.
        """
        kind = Kind.REVEAL if action == "reveal" else Kind.SHOW
        look = await self.one(referral, kind=kind)
        asker = self._asker(referral, look.sight.purpose)
        decision = may_do(action, look.line, asker)
        if not decision.allowed:
            await self.note_denied(kind, referral, look.sight.purpose)
            raise NotForYourOffice(policies=list(decision.policies))
        return look

    def standing(self) -> str:
        """Give the purpose for which lists are looked through. Raises ``PurposeMissing``."""
        return standing_purpose(self.rules.purposes, self.by.acts_as, self.wished)

    def look(self, referral: UUID, line: PartyView) -> Looking | None:
        """Give a look at a line of a list, None where it does not exist for who asks."""
        return self._look(referral, line, self.standing())

    async def note_shown(  # noqa: PLR0913 - each is a part of what is noted
        self,
        kind: Kind,
        looks: Sequence[Looking],
        fields: Iterable[Sequence[str]],
        *,
        purpose: str,
        reason: str | None = None,
        beside: Sequence[Object] = (),
    ) -> None:
        """Note every referral shown, with the names of its fields and the policies behind it.

        What differs is said of each: the basis, and the purpose where it is not *purpose*. What
        else the answer is about stands *beside* them.
        """
        bases = {look.line.basis for look in looks}
        basis = bases.pop() if len(bases) == 1 else None
        objects = [
            Object(
                object_of(look.referral),
                names,
                None if look.sight.purpose == purpose else look.sight.purpose,
                None if look.line.basis == basis else look.line.basis,
            )
            for look, names in zip(looks, fields, strict=True)
        ]
        objects += beside
        await self.notes.shown(kind, objects, Why(purpose, basis, reason, policies_of(looks)))

    async def note_denied(
        self, kind: Kind, referral: UUID, purpose: str, reason: str | None = None
    ) -> None:
        """Note that somebody tried, alike for what is there and for what never was."""
        await self.notes.denied(kind, object_of(referral), Why(purpose, None, reason))

    def _look(self, referral: UUID, line: PartyView | None, purpose: str) -> Looking | None:
        asker = self._asker(referral, purpose)
        seen = sight(line, asker)
        if line is None or seen is None:
            return None
        return Looking(referral, self.by, as_far_back(line, asker.rules), seen, asker.rules)

    def _asker(self, referral: UUID, purpose: str) -> Asker:
        now = self.here.clock.now()
        codes = self.here.codes_of(self.by.actor, referral)
        return Asker(self.by, codes, purpose, now, self.here.rulebooks.at(now))

    async def _purpose(self, referral: UUID) -> str:
        before = await self.here.reads.recall(who(self.by), object_of(referral))
        return purpose_of(self.rules.purposes, self.by.acts_as, self.wished, before)

    async def _line(self, referral: UUID) -> PartyView | None:
        """Give what the caller's unit sees, or, to who oversees its authority, what that one sees.

        Of several units of one authority that is the first to take part.
        """
        whole = self.by.authority if self.by.oversees else None
        async with self.here.views.reading() as (connection, generation):
            return await line_of(connection, generation, referral, self.by.unit, whole)


def policies_of(looks: Iterable[Looking]) -> tuple[str, ...]:
    """Give the ids of the policies that showed or hid something of these, each once."""
    return tuple(sorted({name for look in looks for name in look.sight.policies}))


def object_of(referral: UUID) -> str:
    """Give what a referral is called in the read log."""
    return f"referral:{referral}"


async def seeing(
    here: Here,
    by: Known,
    notes: Notes,
    wished: Annotated[str | None, Header(alias=PURPOSE, max_length=100)] = None,
) -> Seeing:
    """Give the request to see something; a coroutine, as others are run in a thread."""
    return Seeing(here, by, notes, wished)


Look = Annotated[Seeing, Depends(seeing)]
