"""What the audit tells says, on every answer, that no investigation may use it."""

from uuid import uuid4

import pytest

from services.audit.api.entries import MarkedPage
from services.audit.api.extracting import Extract
from services.audit.api.replaying import Replay
from shared.api.labels import Data
from tests.audit.readers import AUDITOR, OFFICER, Officer, told
from tests.audit.stage import Audit
from tests.referrals import asking
from tests.referrals.ways import INFOHUS

WORDS = {"da": "må ikke anvendes til efterforskning", "en": "not to be used for investigation"}
DOORS = {
    "/reads": AUDITOR,
    "/reads/of/{}": AUDITOR,
    "/reads/mine": OFFICER,
    "/reads/extract?referral={}": AUDITOR,
    "/referrals/{}/replay": AUDITOR,
}
"""Each door that tells of cases, and somebody whom it answers."""


@pytest.mark.parametrize("door", DOORS)
async def test_every_answer_is_marked(here: Audit, door: str) -> None:
    """Law §2: the audit does not know which case rests on § 115, so it says so of all."""
    case = await here.begin(INFOHUS, asking.send(INFOHUS))
    await Officer(here).sees(case)
    assert (await told(here, door.format(case), DOORS[door]))["marking"] == WORDS


@pytest.mark.parametrize("door", [each for each in DOORS if not each.endswith("replay")])
async def test_an_empty_answer_is_marked(here: Audit, door: str) -> None:
    """That nobody saw a case is told under the same words."""
    assert (await told(here, door.format(uuid4()), DOORS[door]))["marking"] == WORDS


@pytest.mark.parametrize("answer", [MarkedPage, Extract, Replay])
def test_the_marking_is_administrative(answer: type[MarkedPage[str] | Extract | Replay]) -> None:
    """It says nothing of anybody, and every answer promises it."""
    marking = answer.model_fields["marking"]
    assert Data("administrative") in marking.metadata
    assert marking.is_required()
