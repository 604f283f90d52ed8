"""What can be asked of an item of a docket: some of it by people, some by policies alone."""

from typing import TypeAlias
from uuid import UUID

from services.councils.domain.item.events import WhyAnswered, WhyStruck
from shared.kernel.commands import Command
from shared.kernel.ids import ForumId


class _OnNews(Command):
    """What the machine asks when news come; ``heard`` is their version in the referral's stream."""

    heard: int


class ProposeItem(_OnNews):
    """The machine: a referral has reached the committee's intake."""

    forum: ForumId
    referral: UUID


class ProposeAgain(_OnNews):
    """The machine: the referral has come back."""


class ScreenItem(Command):
    """Say that it belongs before the committee."""


class PlaceItem(Command):
    """Put it on the agenda of a meeting.

    What is true of the meeting comes along, read from its own stream: a decision about one thing
    cannot read another. ``offices`` are those that the asking person holds in the unit.
    """

    meeting: UUID
    forum: ForumId
    agenda_sent: bool
    offices: frozenset[str] = frozenset()


class PostponeItem(Command):
    """Take it off the agenda; it waits for another meeting, for a reason of the rulebook's list."""

    reason: str


class JoinItem(Command):
    """Let it be dealt with as part of another item, of which the same holds as of a meeting."""

    leading: UUID
    forum: ForumId
    leads_itself: bool


class SeparateItem(Command):
    """The machine: the leading item has left the docket."""


class ReturnItem(Command):
    """Do not take it up, for a reason of the rulebook's list."""

    reason: str


class AnswerItem(_OnNews):
    """The machine: the referral was declined or closed."""

    reason: WhyAnswered


class StrikeItem(_OnNews):
    """The machine: the referral is over for the committee, or was entered in error."""

    reason: WhyStruck


ItemCommand: TypeAlias = (
    ProposeItem
    | ProposeAgain
    | ScreenItem
    | PlaceItem
    | PostponeItem
    | JoinItem
    | SeparateItem
    | ReturnItem
    | AnswerItem
    | StrikeItem
)
