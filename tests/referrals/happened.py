"""What has happened in the tests of referrals: the facts that ``asking`` brings about.

Written by hand, field by field, so that a decision is held against something it did not make.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import JsonValue

from services.referrals.domain.referral import events as fact
from services.referrals.domain.referral.state import Stage
from services.referrals.domain.sharing.events import PartyLetIn
from shared.kernel.ids import AuthorityId, BasisId, UnitId
from shared.kernel.personal import Hidden, Personal
from tests.referrals import asking
from tests.referrals import people as who
from tests.referrals.ways import BANDEEXIT, INFOHUS, UKN, Way

DUE_INFOHUS = datetime(2021, 3, 19, 22, 59, 59, tzinfo=UTC)
"""Ten working days after Friday 5 March 2021, at the end of the day in Denmark."""


KINDS = (
    *("identity", "contact", "family", "health", "crime"),
    *("social", "assessment", "administrative", "free_text"),
)
"""Every kind of data that there is."""


def drafted(way: Way, **changed: Any) -> fact.ReferralDrafted:  # noqa: ANN401 - the event's fields
    """Give: the sender began it, with the form filled in."""
    fields: dict[str, Any] = {
        "by": Hidden(way.sender),
        "existence": "secret" if way is BANDEEXIT else "open",
        "urgency": fact.Urgency.ALMINDELIG,
        "intake": enclosed(way, way.answers),
    }
    return fact.ReferralDrafted(programme=Hidden(way.programme), **{**fields, **changed})


def enclosed(way: Way, answers: Mapping[str, JsonValue]) -> fact.Intake:
    """Give answers closed: each by its name, or by kind of data where names would tell too much."""
    if way is BANDEEXIT:
        kinds = {"name": "identity", "birth_date": "identity", "motivation": "assessment"}
        kinds |= {"need_for_support": "social", "contact": "contact", "in_custody": "crime"}
        closed: dict[str, dict[str, JsonValue]] = {f"_{kind}": {} for kind in KINDS}
        for name, answer in answers.items():
            closed[f"_{kinds.get(name, 'free_text')}"][name] = answer
        return {name: Personal(answered) for name, answered in closed.items()}
    return {name: Personal(answer) for name, answer in answers.items()}


def filled_in(way: Way, **answers: JsonValue) -> fact.DraftEdited:
    """Give: the form was filled in otherwise; None takes an answer out."""
    filled: dict[str, JsonValue] = {**way.answers, **answers}
    answered = {name: value for name, value in filled.items() if value is not None}
    urgency = fact.Urgency.ALMINDELIG
    intake = enclosed(way, answered)
    return fact.DraftEdited(by=Hidden(way.sender), urgency=urgency, intake=intake)


def consented(way: Way, **changed: Any) -> fact.ConsentRecorded:  # noqa: ANN401 - the event's fields
    """Give: the person consented towards the one it goes to."""
    fields: dict[str, Any] = {
        "by": Hidden(way.sender),
        "scope": Personal(asking.CONSENTED_TO),
        "receivers": Hidden((who.AUTHORITY_OF[way.taker],)),
        "form": "written",
        "given_on": who.TODAY,
    }
    return fact.ConsentRecorded(**{**fields, **changed})


def sent(way: Way, **changed: Any) -> fact.ReferralSent:  # noqa: ANN401 - the event's fields
    """Give: it was sent, on a Friday at 15.40."""
    rules = {UKN.programme: "ukn-politi-10-14", BANDEEXIT.programme: "bandeexit-fra-18"}
    rule = rules.get(way.programme)
    fields: dict[str, Any] = {
        "by": Hidden(way.sender),
        "addressee": Hidden(way.taker),
        "addressee_authority": Hidden(who.AUTHORITY_OF[way.taker]),
        "has_account": way.has_account,
        "route": Hidden(way.route),
        "basis": Hidden(way.basis),
        "purpose": Hidden(way.purpose),
        "necessity": Personal(asking.NECESSITY),
        "rule": Hidden(rule) if rule else None,
        "chosen_because": Personal(asking.WHY_THIS_ONE) if way is INFOHUS else None,
        "categories": Hidden(way.categories),
        "next_staffed": Hidden(who.MONDAY_0800) if way.has_account else None,
    }
    return fact.ReferralSent(**{**fields, **changed})


def sent_outside(way: Way, name: str) -> fact.ReferralSent:
    """Give: it went to somebody who is not in the directory."""
    return sent(
        way,
        addressee=None,
        addressee_authority=None,
        outside=Personal(name),
        has_account=False,
        chosen_because=None,
        next_staffed=None,
    )


def delivered(way: Way, due: datetime = DUE_INFOHUS) -> fact.ReferralDelivered:
    """Give: it lies in the inbox."""
    clock = Hidden("10 working_days from delivery")
    return fact.ReferralDelivered(by=Hidden(way.taker), answer_due=Hidden(due), clock=clock)


def received(way: Way) -> fact.ReferralReceived:
    """Give: somebody has seen it."""
    return fact.ReferralReceived(by=Hidden(way.taker))


def opened(way: Way, by: UnitId | None = None) -> fact.ReferralOpened:
    """Give: somebody in a unit read it for the first time."""
    return fact.ReferralOpened(by=Hidden(by or way.taker))


def claimed(way: Way) -> fact.ReferralClaimed:
    """Give: somebody has taken it."""
    return fact.ReferralClaimed(by=Hidden(way.taker))


def assigned(way: Way) -> fact.ReferralAssigned:
    """Give: it was given to somebody in the unit."""
    return fact.ReferralAssigned(by=Hidden(way.taker), to=Hidden(who.actor_of(way.taker)))


def accepted(way: Way) -> fact.ReferralAccepted:
    """Give: it was taken on."""
    return fact.ReferralAccepted(by=Hidden(way.taker))


def declined(way: Way, side: str = "agency", note: str | None = None) -> fact.ReferralDeclined:
    """Give: it was not taken on."""
    return fact.ReferralDeclined(
        by=Hidden(way.taker),
        reason=Hidden(way.reason),
        side=Hidden(side),
        note=Personal(note) if note else None,
    )


def returned(way: Way) -> fact.ReferralReturned:
    """Give: more was asked for."""
    return fact.ReferralReturned(
        by=Hidden(way.taker), question=Personal(asking.send_back(way).question)
    )


def resent(way: Way, next_staffed: datetime | None = who.MONDAY_0800) -> fact.ReferralResent:
    """Give: the question was answered."""
    answer = Personal(asking.send_again(way).answer)
    staffed = Hidden(next_staffed) if next_staffed else None
    return fact.ReferralResent(by=Hidden(way.sender), answer=answer, next_staffed=staffed)


def withdrawn(way: Way) -> fact.ReferralWithdrawn:
    """Give: it was taken back."""
    return fact.ReferralWithdrawn(
        by=Hidden(way.sender), reason=Personal(asking.withdraw(way).reason)
    )


def closed(way: Way, note: str | None = None) -> fact.ReferralClosed:
    """Give: it is over."""
    return fact.ReferralClosed(
        by=Hidden(way.taker if way.has_account else way.sender),
        outcome=Hidden(way.outcome),
        note=Personal(note) if note else None,
    )


def reopened(
    way: Way, by: UnitId | None = None, due: datetime | None = DUE_INFOHUS
) -> fact.ReferralReopened:
    """Give: it was taken up again."""
    reason = Personal(asking.reopen(way).reason)
    due_at = Hidden(due) if due else None
    return fact.ReferralReopened(by=Hidden(by or way.sender), reason=reason, answer_due=due_at)


def entered_in_error(way: Way) -> fact.ReferralEnteredInError:
    """Give: it should never have been made."""
    reason = Personal(asking.enter_in_error(way).reason)
    return fact.ReferralEnteredInError(by=Hidden(way.sender), reason=reason)


def let_in(
    way: Way,
    party: UnitId | None = None,
    basis: str | None = None,
    *,
    sees: Literal["joining", "start"] = "joining",
    acts_for_the_other_side: bool = False,
) -> PartyLetIn:
    """Give: a further unit became a party."""
    unit = party or way.further
    return PartyLetIn(
        by=Hidden(way.taker),
        party=Hidden(unit),
        party_authority=Hidden(who.AUTHORITY_OF[unit]),
        basis=Hidden(BasisId(basis or way.basis)),
        reason=Personal("De kender familien."),
        categories=Hidden(way.categories),
        sees=Hidden(sees),
        counterpart=Hidden(acts_for_the_other_side),
    )


def checked(
    way: Way, result: str = "intet_til_hinder", *, passes: bool = True
) -> fact.GateRecorded:
    """Give: the police have made their first check."""
    return fact.GateRecorded(
        by=Hidden(way.taker), gate=Hidden("police_check"), result=Hidden(result), passes=passes
    )


def wrote(
    way: Way, by: UnitId | None = None, text: str = "Har I talt sammen?"
) -> fact.MessageWritten:
    """Give: one wrote to the others."""
    return fact.MessageWritten(by=Hidden(by or way.taker), text=Personal(text))


def numbered(way: Way, by: UnitId | None = None, number: str = "2021-0042") -> fact.CaseNumberSet:
    """Give: one noted its own case number."""
    return fact.CaseNumberSet(by=Hidden(by or way.sender), number=Personal(number))


def called(way: Way, by: UnitId | None = None) -> fact.CallRecorded:
    """Give: somebody was called."""
    return fact.CallRecorded(
        by=Hidden(by or way.sender),
        whom=Personal("Vagthavende"),
        called_at=who.FRIDAY_1540 - timedelta(minutes=5),
    )


def dispatched(way: Way) -> fact.DispatchRecorded:
    """Give: the sender noted how it went."""
    sent_at = who.FRIDAY_1540 - timedelta(minutes=10)
    return fact.DispatchRecorded(by=Hidden(way.sender), how="digital_post", sent_at=sent_at)


def receipted(way: Way) -> fact.ReceiptRecorded:
    """Give: the sender noted the receipt."""
    return fact.ReceiptRecorded(
        by=Hidden(way.sender), receipt=Personal("Modtaget, sag 17."), received_at=who.FRIDAY_1540
    )


def until(way: Way, stage: Stage) -> tuple[fact.ReferralEvent, ...]:
    """Give the shortest history that ends at *stage*."""
    begun = (drafted(way), *((consented(way),) if way is BANDEEXIT else ()))
    under_way = (*begun, sent(way))
    seen = (*under_way, delivered(way), received(way)) if way.has_account else under_way
    histories: dict[Stage, tuple[fact.ReferralEvent, ...]] = {
        Stage.DRAFT: begun,
        Stage.SENT: under_way,
        Stage.DELIVERED: (*under_way, delivered(way)),
        Stage.RECEIVED: seen,
        Stage.ACCEPTED: (*seen, accepted(way)),
        Stage.DECLINED: (*seen, declined(way)),
        Stage.RETURNED: (*seen, returned(way)),
        Stage.WITHDRAWN: (*under_way, withdrawn(way)),
        Stage.CLOSED: (*seen, *((accepted(way),) if way.has_account else ()), closed(way)),
        Stage.ENTERED_IN_ERROR: (*under_way, entered_in_error(way)),
    }
    return histories[stage]


def signed(event: fact.ReferralEvent) -> tuple[fact.ReferralEvent, AuthorityId]:
    """Give an event with the authority of the unit that brought it about."""
    return event, who.AUTHORITY_OF[event.by.value]
