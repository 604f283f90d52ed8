"""What a reading is for: a tree of purposes, of which the outermost are chosen, once a case."""

from functools import cached_property

from shared.rulebook.entries import Entry, Id, Said


class Purpose(Said):
    """A purpose of reading, the one it is within, and the offices that may choose it."""

    within: Id | None = None
    offices: tuple[Id, ...] = ()


class Purposes(Entry):
    """All purposes of reading. Investigation is none of them (law §2)."""

    tree: tuple[Purpose, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Purpose]:
        """Every purpose, groups included."""
        return {purpose.id: purpose for purpose in self.tree}

    @cached_property
    def leaves(self) -> frozenset[str]:
        """The ids of those that no other is within: what a reading can be for."""
        groups = {purpose.within for purpose in self.tree}
        return frozenset(purpose.id for purpose in self.tree if purpose.id not in groups)

    def within(self, purpose_id: str) -> Purpose | None:
        """The purpose that this one is within; None for the outermost group or an unknown id."""
        purpose = self.by_id.get(purpose_id)
        return self.by_id.get(purpose.within) if purpose and purpose.within else None

    def is_a(self, purpose_id: str, ancestor: str) -> bool:
        """Whether a purpose is *ancestor* or somewhere within it; an unknown one is nothing."""
        seen: set[str] = set()
        purpose = self.by_id.get(purpose_id)
        while purpose and purpose.id not in seen:
            if purpose.id == ancestor:
                return True
            seen.add(purpose.id)
            purpose = self.within(purpose.id)
        return False

    def choosable_by(self, office: str) -> tuple[Purpose, ...]:
        """The purposes from which somebody with this office chooses, in the order of the file."""
        return tuple(purpose for purpose in self.tree if office in purpose.offices)
