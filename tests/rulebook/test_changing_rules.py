"""What a jurist changes takes effect, and nothing else does."""

from datetime import UTC, date, datetime
from pathlib import Path

from shared.rulebook.content import load
from shared.rulebook.slices import Rules
from tests.rulebook.planted import DISTRICT, PSP

AT = datetime(2026, 11, 13, 14, 40, tzinfo=UTC)
TOVHOLDER_ODDER = "oestjyllands-politi-psp-odder"


def _psp(copy: Path, at: datetime = AT) -> Rules:
    rules = load(copy).rules("psp", at)
    assert rules
    return rules


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_a_new_kind_of_sender_may_refer(copy: Path) -> None:
    """A kind of unit added to a route may use it, but no unit ever refers to itself."""
    _change(copy / PSP, "      - psychiatry\n", "      - psychiatry\n      - psp_police\n")
    psp = _psp(copy)
    assert psp.route("oestjyllands-politi-psp-samsoe", "psp-odder")
    assert psp.route(TOVHOLDER_ODDER, "psp-odder") is None


def test_members_are_let_in_only_if_the_programme_says_so(copy: Path) -> None:
    """Membership of a forum alone opens no case: the programme file does."""
    _change(copy / PSP, "forum_members: true", "forum_members: false")
    assert _psp(copy).let_in(TOVHOLDER_ODDER, "odder-familieafdeling", "rpl-115-1-2") is None


def test_a_unit_without_account_is_neither_staffed_here_nor_let_in(copy: Path) -> None:
    """Nobody holds an office in a unit that does not use the platform, nor is it made a party."""
    unit = "  - id: odder-familieafdeling\n"
    text = (copy / DISTRICT).read_text()
    before, after = text.split(unit, 1)
    (copy / DISTRICT).write_text(
        before + unit + after.replace("account: true", "account: false", 1)
    )
    psp = _psp(copy)
    assert psp.let_in(TOVHOLDER_ODDER, "odder-familieafdeling", "rpl-115-1-2") is None
    assert not psp.district.may_hold("caseworker", "odder-familieafdeling", date(2026, 11, 13))


def test_a_membership_ends_on_its_last_day(copy: Path) -> None:
    """A region that leaves a committee is let in until the last day, and not on the next."""
    member = "      - unit: region-syddanmark-psykiatri\n"
    new = "      - unit: region-midtjylland-psykiatri\n        valid_from: 2026-07-01\n"
    new += "        source: example\n"
    _change(copy / DISTRICT, member, new + member + "        valid_to: 2026-06-30\n")
    for day, region in ((30, "region-syddanmark"), (1, "region-midtjylland")):
        at = datetime(2026, 6 if day == 30 else 7, day, 10, tzinfo=UTC)
        psp = _psp(copy, at)
        members = psp.forum_of_intake(TOVHOLDER_ODDER)
        assert members
        psychiatry = [u for u in members.unit_ids(psp.on) if u.endswith("-psykiatri")]
        assert psychiatry == [f"{region}-psykiatri"]


def test_a_units_own_number_is_called_first(copy: Path) -> None:
    """Once a unit states a number for what cannot wait, it comes before 112 and 114."""
    _change(
        copy / DISTRICT,
        "    account: true\n",
        "    account: true\n    akut:\n      - {id: vagt, phone: opdigtet, da: Vagten, "
        "en: On call, source: example}\n",
    )
    assert [c.phone for c in _psp(copy).whom_to_call("aarhus-ssp")] == ["opdigtet", "112", "114"]


def test_a_decided_coverage_is_followed(copy: Path) -> None:
    """With a dated decision, Odder's cases have an infohus and the sender no longer chooses."""
    _change(
        copy / DISTRICT,
        "municipality: odder-kommune\n    forum: unknown\n",
        "municipality: odder-kommune\n    forum: infohus-aarhus\n    decision: "
        "{date: 2026-11-02, by: Kredsrådet, reference: Referat 4/2026}\n",
    )
    rules = load(copy).rules("infohus", AT)
    assert rules
    assert rules.coverage("odder-kommune") == ("infohus-aarhus",)
    assert rules.choice("odder-kommune", "infohus-randers") == "not_covered"


def test_a_closed_unit_is_gone_the_day_after(copy: Path) -> None:
    """A unit that is closed down can be sent to on its last day, and not later."""
    unit = "  - id: odder-ssp\n"
    _change(copy / DISTRICT, unit, unit + "    valid_to: 2026-11-12\n")
    assert _psp(copy, datetime(2026, 11, 12, 10, tzinfo=UTC)).unit("odder-ssp")
    assert _psp(copy).unit("odder-ssp") is None
    assert _psp(copy).route("odder-ssp", "psp-odder") is None
