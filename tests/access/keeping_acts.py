"""How sharing ends in the histories, and what keeps a referral safe within an authority."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.access.world_model import Case
from tests.access.world_people import Seat
from tests.access.world_play import ALL, ANY, OUT, PARTNERS, Act, Made, Play

LATELY: Final = "2026-11-02"
LET_IN: Final = frozenset({"let_in"})
EVER: Final = ALL | {"entered_in_error"}
NOTHING: Final = "00000000-0000-0000-0000-000000000001"
WHY: Final[Mapping[str, Any]] = {"scope": "authority", "judged": True}
"""What who reviews has to be able to read, also where they are not on the case."""
TO_WHOM: Final[Mapping[str, Any]] = {"category": "administrative", "scope": "authority"}


def _withdraw_consent(play: Play) -> Act:
    known = sorted(play.case.consents)
    which = play.dice.choice(known) if known else NOTHING

    def then(case: Case, _seat: Seat, _told: str) -> None:
        rests = {b["id"]: b.get("requires") for b in case.programme["bases"]}
        case.end_consent(which, rests)

    said = {"withdrawn_on": LATELY, **play.note()}
    return Act("POST", f"consents/{which}/withdrawal", said, then)


def _leave(play: Play) -> Act:
    def then(case: Case, seat: Seat, _told: str) -> None:
        case.close([case.parties[seat.unit.id]], "left")

    return Act("POST", "leaving", {"reason": play.say("reason")}, then)


def _name_staff(play: Play) -> Act:
    to = play.colleague()

    def then(case: Case, seat: Seat, _told: str) -> None:
        case.name(seat.unit.id, to)

    return Act("POST", "staff", {"subject": to}, then)


def _exclude(play: Play) -> Act:
    to = play.colleague()

    def then(case: Case, seat: Seat, _told: str) -> None:
        case.excluded.setdefault(seat.unit.authority, set()).add(to)
        case.named.get(seat.unit.id, set()).discard(to)

    reason = play.say("reason", scope="unit")
    return Act("POST", "exclusions", {"subject": to, "reason": reason}, then)


def _readmit(play: Play) -> Act:
    out = sorted(play.case.excluded.get(play.seat.unit.authority, ())) or [play.colleague()]
    to = play.dice.choice(out)

    def then(case: Case, seat: Seat, _told: str) -> None:
        case.excluded.get(seat.unit.authority, set()).discard(to)

    reason = play.say("reason", scope="unit")
    return Act("POST", "readmissions", {"subject": to, "reason": reason}, then)


def _break(play: Play) -> Act:
    def then(case: Case, seat: Seat, told: str) -> None:
        case.glasses[told] = (seat.person, seat.unit.id, seat.acts_as)
        case.broken.append((told, seat.unit.authority))

    said = {"reason": play.say("reason", **WHY)}
    return Act("POST", "broken-glass", said, then, "referral.glass-broken.v1")


def _review(play: Play) -> Act:
    glass = play.dice.choice(play.case.broken)[0] if play.case.broken else NOTHING
    justified = play.often()

    def then(case: Case, _seat: Seat, _told: str) -> None:
        if not justified:
            case.glasses.pop(glass, None)

    said = {"justified": justified, **play.note(**WHY)}
    return Act("POST", f"broken-glass/{glass}/review", said, then)


def _protect(play: Play) -> Act:
    kind = "threat" if play.often() and play.seat.unit.police else "name_and_address"

    def then(case: Case, seat: Seat, _told: str) -> None:
        if case.is_in_vain("protect_address", seat.unit):
            return
        for party in case.parties.values():
            party.guarded = kind

    return Act("PUT", "address-protection", {"kind": kind, "since": LATELY}, then)


def _unprotect(play: Play) -> Act:
    def then(case: Case, _seat: Seat, _told: str) -> None:
        for party in case.parties.values():
            party.guarded = None

    return Act("POST", "address-protection/end", {"reason": play.say("reason")}, then)


def _ask_leaving(play: Play) -> Act:
    def then(case: Case, seat: Seat, told: str) -> None:
        case.leavings.append((told, seat.unit.authority))

    said = {
        "basis": "underretning-om-barn",
        "receiver": play.say("receiver", **TO_WHOM),
        "what": play.say("what", scope="authority"),
        "reason": play.say("reason", scope="authority"),
        "life_at_stake": play.often(0.3),
    }
    return Act("POST", "leavings", said, then, "referral.leaving-asked.v1")


def _approve(play: Play) -> Act:
    return Act("POST", f"leavings/{_leaving(play)}/approval")


def _refuse(play: Play) -> Act:
    said = {"reason": play.say("reason", scope="authority")}
    return Act("POST", f"leavings/{_leaving(play)}/refusal", said)


def _leaving(play: Play) -> str:
    known = play.case.leavings
    return play.dice.choice(known)[0] if known else NOTHING


def _set_task(play: Play) -> Act:
    def then(case: Case, seat: Seat, told: str) -> None:
        case.tasks.append((told, seat.unit.id))

    said = {
        "office": play.dice.choice(("caseworker", "leader")),
        "what": play.say("what", scope="unit"),
        "due": (datetime.now(UTC) + timedelta(days=2)).isoformat(),
    }
    return Act("POST", "tasks", said, then, "referral.task-set.v1")


def _finish_task(play: Play) -> Act:
    task = play.dice.choice(play.case.tasks)[0] if play.case.tasks else NOTHING
    return Act("POST", f"tasks/{task}/done", play.note(scope="unit"))


ACTS: Final[Mapping[str, Made]] = {
    "withdraw_consent": (PARTNERS, ALL, _withdraw_consent),
    "leave": (LET_IN, OUT, _leave),
    "name_staff": (ANY, EVER, _name_staff),
    "exclude_staff": (ANY, EVER, _exclude),
    "readmit_staff": (ANY, EVER, _readmit),
    "break_glass": (ANY, OUT, _break),
    "review_glass": (ANY, OUT, _review),
    "protect_address": (ANY, EVER, _protect),
    "end_protection": (ANY, EVER, _unprotect),
    "ask_leaving": (ANY, OUT, _ask_leaving),
    "approve_leaving": (ANY, EVER, _approve),
    "refuse_leaving": (ANY, EVER, _refuse),
    "set_task": (ANY, ALL, _set_task),
    "finish_task": (ANY, ALL, _finish_task),
}
