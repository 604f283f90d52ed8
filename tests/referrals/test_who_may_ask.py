"""Who may ask anything of a referral at all: its parties, and for others there is nothing here."""

from uuid import UUID

import pytest

from services.referrals.domain.referral.access import guard
from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.state import NotBegun, Stage
from shared.kernel.asking import Acting, Asked
from shared.kernel.ids import UnitId
from shared.kernel.refusals import DoesNotExist, OutOfDate
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After, Case
from tests.referrals.ways import BANDEEXIT, PSP, UKN

COMMAND_ID = UUID("018f0000-0000-7000-8000-000000000001")


def passes(case: Case, command: ReferralCommand, saw: frozenset[int] | None = None) -> None:
    """Let a unit that says which version it *saw* past the guard, or raise why not."""
    acting = Acting(
        who.actor_of(command.unit), who.AUTHORITY_OF[command.unit], "gdpr", command.unit
    )
    asked = Asked(COMMAND_ID, "mac", "correlation", "cause", "trace", saw)
    guard(acting, asked, command, case.state)


@pytest.mark.parametrize("stage", list(Stage))
def test_for_a_stranger_there_is_nothing_here(after: After, stage: Stage) -> None:
    """Who is no party gets the answer of a referral that never was, whatever the stage (law §19).

    So does a unit of the same authority, for authorities keep files and units take part.
    """
    for stranger in (who.PROBATION, who.FAMILY_ODDER, who.SSP_FAVRSKOV, who.PREVENTION):
        case = after(PSP, stage)
        for command in (
            asking.accept(PSP, stranger),
            asking.write(PSP, stranger),
            asking.number(PSP, stranger),
            asking.draft(PSP, unit=stranger),
        ):
            with pytest.raises(DoesNotExist):
                passes(case, command)


def test_what_never_was_is_nobodys() -> None:
    """Without a referral only beginning one is possible."""
    command = asking.accept(PSP)
    acting = Acting(who.actor_of(PSP.taker), who.POLICE, "led", PSP.taker)
    asked = Asked(COMMAND_ID, "mac", "correlation", "cause", "trace")
    with pytest.raises(DoesNotExist):
        guard(acting, asked, command, NotBegun())
    guard(acting, asked, asking.draft(PSP), NotBegun())


def test_a_draft_is_its_own_units(after: After) -> None:
    """A draft is its unit's: not for the one it is meant for, nor for colleagues next door."""
    draft = after(BANDEEXIT, Stage.DRAFT)
    passes(draft, asking.edit(BANDEEXIT))
    for other in (BANDEEXIT.taker, who.SSP_ODDER):
        with pytest.raises(DoesNotExist):
            passes(draft, asking.number(BANDEEXIT, other))


def test_who_has_no_account_asks_nothing(after: After) -> None:
    """The secretariat that it went to is no party here."""
    with pytest.raises(DoesNotExist):
        passes(after(UKN, Stage.SENT), asking.receive(UKN))


def test_a_party_asks_from_the_moment_it_joins(after: After) -> None:
    """Who is invited later is a stranger until then."""
    asked = asking.write(PSP, PSP.further)
    with pytest.raises(DoesNotExist):
        passes(after(PSP, Stage.RECEIVED), asked)
    passes(after(PSP, Stage.RECEIVED, happened.let_in(PSP)), asked)


@pytest.mark.parametrize(
    ("unit", "sees"),
    [(PSP.sender, 6), (PSP.taker, 6), (PSP.further, 2)],
    ids=["sender", "holder", "let in"],
)
def test_a_party_counts_with_what_it_saw(after: After, unit: UnitId, sees: int) -> None:
    """A request based on an older view of one's own is refused; what one cannot see is not newer.

    The sender's draft and number, and the holder's check and claim, are each seen by one alone; who
    was let in sees the sending and its own joining.
    """
    case = after(
        PSP,
        Stage.RECEIVED,
        happened.checked(PSP),
        happened.let_in(PSP),
        happened.claimed(PSP),
        happened.numbered(PSP),
    )
    asked = asking.write(PSP, unit)
    passes(case, asked, frozenset({sees}))
    passes(case, asked, frozenset({1, sees}))
    for other in (sees - 1, sees + 1, 0):
        with pytest.raises(OutOfDate):
            passes(case, asked, frozenset({other}))


def test_a_stranger_learns_nothing_from_versions(after: After) -> None:
    """Naming a version makes no difference to who is no party."""
    with pytest.raises(DoesNotExist):
        passes(after(PSP, Stage.RECEIVED), asking.write(PSP, who.PROBATION), frozenset({0}))
