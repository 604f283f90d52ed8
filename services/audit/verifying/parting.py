"""What happened where the ledger and a store part: each side's fact is looked for on the other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from services.audit.ledger.reading import Entry
from services.audit.verifying.finding import Finding, Kind, Side
from services.audit.verifying.origins import leaf_of
from shared.eventstore.port import Stored

AS_DONE_TO_THE_STORE = {Kind.INSERTED: Kind.DELETED, Kind.DELETED: Kind.INSERTED}


@dataclass
class Whole:
    """Every leaf of ledger and stores; read only when something is wrong."""

    read_ledger: Callable[[], Iterator[Entry]]
    read_stores: Mapping[str, Callable[[], Iterator[Stored]]]

    @cached_property
    def entries(self) -> dict[bytes, Entry]:
        """The last entry with each leaf."""
        return {leaf_of(entry.fact): entry for entry in self.read_ledger()}

    @cached_property
    def facts(self) -> dict[bytes, tuple[str, int]]:
        """The source and the position of the last fact with each leaf."""
        return {
            leaf_of(fact): (source, fact.position)
            for source, read in self.read_stores.items()
            for fact in read()
        }


@dataclass(frozen=True)
class Parting:
    """The place where the entries of *source* and the facts of its store part."""

    source: str
    entry: Entry
    fact: Stored | None
    whole: Whole

    def seen_from_store(self) -> Kind:
        """Give what was done to the ledger, if the store is right."""
        if self.fact is None:
            return Kind.INSERTED
        found, wanted = leaf_of(self.entry.fact), leaf_of(self.fact)
        where = self.whole.facts.get(found)
        fact_comes = found != wanted and where is not None and self._later(where)
        there = self.whole.entries.get(wanted)
        entry_comes = found != wanted and there is not None and self._behind(there)
        if fact_comes and entry_comes:
            return Kind.REORDERED
        if fact_comes:
            return Kind.DELETED
        return Kind.INSERTED if entry_comes else Kind.EDITED

    def seen_from_ledger(self) -> Kind:
        """Give what was done to the store, if the ledger is right."""
        if self.fact is None:
            return Kind.TRUNCATED
        kind = self.seen_from_store()
        return AS_DONE_TO_THE_STORE.get(kind, kind)

    def label(self) -> Finding | None:
        """Give the entry whose source or position was edited, which its leaf does not cover."""
        found = leaf_of(self.entry.fact)
        where = self.whole.facts.get(found)
        if where and where[0] != self.source:
            said = f"the fact is at position {where[1]} of {where[0]}"
            return self._edited(self.entry, said)
        if self.fact is None:
            return None
        wanted = leaf_of(self.fact)
        there = self.whole.entries.get(wanted)
        if there and there.source != self.source:
            said = f"the fact is at position {self.fact.position} of {self.source}"
            return self._edited(there, said)
        if found == wanted:
            return self._edited(self.entry, f"the fact is at position {self.fact.position}")
        return None

    def _edited(self, entry: Entry, said: str) -> Finding:
        place = (entry.source, entry.fact.position, entry.number)
        return Finding(Kind.EDITED, Side.LEDGER, *place, detail=said)

    def _later(self, where: tuple[str, int]) -> bool:
        return self.fact is not None and where[0] == self.source and where[1] > self.fact.position

    def _behind(self, there: Entry) -> bool:
        return there.source == self.source and there.number > self.entry.number
