"""How a referral goes from hand to hand in the histories, from draft to outcome."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tests.access.world_model import Case
from tests.access.world_people import Seat
from tests.access.world_play import (
    ALL,
    ANY,
    AT_HOLDER,
    HOLDER,
    LATELY,
    PARTNERS,
    SENDER,
    UNDERWAY,
    Act,
    Made,
    Play,
    said,
    stage,
)

WAYS: Final[Mapping[str, Mapping[str, Any]]] = {
    "infohus": {
        "to": ("infohus-randers", "oestjyllands-politi-infohus-randers"),
        "bases": ("rpl-115-1-1",),
        "purpose": "forebygge-radikalisering",
    },
    "psp": {
        "to": ("psp-odder", "oestjyllands-politi-psp-odder"),
        "bases": ("rpl-115-1-2",),
        "purpose": "hjaelp-og-forebyggelse",
    },
    "ukn": {
        "to": ("ukn-oestjylland", None),
        "bases": ("ukn-lov-11",),
        "purpose": "maalrettet-indsats",
    },
    "bandeexit": {
        "to": ("oestjyllands-politi-exit", "oestjyllands-politi-exit"),
        "bases": ("samtykke", "samtykke", "rpl-115-1-1"),
        "purpose": "ud-af-banden",
    },
}
SENDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "infohus": ("favrskov-ssp", "favrskov-familieafdeling", "randers-infohus"),
    "psp": ("odder-ssp", "odder-familieafdeling"),
    "ukn": ("oestjyllands-politi-forebyggelse",),
    "bandeexit": ("kriminalforsorgen-oestjylland", "odder-exitkontakt"),
}
FURTHER: Final[Mapping[str, tuple[str, ...]]] = {
    "infohus": ("randers-infohus", "favrskov-familieafdeling", "favrskov-ssp", "aarhus-ssp"),
    "psp": ("region-syddanmark-psykiatri", "odder-familieafdeling", "odder-ssp"),
    "ukn": (),
    "bandeexit": ("odder-exitkontakt", "kriminalforsorgen-oestjylland"),
}


def _edit(play: Play) -> Act:
    def then(case: Case, _seat: Seat, _told: str) -> None:
        new = {each.number for each in play.said}
        for text in case.texts.values():
            text.replaced = text.replaced or (text.intake and text.number not in new)

    body = {"urgency": "hurtig", "intake": play.intake()}
    return Act("PUT", "draft", body, then, headers={"If_Match": play.case.etag})


def _consent(play: Play) -> Act:
    receivers = [
        *("oestjyllands-politi", "odder-kommune", "kriminalforsorgen", "favrskov-kommune"),
    ]
    chosen = frozenset(play.dice.sample(receivers, 2)) | {"oestjyllands-politi"}

    def then(case: Case, _seat: Seat, told: str) -> None:
        case.consents[told] = chosen

    body = {
        "scope": play.say("scope", concern=True),
        "receivers": sorted(chosen),
        "form": "written",
        "given_on": LATELY,
    }
    return Act("POST", "consents", body, then, tells="referral.consent-recorded.v1")


def _send(play: Play) -> Act:
    way = WAYS[play.case.programme["id"]]
    basis = play.dice.choice(way["bases"])
    addressee, taker = way["to"]
    outside = play.case.programme["id"] == "infohus" and play.often(0.1)

    def then(case: Case, _seat: Seat, _told: str) -> None:
        case.stage, case.sent = "sent", True
        if taker and not outside:
            play.join(taker, "holder", basis)

    said = ("necessity", "chosen_because", "age_note", "basis_reason")
    body = {
        "basis": basis,
        "purpose": way["purpose"],
        **{name: play.say(name, concern=True) for name in said},
        **(
            {"outside": play.say("outside", "administrative", concern=True)}
            if outside
            else {"addressee": addressee}
        ),
    }
    return Act("POST", "sending", body, then)


def _claim(_play: Play) -> Act:
    def then(case: Case, seat: Seat, _told: str) -> None:
        case.name(seat.unit.id, seat.person)

    return Act("POST", "claim", None, then)


def _assign(play: Play) -> Act:
    to = play.colleague()

    def then(case: Case, seat: Seat, _told: str) -> None:
        case.name(seat.unit.id, to)

    return Act("POST", "assignment", {"subject": to}, then)


def _accept(_play: Play) -> Act:
    def then(case: Case, _seat: Seat, _told: str) -> None:
        case.stage, case.accepted = "accepted", case.step

    return Act("PUT", "acceptance", None, then)


def _let_in(play: Play) -> Act:
    way = FURTHER[play.case.programme["id"]] or ("aarhus-ssp",)
    party, start = play.dice.choice(way), play.often(0.4)
    counter = play.often(0.15)
    basis = WAYS[play.case.programme["id"]]["bases"][0]

    def then(_case: Case, _seat: Seat, _told: str) -> None:
        play.join(party, "let_in", basis, from_start=start, counterpart=counter)

    body = {
        "party": party,
        "basis": basis,
        "reason": play.say("reason"),
        "sees": "start" if start else "joining",
        "counterpart": counter,
    }
    return Act("POST", "parties", body, then)


def _gate(play: Play) -> Act:
    result = play.dice.choice(("intet_til_hinder", "intet_til_hinder", "overdraget_til_politiet"))
    note = play.note(category="assessment", scope="unit")
    return Act("POST", "gates", {"gate": "police_check", "result": result, **note})


def _withdraw(play: Play) -> Act:
    def then(case: Case, _seat: Seat, _told: str) -> None:
        case.stage = "withdrawn"
        case.close(list(case.parties.values()), "withdrawn")

    return Act("POST", "withdrawal", {"reason": play.say("reason")}, then)


def _close(play: Play) -> Act:
    outcome = play.dice.choice(play.case.programme["outcomes"])

    def then(case: Case, seat: Seat, _told: str) -> None:
        case.stage = "closed"
        if outcome.get("takeover") and case.parties[seat.unit.id].role == "holder":
            others = [p for p in case.parties.values() if p.unit.id != seat.unit.id]
            case.close(others, "taken_over")
            case.taken = True

    return Act("POST", "closing", {"outcome": outcome["id"], **play.note()}, then)


def _decline(play: Play) -> Act:
    reason = play.dice.choice(play.case.programme["decline_reasons"])["id"]
    return Act("POST", "decline", {"reason": reason, **play.note()}, stage("declined"))


def _number(play: Play) -> Act:
    number = play.say("number", "administrative", scope="authority")
    return Act("PUT", "case-number", {"number": number})


def _call(play: Play) -> Act:
    body = {"whom": play.say("whom"), "called_at": _now(), **play.note()}
    return Act("POST", "calls", body)


def _dispatch(_play: Play) -> Act:
    return Act("POST", "dispatches", {"how": "letter", "sent_at": _now()})


def _receipt(play: Play) -> Act:
    receipt = play.say("receipt", "administrative")
    return Act("POST", "receipts", {"receipt": receipt, "received_at": _now()})


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _reopen(play: Play) -> Act:
    to = "received" if play.case.as_role("holder") else "sent"
    return Act("POST", "reopening", {"reason": play.say("reason")}, stage(to))


def _error(play: Play) -> Act:
    def then(case: Case, _seat: Seat, _told: str) -> None:
        case.stage = "entered_in_error"
        case.close(list(case.parties.values()), "entered_in_error")

    return Act("POST", "error", {"reason": play.say("reason")}, then)


ACTS: Final[Mapping[str, Made]] = {
    "edit": (SENDER, frozenset({"draft"}), _edit),
    "consent": (PARTNERS, UNDERWAY | {"draft"}, _consent),
    "send": (SENDER, frozenset({"draft"}), _send),
    "receive": (HOLDER, frozenset({"delivered"}), said("reception", to="received")),
    "claim": (HOLDER, AT_HOLDER, _claim),
    "assign": (HOLDER, AT_HOLDER, _assign),
    "accept": (HOLDER, frozenset({"received"}), _accept),
    "decline": (HOLDER, frozenset({"received"}), _decline),
    "return": (HOLDER, frozenset({"received"}), said("return", "question", to="returned")),
    "resend": (
        SENDER,
        frozenset({"returned"}),
        said("resending", "answer", to="sent", concern=True),
    ),
    "withdraw": (SENDER, UNDERWAY, _withdraw),
    "close": (PARTNERS, UNDERWAY, _close),
    "reopen": (PARTNERS, frozenset({"closed", "declined"}), _reopen),
    "error": (SENDER, ALL, _error),
    "let_in": (HOLDER, AT_HOLDER, _let_in),
    "gate": (HOLDER, AT_HOLDER, _gate),
    "write": (ANY, UNDERWAY, said("messages", "text")),
    "number": (ANY, ALL, _number),
    "call": (PARTNERS, UNDERWAY, _call),
    "dispatch": (SENDER, frozenset({"sent"}), _dispatch),
    "receipt": (SENDER, frozenset({"sent"}), _receipt),
}
