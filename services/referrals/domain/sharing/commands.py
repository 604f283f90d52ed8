"""What can be asked about how sharing ends."""

from datetime import date
from uuid import UUID

from services.referrals.domain.words import Sentence
from shared.kernel.commands import Command


class WithdrawConsent(Command):
    """The person takes back a consent; ``consent`` is the id of the fact that recorded it."""

    even_when_full = True

    consent: UUID
    withdrawn_on: date
    note: Sentence | None = None


class LeaveReferral(Command):
    """Take part no longer, as a unit that was let in."""

    even_when_full = True

    reason: Sentence
