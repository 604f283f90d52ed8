"""The facts that the matrix is made of, as they are stored: every personal text is closed.

A token says what it stands for, so that it can be found again wherever it comes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.referrals.domain.categories import WHOLE
from services.referrals.domain.referral import events as happened
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.safeguards import events as guarded
from services.referrals.domain.sharing import events as shared_by
from shared.kernel.ids import ActorId, AuthorityId, BasisId, ProgrammeId, RouteId, UnitId
from shared.kernel.personal import Hidden, Personal, Sealed
from shared.rulebook.programme import Programme
from shared.rulebook.vocabulary import CATEGORIES

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
CONSENT = UUID("018f0000-0000-7000-8000-0000000000cc")
BUSY = ("caseworker", "leader", "tovholder", "system")
"""The offices that have something to do; whether a unit of the kind has them matters not here."""


def drafted(sender: str, programme: Programme) -> happened.ReferralDrafted:
    """Give the beginning: one answer of every kind of data, each by its kind."""
    secret = programme.existence == "secret"
    prefix = WHOLE if secret else "q_"
    answers = {f"{prefix}{category}": shut(f"{prefix}{category}") for category in CATEGORIES}
    name = {} if secret else {"name": answers["q_identity"]}
    return happened.ReferralDrafted(
        by=by(sender),
        programme=Hidden(ProgrammeId(programme.id)),
        existence=programme.existence,
        urgency=happened.Urgency.ALMINDELIG,
        intake={**name, **answers},
    )


def sent(sender: str, to: tuple[str, AuthorityId], basis: str) -> happened.ReferralSent:
    """Give that it was sent."""
    return happened.ReferralSent(
        by=by(sender),
        addressee=by(to[0]),
        addressee_authority=Hidden(to[1]),
        has_account=True,
        route=Hidden(RouteId("x")),
        basis=Hidden(BasisId(basis)),
        purpose=Hidden("x"),
        necessity=shut("necessity"),
        categories=Hidden(()),
    )


def delivered(holder: str) -> happened.ReferralDelivered:
    """Give that it lies in the holder's inbox, and when an answer is due."""
    return happened.ReferralDelivered(by=by(holder), answer_due=Hidden(NOW + timedelta(days=3)))


def let_in(holder: str, party: tuple[str, AuthorityId], basis: str) -> shared_by.PartyLetIn:
    """Give that a further unit was let in."""
    return shared_by.PartyLetIn(
        by=by(holder),
        party=by(party[0]),
        party_authority=Hidden(party[1]),
        basis=Hidden(BasisId(basis)),
        reason=shut("reason"),
        categories=Hidden(()),
        sees=Hidden("joining"),
        counterpart=Hidden(False),  # noqa: FBT003 - what it says
    )


def wrote(unit: str) -> happened.MessageWritten:
    """Give that a unit wrote to the others."""
    return happened.MessageWritten(by=by(unit), text=shut(f"text-{unit}"))


def tasks(unit: str) -> Iterator[guarded.TaskSet]:
    """Give what each office of a unit has to do."""
    due = Hidden(NOW + timedelta(days=1))
    for office in BUSY:
        what = shut(f"task-{office}")
        yield guarded.TaskSet(by=by(unit), office=Hidden(office), what=what, due=due)


def glass(unit: str, office: str) -> guarded.GlassBroken:
    """Give that the glass was broken in an office of a unit, for an hour yet."""
    until = Hidden(NOW + timedelta(hours=1))
    return guarded.GlassBroken(
        by=by(unit), office=Hidden(office), reason=shut("reason"), until=until
    )


def leaving(unit: str) -> guarded.LeavingAsked:
    """Give that something is to leave § 115."""
    return guarded.LeavingAsked(
        by=by(unit),
        basis=Hidden(BasisId("underretning-om-barn")),
        receiver=shut("receiver"),
        what=shut("what"),
        reason=shut("reason"),
        life_at_stake=Hidden(False),  # noqa: FBT003 - what it says
    )


def tried(unit: str, entry: UUID) -> guarded.TryNoticed:
    """Give that somebody for whom it does not exist tried at it."""
    of = AuthorityId("samsoe-kommune")
    return guarded.TryNoticed(by=by(unit), entry=entry, kind=Hidden("show"), tried_by=Hidden(of))


def staffed(unit: str, person: ActorId) -> guarded.StaffNamed:
    """Give that a unit has named who works on it."""
    return guarded.StaffNamed(by=by(unit), person=Hidden(person))


def kept_out(unit: str, person: ActorId) -> guarded.StaffExcluded:
    """Give that a unit keeps one of its own out."""
    return guarded.StaffExcluded(by=by(unit), person=Hidden(person), reason=shut("reason"))


def endings(
    mine: str, sender: str, holder: str, units: Sequence[str]
) -> Mapping[str, tuple[str, ReferralEvent]]:
    """Give the fact with which each stage or closing begins, and who brings it about."""
    some, ends = Hidden("x"), Hidden(tuple(map(UnitId, units)))
    reason, back = shut("reason"), Hidden(NOW.date())
    withdrawn = shared_by.ConsentWithdrawn(
        by=by(sender), consent=CONSENT, withdrawn_on=back, ends=ends
    )
    return {
        "withdrawn": (sender, happened.ReferralWithdrawn(by=by(sender), reason=reason)),
        "consent_withdrawn": (sender, withdrawn),
        "taken_over": (holder, shared_by.ReferralTakenOver(by=by(holder), outcome=some)),
        "left": (mine, shared_by.PartyLeft(by=by(mine), reason=reason)),
        "declined": (holder, happened.ReferralDeclined(by=by(holder), reason=some, side=some)),
        "returned": (holder, happened.ReferralReturned(by=by(holder), question=shut("question"))),
        "closed": (holder, happened.ReferralClosed(by=by(holder), outcome=some)),
        "entered_in_error": (sender, happened.ReferralEnteredInError(by=by(sender), reason=reason)),
    }


def by(unit: str) -> Hidden[UnitId]:
    """Give a unit as a fact says it."""
    return Hidden(UnitId(unit))


def shut(name: str) -> Personal[Any]:
    """Give a text closed; its token is its mark, so that it is found opened or not."""
    return Personal(Sealed(marked(name)))


def marked(name: str) -> str:
    """Give what a text is found by."""
    return f"⟦{name}⟧"
