"""Made-up readings: who looks, and at what."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.reads.reading import Kind, Outcome, Reading, Seen, Who, gathered

FRIDAY = datetime(2026, 1, 16, 14, 40, tzinfo=UTC)
SUBJECT, UNIT = "opdigtet.favrskov-ssp", "favrskov-ssp"
CASE = UUID("018f0000-0000-7000-8000-000000000001")
FIELDS = (
    *("name", "birth_date", "concern", "urgency", "stage", "parties", "timeline", "answer_due"),
    *("case_number", "family", "health", "crime", "social", "assessment"),
)


def officer(subject: str = SUBJECT) -> Who:
    """Give somebody in an office; the same name is the same person."""
    return Who(
        actor=ActorId(subject.encode().hex().ljust(64, "0")[:64]),
        issuer="https://login.eksempel.dk/realms/kredslob",
        subject=subject,
        unit=UnitId(UNIT),
        authority=AuthorityId("favrskov-kommune"),
        regime="gdpr",
        office="caseworker",
    )


def looked(case: UUID = CASE, who: Who | None = None, **told: Any) -> Reading:  # noqa: ANN401 - any field
    """Give one look at one referral."""
    return _reading(Kind.SHOW, gathered([(f"referral:{case}", FIELDS)]), who, **told)


def listed(cases: Sequence[UUID]) -> Reading:
    """Give a look at a page of a list."""
    return _reading(Kind.LIST, gathered((f"referral:{case}", FIELDS[:8]) for case in cases), None)


def tried(case: UUID, **told: Any) -> Reading:  # noqa: ANN401 - any field
    """Give a try for what may not be seen."""
    objects = (Seen(ids=(f"referral:{case}",)),)
    return _reading(Kind.SHOW, objects, None, **{"outcome": Outcome.DENIED, **told})


def _reading(kind: Kind, objects: tuple[Seen, ...], who: Who | None, **told: Any) -> Reading:  # noqa: ANN401 - any field
    said: dict[str, Any] = {
        "at": FRIDAY,
        "door": "/referrals/{referral_id}",
        "purpose": "handling",
        "basis": "retsplejeloven-115",
        "policies": ("see-own-party", "see-health-in-prevention"),
        "rulebook": "1" * 64,
        "view_age": 0.3,
        **told,
    }
    return Reading(who=who or officer(), kind=kind, objects=objects, **said)
