"""Who may look at what an authority has done, for which purpose, and which policies let them.

Two things must hold: the office is one that oversees, and the policies in force let it oversee. The
log of reads and the ledger do not say of which class of programmes a case is. So the policies are
asked about every class there is, at each door alike and before anything is looked for, and each
must allow it: one that is closed to control closes these doors.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final

from shared.access.caller import Caller
from shared.access.noting import NO_REASON, Noting, Why
from shared.kernel.refusals import NotAllowed
from shared.reads.reading import Kind
from shared.rulebook.days import civil_date
from shared.rulebook.policies import Decision, Question
from shared.rulebook.vocabulary import EXISTENCES, NO_PARTY, ROLES, SPACES

CLASSES: Final = tuple(product((NO_PARTY, *ROLES), SPACES, EXISTENCES))
"""As what an authority may take part, in which space, and whether that there is a case is secret.

It takes no part at all where somebody of it tried to see what is not theirs.
"""


class NotAnAuditor(NotAllowed):
    """Only an auditor or data protection officer may look at this.

    (da: Det kan kun en revisor eller databeskyttelsesrådgiver se.)
    """


async def demand_control(
    notes: Noting, kind: Kind, asked: Iterable[str], *, insight: bool = False
) -> Why:
    """Give why the caller may look: for which purpose, and by which policies.

    Raises ``NotAnAuditor`` for everybody else; of each object *asked* for the try is noted.
    """
    why = control(notes.by, insight=insight)
    answers = _answers(notes, why)
    if notes.by.oversees and all(each.allowed for each in answers):
        named = {policy for each in answers for policy in each.policies}
        return why._replace(policies=tuple(sorted(named)))
    for each in asked:
        await notes.denied(kind, each, why)
    raise NotAnAuditor


def control(by: Caller, *, insight: bool = False) -> Why:
    """Give why *by* looks: for control, or to answer who asks for *insight* into their own file.

    The log of reads is used for nothing else (law enforcement directive, article 25(2)). Who does
    not oversee has no such purpose.
    """
    if not by.oversees:
        return NO_REASON
    if by.acts_as != "dpo":
        return Why(purpose="audit")
    return Why(purpose="insight" if insight else "data_protection")


def _answers(notes: Noting, why: Why) -> Sequence[Decision]:
    now = notes.here.clock.now()
    policies, day = notes.here.rulebooks.at(now).policies, civil_date(now)
    return [
        policies.decide(
            Question(
                action="oversee",
                office=notes.by.acts_as,
                purpose=why.purpose or "",
                category="administrative",
                role=role,
                space=space,
                existence=existence,
                day=day,
            )
        )
        for role, space, existence in CLASSES
    ]
