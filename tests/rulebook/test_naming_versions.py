"""A version of the rules is named by its hash, and travels whole in the event that activates it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.rulebook.content import FaultyRulebook, Rulebook, load, parse
from shared.rulebook.hashing import hash_of
from tests.rulebook.planted import DISTRICT, PSP


def _shuffled(content: JsonValue, turn: int) -> JsonValue:
    if isinstance(content, dict):
        names = list(content)
        turned = names[turn % len(names) :] + names[: turn % len(names)] if names else []
        return {name: _shuffled(content[name], turn) for name in turned}
    if isinstance(content, list):
        return [_shuffled(inner, turn) for inner in content]
    return content


@given(turn=st.integers(1, 50))
def test_the_order_of_keys_does_not_matter(rulebook: Rulebook, turn: int) -> None:
    """The same rules in another order are the same rules (RFC 8785)."""
    shuffled = _shuffled(rulebook.content, turn)
    assert hash_of(shuffled) == hash_of(rulebook.content)


def test_comments_and_layout_do_not_matter(copy: Path, rulebook: Rulebook) -> None:
    """A comment, an empty line or quotation marks change no rule, so no hash either."""
    file = copy / PSP
    text = file.read_text().replace("existence: open", '# en bemærkning\n\nexistence: "open"')
    file.write_text(text)
    assert load(copy).manifest == rulebook.manifest


def test_a_changed_rule_changes_its_programme_and_the_manifest(
    copy: Path, rulebook: Rulebook
) -> None:
    """One changed rule renames its own programme and the whole, and no other programme."""
    file = copy / PSP
    file.write_text(file.read_text().replace("amount: 14", "amount: 15"))
    changed = load(copy).manifest
    assert changed.hash != rulebook.manifest.hash
    assert changed.district == rulebook.manifest.district
    different = {n for n, h in changed.programmes.items() if h != rulebook.manifest.programmes[n]}
    assert different == {"psp"}


def test_a_changed_district_changes_the_manifest(copy: Path, rulebook: Rulebook) -> None:
    """The directory is part of the rules: a changed opening hour gives another manifest."""
    file = copy / DISTRICT
    file.write_text(file.read_text().replace('"08:00-14:00"', '"08:00-13:00"'))
    changed = load(copy).manifest
    assert changed.hash != rulebook.manifest.hash
    assert changed.programmes == rulebook.manifest.programmes


def test_the_activation_event_carries_the_whole_rulebook(rulebook: Rulebook) -> None:
    """Content out as JSON and in again gives the same rules under the same names."""
    again = parse(json.loads(json.dumps(rulebook.content)))
    assert again == rulebook


def test_a_slice_knows_the_names_it_was_cut_from(rulebook: Rulebook) -> None:
    """Metadata carries the manifest hash, so that replay can use the rulebook of that time."""
    rules = rulebook.rules("psp", datetime(2026, 1, 1, tzinfo=UTC))
    assert rules
    assert rules.manifest_hash == rulebook.manifest.hash
    assert rules.programme_hash == rulebook.manifest.programmes["psp"]


def test_faulty_content_is_refused_with_its_place(rulebook: Rulebook) -> None:
    """An event with broken rules leaves the old ones in force, and says what is broken where."""
    content = json.loads(json.dumps(rulebook.content))
    content["programmes"]["psp"]["routes"][0]["bases"] = ["no-such-basis"]
    content["district"]["coverage"][0]["forum"] = "no-such-forum"
    with pytest.raises(FaultyRulebook) as refused:
        parse(content)
    assert {(fault.rule, fault.place[:3]) for fault in refused.value.faults} == {
        ("unknown-basis", ("programmes", "psp", "routes")),
        ("unknown-forum", ("district", "coverage", 0)),
    }


@pytest.mark.parametrize(
    "content",
    [{}, {"district": None, "programmes": {}}, {"district": 7, "programmes": 7}, {"x": 1}],
)
def test_something_else_is_no_rulebook(content: dict[str, JsonValue]) -> None:
    """Whatever else arrives is refused as a rulebook, not as a programming error."""
    with pytest.raises(FaultyRulebook):
        parse(content)


def test_a_programme_goes_by_its_own_id(rulebook: Rulebook) -> None:
    """A programme under another's name would be used for the other's cases."""
    content = json.loads(json.dumps(rulebook.content))
    content["programmes"]["ssp"] = content["programmes"].pop("psp")
    with pytest.raises(FaultyRulebook) as refused:
        parse(content)
    assert [fault.rule for fault in refused.value.faults] == ["file-name"]
