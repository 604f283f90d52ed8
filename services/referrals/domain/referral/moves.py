"""What one line of the table of moves says, and the words it is written in: roles and stages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.refusals import NotPossibleNow
from services.referrals.domain.referral.state import Begun
from services.referrals.domain.sharing.state import Closed
from services.referrals.domain.stage import Stage
from shared.kernel.refusals import NotPossible
from shared.rulebook.slices import Rules

Facts = tuple[ReferralEvent, ...]
Answer = Callable[[Any, Begun, Rules], Facts]
Unless = Callable[[Begun, Role], type[NotPossible] | None]

SENDER, HOLDER = frozenset({Role.SENDER}), frozenset({Role.HOLDER})
LET_IN = frozenset({Role.LET_IN})
ANYONE = frozenset(Role)
PARTNERS = SENDER | HOLDER

DRAFT = frozenset({Stage.DRAFT})
AT_THE_ADDRESSEE = frozenset({Stage.DELIVERED, Stage.RECEIVED, Stage.ACCEPTED})
UNDERWAY = AT_THE_ADDRESSEE | {Stage.SENT, Stage.RETURNED}
OVER = frozenset({Stage.DECLINED, Stage.WITHDRAWN, Stage.CLOSED})
SENT_OUT = UNDERWAY | OVER
ALWAYS = DRAFT | SENT_OUT
EVER = ALWAYS | {Stage.ENTERED_IN_ERROR}

ANY_CLOSING: frozenset[Closed] = frozenset(get_args(Closed))
WITH_A_RECORD = ANY_CLOSING - {"taken_over"}
"""The closings that may leave a unit something to keep safe."""


def nothing(_referral: Begun, _role: Role) -> None:
    """Give what stands in the way of a move that nothing stands in the way of."""
    return


@dataclass(frozen=True)
class Move:
    """One line of the table: its name outside, who may, at which stages, and what it brings.

    ``unless`` gives what stands in the way all the same, if anything does. What is not ``offered``
    follows by itself, or hangs on the person who asks and not on the unit. ``after`` which closings
    of its own view a unit may still make it.
    """

    name: str
    by: frozenset[Role]
    at: frozenset[Stage]
    answer: Answer
    unless: Unless = nothing
    offered: bool = True
    after: frozenset[Closed] = frozenset()

    def hindrance(self, referral: Begun, role: Role) -> type[NotPossible] | None:
        """Give why it cannot be made now by a party that may make it, None where it can."""
        return self.unless(referral, role) if referral.stage in self.at else NotPossibleNow
