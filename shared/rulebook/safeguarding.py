"""What a programme says about closing, emergencies, protected addresses and leaving section 115."""

from shared.rulebook.disclosing import LeavingBasis, Protection
from shared.rulebook.entries import found
from shared.rulebook.programme import Programme
from shared.rulebook.vocabulary import Existence, Members, Space


class Safeguarding:
    """The part of ``Rules`` that guards what has been shared; an office is never a stand-in's."""

    __slots__ = ()

    programme: Programme

    @property
    def existence(self) -> Existence:
        """Whether the existence of a case is itself secret."""
        return self.programme.existence

    @property
    def space(self) -> Space:
        """The class of programmes that this one belongs to, as the policies name it."""
        return self.programme.space

    @property
    def members(self) -> Members:
        """Whether only those whom a unit has named on a case see it (law §19)."""
        return self.programme.members

    @property
    def protection(self) -> Protection:
        """What is hidden of a protected address, and from whom."""
        return self.programme.protection

    def takeover(self, outcome_id: str) -> bool:
        """Whether the police take the case out of the cooperation by this outcome."""
        outcome = found(self.programme.outcomes, outcome_id)
        return outcome is not None and outcome.takeover

    def section_115(self, basis_id: str) -> bool:
        """Whether this is a basis in section 115: not to be used for investigation.

        A basis that the programme does not know is taken for one, which can only hide.
        """
        basis = found(self.programme.bases, basis_id)
        return basis is None or basis.section_115

    def glass_hours(self, office: str) -> int | None:
        """For how many hours this office may break the glass; None: never."""
        glass = self.programme.break_glass
        return glass.hours if glass and office in glass.offices else None

    def leaving_basis(self, basis_id: str) -> LeavingBasis | None:
        """The basis on which something may leave section 115; None: not on this one."""
        leaving = self.programme.leaving
        return found(leaving.bases, basis_id) if leaving else None

    @property
    def approval_hours(self) -> int:
        """Within how many hours leaving is approved where it could not wait; 0: before it."""
        return self.programme.leaving.approval_hours if self.programme.leaving else 0

    def approver(self, office: str) -> bool:
        """Whether this office may be the second person who approves leaving section 115."""
        leaving = self.programme.leaving
        return leaving is not None and office in leaving.approver_offices
