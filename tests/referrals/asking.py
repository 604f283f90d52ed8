"""What people ask in the tests of referrals, each in words that fit one of the ways."""

from datetime import datetime, timedelta
from typing import Any

from services.referrals.domain.referral import commands as ask
from services.referrals.domain.referral.events import Urgency
from shared.kernel.ids import UnitId
from tests.referrals import people as who
from tests.referrals.ways import INFOHUS, Way

NECESSITY = "Uden oplysningen kan ingen hjælpe i tide."
WHY_THIS_ONE = "Randers er nærmest, og familien har tilknytning dertil."
CONSENTED_TO = "Exit-enheden må kende sagen."


def draft(way: Way, **changed: Any) -> ask.DraftReferral:  # noqa: ANN401 - the command's fields
    """Begin a referral with the form filled in."""
    fields = {"unit": way.sender, "urgency": Urgency.ALMINDELIG, "intake": way.answers}
    return ask.DraftReferral(at=who.FRIDAY_1540, programme=way.programme, **{**fields, **changed})


def edit(way: Way, **changed: Any) -> ask.EditDraft:  # noqa: ANN401 - the command's fields
    """Write the draft anew, the same as before unless *changed*."""
    fields = {"unit": way.sender, "urgency": Urgency.ALMINDELIG, "intake": way.answers}
    return ask.EditDraft(at=who.FRIDAY_1540, **{**fields, **changed})


def send(way: Way, **changed: Any) -> ask.SendReferral:  # noqa: ANN401 - the command's fields
    """Send it the way it goes."""
    fields: dict[str, Any] = {
        "unit": way.sender,
        "at": who.FRIDAY_1540,
        "addressee": way.addressee,
        "basis": way.basis,
        "purpose": way.purpose,
        "necessity": NECESSITY,
        "chosen_because": WHY_THIS_ONE if way is INFOHUS else None,
    }
    return ask.SendReferral(**{**fields, **changed})


def consent(way: Way, **changed: Any) -> ask.RecordConsent:  # noqa: ANN401 - the command's fields
    """Note a signed consent towards the one it goes to."""
    fields: dict[str, Any] = {
        "unit": way.sender,
        "at": who.FRIDAY_1540,
        "scope": CONSENTED_TO,
        "receivers": (who.AUTHORITY_OF[way.taker],),
        "form": "written",
        "given_on": who.TODAY,
    }
    return ask.RecordConsent(**{**fields, **changed})


def deliver(way: Way, at: datetime = who.FRIDAY_1540) -> ask.RecordDelivery:
    """Note, as the machine, that it lies in the inbox."""
    return ask.RecordDelivery(unit=way.taker, at=at)


def receive(way: Way, by: UnitId | None = None) -> ask.ReceiveReferral:
    """Say that it was seen."""
    return ask.ReceiveReferral(unit=by or way.taker, at=who.FRIDAY_1540)


def open_it(way: Way, by: UnitId | None = None) -> ask.OpenReferral:
    """Read it, which the door asks to have noted."""
    return ask.OpenReferral(unit=by or way.taker, at=who.FRIDAY_1540)


def claim(way: Way, by: UnitId | None = None) -> ask.ClaimReferral:
    """Take it oneself."""
    return ask.ClaimReferral(unit=by or way.taker, at=who.FRIDAY_1540)


def assign(way: Way, by: UnitId | None = None) -> ask.AssignReferral:
    """Give it to somebody in the unit, who works there alone in most tests."""
    unit = by or way.taker
    return ask.AssignReferral(unit=unit, at=who.FRIDAY_1540, person=who.actor_of(unit))


def accept(way: Way, by: UnitId | None = None) -> ask.AcceptReferral:
    """Take it on."""
    return ask.AcceptReferral(unit=by or way.taker, at=who.FRIDAY_1540)


def decline(
    way: Way, by: UnitId | None = None, *, reason: str | None = None, note: str | None = None
) -> ask.DeclineReferral:
    """Do not take it on."""
    unit, why = by or way.taker, way.reason if reason is None else reason
    return ask.DeclineReferral(unit=unit, at=who.FRIDAY_1540, reason=why, note=note)


