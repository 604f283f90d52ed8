"""The facts about how sharing ends and how a referral is kept safe, one of each type; made up."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.referrals.domain.safeguards import events as kept
from services.referrals.domain.sharing import events as shared_by
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId, BasisId, UnitId
from shared.kernel.personal import Hidden, Personal, Sealed

NOON = datetime(2026, 11, 2, 12, 0, 30, 123456, tzinfo=UTC)
SENDER, ADDRESSEE = Hidden(UnitId("made-up-sender")), Hidden(UnitId("made-up-addressee"))
PARTY, PERSON = Hidden(UnitId("made-up-party")), Hidden(ActorId("0" * 64))


def sealed(path: str) -> Personal[Any]:
    """Give a personal field as it is stored: a token."""
    return Personal(Sealed(f"k1~made-up~{path}"))


def hidden(path: str) -> Hidden[Any]:
    """Give a field that tells where a secret case went, as it is stored."""
    return Hidden(Sealed(f"r1~made-up-{path}"))


def of_sharing() -> Iterator[Event]:
    """Give a fact of each type about how sharing begins and ends."""
    yield shared_by.PartyLetIn(
        by=ADDRESSEE,
        party=PARTY,
        party_authority=Hidden(AuthorityId("made-up-authority")),
        basis=Hidden(BasisId("made-up-basis")),
        reason=sealed("reason"),
        categories=Hidden(("identity",)),
        sees=Hidden("start"),
        counterpart=hidden("counterpart"),
    )
    yield shared_by.ConsentWithdrawn(
        by=SENDER,
        consent=UUID(int=1),
        withdrawn_on=Hidden(date(2026, 11, 1)),
        note=sealed("note"),
        ends=Hidden((UnitId("made-up-party"),)),
    )
    yield shared_by.PartyLeft(by=PARTY, reason=sealed("reason"))
    yield shared_by.ReferralTakenOver(
        by=ADDRESSEE, outcome=Hidden("made-up-end"), note=sealed("note")
    )


def of_safeguards() -> Iterator[Event]:
    """Give a fact of each type about who works on it, and about broken glass."""
    yield kept.StaffNamed(by=ADDRESSEE, person=PERSON)
    yield kept.StaffExcluded(by=hidden("by"), person=hidden("person"), reason=sealed("reason"))
    yield kept.StaffReadmitted(by=ADDRESSEE, person=PERSON, reason=sealed("reason"))
    yield kept.GlassBroken(
        by=ADDRESSEE, office=Hidden("made-up-office"), reason=sealed("reason"), until=Hidden(NOON)
    )
    yield kept.GlassReviewed(
        by=ADDRESSEE, glass=UUID(int=2), justified=Hidden(content=True), note=sealed("note")
    )
    yield kept.TryNoticed(
        by=SENDER, entry=UUID(int=5), kind=Hidden("show"), tried_by=Hidden(AuthorityId("made-up"))
    )
    yield kept.TrySeenTo(by=SENDER, noticed=UUID(int=6), note=sealed("note"))
    yield from _of_what_leaves()


def _of_what_leaves() -> Iterator[Event]:
    yield kept.AddressProtected(
        by=SENDER,
        kind=Hidden("threat"),
        since=Hidden(date(2026, 10, 1)),
        lapses_on=Hidden(date(2027, 10, 1)),
    )
    yield kept.AddressProtectionEnded(by=SENDER, reason=sealed("reason"))
    yield kept.LeavingAsked(
        by=ADDRESSEE,
        basis=Hidden(BasisId("made-up-basis")),
        receiver=sealed("receiver"),
        what=sealed("what"),
        reason=sealed("reason"),
        life_at_stake=Hidden(content=True),
        approval_due=Hidden(NOON),
    )
    yield kept.LeavingApproved(by=ADDRESSEE, leaving=UUID(int=3))
    yield kept.LeavingRefused(by=ADDRESSEE, leaving=UUID(int=3), reason=sealed("reason"))
    yield kept.TaskSet(
        by=ADDRESSEE, office=Hidden("made-up-office"), what=sealed("what"), due=Hidden(NOON)
    )
    yield kept.TaskDone(by=ADDRESSEE, task=UUID(int=4), note=sealed("note"))


def least() -> Iterator[Event]:
    """Give the facts that may lack something, with no more in them than they must have."""
    yield shared_by.ConsentWithdrawn(
        by=SENDER, consent=UUID(int=1), withdrawn_on=Hidden(date(2026, 11, 1)), ends=Hidden(())
    )
    yield shared_by.ReferralTakenOver(by=ADDRESSEE, outcome=Hidden("made-up-end"))
    yield kept.GlassReviewed(by=ADDRESSEE, glass=UUID(int=2), justified=Hidden(content=False))
    yield kept.TrySeenTo(by=SENDER, noticed=UUID(int=6))
    yield kept.LeavingAsked(
        by=ADDRESSEE,
        basis=Hidden(BasisId("made-up-basis")),
        receiver=sealed("receiver"),
        what=sealed("what"),
        reason=sealed("reason"),
        life_at_stake=Hidden(content=False),
    )
    yield kept.TaskDone(by=ADDRESSEE, task=UUID(int=4))
