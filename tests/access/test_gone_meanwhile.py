"""What is taken from somebody while they are looking at it, and what they try and may not."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from services.referrals import opening
from services.referrals.api import following
from shared.reads.reading import Kind, Outcome
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.scenes import asked, sent
from tests.access.work_lists import WHY, claimed, peopled
from tests.reads.noted import noted
from tests.referrals.ways import PSP

OUT = {"subject": "carl", "reason": "Hans bror."}


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


async def test_who_is_kept_out_while_they_look_is_shown_nothing(
    here: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first look that is overtaken by an exclusion ends as if there had been nothing."""
    case, opened = await sent(here, "anna", PSP), opening.opened

    async def overtaken(*asked_for: Any) -> bool:  # noqa: ANN401 - whatever it is asked
        done = await opened(*asked_for)
        await asked(here, "lis", "exclusions", case, OUT)
        return done

    monkeypatch.setattr(following, "opened", overtaken)
    look = await here.ask("carl", "GET", f"/referrals/{case}")
    assert look.status_code == HTTPStatus.NOT_FOUND
    last = (await noted(here.wiring.reads))[-1]
    assert (last.outcome, last.ids) == (Outcome.DENIED, (f"referral:{case}",))


async def test_a_glass_that_is_not_theirs_to_break_is_a_try(here: Hall) -> None:
    """Refused in the open, it stands in the log of reads all the same (§8: denied tries too)."""
    case = await claimed(here)
    refused = await here.ask("carl", "POST", f"/referrals/{case}/broken-glass", WHY)
    assert refused.status_code == HTTPStatus.FORBIDDEN
    reading = (await noted(here.wiring.reads))[-1]
    assert (reading.kind, reading.outcome) == (Kind.BREAK_GLASS, Outcome.DENIED)
    assert (reading.who.subject, reading.ids) == ("carl", (f"referral:{case}",))
