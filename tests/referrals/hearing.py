"""What of a history a unit is told, by the rules in words and not by the code."""

from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.parties import Role
from services.referrals.projections.party_line import PartyView
from shared.kernel.ids import UnitId
from shared.kernel.personal import Hidden
from shared.kernel.recorded import Recorded
from tests.referrals import people as who

OF_THE_UNIT = {"claimed", "assigned", "gate-recorded", "staff-named", "staff-excluded"}
OF_THE_UNIT |= {"staff-readmitted", "task-set", "task-done"}
OF_THE_AUTHORITY = {"case-number-set", "glass-broken", "glass-reviewed"}
OF_THE_AUTHORITY |= {"leaving-asked", "leaving-approved", "leaving-refused"}
OF_THE_CONCERN = {"consent-recorded", "sent", "resent"}
NO_TALK = {"drafted", "draft-edited"} | OF_THE_UNIT | OF_THE_AUTHORITY


def kind(fact: Recorded[ReferralEvent]) -> str:
    """Give the middle of a storage name."""
    return fact.event.type.split(".")[1]


def joined_at(facts: list[Recorded[ReferralEvent]], unit: str) -> int:
    """Give the version of the fact that made a unit a party."""
    for fact in facts:
        brought = [getattr(fact.event, name, None) for name in ("party", "addressee")]
        if kind(fact) == "drafted":
            brought = [fact.event.by]
        if any(each is not None and each.value == unit for each in brought):
            return fact.version
    raise LookupError(unit)


def ends_for(fact: Recorded[ReferralEvent], unit: str) -> bool:
    """Say whether a fact is the last that a unit hears of, by the rule in words."""
    by_itself = fact.event.by.value == unit
    return {
        "left": by_itself,
        "taken-over": not by_itself,
        "consent-withdrawn": unit in getattr(fact.event, "ends", Hidden(())).value,
    }.get(kind(fact).removeprefix("party-"), False)


def may_see(facts: list[Recorded[ReferralEvent]], unit: str) -> list[Recorded[ReferralEvent]]:
    """Give the facts that belong on a unit's timeline, by the rule in words and not by the code.

    The concern, and all that follows its joining but the own affairs of others; where it was let in
    from the start, the talk before as well. Once its view has closed it hears of nothing but what
    it does itself.
    """
    since, authority = joined_at(facts, unit), who.AUTHORITY_OF[UnitId(unit)]
    last = next((fact.version for fact in facts if ends_for(fact, unit)), len(facts))
    by = facts[since]
    return [
        fact
        for fact in facts
        if (fact.version <= last or fact.event.by.value == unit)
        and (fact.event.by.value == unit or kind(fact) not in OF_THE_UNIT)
        and (fact.authority == authority or kind(fact) not in OF_THE_AUTHORITY)
        and (fact.version >= since or kind(fact) in OF_THE_CONCERN or _told_later(fact, by))
    ]


def _told_later(fact: Recorded[ReferralEvent], by: Recorded[ReferralEvent]) -> bool:
    """Say whether a fact is talk that who joins by another one is told of afterwards."""
    from_start = getattr(by.event, "sees", Hidden("joining")).value == "start"
    return from_start and kind(fact) not in NO_TALK


def left(told: list[Recorded[ReferralEvent]], view: PartyView) -> list[Recorded[ReferralEvent]]:
    """Give what a closing has left of what a party was told, by the rule in words.

    What its authority did itself, and to the holder the concern as it was when last accepted. After
    a takeover there is nothing before it. What comes with the closing and after it stays.
    """
    if view.closed is None:
        return told
    before = [fact for fact in told if fact.version < view.closed.version]
    since = [fact for fact in told if fact.version >= view.closed.version]
    if view.closed.kind == "taken_over":
        return since
    taken_on = [fact.version for fact in before if kind(fact) == "accepted"]
    last = taken_on[-1] if taken_on and view.role is Role.HOLDER else -1
    kept = [
        fact
        for fact in before
        if fact.authority == view.authority
        or (kind(fact) in OF_THE_CONCERN and fact.version < last)
    ]
    return [*kept, *since]
