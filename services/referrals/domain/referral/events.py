"""What can happen to a referral.

The ``type`` strings are the storage format: add new ones, never rename old ones. ``by`` is the unit
that acted; the person is in the metadata, as a code. What the rules gave is stored here, so that
nothing has to be worked out again: routes, rule ids, due moments.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, JsonValue

from services.referrals.domain.fact import ReferralFact, Within
from services.referrals.domain.safeguards import events as guarded
from services.referrals.domain.sharing import events as shared_by
from shared.kernel.ids import ActorId, AuthorityId, BasisId, ProgrammeId, RouteId, UnitId
from shared.kernel.personal import Hidden, Personal

Intake: TypeAlias = Mapping[str, Personal[JsonValue]]


class Urgency(StrEnum):
    """How fast the sender asks for an answer."""

    AKUT = "akut"
    HURTIG = "hurtig"
    ALMINDELIG = "almindelig"


class ReferralDrafted(ReferralFact):
    """A unit begins a referral that nobody else sees yet. (da: Kladde oprettet)"""

    type: Literal["referral.drafted.v1"] = "referral.drafted.v1"
    programme: Hidden[ProgrammeId]
    existence: Literal["open", "secret"]
    urgency: Urgency
    intake: Intake


class DraftEdited(ReferralFact):
    """The draft is written anew, in full. (da: Kladde rettet)"""

    type: Literal["referral.draft-edited.v1"] = "referral.draft-edited.v1"
    urgency: Urgency
    intake: Intake


class ConsentRecorded(ReferralFact):
    """The person has consented that named authorities share something.

    (da: Samtykke registreret)
    """

    type: Literal["referral.consent-recorded.v1"] = "referral.consent-recorded.v1"
    scope: Personal[str]
    receivers: Hidden[tuple[AuthorityId, ...]]
    form: Hidden[str]
    given_on: Hidden[date]


class ReferralSent(ReferralFact):
    """One unit asks another to take the concern on. (da: Henvisning sendt)

    ``addressee`` is a unit of the rulebook; ``outside`` names a receiver that is not in it. Where
    ``has_account`` is false the sender records what becomes of it. ``chosen_because`` says why this
    addressee where the plan does not say which; ``basis_reason`` why another basis than consent.
    """

    type: Literal["referral.sent.v1"] = "referral.sent.v1"
    addressee: Hidden[UnitId] | None = None
    addressee_authority: Hidden[AuthorityId] | None = None
    outside: Personal[str] | None = None
    has_account: bool
    route: Hidden[RouteId]
    basis: Hidden[BasisId]
    basis_reason: Personal[str] | None = None
    purpose: Hidden[str]
    necessity: Personal[str]
    rule: Hidden[str] | None = None
    chosen_because: Personal[str] | None = None
    age_note: Personal[str] | None = None
    categories: Hidden[tuple[str, ...]]
    next_staffed: Hidden[datetime] | None = None
    call: Hidden[tuple[str, ...]] | None = None


class ReferralDelivered(ReferralFact):
    """It lies in the addressee's inbox; from here the answer is awaited.

    (da: Henvisning leveret)
    """

    type: Literal["referral.delivered.v1"] = "referral.delivered.v1"
    answer_due: Hidden[datetime] | None = None
    clock: Hidden[str] | None = None


class ReferralReceived(ReferralFact):
    """A person at the addressee has seen it. (da: Henvisning modtaget)"""

    type: Literal["referral.received.v1"] = "referral.received.v1"


class ReferralOpened(ReferralFact):
    """Somebody in a unit has opened it for the first time. (da: Henvisning åbnet)"""

    type: Literal["referral.opened.v1"] = "referral.opened.v1"


class ReferralClaimed(ReferralFact):
    """The person who acts takes it from the unit's inbox. (da: Henvisning taget)"""

    within: ClassVar[Within] = "unit"
    type: Literal["referral.claimed.v1"] = "referral.claimed.v1"


class ReferralAssigned(ReferralFact):
    """It is given to a colleague in the unit. (da: Henvisning tildelt)"""

    within: ClassVar[Within] = "unit"
    type: Literal["referral.assigned.v1"] = "referral.assigned.v1"
    to: Hidden[ActorId]


class ReferralAccepted(ReferralFact):
    """The addressee takes the concern on. (da: Henvisning accepteret)"""

    type: Literal["referral.accepted.v1"] = "referral.accepted.v1"


class ReferralDeclined(ReferralFact):
    """The addressee does not take it on, for a reason of the programme's list.

    (da: Henvisning afvist)
    """

    type: Literal["referral.declined.v1"] = "referral.declined.v1"
    reason: Hidden[str]
    side: Hidden[str]
    note: Personal[str] | None = None


