"""The oracle of access says what the law says, and owes nothing to the code."""

import ast
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.access import oracle_pages as law
from tests.access.oracle import (
    OVERSEERS,
    Case,
    coherent,
    exists_for,
    law_lets,
    law_says,
    law_tells,
    may_do,
    may_show,
    together,
)

CONTENT = tuple(set(law.CATEGORIES) - {"administrative"})
WRITTEN = sorted(Path(__file__).parent.glob("oracle*.py"))
SOMETIMES = (False, True)
NO, YES = (False,), (True,)
TOVHOLDER = Case(space="radicalisation", unit="infohus_municipal", role="holder")
PSP = Case(space="psychiatry_social", unit="psychiatry", role="let_in")
EXIT = Case(space="exit", unit="exit_unit", role="holder")
BOARD = Case(space="youth_board", unit="family_department", role="holder")
DPO = replace(BOARD, unit="oversight", office="dpo", purpose="data_protection")


def seen(case: Case) -> set[str]:
    """Give the categories that may be shown."""
    return {each for each in law.CATEGORIES if may_show(replace(case, category=each))}


def some_cases(number: int = 20_000) -> Iterator[Case]:
    """Draw situations, the same at each run; most are of people who take part and may ask."""
    draw = random.Random(20)  # noqa: S311 - chooses examples, keeps no secret
    for _ in range(number):
        office = draw.choice((*law.OFFICES, *law.COUNCIL_OFFICES))
        own = [each for each in law.PURPOSES if law.CHOSEN_BY[each].get(office)]
        yield Case(
            space=draw.choice(list(law.PAGES)),
            unit="oversight" if office in OVERSEERS else draw.choice(law.UNITS),
            role=draw.choice((*law.ROLES * 3, "none")),
            office=office,
            purpose=draw.choice((*own * 5, *law.PURPOSES)),
            endpoint=draw.choice(("follow", *law.SHOWS)),
            category=draw.choice(law.CATEGORIES),
            stage=draw.choice(law.STAGES),
            view=draw.choice(("open", *law.VIEWS)),
            own=draw.choice(SOMETIMES),
            accepted=draw.choice(SOMETIMES),
            named=draw.choice(SOMETIMES),
            excluded=draw.random() < 0.1,
            glass=draw.choice(SOMETIMES),
        )


def hidden(case: Case) -> bool:
    """Tell whether the case is none for the asker: not to know, not to see, not to do."""
    return {law_tells(case), law_says(case), law_lets(case)} == {False}


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.name))
def test_the_oracle_owes_nothing_to_the_platform(path: Path) -> None:
    """An answer that is compared with the platform's may not come from the platform."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert all(
                each.name.partition(".")[0] in sys.stdlib_module_names for each in node.names
            )
        if isinstance(node, ast.ImportFrom):
            own = (node.module or "").startswith("tests.access")
            names = {each.name for each in node.names}
            assert (
                not own or node.module == "tests.access.oracle_pages" or names <= {"oracle_pages"}
            )
            assert own or (node.module or "").partition(".")[0] in sys.stdlib_module_names


def test_every_page_is_whole() -> None:
    """Each space has a row for each kind of unit, and who is let in sees the envelope at least."""
    for space, page in law.PAGES.items():
        assert {*page, "oversight"} == set(law.UNITS), space
        for unit in page:
            let_in = law.PARTIES[space, unit]["let_in"]
            assert let_in == law.LET_SEE[space, unit]["administrative"], (space, unit)
            assert let_in is not False or not any(law.LET_SEE[space, unit].values()), (space, unit)


def test_a_word_that_is_none_is_refused() -> None:
    """A typing error must not pass for a no."""
    with pytest.raises(ValueError, match="exits is none of"):
        Case(space="exits", unit="exit_unit")


def test_one_no_decides() -> None:
    """A no outweighs silence, and silence a yes."""
    assert together(*YES, None, *NO) is False
    assert together(*YES, None) is None
    assert together(*YES, *YES) is True


def test_a_council_sees_no_case() -> None:
    """Mayors, the commissioner and secretaries see plans and figures, never a single case (§19)."""
    for case in some_cases():
        if case.office in law.COUNCIL_OFFICES:
            assert hidden(case)


def test_who_takes_no_part_gets_nothing() -> None:
    """Others than the parties get nothing, by a broken glass neither (§2, §14)."""
    for case in some_cases():
        if case.role == "none" or case.excluded:
            assert hidden(case)


def test_victim_support_is_no_party() -> None:
    """The volunteers for victims take no part in any of these spaces (§2, §9)."""
    for space in law.PAGES:
        for role in law.ROLES:
            assert law_tells(Case(space=space, unit="victim_support", role=role)) is False


def test_an_infohus_is_for_its_tovholdere_and_the_invited() -> None:
    """Both tovholdere weigh the whole concern; the invited get what their task calls for (§19)."""
    assert seen(TOVHOLDER) == set(law.CATEGORIES)
    invited = replace(TOVHOLDER, unit="ssp", role="let_in")
    assert seen(invited) == set(law.CATEGORIES) - {"health", "free_text"}


def test_psp_is_for_named_persons() -> None:
    """Who is of the unit and not named sees that there is a case, not what it is about (§19)."""
    assert seen(PSP) == set(law.CATEGORIES)
    assert seen(replace(PSP, named=False)) == {"administrative"}
    assert law_says(replace(PSP, unit="infohus_police")) is False


def test_kriminalforsorgen_comes_to_psp_when_invited() -> None:
    """Its health reading rests on a basis that is still to be found (§21.13)."""
    invited = replace(PSP, unit="prison_probation")
    assert may_show(replace(invited, category="crime"))
    assert law_says(replace(invited, category="health")) is None


def test_exit_is_a_secret() -> None:
    """Other police, and staff who are not named, cannot tell an exit case from none (§6, §19)."""
    assert seen(EXIT) == set(law.CATEGORIES)
    for unit in ("police_prevention", "infohus_police", "psp_police"):
        assert not any(exists_for(replace(EXIT, unit=unit, role=role)) for role in law.ROLES)
    broken = replace(EXIT, named=False, glass=True, purpose="emergency")
    assert not exists_for(broken)
    assert not may_show(broken)
    assert not may_do(replace(EXIT, endpoint="break_glass"))


def test_the_board_file_is_read_by_parts() -> None:
    """The police read what they sent, not the municipality's file; the supervisors are sent it."""
    police = replace(BOARD, unit="police_prevention", role="sender")
    assert seen(replace(police, own=True)) == set(law.CATEGORIES)
    assert seen(police) == {"administrative"}
    assert seen(replace(BOARD, unit="youth_probation", role="let_in")) == set(law.CATEGORIES)
    assert seen(replace(BOARD, named=False)) == set(law.CATEGORIES)


