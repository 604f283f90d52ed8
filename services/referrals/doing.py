"""What kind of act each request is, for policies and read log, and which facts narrow sight."""

from collections.abc import Mapping
from typing import Final

from services.referrals.domain.referral import events as happened
from services.referrals.domain.referral.commands import (
    OpenReferral,
    RecordDelivery,
    ReferralCommand,
)
from services.referrals.domain.safeguards import commands as guard
from services.referrals.domain.safeguards import events as guarded
from services.referrals.domain.sharing import events as shared_by
from shared.reads.reading import Kind

BY_ITSELF: Final = frozenset({RecordDelivery, OpenReferral, guard.NoticeTry})
"""What follows by itself from something that was asked: no office asks for it."""
DOES: Final[Mapping[type[ReferralCommand], str]] = {
    guard.BreakGlass: "break_glass",
    guard.ReviewGlass: "review",
    guard.ApproveLeaving: "approve",
    guard.RefuseLeaving: "approve",
}
"""The actions of the policies; everything else is a change, by who oversees an overseeing."""
KINDS: Final[Mapping[type[ReferralCommand], Kind]] = {guard.BreakGlass: Kind.BREAK_GLASS}
"""What a denied try is called in the read log; everything else is a change."""
NARROWS: Final = (
    happened.ReferralWithdrawn,
    happened.ReferralEnteredInError,
    happened.ReferralClaimed,
    happened.ReferralAssigned,
    shared_by.ConsentWithdrawn,
    shared_by.PartyLeft,
    shared_by.ReferralTakenOver,
    guarded.StaffNamed,
    guarded.StaffExcluded,
    guarded.GlassReviewed,
    guarded.AddressProtected,
)
"""The facts after which somebody sees less: they are answered when the views have passed them."""
