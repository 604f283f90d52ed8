"""When what parties share has ended: who keeps what, and what is gone from their lines.

What an authority wrote itself stays its own; so does the concern of who had accepted it. Everything
that others contributed goes. After a takeover nothing stays but that it is over (law on infohuse).
"""

from collections.abc import Sequence
from typing import Any

from services.referrals.domain.referral.events import (
    ConsentRecorded,
    ReferralAccepted,
    ReferralResent,
    ReferralSent,
)
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.sharing.state import Closing
from services.referrals.projections.party_line import PartyView, Step, changed
from shared.kernel.ids import AuthorityId

OF_THE_CONCERN = frozenset(
    kind.model_fields["type"].default for kind in (ConsentRecorded, ReferralSent, ReferralResent)
)
"""What a unit that joins reads of the time before: the concern, not the talk about it."""


ACCEPTED = ReferralAccepted.model_fields["type"].default


def closed(view: PartyView, closing: Closing, concern_of: AuthorityId) -> PartyView:
    """Give what is left of a line whose newest step is that it closed.

    ``concern_of`` is the authority that wrote the concern.
    """
    *before, last = view.timeline
    if closing.kind == "taken_over":
        bare = Step(last.id, last.type, last.at, last.unit, last.authority, {}, {})
        left: dict[str, Any] = {"timeline": (bare,), "intake": {}, "parties": (), "tasks": ()}
        return changed(view, **_bare(view, closing), **left, protection=None)
    accepted = _accepted(before) if view.role is Role.HOLDER else ()
    steps = [s for s in before if s.authority == view.authority or s in accepted]
    keeps = bool(accepted) or view.authority == concern_of
    mine = {"timeline": (*steps, last), "intake": view.intake if keeps else {}}
    # An address that stays is masked as before; where none stays, none is said to be hidden.
    of_the_form = {"outside": view.outside, "protection": view.protection} if keeps else {}
    return changed(view, **{**_bare(view, closing), "protection": None, **mine, **of_the_form})


def _bare(view: PartyView, closing: Closing) -> dict[str, Any]:
    """Give what is gone from every closed line; what a second person owes stays on it."""
    gone = dict.fromkeys(("outside", "answer_due", "next_staffed"))
    owed = tuple(each for each in view.leavings if each.judged is None)
    leavings = owed if closing.is_final else view.leavings
    return {**gone, "call": (), "leavings": leavings, "closed": closing}


def _accepted(steps: Sequence[Step]) -> Sequence[Step]:
    """Give what of the concern stood there when it was last accepted, if it ever was."""
    accepted = [number for number, step in enumerate(steps) if step.type == ACCEPTED]
    taken_on = steps[: accepted[-1]] if accepted else ()
    return [step for step in taken_on if step.type in OF_THE_CONCERN]
