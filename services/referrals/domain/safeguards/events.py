"""What keeps a referral safe within an authority.

Who works on it, broken glass, guarded addresses, information that leaves § 115, and tasks that an
office must not forget.
"""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from services.referrals.domain.fact import ReferralFact, Within
from shared.kernel.ids import ActorId, AuthorityId, BasisId
from shared.kernel.personal import Hidden, Personal


class StaffNamed(ReferralFact):
    """A unit names one of its own to work on it. (da: Medarbejder udpeget)"""

    within: ClassVar[Within] = "unit"
    type: Literal["referral.staff-named.v1"] = "referral.staff-named.v1"
    person: Hidden[ActorId]


class StaffExcluded(ReferralFact):
    """A unit keeps one of its own out of it: for that person it does not exist.

    (da: Medarbejder udelukket)
    """

    within: ClassVar[Within] = "unit"
    keeps_safe: ClassVar[bool] = True
    type: Literal["referral.staff-excluded.v1"] = "referral.staff-excluded.v1"
    person: Hidden[ActorId]
    reason: Personal[str]


class StaffReadmitted(ReferralFact):
    """A unit lets one of its own back in that it had kept out. (da: Udelukkelse ophævet)"""

    within: ClassVar[Within] = "unit"
    keeps_safe: ClassVar[bool] = True
    type: Literal["referral.staff-readmitted.v1"] = "referral.staff-readmitted.v1"
    person: Hidden[ActorId]
    reason: Personal[str]


class GlassBroken(ReferralFact):
    """Somebody who may not see what the unit has sees it all the same, for a reason and a while.

    (da: Nødadgang taget)
    """

    within: ClassVar[Within] = "authority"
    type: Literal["referral.glass-broken.v1"] = "referral.glass-broken.v1"
    office: Hidden[str]
    reason: Personal[str]
    until: Hidden[datetime]


class GlassReviewed(ReferralFact):
    """Another person has judged whether the glass was broken rightly. (da: Nødadgang efterprøvet)

    ``glass`` is the fact that it was broken.
    """

    within: ClassVar[Within] = "authority"
    keeps_safe: ClassVar[bool] = True
    type: Literal["referral.glass-reviewed.v1"] = "referral.glass-reviewed.v1"
    glass: UUID
    justified: Hidden[bool]
    note: Personal[str] | None = None


class TryNoticed(ReferralFact):
    """Somebody for whom it does not exist tried to get at it. (da: Forsøg på adgang bemærket)

    ``entry`` is the entry of the read log. It is told to whose referral it is, and to nobody else.
    """

    within: ClassVar[Within] = "authority"
    counted: ClassVar[bool] = False
    type: Literal["referral.try-noticed.v1"] = "referral.try-noticed.v1"
    entry: UUID
    kind: Hidden[str]
    tried_by: Hidden[AuthorityId]


class TrySeenTo(ReferralFact):
    """Somebody has seen to a try. ``noticed`` is the fact that it was noticed.

    (da: Forsøg på adgang behandlet)
    """

    within: ClassVar[Within] = "authority"
    counted: ClassVar[bool] = False
    keeps_safe: ClassVar[bool] = True
    type: Literal["referral.try-seen-to.v1"] = "referral.try-seen-to.v1"
    noticed: UUID
    note: Personal[str] | None = None


class AddressProtected(ReferralFact):
    """The person's address is protected; a threat is what the police have notified (CPR-loven).

    ``lapses_on`` is when the protection ends unless it is renewed.

    (da: Adresse beskyttet)
    """

    keeps_safe: ClassVar[bool] = True
    type: Literal["referral.address-protected.v1"] = "referral.address-protected.v1"
    kind: Hidden[Literal["name_and_address", "threat"]]
    since: Hidden[date]
    lapses_on: Hidden[date]


class AddressProtectionEnded(ReferralFact):
    """The person's address is protected no longer. (da: Adressebeskyttelse ophørt)"""

    keeps_safe: ClassVar[bool] = True
    type: Literal["referral.address-protection-ended.v1"] = "referral.address-protection-ended.v1"
    reason: Personal[str]


class LeavingAsked(ReferralFact):
    """Somebody asks that information leave § 115, on a basis of its own, for a reason.

    Where life or health is at stake it leaves at once, and a second person approves it by
    ``approval_due``; else it leaves when that person has approved.

    (da: Afgivelse uden for § 115 begæret)
    """

    within: ClassVar[Within] = "authority"
    type: Literal["referral.leaving-asked.v1"] = "referral.leaving-asked.v1"
    basis: Hidden[BasisId]
    receiver: Personal[str]
    what: Personal[str]
    reason: Personal[str]
    life_at_stake: Hidden[bool]
    approval_due: Hidden[datetime] | None = None


class LeavingApproved(ReferralFact):
    """A second person approves that information leaves § 115.

    ``leaving`` is the fact that it was asked for.

    (da: Afgivelse uden for § 115 godkendt)
    """

    within: ClassVar[Within] = "authority"
    keeps_safe: ClassVar[bool] = True
    type: Literal["referral.leaving-approved.v1"] = "referral.leaving-approved.v1"
    leaving: UUID


class LeavingRefused(ReferralFact):
    """A second person does not approve that information leaves § 115.

    (da: Afgivelse uden for § 115 afslået)
    """

    within: ClassVar[Within] = "authority"
    keeps_safe: ClassVar[bool] = True
    type: Literal["referral.leaving-refused.v1"] = "referral.leaving-refused.v1"
    leaving: UUID
    reason: Personal[str]


class TaskSet(ReferralFact):
    """An office in the unit has something to do by a moment. (da: Opgave stillet)"""

    within: ClassVar[Within] = "unit"
    type: Literal["referral.task-set.v1"] = "referral.task-set.v1"
    office: Hidden[str]
    what: Personal[str]
    due: Hidden[datetime]


class TaskDone(ReferralFact):
    """It is done. ``task`` is the fact that it was set. (da: Opgave udført)"""

    within: ClassVar[Within] = "unit"
    type: Literal["referral.task-done.v1"] = "referral.task-done.v1"
    task: UUID
    note: Personal[str] | None = None
