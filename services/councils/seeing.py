"""One request to see something of a docket: for which purpose, what of it, and how it is noted.

A try for what does not exist for who asks, and for what never was, asks the same of stores,
databases and policies, leaves the same single record and gets the same answer (ADR 0020).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Header

from services.councils.classes import Asker, decide
from services.councils.projections.asked import one_item
from services.councils.projections.docket import DocketLine
from services.councils.projections.kept_out import Officer
from services.councils.wiring import Here, Known
from shared.access.noting import Notes, Why
from shared.access.purposes import PURPOSE, first_purpose, standing_purpose
from shared.kernel.refusals import DoesNotExist
from shared.reads.reading import Kind
from shared.rulebook.content import Rulebook
from shared.rulebook.days import civil_date
from shared.rulebook.policies import Decision

Object = tuple[str, Sequence[str]]
"""What is shown: what the read log calls it, and the names of its fields."""


class OfForum(Protocol):
    """What stands on some docket, or is one."""

    @property
    def forum(self) -> str:
        """Whose docket that is."""
        ...


class Docket(NamedTuple):
    """The docket of a committee as a whole."""

    forum: str


F = TypeVar("F", bound=OfForum)


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

    @property
    def officer(self) -> Officer:
        """Who asks, as dockets are asked about them."""
        return Officer(self.by.unit, self.by.authority, self.by.actor)

    @property
    def purpose(self) -> str:
        """The purpose as wished, or what the office is there for first; none where it has none.

        Raises ``PurposeNotYours``.
        """
        purposes, office = self.rules.purposes, self.by.acts_as
        if self.wished is None:
            return first_purpose(purposes, office)
        return standing_purpose(purposes, office, self.wished)

    def own(self, forum: str) -> Docket | None:
        """Give the docket of the committee with this id, where the caller's unit keeps it."""
        committee = self.here.rules_at(self.here.clock.now()).committee(forum)
        theirs = committee is not None and committee.intake == self.by.unit
        return Docket(forum) if theirs else None

    async def item(self, item: UUID) -> DocketLine | None:
        """Give what there is of an item for who asks: of another unit, or kept out, nothing."""
        async with self.here.views.reading() as (connection, generation):
            return await one_item(connection, generation, self.officer, item)

    def decide(self, action: str, forum: str | None) -> Decision:
        """Ask the policies, also where *forum* is none that the caller's unit keeps.

        Raises ``PurposeNotYours``.
        """
        day = civil_date(self.here.clock.now())
        return decide(action, forum, Asker(self.by.acts_as, self.purpose, day, self.rules))

    async def demand(self, kind: Kind, object_id: str, found: F | None) -> tuple[F, Decision]:
        """Give what was *found* of the caller's unit, and why it is shown, or may be changed.

        Raises ``DoesNotExist``, which is noted, and ``PurposeNotYours``.
        """
        action = "change" if kind is Kind.CHANGE else "see"
        decision = self.decide(action, found.forum if found else None)
        if found is None or not decision.allowed:
            await self.notes.denied(kind, object_id, Why(self.purpose))
            raise DoesNotExist
        return found, decision

    async def note(self, kind: Kind, objects: Iterable[Object], decision: Decision) -> None:
        """Note what is about to be shown. Raises ``ReadsUnwritable``; then nothing may be."""
        why = Why(self.purpose, policies=decision.policies)
        await self.notes.shown(kind, objects, why)


def item_object(item: UUID) -> str:
    """Give what an item is called in the read log."""
    return f"item:{item}"


def meeting_object(meeting: UUID) -> str:
    """Give what a meeting is called in the read log."""
    return f"meeting:{meeting}"


def forum_object(forum: str) -> str:
    """Give what a docket or a list of meetings is called in the read log, by its forum."""
    return f"forum:{forum}"


async def seeing(
    here: Here,
    by: Known,
    notes: Notes,
    wished: Annotated[str | None, Header(alias=PURPOSE, max_length=100)] = None,
) -> Seeing:
    """Give the request to see something; a coroutine, as others are run in a thread."""
    return Seeing(here, by, notes, wished)


Look = Annotated[Seeing, Depends(seeing)]
