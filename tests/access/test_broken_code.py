"""What shows and what lets, broken on purpose: the matrix of doors and of acts sees each of it."""

from typing import Any, Final

import pytest

from services.referrals import seeing, wiring
from services.referrals.api import following, guarding, listing, showing, tasks
from services.referrals.api.following import Changed
from services.referrals.api.tasks import Item
from services.referrals.domain.referral import access
from services.referrals.domain.referral.form import names_person
from services.referrals.domain.safeguards.commands import ApproveLeaving
from services.referrals.domain.safeguards.state import Safeguards
from services.referrals.projections.changes import News
from services.referrals.seeing import Looking
from services.referrals.sight import Sight
from shared.rulebook.policies import Decision
from tests.access import everybody as every
from tests.access.differing import differs
from tests.access.everybody import NOW

SEES_ALL: Final = Sight(
    "handling", frozenset({"administrative"}), frozenset(), (), on_the_case=True
)


def _telling(row: News, look: Looking) -> Changed:
    change = row.change
    told = str(dict(look.line.intake))
    return Changed(referral=look.referral, type=told, at=change.at, stage=None, closed=None)


def _everything(_look: object, found: Looking, _today: object) -> list[Item]:
    answers = found.line.intake.values()
    return [Item(found, "task", str(found.referral), NOW, what=each) for each in answers]


async def _nothing(*_: object) -> listing.Found:
    return listing.Found([], None)


SHOWN: Final[dict[str, tuple[Any, str, Any]]] = {
    "a name on a list": (showing, "_named", lambda look: names_person(look.line.intake)),
    "an answer": (showing, "may_answer", lambda *_: True),
    "what was said": (showing, "may_say", lambda *_: True),
    "an entry of the feed": (following, "_changed", _telling),
    "a task": (tasks, "_items", _everything),
    "an address kept back": (guarding, "may_see", lambda _: False),
    "a list kept back": (listing, "_found", _nothing),
    "all that is asked for": (seeing, "sight", lambda line, _: line and SEES_ALL),
}
LET: Final[dict[str, tuple[Any, str, Any]]] = {
    "strangers": (access, "_ensure_party", lambda *_: None),
    "anybody of the unit": (access, "_ensure_person", lambda *_: None),
    "who is kept out": (Safeguards, "is_excluded", lambda *_: False),
    "who judges themselves": (access, "ensure_another_reviews", lambda *_: None),
    "leaders who are not on it": (access, "LEADERS", (*access.LEADERS, ApproveLeaving)),
    "every office": (wiring, "permitted", lambda *_: Decision(allowed=True)),
    "nobody": (access, "on_the_case", lambda *_: False),
}


@pytest.mark.parametrize("name", [*SHOWN, *LET])
def test_what_is_broken_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever shows or lets too much, or too little, leaves the law's answers."""
    where, what, wrong = {**SHOWN, **LET}[name]
    monkeypatch.setattr(where, what, wrong)
    assert any(differs(space) for space in every.PROGRAMMES)
