"""Opening what a person may read: the last step before an answer leaves, and the only one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from services.referrals.api.shown import (
    Erasure,
    Masked,
    PolicyShown,
    Shown,
    Told,
    banner_of,
    closed_of,
    policy_of,
    protection_of,
)
from services.referrals.domain.categories import (
    FOR_WHO_JUDGES,
    WHOLE,
    category_of_part,
    category_said,
)
from services.referrals.domain.referral.form import names_person
from services.referrals.domain.referral.parties import Role
from services.referrals.projections.party_line import PartyView, Step
from services.referrals.seeing import Looking, policies_of
from services.referrals.wiring import Wiring
from shared.access.caller import Caller
from shared.access.marking import Marking, marking_of
from shared.kernel.personal import Erased, Personal, Sealed
from shared.rulebook.content import Rulebook
from shared.vault.problems import VaultDown

OUTSIDE = frozenset({"referral.dispatch-recorded.v1", "referral.receipt-recorded.v1"})
"""What the sender notes about a receiver who has no account here."""
TRIES = frozenset({"referral.try-noticed.v1", "referral.try-seen-to.v1"})
"""What is told to the owner of a case alone (ADR 0020)."""
Token: TypeAlias = Personal[JsonValue]
Clear: TypeAlias = Mapping[Token, JsonValue | Erasure]


def masks(look: Looking) -> bool:
    """Whether addresses are masked: they are as long as one is protected."""
    return look.line.protection is not None


def kind_of(look: Looking, name: str) -> str | None:
    """Give what kind of data an answer of the form is, also in a form closed in parts."""
    part = category_of_part(name)
    return part or look.rules.profiles.category_of(look.line.programme, name)


def may_answer(look: Looking, name: str) -> bool:
    """Whether an answer of the form may be shown."""
    return look.sight.may(kind_of(look, name), own=look.line.role is Role.SENDER)


def may_say(look: Looking, step: Step, field: str) -> bool:
    """Whether what was said in a field of a fact may be shown."""
    own = step.unit == look.line.unit
    judged = look.sight.judges and (step.type, field) in FOR_WHO_JUDGES
    return judged or look.sight.may(category_said(step.type, field), own=own)


def works_on(look: Looking) -> bool:
    """Whether who asks works on the case, rather than oversees it or carries it for others."""
    return look.sight.on_the_case and not (look.by.oversees or look.by.names_nobody)


def hears_alone(here: Wiring, look: Looking) -> bool | None:
    """Whether who asks hears of tries where glass never opens; None where it may be broken.

    It is who has the case, and while nobody has it who works on it: nobody else (§8).
    """
    programme = look.rules.programmes.get(look.line.programme)
    if programme and programme.break_glass:
        return None
    if look.line.owner is None:
        return works_on(look)
    return look.line.owner in here.codes_of(look.by.actor, look.referral)


def may_know(here: Wiring, look: Looking, step: Step) -> bool:
    """Whether a fact may stand in the timeline; tries are for those who answer for the case."""
    if step.type not in TRIES:
        return True
    alone = hears_alone(here, look)
    return look.sight.on_the_case if alone is None else alone


def policies_shown(rules: Rulebook, looks: Sequence[Looking]) -> list[PolicyShown]:
    """Give the policies by which something of these is shown or hidden, in words.

    Of a case that was taken over nothing is, so none is named.
    """
    told = [look for look in looks if not is_bare(look.line)]
    return [policy_of(rules, name) for name in policies_of(told)]


class Opened(NamedTuple):
    """An answer ready to leave, and the names of the fields in it, for the read log."""

    shown: Shown
    fields: tuple[str, ...]


async def shown(here: Wiring, look: Looking) -> Opened:
    """Give a line with everything opened that may be shown and that there is a key for."""
    clear = await opened(here, look.by, _tokens(look))
    line, rules = look.line, look.rules
    intake = dict(_answers(look, clear))
    timeline = [_told(look, clear, step) for step in line.timeline if may_know(here, look, step)]
    answer = Shown(
        referral=look.referral,
        programme=None if is_bare(line) else line.programme,
        role=line.role,
        stage=line.stage,
        urgency=None if is_bare(line) else line.urgency,
        purpose=look.sight.purpose,
        parties=list(line.parties),
        outside=clear[line.outside] if line.outside else None,
        intake=intake,
        timeline=timeline,
        answer_due=line.answer_due,
        next_staffed=line.next_staffed,
        call=list(line.call),
        taken=line.owner is not None,
        mine=line.owner in here.codes_of(look.by.actor, look.referral),
        case_number=clear[line.case_number] if line.case_number else None,
        closed=closed_of(line),
        banner=banner_of(look.sight.glass),
        protection=protection_of(line.protection, here.clock.now()),
        marking=marked(rules, line),
        policies=policies_shown(rules, [look]),
    )
    return Opened(answer, tuple(_names(answer)))


def marked(rules: Rulebook, line: PartyView) -> Marking | None:
    """Give the marking of § 115 that what is told of a line carries; of a bare one nothing is."""
    return None if is_bare(line) else marking_of(rules, line.programme, line.basis)


def is_bare(line: PartyView) -> bool:
    """Whether nothing may be told but that it is closed: the police have taken it over (law §5)."""
    return line.closed is not None and line.closed.kind == "taken_over"


def _tokens(look: Looking) -> list[Token]:
    """Give the tokens that are opened: only of what may be shown."""
    line = look.line
    found = [
        value for name, value in line.intake.items() if name == WHOLE or may_answer(look, name)
    ]
    for step in line.timeline:
        found += [value for name, value in step.sealed.items() if may_say(look, step, name)]
    return [*found, *(each for each in (line.case_number, line.outside) if each)]


def _told(look: Looking, clear: Clear, step: Step) -> Told:
    said = {name: value for name, value in step.said.items() if may_say(look, step, name)}
    sealed = {name: clear[value] for name, value in step.sealed.items() if value in clear}
    return Told(
        id=UUID(step.id),
        type=step.type,
        at=step.at,
        unit=step.unit,
        said={**said, **sealed},
        registered_by_sender=step.type in OUTSIDE,
    )


def _answers(look: Looking, clear: Clear) -> Iterator[tuple[str, JsonValue | Erasure | Masked]]:
    for name, token in look.line.intake.items():
        if token not in clear:
            continue
        value = clear[token]
        parts = category_of_part(name) is not None or name == WHOLE
        answers = value.items() if parts and isinstance(value, dict) else [(name, value)]
        for answer, content in answers:
            category = category_of_part(name) or kind_of(look, answer)
            if name == WHOLE and not may_answer(look, answer):
                continue
            yield answer, Masked() if category == "contact" and masks(look) else content


def _names(answer: Shown) -> Iterator[str]:
    for name, content in answer.intake.items():
        if not isinstance(content, Masked):
            yield f"intake.{name}"
    for step in answer.timeline:
        kind = step.type.removeprefix("referral.").rpartition(".")[0]
        yield from (f"{kind}.{name}" for name in step.said)
    if answer.case_number is not None:
        yield "case_number"


async def titles(here: Wiring, looks: Sequence[Looking]) -> list[JsonValue]:
    """Give the name of the person on each line, for a list to be read by.

    None where it is not for who asks or is erased, and on all while the vault is away: what waits
    is seen all the same.
    """
    named = [_named(look) for look in looks]
    try:
        clear = await opened(here, looks[0].by, [n for n in named if n]) if looks else {}
    except VaultDown:
        return [None for _ in looks]
    return [_name(clear[name]) if name else None for name in named]


def _named(look: Looking) -> Token | None:
    if not look.sight.may("identity", own=look.line.role is Role.SENDER):
        return None
    return names_person(look.line.intake)


def _name(content: JsonValue | Erasure) -> JsonValue:
    if isinstance(content, dict):
        return content.get("name")
    return None if isinstance(content, Erasure) else content


async def opened(
    here: Wiring, by: Caller, sealed: Sequence[Token]
) -> dict[Token, JsonValue | Erasure]:
    """Give what the caller's authority holds a key for; an ``Erasure`` in place of all else."""
    tokens = [value.content.token for value in sealed if isinstance(value.content, Sealed)]
    clear = [
        Erasure() if isinstance(each, Erased) else each
        for each in await here.vault.opened(tokens, by.authority)
    ]
    return dict(zip(sealed, clear, strict=True))
