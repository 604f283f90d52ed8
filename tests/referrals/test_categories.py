"""What is said with a fact is of some kind of data, field by field, and a new one as well."""

from typing import get_args

import pytest

from services.referrals.domain.categories import SAID
from services.referrals.domain.fact import ReferralFact
from services.referrals.domain.referral.events import ReferralEvent

FACTS: tuple[type[ReferralFact], ...] = get_args(get_args(ReferralEvent)[0])
TOLD_OTHERWISE = frozenset({"type", "by", "intake"})
"""What it is and whose it was stand on every step; a form has its kinds of data in the rulebook."""


def name_of(fact: type[ReferralFact]) -> str:
    """Give what a fact is called between ``referral.`` and its version."""
    kind: str = fact.model_fields["type"].default
    return kind.removeprefix("referral.").rpartition(".")[0]


@pytest.mark.parametrize("fact", FACTS, ids=name_of)
def test_every_field_of_a_fact_has_a_category(fact: type[ReferralFact]) -> None:
    """A field that is not named would be shown to nobody, and one that is gone is not named."""
    assert set(SAID[name_of(fact)]) == fact.model_fields.keys() - TOLD_OTHERWISE


def test_no_category_is_of_a_fact_that_never_was() -> None:
    """Each name is that of one fact."""
    assert sorted(SAID) == sorted(map(name_of, FACTS))
