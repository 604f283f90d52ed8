"""What can be asked of a referral. In clear here, sealed once decided."""

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field, JsonValue, StringConstraints

from services.referrals.domain.referral.events import Urgency
from services.referrals.domain.safeguards import commands as guarding
from services.referrals.domain.sharing.commands import LeaveReferral, WithdrawConsent
from services.referrals.domain.words import Sentence, Text
from shared.kernel.commands import Command
from shared.kernel.ids import AuthorityId, BasisId, ProgrammeId, SubjectId, UnitId


def _writable(answer: JsonValue) -> JsonValue:
    """Give back what can be sealed: some readers of JSON let by NaN, or half a character."""
    if isinstance(answer, str):
        answer.encode()
    elif isinstance(answer, float) and not isfinite(answer):
        raise ValueError("a number is finite")
    elif isinstance(answer, list | dict):
        for inner in (*answer, *answer.values()) if isinstance(answer, dict) else answer:
            _writable(inner)
    return answer


Answers: TypeAlias = Mapping[str, Annotated[JsonValue, AfterValidator(_writable)]]


class DraftReferral(Command):
    """Begin a referral in a programme.

    ``known_as`` is the id by which the unit's authority already knows the person: the vault's
    affair, and no part of any fact.
    """

    programme: ProgrammeId
    urgency: Urgency
    intake: Answers
    known_as: Annotated[SubjectId, StringConstraints(max_length=64)] | None = None


class EditDraft(Command):
    """Write the draft anew."""

    urgency: Urgency
    intake: Answers


class RecordConsent(Command):
    """Note what the person has consented to, towards whom, how and when."""

    scope: Sentence
    receivers: tuple[AuthorityId, ...] = Field(min_length=1, max_length=20)
    form: Literal["written", "oral"]
    given_on: date


class SendReferral(Command):
    """Send the draft to a unit, a forum's intake, or a named receiver outside the district."""

    reads_content: ClassVar[bool] = True

    addressee: str | None = None
    outside: Sentence | None = None
    basis: BasisId
    basis_reason: Sentence | None = None
    purpose: str
    necessity: Sentence
    chosen_because: Sentence | None = None
    age_note: Sentence | None = None


class RecordDelivery(Command):
    """The machine: it lies in the addressee's inbox."""


class ReceiveReferral(Command):
    """A person at the addressee has seen it."""


class OpenReferral(Command):
    """The door: somebody in the unit reads it."""


class ClaimReferral(Command):
    """Take it from the unit's inbox oneself."""


class AssignReferral(guarding.OfColleague):
    """Give it to a colleague in the unit."""


class AcceptReferral(Command):
    """Take the concern on."""


class DeclineReferral(Command):
    """Do not take it on."""

    reason: str
    note: Sentence | None = None


class ReturnReferral(Command):
    """Ask for more before answering."""

    question: Sentence


class ResendReferral(Command):
    """Answer what was asked and send it again."""

    answer: Text


class WithdrawReferral(Command):
    """Take it back."""

    even_when_full = True

    reason: Sentence


class CloseReferral(Command):
    """End it with an outcome."""

    even_when_full = True

    outcome: str
    note: Sentence | None = None


class ReopenReferral(Command):
    """Take it up again."""

    reason: Sentence


class EnterInError(Command):
    """Mark it as one that should never have been made."""

    even_when_full = True

    reason: Sentence


class LetIn(Command):
    """Make a further unit a party.

    ``sees``: what it may read of the time before. A ``counterpart`` acts for the other side.
    """

    party: UnitId
    basis: BasisId
    reason: Sentence
    sees: Literal["joining", "start"] = "joining"
    counterpart: bool = False


class RecordGate(Command):
    """Note the result of a check that the programme demands."""

    gate: str
    result: str
    note: Sentence | None = None


class WriteMessage(Command):
    """Write to the other parties."""

    text: Text


class SetCaseNumber(Command):
    """Note one's own case number."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class RecordCall(Command):
    """Note who was called, and when."""

    whom: Sentence
    called_at: AwareDatetime
    note: Sentence | None = None


class RecordDispatch(Command):
    """Note how and when it went to a receiver without an account."""

    how: Literal["digital_post", "secure_mail", "letter", "telephone", "in_person"]
    sent_at: AwareDatetime


class RecordReceipt(Command):
    """Note the receipt that came from a receiver without an account."""

    receipt: Sentence
    received_at: AwareDatetime


ReferralCommand: TypeAlias = (
    DraftReferral
    | EditDraft
    | RecordConsent
    | SendReferral
    | RecordDelivery
    | ReceiveReferral
    | OpenReferral
    | ClaimReferral
    | AssignReferral
    | AcceptReferral
    | DeclineReferral
    | ReturnReferral
    | ResendReferral
    | WithdrawReferral
    | CloseReferral
    | ReopenReferral
    | EnterInError
    | LetIn
    | WithdrawConsent
    | LeaveReferral
    | RecordGate
    | WriteMessage
    | SetCaseNumber
    | RecordCall
    | RecordDispatch
    | RecordReceipt
    | guarding.NameStaff
    | guarding.ExcludeStaff
    | guarding.ReadmitStaff
    | guarding.BreakGlass
    | guarding.ReviewGlass
    | guarding.NoticeTry
    | guarding.SeeToTry
    | guarding.ProtectAddress
    | guarding.EndProtection
    | guarding.AskLeaving
    | guarding.ApproveLeaving
    | guarding.RefuseLeaving
    | guarding.SetTask
    | guarding.FinishTask
)
