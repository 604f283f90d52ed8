"""How old what is known of offices was, in the log of reads: for who judges a read later."""

import math
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import pytest

from shared.reads.reading import Outcome, Reading
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.work_lists import claimed, peopled
from tests.reads.noted import noted


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


def _silent_for(here: Hall, seconds: float) -> None:
    """Let councils have said nothing for so long; nobody asks them, as no address is known."""
    councils = here.wiring.councils
    assert councils is not None
    assert councils.url is None
    councils.heard_ago = lambda: seconds


async def _last(here: Hall) -> Reading:
    return (await noted(here.wiring.reads))[-1]


@pytest.mark.parametrize(
    ("seconds", "noted"), [(0.25, 0.25), (3.5, 3.5), (86_400.0, 86_400.0), (1.23456, 1.235)]
)
async def test_a_read_notes_for_how_long_councils_were_silent(
    here: Hall, seconds: float, noted: float
) -> None:
    """In seconds, of what was shown on a page, in a list, in a feed and at the address door."""
    case = await claimed(here, address="Opdigtet Vej 1")
    _silent_for(here, seconds)
    for path in (f"/referrals/{case}", "/inbox", "/changes", "/tasks"):
        assert (await here.ask("hanne", "GET", path)).is_success
        assert (await _last(here)).view_age == noted, path
    shown = await here.ask("hanne", "POST", f"/referrals/{case}/address", {"reason": "Kør!"})
    assert shown.is_success
    assert (await _last(here)).view_age == noted


async def test_a_refused_read_notes_it_too(here: Hall) -> None:
    """A try is noted with it, alike for what there is and for what never was."""
    case = await claimed(here)
    _silent_for(here, 3.5)
    for each in (case, str(uuid4())):
        answer = await here.ask("mogens", "GET", f"/referrals/{each}")
        assert answer.status_code == HTTPStatus.NOT_FOUND
        entry = await _last(here)
        assert (entry.outcome, entry.view_age) == (Outcome.DENIED, 3.5)


async def test_where_councils_were_never_heard_no_age_is_made_up(here: Hall) -> None:
    """What has no age has none in the log either."""
    case = await claimed(here)
    _silent_for(here, math.inf)
    await here.ask("hanne", "GET", f"/referrals/{case}")
    assert (await _last(here)).view_age is None
