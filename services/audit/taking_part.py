"""What the ledger tells one authority of a referral: what it did, and what it was a party to.

Where units stand in clear, a fact says who was made a party, and who no longer is one: so nothing
that is done later brings anybody back. Where a programme keeps it secret that a case exists, no
unit stands in clear. There an authority takes part from its own act until one of the facts that may
end it, and again from an act that only a party can do: it is rather told too little than too much.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from services.audit.ledger.reading import Entry
from shared.contracts.catalogue import is_own_affair, words_of
from shared.kernel.ids import AuthorityId

DRAFTED: Final = "referral.drafted.v1"
SENT: Final = "referral.sent.v1"
LEFT, ENDED = "referral.party-left.v1", "referral.consent-withdrawn.v1"
TAKEN_OVER: Final = "referral.taken-over.v1"
"""After this nobody takes part but the unit that did it."""
PROTECTED: Final = "referral.address-protected.v1"
"""What all parties hear of, and who takes part no longer may still do (ADR 19)."""
NAMES_A_PARTY: Final = {
    SENT: ("addressee", "addressee_authority"),
    "referral.party-let-in.v1": ("party", "party_authority"),
    "referral.party-let-in.v2": ("party", "party_authority"),
}
"""The facts that bring in a party, and the fields that name it and its authority."""
UNNAMED: Final = ""


def open_to(authority: AuthorityId, entries: Sequence[Entry]) -> Iterator[Entry]:
    """Give what an authority is shown of one referral, of which these are all the entries."""
    if all(entry.fact.type != SENT for entry in entries):
        return  # a draft is its own unit's, and who oversees it waits like everybody else
    part = TakingPart(authority)
    for entry in entries:
        acted, takes_part = part.takes(entry)
        if acted or (takes_part and _is_for_parties(entry.fact.type)):
            yield entry


def _is_for_parties(fact_type: str) -> bool:
    """Say whether others may see it: not one's own affairs, and not what has no description."""
    return words_of(fact_type) is not None and not is_own_affair(fact_type)


class TakingPart:
    """Follows one referral, first fact to last, for one authority."""

    def __init__(self, authority: AuthorityId) -> None:
        self.authority = authority
        self._units: set[str] = set()
        self._may_be_out = False

    def takes(self, entry: Entry) -> tuple[bool, bool]:
        """Say whether the authority did this itself, and whether it took part when it was done.

        A fact that ends its taking part is the last that it took part in.
        """
        body: Mapping[str, JsonValue] = json.loads(entry.fact.data)
        metadata: Mapping[str, str] = json.loads(entry.fact.metadata)
        acted = metadata["authority"] == self.authority
        by = _unit(body.get("by"))
        if acted and self._brings_in(entry.fact.type, by):
            self._units.add(by)
        named, authority = NAMES_A_PARTY.get(entry.fact.type, ("", ""))
        if named and body.get(authority) == self.authority and body.get("has_account", True):
            self._units.add(_unit(body.get(named)))
        told = acted, bool(self._units)
        self._end(entry.fact.type, by if acted else None, body.get("ends"))
        return told

    def _brings_in(self, fact_type: str, by: str) -> bool:
        if by != UNNAMED:
            return fact_type == DRAFTED
        return not self._may_be_out or not (fact_type == PROTECTED or is_own_affair(fact_type))

    def _end(self, fact_type: str, by: str | None, ends: JsonValue) -> None:
        gone: set[str] = set()
        if fact_type == TAKEN_OVER:
            gone = {each for each in (UNNAMED, *self._units) if each != by}
        elif fact_type == LEFT:
            gone = set() if by is None else {by}
        elif fact_type == ENDED:
            gone = {_unit(each) for each in ends} if isinstance(ends, list) else {UNNAMED}
        self._units -= gone
        self._may_be_out = self._may_be_out or UNNAMED in gone


def _unit(value: JsonValue) -> str:
    """Give a unit that stands in clear; all that are sealed are one that is not named."""
    return value if isinstance(value, str) else UNNAMED