def send_back(way: Way, by: UnitId | None = None) -> ask.ReturnReferral:
    """Ask for more."""
    question = "Hvem har talt med hjemmet?"
    return ask.ReturnReferral(unit=by or way.taker, at=who.FRIDAY_1540, question=question)


def send_again(
    way: Way, by: UnitId | None = None, *, at: datetime = who.FRIDAY_1540
) -> ask.ResendReferral:
    """Answer the question."""
    return ask.ResendReferral(unit=by or way.sender, at=at, answer="SSP har, i går.")


def withdraw(way: Way, by: UnitId | None = None) -> ask.WithdrawReferral:
    """Take it back."""
    reason = "Bekymringen viste sig at være en misforståelse."
    return ask.WithdrawReferral(unit=by or way.sender, at=who.FRIDAY_1540, reason=reason)


def close(
    way: Way, by: UnitId | None = None, *, outcome: str | None = None, note: str | None = None
) -> ask.CloseReferral:
    """End it, by the one who answers for its end."""
    unit = by or (way.taker if way.has_account else way.sender)
    ended = way.outcome if outcome is None else outcome
    return ask.CloseReferral(unit=unit, at=who.FRIDAY_1540, outcome=ended, note=note)


def reopen(
    way: Way, by: UnitId | None = None, *, at: datetime = who.FRIDAY_1540
) -> ask.ReopenReferral:
    """Take it up again."""
    return ask.ReopenReferral(unit=by or way.sender, at=at, reason="Det er begyndt igen.")


def enter_in_error(way: Way, by: UnitId | None = None) -> ask.EnterInError:
    """Say that it should never have been made."""
    return ask.EnterInError(unit=by or way.sender, at=who.FRIDAY_1540, reason="Forkert person.")


def let_in(way: Way, party: UnitId | None = None, **changed: Any) -> ask.LetIn:  # noqa: ANN401 - the command's fields
    """Make a further unit a party."""
    fields: dict[str, Any] = {"basis": way.basis, "reason": "De kender familien."}
    return ask.LetIn(
        **{"unit": way.taker, "at": who.FRIDAY_1540, **fields, **changed},
        party=way.further if party is None else party,
    )


def check(
    way: Way, result: str = "intet_til_hinder", *, by: UnitId | None = None, note: str | None = None
) -> ask.RecordGate:
    """Note the first police check."""
    unit = by or way.taker
    return ask.RecordGate(
        unit=unit, at=who.FRIDAY_1540, gate="police_check", result=result, note=note
    )


def write(way: Way, by: UnitId | None = None, text: str = "Har I talt sammen?") -> ask.WriteMessage:
    """Write to the others."""
    return ask.WriteMessage(unit=by or way.taker, at=who.FRIDAY_1540, text=text)


def number(way: Way, by: UnitId | None = None, is_now: str = "2021-0042") -> ask.SetCaseNumber:
    """Note one's own case number."""
    return ask.SetCaseNumber(unit=by or way.sender, at=who.FRIDAY_1540, number=is_now)


def call(way: Way, by: UnitId | None = None) -> ask.RecordCall:
    """Note that somebody was called."""
    called = who.FRIDAY_1540 - timedelta(minutes=5)
    return ask.RecordCall(
        unit=by or way.sender, at=who.FRIDAY_1540, whom="Vagthavende", called_at=called
    )


def dispatch(way: Way, by: UnitId | None = None) -> ask.RecordDispatch:
    """Note how and when it went to who has no account."""
    unit = by or way.sender
    sent_at = who.FRIDAY_1540 - timedelta(minutes=10)
    return ask.RecordDispatch(unit=unit, at=who.FRIDAY_1540, how="digital_post", sent_at=sent_at)


def receipt(way: Way, by: UnitId | None = None) -> ask.RecordReceipt:
    """Note the receipt that came from there."""
    unit = by or way.sender
    return ask.RecordReceipt(
        unit=unit, at=who.FRIDAY_1540, receipt="Modtaget, sag 17.", received_at=who.FRIDAY_1540
    )
