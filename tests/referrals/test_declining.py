"""Not taking a referral on, and saying on whose side the reason lies."""

import pytest

from services.referrals.domain.referral.events import ReferralDeclined
from services.referrals.domain.referral.refusals import UnknownDeclineReason
from services.referrals.domain.referral.state import Stage
from shared.kernel.personal import Hidden
from tests.referrals import asking, happened
from tests.referrals.after import After
from tests.referrals.ways import ANSWERED_HERE, BANDEEXIT, INFOHUS, PSP, Way


@pytest.mark.parametrize(
    ("way", "reason", "side"),
    [
        (INFOHUS, "uden_for_maalgruppen", "agency"),
        (INFOHUS, "andet_infohus", "agency"),
        (INFOHUS, "ingen_kapacitet", "capacity"),
        (INFOHUS, "mangler_grundlag", "legal"),
        (PSP, "kan_loeses_alene", "agency"),
        (PSP, "ingen_kapacitet", "capacity"),
        (BANDEEXIT, "oensker_ikke", "subject"),
    ],
)
def test_a_reason_of_the_list_says_whose_it_is(
    after: After, way: Way, reason: str, side: str
) -> None:
    """Declined by the person, by the agency, for want of room or of law is told apart."""
    declined = ReferralDeclined(by=Hidden(way.taker), reason=Hidden(reason), side=Hidden(side))
    after(way, Stage.RECEIVED).when(asking.decline(way, reason=reason)).then(declined)


@pytest.mark.parametrize("way", ANSWERED_HERE, ids=lambda way: way.programme)
def test_a_reason_outside_the_list_is_none(after: After, way: Way) -> None:
    """Free words and another programme's reasons are refused with the list."""
    other = "oensker_ikke" if way is not BANDEEXIT else "andet_infohus"
    for reason in (other, "fordi", ""):
        asked = asking.decline(way, reason=reason)
        refused = after(way, Stage.RECEIVED).when(asked).then_refused(UnknownDeclineReason)
        assert way.reason in refused.facts["reasons"]
        assert reason not in refused.facts["reasons"]


def test_a_note_is_sealed(after: After) -> None:
    """What is added in words is about a person, and sealed."""
    asked = asking.decline(PSP, note="Egen læge har sagen.")
    declined = happened.declined(PSP, note="Egen læge har sagen.")
    after(PSP, Stage.RECEIVED).when(asked).then(declined)
