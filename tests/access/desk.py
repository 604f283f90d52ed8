"""Every door of a referral, asked by one person: the doors are real, and so is what lets them.

Around them stands what a running service would be: rows that its queries found before, a vault that
opens every token to a text of its name, and nobody who has read anything yet. So whatever an answer
leaves out, the product left out.
"""

from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from pydantic import BaseModel, JsonValue

from services.referrals.api import explaining, following, guarding, listing, tasks
from services.referrals.api.colleagues import Colleague
from services.referrals.api.guarding import Reason
from services.referrals.domain.categories import WHOLE
from services.referrals.projections.changes import News
from services.referrals.projections.lists import List, Row
from services.referrals.projections.party_line import PartyView
from services.referrals.seeing import Looking, Seeing
from services.referrals.wiring import Wiring
from shared.access.asking_councils import Told
from shared.access.noting import Noting
from shared.kernel.ids import ActorId
from shared.rulebook.content import Rulebook
from tests.access import audited, shelf, told
from tests.access import everybody as every
from tests.access.at_once import at_once
from tests.access.everybody import NOW, Place, Situation
from tests.access.onlookers import ME, Person, caller, line_with, standing
from tests.access.shelf import Asks, Found

PART = told.marked(WHOLE).removesuffix("⟧")
WHY, SOMEBODY = Reason(reason="Der skal køres derud."), Colleague(subject="anna")


class Desk:
    """Stands in for what a service is wired with; it has the rows of one referral for one asker."""

    actor_key = b"made-up key of persons"

    def __init__(self, found: Found, line: PartyView | None) -> None:
        self.found, self.line = found, line
        self.clock = self.rulebooks = self.reads = self.views = self.vault = self
        self.ground = self.cursors = self

    def now(self) -> datetime:
        """Give the moment of all looks."""
        return NOW

    def at(self, _moment: datetime) -> Rulebook:
        """Give the rules in force."""
        return every.rulebook()

    def codes_of(self, _actor: ActorId, _referral: UUID) -> frozenset[ActorId]:
        """Give the one code by which who asks is known."""
        return frozenset({ME})

    def seal(self, *_key: object, **_door: object) -> str:
        """Give a cursor."""
        return "sealed"

    async def recall(self, *_of: object) -> None:
        """Say that nothing was read before."""

    async def shown(self, *_what: object) -> None:
        """Note nothing: the tests of the read log hold that."""

    async def denied(self, *_what: object) -> None:
        """Note nothing."""

    async def opened(self, tokens: Sequence[str], _authority: str) -> list[JsonValue]:
        """Open every token to a text that names it; of a form closed in parts, each part."""
        return [_clear(token) for token in tokens]

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[tuple["Desk", int]]:
        """Give where the rows were found before."""
        yield self, 0

    def row(self, row: Row | None) -> list[Row]:
        """Give a row, with the line as who asks stands on it."""
        return [row._replace(line=self.line or row.line)] if row else []


def _clear(token: str) -> JsonValue:
    """Give what is closed by a token: its own mark, of a form closed in parts as an answer."""
    if not token.startswith(PART):
        return token
    return {"name" if token == f"{PART}identity⟧" else token: token}


@dataclass(frozen=True)
class Asking(Seeing):
    """Somebody at the desk: what is decided of the one line is decided once for all doors."""

    decided: dict[str, Looking | None] = field(default_factory=dict)

    async def _line(self, _referral: UUID) -> PartyView | None:
        desk = cast("Desk", self.here)
        return desk.found.line and (desk.line or desk.found.line)

    def _look(self, referral: UUID, line: PartyView | None, purpose: str) -> Looking | None:
        if purpose not in self.decided:
            self.decided[purpose] = super()._look(referral, line, purpose)
        return self.decided[purpose]


def asking(place: Place, situation: Situation, person: Person) -> tuple[UUID, Asking]:
    """Give the referral, and somebody who stands at the desk and asks for it."""
    referral, by = every.referral_of(place, situation), caller(place, person.office)
    own, over = shelf.lookers(place)
    found = shelf.shelf(place.space)[Asks(referral, over if by.oversees else own)]
    desk = Desk(found, line_with(place, situation, standing(person)))
    return referral, Asking(cast("Wiring", desk), by, cast("Noting", desk), person.wished)


def shown_to(place: Place, situation: Situation, person: Person) -> Mapping[str, str]:
    """Give every answer that shows somebody something, by its door; of a list where it has lines.

    To be asked within ``doors_open``.
    """
    referral, look = asking(place, situation, person)
    answers = {
        "follow": _answer(following.follow(referral, look, look.here, NOBODY, RESPONSE)),
        "reveal": _answer(guarding.reveal(referral, WHY, look, look.here)),
        "why": _answer(explaining.why(referral, SOMEBODY, look, look.here, NOBODY)),
        "replay": audited.replayed(place, situation, look.by),
        "reads": _log_of(look),
        "tasks": _listed(tasks.tasks(look, look.here)),
        "changes": _listed(following.changes(look, look.here, None, 1)),
        **{which.value: _listed(door(look, look.here, None, 1)) for which, door in LISTS.items()},
    }
    return {door: answer for door, answer in answers.items() if answer is not None}


def _log_of(look: Asking) -> str | None:
    """Give who looked, where somebody sees that and somebody of their authority has looked."""
    desk = cast("Desk", look.here)
    sees = audited.may_read_the_log(look.by, look.wished or "")
    return "shown" if desk.found.line and sees else None


NOBODY: Any = None
RESPONSE: Any = SimpleNamespace(headers={})
LISTS = {List.INBOX: listing.inbox, List.SENT: listing.sent, List.DUE: listing.due}


def _listed(asked: Coroutine[Any, Any, Any]) -> str | None:
    answer = at_once(asked)
    return answer.model_dump_json() if answer and answer.items else None


def _answer(asked: Coroutine[Any, Any, BaseModel]) -> str | None:
    answer = at_once(asked)
    return answer.model_dump_json() if answer else None


@contextmanager
def doors_open() -> Iterator[None]:
    """Let the doors find what was found before in place of asking a database."""
    with pytest.MonkeyPatch.context() as patch, audited.doors_open():
        patch.setattr(listing, "listed", _rows)
        patch.setattr(tasks, "waiting", _waiting)
        patch.setattr(following, "news", _news)
        patch.setattr(following, "lines_of_unit", _lines)
        patch.setattr(following, "opened", _not_opened)
        patch.setattr(following, "trace_of", lambda _: None)
        patch.setattr(explaining, "offices_now", _no_offices)
        yield


async def _rows(desk: Desk, _generation: int, which: List, asked: Any) -> list[Row]:  # noqa: ANN401 - the page
    return [] if asked.after else desk.row(desk.found.rows.get(which))


async def _waiting(desk: Desk, *_page: object) -> list[Row]:
    return desk.row(desk.found.waits)


async def _news(desk: Desk, _generation: int, _unit: str, after: int, _size: int) -> list[News]:
    news = desk.found.news
    return [news] if news and news.number > after else []


async def _lines(
    desk: Desk, _generation: int, _unit: str, streams: Iterable[str]
) -> Mapping[str, PartyView]:
    line = desk.line or desk.found.line
    return {stream: line for stream in streams if line}


async def _not_opened(*_by: object) -> bool:
    return False


async def _no_offices(*_of: object) -> Told:
    return Told((), 0.0)
