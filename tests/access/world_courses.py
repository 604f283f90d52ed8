"""Where a history leads: what is asked for how often, and the courses that cases may take.

What ends sharing, or keeps somebody out, needs much to have happened before. Left to chance alone
it would hardly ever be granted, and histories without it would prove nothing.
"""

from collections.abc import Mapping
from random import Random
from typing import Final

from tests.access import handover_acts, keeping_acts
from tests.access.world_model import Case
from tests.access.world_people import Seat
from tests.access.world_play import HOLDER, Act, Made, Play

WEIGHT: Final = (
    {"send": 12, "receive": 10, "accept": 8, "let_in": 8, "gate": 5, "write": 5, "resend": 5}
    | {"break_glass": 4, "claim": 3, "assign": 3, "reopen": 3, "exclude_staff": 2}
    | {"review_glass": 2, "return": 0.7, "leave": 2, "close": 0.5, "withdraw": 0.4}
    | {"decline": 0.3, "error": 0.1, "withdraw_consent": 0.5, "protect_address": 0.5}
    | {"number": 0.5, "call": 0.5, "consent": 0.5, "take_over": 0.2}
)
"""How often something is asked for that could be: what leads on rather than what ends it all."""
LEADING: Final = frozenset(
    {"name_staff", "exclude_staff", "readmit_staff", "assign", "review_glass"}
    | {"approve_leaving", "refuse_leaving"}
)
"""What is mostly asked for by who leads a unit."""
BEGUN: Final = {"infohus": 4, "psp": 3, "bandeexit": 3, "ukn": 1}
"""How often a case begins in which programme: in most of a youth board's there is one party."""
SHARED: Final = ("send", "receive", "accept", "write")
COURSES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "infohus": (
        (*SHARED, "take_over", "number"),
        ("send", "receive", "accept", "take_over", "write"),
        ("send", "receive", "gate", "let_in", "accept", "take_over"),
        ("send", "receive", "gate", "gate", "let_in", "write", "leave"),
        ("send", "receive", "name_staff", "break_glass", "review_glass"),
        (*SHARED, "withdraw", "error"),
    ),
    "psp": (
        ("send", "receive", "let_in", "write", "leave", "number"),
        ("send", "receive", "let_in", "exclude_staff", "write", "leave"),
        ("send", "receive", "name_staff", "break_glass", "review_glass"),
        ("send", "ask_leaving", "approve_leaving", "write", "withdraw"),
        (*SHARED, "close", "reopen"),
    ),
    "bandeexit": (
        ("consent", "send", "receive", "accept", "let_in", "write", "withdraw_consent"),
        ("consent", "send", "receive", "let_in", "write", "withdraw_consent", "number"),
        ("consent", "send", "receive", "write", "withdraw_consent"),
    ),
    "ukn": (("send", "dispatch", "receipt", "withdraw"),),
}
"""Ways that a case may go, by its programme; on each anybody may come between."""


def begin(dice: Random) -> tuple[str, list[str]]:
    """Give in which programme a case begins, and the way that it is meant to go."""
    (programme,) = dice.choices([*BEGUN], [*BEGUN.values()])
    return programme, list(dice.choice(COURSES[programme]))


def _take_over(play: Play) -> Act:
    """Close it with an outcome by which the police take it, where the programme has one."""
    outcomes = play.case.programme["outcomes"]
    takes = [each["id"] for each in outcomes if each.get("takeover")] or [outcomes[0]["id"]]
    is_over = any(each.get("takeover") for each in outcomes)

    def then(case: Case, seat: Seat, _told: str) -> None:
        case.stage = "closed"
        if is_over:
            case.close(
                [p for p in case.parties.values() if p.unit.id != seat.unit.id], "taken_over"
            )
            case.taken = True

    return Act("POST", "closing", {"outcome": takes[0], **play.note()}, then)


ACTS: Final[Mapping[str, Made]] = {
    **handover_acts.ACTS,
    **keeping_acts.ACTS,
    "take_over": (HOLDER, frozenset({"accepted"}), _take_over),
}
