"""The rulebook of the plan of 2021, and referrals under it."""

from pathlib import Path

import pytest

from services.referrals.domain.referral import decider
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.state import Stage
from shared.rulebook.content import Rulebook, load
from shared.testing.scenario import Scenario
from tests.referrals import happened
from tests.referrals.after import After, Case
from tests.referrals.people import FRIDAY_1540
from tests.referrals.ways import Way

SHIPPED = Path(__file__).parents[2] / "rulebook"


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that the platform comes with, loaded once."""
    return load(SHIPPED)


@pytest.fixture(scope="session")
def after(rulebook: Rulebook) -> After:
    """What gives a referral after a history, on Friday 5 March 2021."""

    def referral(way: Way, stage: Stage | None = None, *then: ReferralEvent) -> Case:
        rules = rulebook.rules(way.programme, FRIDAY_1540)
        assert rules is not None
        history = (*(happened.until(way, stage) if stage else ()), *then)
        return Scenario(decider, rules).given(*map(happened.signed, history))

    return referral