def test_control_is_for_ones_own_authority() -> None:
    """Auditor and DPO read the log where their authority took part, and nowhere else (§19)."""
    reads = replace(DPO, endpoint="reads")
    assert seen(reads) == {"administrative"}
    assert not exists_for(replace(reads, role="none"))
    assert not exists_for(replace(reads, role="sender", stage="draft"))
    assert not may_do(replace(BOARD, endpoint="reads"))
    assert not may_do(replace(reads, endpoint="why", office="auditor", purpose="audit"))


def test_control_reads_no_content() -> None:
    """Control is of how a case was read; only insight may need more, and the law is silent."""
    for case in some_cases():
        if case.unit == "oversight" and case.category in CONTENT:
            assert not may_show(case)
            decided = case.purpose != "insight" or not (case.own or case.accepted)
            assert law_says(case) is False or not decided


def test_takeover_leaves_one_line() -> None:
    """When the police take over, the others see that it is closed and nothing else (§5)."""
    gone = replace(TOVHOLDER, view="taken_over", own=True)
    assert exists_for(gone)
    assert seen(gone) == {"administrative"}
    assert not may_do(replace(gone, endpoint="change"))


@pytest.mark.parametrize("view", ["withdrawn", "consent_withdrawn", "left"])
def test_what_others_wrote_goes(view: str) -> None:
    """A view that closed keeps what is one's own and what one accepted, and takes the rest."""
    closed = replace(EXIT, view=view, category="social")
    assert not may_show(closed)
    assert may_show(replace(closed, own=True))
    assert may_show(replace(closed, accepted=True))
    assert not may_show(replace(closed, accepted=True, stage="received"))
    assert may_show(replace(closed, stage="received", category="administrative"))


def test_a_draft_is_the_senders() -> None:
    """What is not sent is known to the unit that writes it (§18)."""
    draft = replace(TOVHOLDER, stage="draft")
    assert not exists_for(draft)
    assert exists_for(replace(draft, role="sender"))


def test_a_broken_glass_opens_the_units_own_row() -> None:
    """An emergency is not chosen: it opens to the unnamed what their unit has (§14)."""
    assert law_says(replace(PSP, purpose="emergency")) is False
    unnamed = replace(PSP, unit="ssp", named=False, purpose="emergency", category="crime")
    assert law_says(unnamed) is False
    assert law_says(replace(unnamed, unit="psp_police", glass=True)) is True
    assert law_says(replace(unnamed, glass=True)) is False
    assert not may_do(replace(unnamed, unit="psp_police", glass=True, endpoint="change"))


def test_nobody_reviews_their_own_glass() -> None:
    """A broken glass is reviewed by another (§14)."""
    review = replace(DPO, endpoint="review_glass")
    assert may_do(review)
    leader = replace(BOARD, endpoint="review_glass", office="leader")
    assert law_lets(leader) is None
    assert law_lets(replace(leader, glass=True)) is False


def test_a_computer_sees_envelopes() -> None:
    """A system that names no officer reads the administrative part and nothing more."""
    for case in some_cases():
        if case.office == "system" and may_show(case):
            assert case.category == "administrative"
            assert case.space != "exit"


def test_a_protected_address_is_for_who_sees_contact() -> None:
    """A revealed address is no way round the row (§16)."""
    assert seen(replace(TOVHOLDER, endpoint="reveal")) == {"contact"}
    kept = replace(PSP, unit="youth_probation", endpoint="reveal")
    assert law_lets(kept) is False


def test_what_is_shown_exists() -> None:
    """Nothing is shown or done where the case may not be known, or through a door that is shut."""
    for case in some_cases():
        if may_show(case):
            assert may_do(case)
        if may_do(case):
            assert exists_for(case)


def test_silence_is_rare() -> None:
    """The law nearly always decides: where it is silent, a person is asked."""
    answers = [law_says(case) for case in some_cases() if coherent(case)]
    assert answers.count(True) > 100
    assert 0 < answers.count(None) < answers.count(True)
