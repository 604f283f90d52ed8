"""One's own case number tells nothing of the cases that are hidden from who notes it."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.listening import listen
from tests.access.scenes import asked, seen, sent
from tests.access.work_lists import claimed, peopled
from tests.heard import listening
from tests.referrals.ways import BANDEEXIT

USED, FRESH = "EXIT-2026-17", "EXIT-2026-18"
OF_ONE_REQUEST = frozenset({"traceparent", "date", "kredslob-position"})


@pytest.fixture
async def here(
    tmp_path: Path, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories, in which every call is heard."""
    async with peopled(tmp_path, rulebook) as running:
        listen(running, monkeypatch)
        yield running


async def _numbered(
    here: Hall, person: str, case: str, number: str
) -> tuple[httpx2.Response, list[str]]:
    with listening() as calls:
        path = f"/referrals/{case}/case-number"
        answer = await here.ask(person, "PUT", path, {"number": number})
    return answer, calls


def _told(answer: httpx2.Response, case: str) -> tuple[object, ...]:
    headers = {n: v for n, v in answer.headers.items() if n not in OF_ONE_REQUEST}
    return answer.status_code, headers, answer.text.replace(case, "<id>")


async def _is_as_fresh(here: Hall, person: str, *cases: str) -> None:
    """Note the used number on one case and a fresh one on another; refuse any difference."""
    used, fresh, warm = cases
    before = {case: await _times(here, case) for case in cases}
    await _numbered(here, person, warm, "EXIT-2026-16")
    answer, calls = await _numbered(here, person, used, USED)
    of_fresh, calls_of_fresh = await _numbered(here, person, fresh, FRESH)
    assert answer.is_success, answer.text
    assert _told(answer, used) == _told(of_fresh, fresh)
    assert calls == calls_of_fresh
    await here.shown()
    for case, number in ((used, USED), (fresh, FRESH)):
        assert (await seen(here, person, case))["case_number"] == number
        assert await _times(here, case) == before[case] + 1


async def _times(here: Hall, case: str) -> int:
    kinds = [each.type for each in await here.stream_of(UUID(case))]
    return kinds.count("referral.case-number-set.v1")


async def test_a_number_of_a_secret_case_is_accepted_as_a_fresh_one(here: Hall) -> None:
    """In the same unit, where the case that has it is hidden from who is not named on it."""
    secret = await sent(here, "kirsten", BANDEEXIT)
    await asked(here, "erik", "claim", secret)
    await asked(here, "erik", "case-number", secret, {"number": USED}, method="PUT")
    cases = [await sent(here, "kirsten", BANDEEXIT) for _ in range(3)]
    await here.shown()
    assert secret not in (await here.ask("ulla", "GET", "/inbox")).text
    await _is_as_fresh(here, "ulla", *cases)


async def test_a_number_of_a_case_one_is_kept_out_of_is_too(here: Hall) -> None:
    """So it is where somebody is kept out of the case that has it."""
    kept, *cases = [await claimed(here) for _ in range(4)]
    await asked(here, "hanne", "case-number", kept, {"number": USED}, method="PUT")
    out = {"subject": "carl", "reason": "I familie med den unge."}
    await asked(here, "lis", "exclusions", kept, out)
    for case in cases:
        await asked(here, "hanne", "staff", case, {"subject": "carl"})
    await here.shown()
    await _is_as_fresh(here, "carl", *cases)


async def test_a_number_of_another_authority_is_too(here: Hall) -> None:
    """Each authority numbers its own cases: what others have used, also on this one, is free."""
    used, *cases = [await claimed(here) for _ in range(4)]
    for case in (used, cases[0]):
        await asked(here, "hanne", "case-number", case, {"number": USED}, method="PUT")
    await here.shown()
    await _is_as_fresh(here, "anna", *cases)
