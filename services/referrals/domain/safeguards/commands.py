"""What can be asked so that a referral is kept safe. In clear here, sealed once decided."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.referrals.domain.words import Sentence
from shared.kernel.commands import Command
from shared.kernel.ids import ActorId, AuthorityId, BasisId
from shared.rulebook.slices import LONGEST_GLASS


class OfColleague(Command):
    """Asks for something about a colleague, whom a secret case knows by a code of its own."""

    person: ActorId
    in_case: ActorId | None = None

    @property
    def codes(self) -> frozenset[ActorId]:
        """Every code by which the colleague may be known."""
        return frozenset({self.person, self.in_case or self.person})

    def known_as(self, *, secret: bool) -> ActorId:
        """Give the code that is recorded: one for each person, or nobody could be taken off."""
        return self.in_case if secret and self.in_case else self.person


class NameStaff(OfColleague):
    """Put a colleague on the case."""


class ExcludeStaff(OfColleague):
    """Keep a colleague out of it."""

    even_when_full = True

    reason: Sentence


class ReadmitStaff(OfColleague):
    """Let a colleague back in that was kept out."""

    reason: Sentence


class BreakGlass(Command):
    """See what the unit has in an emergency, though one is not on the case.

    ``office`` is the one acted in, told by the door. Without ``hours``: as many as there may be.
    """

    office: str
    reason: Sentence
    hours: Annotated[int, Field(ge=1, le=LONGEST_GLASS)] | None = None


class ReviewGlass(Command):
    """Judge whether the glass was broken rightly."""

    even_when_full = True

    glass: UUID
    justified: bool
    note: Sentence | None = None


class NoticeTry(Command):
    """The machine: somebody for whom it does not exist tried to get at it."""

    entry: UUID
    kind: str
    tried_by: AuthorityId


class SeeToTry(Command):
    """Say that one has seen to a try."""

    noticed: UUID
    note: Sentence | None = None


class ProtectAddress(Command):
    """Note that the person's address is protected, or is so for longer."""

    even_when_full = True

    kind: Literal["name_and_address", "threat"]
    since: date


class EndProtection(Command):
    """Note that the person's address is protected no longer."""

    reason: Sentence


class AskLeaving(Command):
    """Ask that information leave § 115, on a basis of its own."""

    basis: BasisId
    receiver: Sentence
    what: Sentence
    reason: Sentence
    life_at_stake: bool


class ApproveLeaving(Command):
    """Approve it, as a second person."""

    even_when_full = True

    leaving: UUID


class RefuseLeaving(Command):
    """Do not approve it, as a second person."""

    even_when_full = True

    leaving: UUID
    reason: Sentence


class SetTask(Command):
    """Give an office of one's unit something to do."""

    office: str
    what: Sentence
    due: AwareDatetime


class FinishTask(Command):
    """Say that it is done."""

    task: UUID
    note: Sentence | None = None
