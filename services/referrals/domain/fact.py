"""What every fact about a referral says, whatever else it is about."""

from typing import ClassVar, Literal, TypeAlias

from shared.kernel.events import Event
from shared.kernel.ids import UnitId
from shared.kernel.personal import Hidden

Within: TypeAlias = Literal["parties", "authority", "unit"]
"""Who is told: all who take part, the acting authority, or the acting unit alone."""


class ReferralFact(Event):
    """Any fact about a referral: which unit brought it about. (da: Hændelse i en henvisning)

    ``within``: how a unit divides its work, and what an authority notes for itself, others never
    see. What is not ``counted`` moves no ETag and no feed: not all of the unit may know of it. What
    ``keeps_safe`` changes what guards the lines of whom it is about also where sharing has ended,
    and in the other units of an authority; it is no step on those.
    """

    within: ClassVar[Within] = "parties"
    counted: ClassVar[bool] = True
    keeps_safe: ClassVar[bool] = False

    by: Hidden[UnitId]
