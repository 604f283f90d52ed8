"""A referral after some history: what every given-when-then of referrals begins with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeAlias

from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.state import Referral, Stage
from shared.rulebook.disclosing import Disclosure
from shared.rulebook.slices import District, Gate, Rules, Unit
from shared.testing.scenario import Scenario
from tests.referrals.ways import Way

RulesOf: TypeAlias = Callable[[Way], Rules]
"""Gives the rules of a way on Friday 5 March 2021."""
Case: TypeAlias = Scenario[ReferralCommand, Referral, ReferralEvent, Rules]


class After(Protocol):
    """Gives a referral by a way, after the shortest history to a stage and the facts that follow.

    Without a stage nothing has happened before these facts.
    """

    def __call__(self, way: Way, stage: Stage | None = None, *then: ReferralEvent) -> Case:
        """Give the referral."""
        ...


def with_units(case: Case, units: Sequence[Unit]) -> Case:
    """Give the same referral in a district where these units are as given here."""
    given, old = {unit.id: unit for unit in units}, case.rules.district
    fields = {name: getattr(old, name) for name in District.model_fields}
    fields["units"] = tuple(given.get(unit.id, unit) for unit in old.units)
    return replace(case, rules=replace(case.rules, district=District(**fields)))


def with_disclosure(case: Case, *entries: Mapping[str, object]) -> Case:
    """Give the same referral in a programme with this disclosure profile, as YAML has it."""
    profile = tuple(Disclosure.model_validate(entry) for entry in entries)
    programme = case.rules.programme.model_copy(update={"disclosure": profile})
    return replace(case, rules=replace(case.rules, programme=programme))


def with_gates(case: Case, gates: Sequence[Gate]) -> Case:
    """Give the same referral in a programme that demands these checks and no others."""
    programme = case.rules.programme.model_copy(update={"gates": tuple(gates)})
    return replace(case, rules=replace(case.rules, programme=programme))
