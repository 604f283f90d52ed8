"""The handover of a referral, from draft to outcome: the same for all programmes.

Read in this order: ``events`` (what happened), ``commands`` (what is asked), ``state`` (what is
true), ``decisions`` (what follows), ``refusals`` (why not).
"""

from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.decisions import decide
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.state import NotBegun, Referral, evolve, grants, is_secret
from shared.kernel.decider import Decider
from shared.rulebook.slices import Rules

decider: Decider[ReferralCommand, Referral, ReferralEvent, Rules] = Decider(
    initial=NotBegun(), decide=decide, evolve=evolve, grants=grants, secret=is_secret
)
