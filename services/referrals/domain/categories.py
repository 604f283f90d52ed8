"""Which kind of data each field of a fact is: what a disclosure profile and the policies speak of.

The answers of a programme's form have their categories in the rulebook. What is said with a fact
has its category here, field by field, because the handover is the same for all programmes. A field
that is not named is shown to nobody, and a test demands that every one is named.
"""

from collections.abc import Mapping
from typing import Final

from shared.rulebook.slices import Category

ADMINISTRATIVE: Final[Category] = "administrative"
WORDS: Final[Category] = "free_text"

SAID: Final[Mapping[str, Mapping[str, Category]]] = {
    "drafted": {
        "programme": ADMINISTRATIVE,
        "existence": ADMINISTRATIVE,
        "urgency": ADMINISTRATIVE,
    },
    "draft-edited": {"urgency": ADMINISTRATIVE},
    "consent-recorded": {
        "scope": WORDS,
        "receivers": ADMINISTRATIVE,
        "form": ADMINISTRATIVE,
        "given_on": ADMINISTRATIVE,
    },
    "consent-withdrawn": {
        "consent": ADMINISTRATIVE,
        "withdrawn_on": ADMINISTRATIVE,
        "note": WORDS,
        "ends": ADMINISTRATIVE,
    },
    "sent": {
        "addressee": ADMINISTRATIVE,
        "addressee_authority": ADMINISTRATIVE,
        "outside": ADMINISTRATIVE,
        "has_account": ADMINISTRATIVE,
        "route": ADMINISTRATIVE,
        "basis": ADMINISTRATIVE,
        "basis_reason": WORDS,
        "purpose": ADMINISTRATIVE,
        "necessity": WORDS,
        "rule": ADMINISTRATIVE,
        "chosen_because": WORDS,
        "age_note": WORDS,
        "categories": ADMINISTRATIVE,
        "next_staffed": ADMINISTRATIVE,
        "call": ADMINISTRATIVE,
    },
    "delivered": {"answer_due": ADMINISTRATIVE, "clock": ADMINISTRATIVE},
    "received": {},
    "opened": {},
    "claimed": {},
    "assigned": {"to": ADMINISTRATIVE},
    "accepted": {},
    "declined": {"reason": ADMINISTRATIVE, "side": ADMINISTRATIVE, "note": WORDS},
    "returned": {"question": WORDS},
    "resent": {"answer": WORDS, "next_staffed": ADMINISTRATIVE},
    "withdrawn": {"reason": WORDS},
    "closed": {"outcome": ADMINISTRATIVE, "note": WORDS},
    "taken-over": {"outcome": ADMINISTRATIVE, "note": WORDS},
    "reopened": {"reason": WORDS, "answer_due": ADMINISTRATIVE},
    "entered-in-error": {"reason": WORDS},
    "party-let-in": {
        "party": ADMINISTRATIVE,
        "party_authority": ADMINISTRATIVE,
        "basis": ADMINISTRATIVE,
        "reason": WORDS,
        "categories": ADMINISTRATIVE,
        "sees": ADMINISTRATIVE,
        "counterpart": ADMINISTRATIVE,
    },
    "party-left": {"reason": WORDS},
    "gate-recorded": {
        "gate": ADMINISTRATIVE,
        "result": "assessment",
        "passes": "assessment",
        "note": "assessment",
    },
    "message-written": {"text": WORDS},
    "case-number-set": {"number": ADMINISTRATIVE},
    "call-recorded": {"whom": WORDS, "called_at": ADMINISTRATIVE, "note": WORDS},
    "dispatch-recorded": {"how": ADMINISTRATIVE, "sent_at": ADMINISTRATIVE},
    "receipt-recorded": {"receipt": ADMINISTRATIVE, "received_at": ADMINISTRATIVE},
    "staff-named": {"person": ADMINISTRATIVE},
    "staff-excluded": {"person": ADMINISTRATIVE, "reason": WORDS},
    "staff-readmitted": {"person": ADMINISTRATIVE, "reason": WORDS},
    "glass-broken": {"office": ADMINISTRATIVE, "reason": WORDS, "until": ADMINISTRATIVE},
    "glass-reviewed": {"glass": ADMINISTRATIVE, "justified": ADMINISTRATIVE, "note": WORDS},
    "try-noticed": {"entry": ADMINISTRATIVE, "kind": ADMINISTRATIVE, "tried_by": ADMINISTRATIVE},
    "try-seen-to": {"noticed": ADMINISTRATIVE, "note": WORDS},
    "address-protected": {
        "kind": ADMINISTRATIVE,
        "since": ADMINISTRATIVE,
        "lapses_on": ADMINISTRATIVE,
    },
    "address-protection-ended": {"reason": WORDS},
    "leaving-asked": {
        "basis": ADMINISTRATIVE,
        "receiver": ADMINISTRATIVE,
        "what": WORDS,
        "reason": WORDS,
        "life_at_stake": ADMINISTRATIVE,
        "approval_due": ADMINISTRATIVE,
    },
    "leaving-approved": {"leaving": ADMINISTRATIVE},
    "leaving-refused": {"leaving": ADMINISTRATIVE, "reason": WORDS},
    "task-set": {"office": ADMINISTRATIVE, "what": WORDS, "due": ADMINISTRATIVE},
    "task-done": {"task": ADMINISTRATIVE, "note": WORDS},
}
"""By the fact's name between ``referral.`` and its version, then by field."""

FOR_WHO_JUDGES: Final = frozenset(
    {
        ("referral.glass-broken.v1", "reason"),
        ("referral.glass-reviewed.v1", "note"),
        ("referral.try-seen-to.v1", "note"),
    }
)
"""Words about what was done, which whoever judges it reads without being on the case."""

WHOLE: Final = "_"
"""Begins what stands in place of the names of fields where a case is secret: they would tell of
which programme. There is always one for each kind of data, whether anything was answered or not.
Alone it held all answers as one, in facts of before.
"""


def category_of_part(name: str) -> str | None:
    """Give the kind of data in a part of a form whose questions are not named (secret cases)."""
    return name.removeprefix(WHOLE) if name.startswith(WHOLE) and name != WHOLE else None


def category_said(fact_type: str, field: str) -> Category | None:
    """Give what kind of data is said in a field of a fact; None is shown to nobody."""
    name = fact_type.removeprefix("referral.").rpartition(".")[0]
    return SAID.get(name, {}).get(field)
