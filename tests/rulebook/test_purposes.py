"""What a reading may be for: chosen by an office, one of a tree, and never investigation."""

from pathlib import Path
from shutil import rmtree

import pytest

from shared.rulebook.checking import check
from shared.rulebook.content import FaultyRulebook, Rulebook, load
from shared.rulebook.purposes import Purposes


@pytest.mark.parametrize(
    ("office", "purposes"),
    [
        ("caseworker", ["handling", "coordination"]),
        ("leader", ["handling", "coordination"]),
        ("tovholder", ["handling", "coordination"]),
        ("stand_in", ["handling", "coordination"]),
        ("system", ["handling"]),
        ("auditor", ["audit"]),
        ("dpo", ["data_protection", "insight"]),
        ("mayor", []),
        ("no-such-office", []),
    ],
)
def test_an_office_chooses_among_its_own(
    rulebook: Rulebook, office: str, purposes: list[str]
) -> None:
    """Whoever works with cases handles or coordinates; whoever controls them controls."""
    assert [purpose.id for purpose in rulebook.purposes.choosable_by(office)] == purposes


def test_nobody_chooses_an_emergency(rulebook: Rulebook) -> None:
    """Only breaking the glass gives it; and a group of purposes is too wide to be one."""
    choosable = {
        purpose.id
        for office in rulebook.district.offices
        for purpose in rulebook.purposes.choosable_by(office.id)
    }
    assert rulebook.purposes.leaves - choosable == {"emergency"}
    assert choosable <= rulebook.purposes.leaves


def test_purposes_are_a_tree(rulebook: Rulebook) -> None:
    """A purpose is itself and everything it is within, and nothing beside that."""
    purposes = rulebook.purposes
    assert purposes.is_a("emergency", "prevention")
    assert purposes.is_a("handling", "handling")
    assert not purposes.is_a("audit", "prevention")
    assert not purposes.is_a("prevention", "handling")
    assert not purposes.is_a("no-such-purpose", "no-such-purpose")
    assert (group := purposes.within("audit"))
    assert group.id == "control"
    assert purposes.within("control") is None


def test_a_loop_ends() -> None:
    """Two purposes within each other, which the check refuses, are still answered about."""
    said = {"da": "Et", "en": "One", "source": "example"}
    purposes = Purposes.model_validate_json(
        '{"tree": ['
        f'{{"id": "a", "within": "b", {str(said)[1:-1]}}}, '
        f'{{"id": "b", "within": "a", {str(said)[1:-1]}}}]}}'.replace("'", '"')
    )
    assert purposes.is_a("a", "b")
    assert not purposes.is_a("a", "c")


def test_investigation_is_no_purpose(rulebook: Rulebook) -> None:
    """Law §2: no purpose, of reading or of sending, speaks of investigation."""
    said = [
        f"{purpose.id} {purpose.da} {purpose.en}".lower()
        for purpose in (
            *rulebook.purposes.tree,
            *(each for p in rulebook.programmes.values() for each in p.purposes),
        )
    ]
    assert not [words for words in said if "efterforsk" in words or "investigat" in words]


def test_a_rulebook_has_purposes_and_policies(copy: Path) -> None:
    """Neither can be left out of the files: without them nobody would see anything."""
    (copy / "purposes.yaml").unlink()
    rmtree(copy / "policies")
    assert {mistake.rule for mistake in check(copy)} == {"no-purposes", "no-policies"}
    with pytest.raises(FaultyRulebook) as refused:
        load(copy)
    assert {"no-purposes", "no-policies"} <= {fault.rule for fault in refused.value.faults}


def test_policies_that_are_no_text_are_refused(copy: Path) -> None:
    """A file in another encoding is named, and not guessed at."""
    (copy / "policies" / "parties.cedar").write_bytes(b"// r\xf8d gr\xf8d\n")
    assert [mistake.rule for mistake in check(copy)] == ["cedar-syntax"]
