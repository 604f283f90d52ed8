"""From when on a party may see what is said: the same limit wherever a profile is read."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from shared.rulebook.disclosing import Disclosure
from shared.rulebook.profiles import Profiles
from shared.rulebook.vocabulary import ROLES

KINDS = ("ssp", "psychiatry", "court")
ENTRY = st.fixed_dictionaries(
    {
        "role": st.sampled_from(ROLES),
        "categories": st.just(["administrative"]),
        "source": st.just("example"),
    },
    optional={
        "unit_kinds": st.lists(st.sampled_from(KINDS), min_size=1, unique=True),
        "from": st.sampled_from(["start", "joining"]),
    },
)


@given(written=st.lists(ENTRY, max_size=5))
def test_an_entry_and_the_profiles_say_the_same(written: list[dict[str, JsonValue]]) -> None:
    """What a decision may give (the entries) and what rows go by (the text) have one limit."""
    units: JsonValue = [{"id": f"a-{kind}", "kind": kind} for kind in KINDS]
    listed: list[JsonValue] = [*written]
    profiles = Profiles.of(
        {"district": {"units": units}, "programmes": {"any": {"disclosure": listed}}}
    )
    entries = [Disclosure.model_validate(_as_read(entry)) for entry in written]
    for role in ROLES:
        for kind in KINDS:
            first = next((each for each in entries if each.is_for(role, kind)), None)
            assert profiles.joins("any", role, f"a-{kind}") == (
                first.starts if first else "joining"
            )
            shown = profiles.sees("any", role, f"a-{kind}")
            assert shown == ({"administrative"} if first else set())


def _as_read(entry: dict[str, JsonValue]) -> dict[str, object]:
    """Give an entry with its lists as a document is read."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
    }
