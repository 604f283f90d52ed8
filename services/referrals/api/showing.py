"""Opening what a party may read: the last step before an answer leaves, and the only one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, JsonValue

from services.referrals.domain.referral.form import WHOLE
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.state import Stage
from services.referrals.projections.party_view import PartyView, Step, With
from services.referrals.wiring import Wiring
from shared.access.caller import Caller
from shared.kernel.personal import Erased, Personal, Sealed
from shared.vault.problems import VaultDown

OUTSIDE = frozenset({"referral.dispatch-recorded.v1", "referral.receipt-recorded.v1"})
"""What the sender notes about a receiver who has no account here."""


class Erasure(BaseModel):
    """Stands where content was: its key was destroyed, or was never yours."""

    erased: bool = True


class Told(BaseModel):
    """One thing that happened: what, when, by which unit, and what was said with it."""

    id: UUID
    type: str
    at: datetime
    unit: str
    said: dict[str, JsonValue | Erasure]
    registered_by_sender: bool = False
    """Whether it is the sender's own note about a receiver without an account."""


class Shown(BaseModel):
    """A referral as one unit sees it."""

    referral: UUID
    programme: str
    role: Role
    stage: Stage
    urgency: str
    parties: list[With]
    outside: JsonValue | Erasure
    intake: dict[str, JsonValue | Erasure]
    timeline: list[Told]
    answer_due: datetime | None
    next_staffed: datetime | None
    call: list[str]
    taken: bool
    mine: bool
    case_number: JsonValue | Erasure = None


async def shown(here: Wiring, by: Caller, referral: UUID, line: PartyView) -> Shown:
    """Give a line with everything opened that the caller's authority holds a key for."""
    sealed = [*line.intake.values()]
    sealed += [value for step in line.timeline for value in step.sealed.values()]
    sealed += [each for each in (line.case_number, line.outside) if each]
    clear = await _opened(here, by, sealed)
    return Shown(
        referral=referral,
        programme=line.programme,
        role=line.role,
        stage=line.stage,
        urgency=line.urgency,
        parties=list(line.parties),
        outside=clear[line.outside] if line.outside else None,
        intake=_answers(clear, line),
        timeline=[_told(clear, step) for step in line.timeline],
        answer_due=line.answer_due,
        next_staffed=line.next_staffed,
        call=list(line.call),
        taken=line.owner is not None,
        mine=line.owner in {by.actor, here.sealing.actor_in(f"referral-{referral}", by.actor)},
        case_number=clear[line.case_number] if line.case_number else None,
    )


def _told(clear: Mapping[Personal[JsonValue], JsonValue | Erasure], step: Step) -> Told:
    return Told(
        id=UUID(step.id),
        type=step.type,
        at=step.at,
        unit=step.unit,
        said={**step.said, **{name: clear[value] for name, value in step.sealed.items()}},
        registered_by_sender=step.type in OUTSIDE,
    )


async def titles(here: Wiring, by: Caller, lines: Sequence[PartyView]) -> list[JsonValue]:
    """Give the name of the person on each line, for a list to be read by.

    None where it is erased, and on all while the vault is away: what waits is seen all the same.
    """
    named = [line.intake.get("name") or line.intake.get(WHOLE) for line in lines]
    try:
        clear = await _opened(here, by, [name for name in named if name])
    except VaultDown:
        return [None for _ in lines]
    return [_name(clear[name]) if name else None for name in named]


def _name(opened: JsonValue | Erasure) -> JsonValue:
    if isinstance(opened, dict):
        return opened.get("name")
    return None if isinstance(opened, Erasure) else opened


def _answers(
    clear: Mapping[Personal[JsonValue], JsonValue | Erasure], line: PartyView
) -> dict[str, JsonValue | Erasure]:
    opened = {name: clear[value] for name, value in line.intake.items()}
    whole = opened.get(WHOLE)
    return {**whole} if isinstance(whole, dict) else opened


async def _opened(
    here: Wiring, by: Caller, sealed: Sequence[Personal[JsonValue]]
) -> dict[Personal[JsonValue], JsonValue | Erasure]:
    tokens = [value.content.token for value in sealed if isinstance(value.content, Sealed)]
    opened = await here.vault.opened(tokens, by.authority)
    clear = [Erasure() if isinstance(each, Erased) else each for each in opened]
    return dict(zip(sealed, clear, strict=True))