class ReferralReturned(ReferralFact):
    """The addressee asks for more before it answers. (da: Henvisning returneret til oplysning)"""

    type: Literal["referral.returned.v1"] = "referral.returned.v1"
    question: Personal[str]


class ReferralResent(ReferralFact):
    """The sender answers what was asked and sends it again. (da: Henvisning sendt igen)"""

    type: Literal["referral.resent.v1"] = "referral.resent.v1"
    answer: Personal[str]
    next_staffed: Hidden[datetime] | None = None


class ReferralWithdrawn(ReferralFact):
    """The sender takes it back. (da: Henvisning trukket tilbage)"""

    type: Literal["referral.withdrawn.v1"] = "referral.withdrawn.v1"
    reason: Personal[str]


class ReferralClosed(ReferralFact):
    """It is over, with an outcome of the programme's list. (da: Henvisning afsluttet)"""

    type: Literal["referral.closed.v1"] = "referral.closed.v1"
    outcome: Hidden[str]
    note: Personal[str] | None = None


class ReferralReopened(ReferralFact):
    """It is taken up again and awaits a new answer. (da: Henvisning genåbnet)"""

    type: Literal["referral.reopened.v1"] = "referral.reopened.v1"
    reason: Personal[str]
    answer_due: Hidden[datetime] | None = None


class ReferralEnteredInError(ReferralFact):
    """It should never have been made; it leaves the lists and stays in the log.

    (da: Henvisning fejloprettet)
    """

    type: Literal["referral.entered-in-error.v1"] = "referral.entered-in-error.v1"
    reason: Personal[str]


class GateRecorded(ReferralFact):
    """A check that the programme demands before a move has been made.

    (da: Forudsætning registreret)
    """

    within: ClassVar[Within] = "unit"
    type: Literal["referral.gate-recorded.v1"] = "referral.gate-recorded.v1"
    gate: Hidden[str]
    result: Hidden[str]
    passes: bool
    note: Personal[str] | None = None


class MessageWritten(ReferralFact):
    """One party writes to the others. (da: Besked skrevet)"""

    type: Literal["referral.message-written.v1"] = "referral.message-written.v1"
    text: Personal[str]


class CaseNumberSet(ReferralFact):
    """An authority notes its own case number on the referral. (da: Eget sagsnummer noteret)"""

    within: ClassVar[Within] = "authority"
    type: Literal["referral.case-number-set.v1"] = "referral.case-number-set.v1"
    number: Personal[str]


class CallRecorded(ReferralFact):
    """Somebody was called because it could not wait. (da: Opkald registreret)"""

    type: Literal["referral.call-recorded.v1"] = "referral.call-recorded.v1"
    whom: Personal[str]
    called_at: datetime
    note: Personal[str] | None = None


class DispatchRecorded(ReferralFact):
    """The sender notes how and when it went to a receiver without an account.

    (da: Afsendelse registreret)
    """

    type: Literal["referral.dispatch-recorded.v1"] = "referral.dispatch-recorded.v1"
    how: str
    sent_at: datetime


class ReceiptRecorded(ReferralFact):
    """The sender notes the receipt that came from there. (da: Kvittering registreret)"""

    type: Literal["referral.receipt-recorded.v1"] = "referral.receipt-recorded.v1"
    receipt: Personal[str]
    received_at: datetime


ReferralEvent: TypeAlias = Annotated[
    ReferralDrafted
    | DraftEdited
    | ConsentRecorded
    | ReferralSent
    | ReferralDelivered
    | ReferralReceived
    | ReferralOpened
    | ReferralClaimed
    | ReferralAssigned
    | ReferralAccepted
    | ReferralDeclined
    | ReferralReturned
    | ReferralResent
    | ReferralWithdrawn
    | ReferralClosed
    | ReferralReopened
    | ReferralEnteredInError
    | shared_by.PartyLetIn
    | shared_by.ConsentWithdrawn
    | shared_by.PartyLeft
    | shared_by.ReferralTakenOver
    | GateRecorded
    | MessageWritten
    | CaseNumberSet
    | CallRecorded
    | DispatchRecorded
    | ReceiptRecorded
    | guarded.StaffNamed
    | guarded.StaffExcluded
    | guarded.StaffReadmitted
    | guarded.GlassBroken
    | guarded.GlassReviewed
    | guarded.TryNoticed
    | guarded.TrySeenTo
    | guarded.AddressProtected
    | guarded.AddressProtectionEnded
    | guarded.LeavingAsked
    | guarded.LeavingApproved
    | guarded.LeavingRefused
    | guarded.TaskSet
    | guarded.TaskDone,
    Field(discriminator="type"),
]
