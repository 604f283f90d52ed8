"""The page of events says what the code says."""

from services.referrals.domain.referral.events import CaseNumberSet, ReferralSent
from tests.contracts.describe import PAGE, page
from tests.contracts.write import events


def test_the_page_is_what_the_code_says() -> None:
    """docs/events.md is made anew whenever a fact is added: python -m tests.contracts.describe."""
    assert PAGE.read_text("utf-8") == page(events())


def test_a_row_says_what_is_closed() -> None:
    """Which fields of a fact are sealed, and which may be hidden, is read from their types."""
    described = page([ReferralSent])
    assert "## referrals: referral" in described
    assert "| by (hidden), addressee (hidden)," in described
    assert "has_account, " in described
    assert "necessity (sealed)" in described


def test_a_row_says_what_stays_in_the_unit() -> None:
    """A fact that only the acting unit is shown is marked, and no other."""
    assert "(own authority) |" in page([CaseNumberSet])
    assert "(own unit) |" not in page([ReferralSent])
