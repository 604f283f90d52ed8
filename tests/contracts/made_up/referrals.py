"""The facts of referrals, one of each type. Everything and everybody in them is made up.

Those of a draft and of its sending are from a case whose existence is secret, so that the sealed
form of what tells where a case went is frozen too; in all others it stands in clear.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from services.referrals.domain.referral import events as facts
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId, BasisId, ProgrammeId, RouteId, UnitId
from shared.kernel.personal import Hidden, Personal, Sealed
from tests.contracts.made_up import keeping

NOON = datetime(2026, 11, 2, 12, 0, 30, 123456, tzinfo=UTC)
SENDER, ADDRESSEE = Hidden(UnitId("made-up-sender")), Hidden(UnitId("made-up-addressee"))
SECRET_SENDER: Hidden[UnitId] = Hidden(Sealed("r1~made-up-by"))


def sealed(path: str) -> Personal[Any]:
    """Give a personal field as it is stored: a token."""
    return Personal(Sealed(f"k1~made-up~{path}"))


def hidden(path: str) -> Hidden[Any]:
    """Give a field that tells where a secret case went, as it is stored."""
    return Hidden(Sealed(f"r1~made-up-{path}"))


def of_referrals() -> Iterator[Event]:
    """Give a fact of each type."""
    yield from _drafting()
    yield from _sending()
    yield from _answering()
    yield from _ending()
    yield from _together()
    yield from _outside()
    yield from keeping.of_sharing()
    yield from keeping.of_safeguards()


def _drafting() -> Iterator[Event]:
    yield facts.ReferralDrafted(
        by=SECRET_SENDER,
        programme=hidden("programme"),
        existence="secret",
        urgency=facts.Urgency.HURTIG,
        intake={name: sealed(f"intake.{name}") for name in ("name", "birth_date")},
    )
    yield facts.DraftEdited(
        by=SECRET_SENDER,
        urgency=facts.Urgency.AKUT,
        intake={"name": sealed("intake.name")},
    )
    yield facts.ConsentRecorded(
        by=SECRET_SENDER,
        scope=sealed("scope"),
        receivers=hidden("receivers"),
        form=Hidden("written"),
        given_on=Hidden(date(2026, 10, 30)),
    )


def _sending() -> Iterator[Event]:
    yield facts.ReferralSent(
        by=SECRET_SENDER,
        addressee=hidden("addressee"),
        addressee_authority=hidden("addressee_authority"),
        has_account=True,
        route=hidden("route"),
        basis=hidden("basis"),
        basis_reason=sealed("basis_reason"),
        purpose=hidden("purpose"),
        necessity=sealed("necessity"),
        rule=hidden("rule"),
        chosen_because=sealed("chosen_because"),
        age_note=sealed("age_note"),
        categories=Hidden(("identity", "concern")),
        next_staffed=Hidden(NOON),
        call=Hidden(("made-up-duty-officer",)),
    )
    yield facts.ReferralDelivered(
        by=ADDRESSEE, answer_due=Hidden(NOON), clock=Hidden("made-up-clock")
    )
    yield facts.ReferralReceived(by=ADDRESSEE)
    yield facts.ReferralClaimed(by=ADDRESSEE)
    yield facts.ReferralAssigned(by=ADDRESSEE, to=Hidden(ActorId("0" * 64)))


def _answering() -> Iterator[Event]:
    yield facts.ReferralAccepted(by=ADDRESSEE)
    yield facts.ReferralDeclined(
        by=ADDRESSEE,
        reason=Hidden("made-up-reason"),
        side=Hidden("made-up-side"),
        note=sealed("note"),
    )
    yield facts.ReferralReturned(by=ADDRESSEE, question=sealed("question"))
    yield facts.ReferralResent(by=SENDER, answer=sealed("answer"), next_staffed=Hidden(NOON))


def _ending() -> Iterator[Event]:
    yield facts.ReferralWithdrawn(by=SENDER, reason=sealed("reason"))
    yield facts.ReferralClosed(by=ADDRESSEE, outcome=Hidden("made-up-end"), note=sealed("note"))
    yield facts.ReferralReopened(by=ADDRESSEE, reason=sealed("reason"), answer_due=Hidden(NOON))
    yield facts.ReferralEnteredInError(by=SENDER, reason=sealed("reason"))


def _together() -> Iterator[Event]:
    yield facts.GateRecorded(
        by=ADDRESSEE,
        gate=Hidden("made-up-check"),
        result=Hidden("made-up-result"),
        passes=False,
        note=sealed("note"),
    )
    yield facts.ReferralOpened(by=ADDRESSEE)
    yield facts.MessageWritten(by=SENDER, text=sealed("text"))
    yield facts.CaseNumberSet(by=SENDER, number=sealed("number"))
    yield facts.CallRecorded(by=SENDER, whom=sealed("whom"), called_at=NOON, note=sealed("note"))


def _outside() -> Iterator[Event]:
    yield facts.DispatchRecorded(by=SENDER, how="made-up-post", sent_at=NOON)
    yield facts.ReceiptRecorded(by=SENDER, receipt=sealed("receipt"), received_at=NOON)


def least() -> Iterator[Event]:
    """Give the facts that may lack something, with no more in them than they must have."""
    yield facts.ReferralSent(
        by=SENDER,
        outside=sealed("outside"),
        has_account=False,
        route=Hidden(RouteId("made-up-route")),
        basis=Hidden(BasisId("made-up-basis")),
        purpose=Hidden("made-up-purpose"),
        necessity=sealed("necessity"),
        categories=Hidden(()),
    )
    yield facts.ReferralDrafted(
        by=SENDER,
        programme=Hidden(ProgrammeId("made-up-programme")),
        existence="open",
        urgency=facts.Urgency.ALMINDELIG,
        intake={},
    )
    yield facts.ConsentRecorded(
        by=SENDER,
        scope=sealed("scope"),
        receivers=Hidden((AuthorityId("made-up-authority"), AuthorityId("made-up-other"))),
        form=Hidden("oral"),
        given_on=Hidden(date(2026, 10, 30)),
    )
    yield facts.ReferralDelivered(by=ADDRESSEE)
    yield facts.ReferralDeclined(by=ADDRESSEE, reason=Hidden("a"), side=Hidden("b"))
    yield facts.ReferralResent(by=SENDER, answer=sealed("answer"))
    yield facts.ReferralClosed(by=ADDRESSEE, outcome=Hidden("made-up-end"))
    yield facts.ReferralReopened(by=ADDRESSEE, reason=sealed("reason"))
    yield facts.GateRecorded(by=ADDRESSEE, gate=Hidden("a"), result=Hidden("b"), passes=True)
    yield facts.CallRecorded(by=SENDER, whom=sealed("whom"), called_at=NOON)
    yield from keeping.least()
