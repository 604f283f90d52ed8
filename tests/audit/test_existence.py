"""A referral that is not for somebody to replay is in no way different from what never was."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event as happening

from services.audit.app import create_app
from services.audit.ledger.tables import opened_to_read
from services.audit.settings import Settings
from services.audit.wiring import Wiring
from shared.reads.log import ReadLog
from shared.reads.reading import Kind, Outcome
from shared.rulebook.content import Rulebook
from shared.rulebook.policies import ClassPolicies, Decision, Question
from tests.audit import stage
from tests.audit.readers import noted
from tests.audit.stage import Audit, audit
from tests.referrals import asking
from tests.referrals.ways import BANDEEXIT, INFOHUS

OF_ONE_REQUEST = frozenset({"traceparent", "date"})
SENDER, HOLDER, STRANGER = "favrskov-tilsyn", "oestjyllands-politi-tilsyn", "samsoe-tilsyn"
CASEWORKER = "favrskov-ssp"
_heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Give what is asked of ledger, stores, database and policies from here on, in this context."""
    calls: list[str] = []
    token = _heard.set(calls)
    try:
        yield calls
    finally:
        _heard.reset(token)


def _told(what: str) -> None:
    if (calls := _heard.get()) is not None:
        calls.append(what)


def _telling(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def told(*asked: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        _told(name)
        return call(*asked, **named)

    return told


def _listen(here: Wiring, patch: pytest.MonkeyPatch) -> None:
    decide = ClassPolicies.decide

    def decided(self: ClassPolicies, question: Question) -> Decision:
        _told(f"decide {question}")
        return decide(self, question)

    def traced(path: Path) -> sqlite3.Connection:
        connection = opened_to_read(path)
        connection.set_trace_callback(_told)
        return connection

    def statement(_c: Any, _cursor: Any, text: str, *_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        _told(text)

    patch.setattr(ClassPolicies, "decide", decided)
    patch.setattr("services.audit.ledger.reading.opened_to_read", traced)
    for kind, calls in (
        (type(here.ground.store), ("read_stream", "read_all", "append", "head")),
        (type(here.reads.store), ("read_stream", "read_all", "append", "head")),
        (ReadLog, ("recall", "note")),
    ):
        for call in calls:
            name = f"{kind.__name__}.{call}"
            patch.setattr(kind, call, _telling(name, getattr(kind, call)))
    for engine in (here.views.engines.reading, here.views.engines.writing):
        happening.listen(engine.sync_engine, "before_cursor_execute", statement)


@dataclass
class Room:
    """The audit, with an ear in it, asked in this very process."""

    audit: Audit
    inside: httpx2.AsyncClient

    async def replayed(self, case: UUID, who: str) -> tuple[object, ...]:
        """Give all that comes of asking for a replay, with the id asked for left out."""
        before = len(await noted(self.audit))
        named = {"Authorization": f"Bearer {self.audit.issuer.token(sub=who)}"}
        with listening() as heard:
            answer = await self.inside.get(f"/referrals/{case}/replay", headers=named)
        calls = [call.replace(str(case), "<id>") for call in heard]
        (note,) = (await noted(self.audit))[before:]
        assert (note.kind, note.ids) == (Kind.REPLAY, (f"referral:{case}",))
        kept = sorted((n, v) for n, v in answer.headers.items() if n not in OF_ONE_REQUEST)
        said = note.model_dump(exclude={"at", "objects", "view_age"})
        fields = [seen.fields for seen in note.objects]
        return answer.status_code, answer.content, kept, calls, said, fields


@pytest.fixture
async def here(
    tmp_path: Path, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Room]:
    """Give the running service, whose every call is heard."""
    made = list[FastAPI]()

    def kept(settings: Settings) -> FastAPI:
        made.append(create_app(settings))
        return made[0]

    monkeypatch.setattr(stage, "create_app", kept)
    async with audit(tmp_path, rulebook) as running:
        _listen(running.wiring, monkeypatch)
        through = httpx2.ASGITransport(app=made[0], raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=through, base_url="http://audit") as inside:
            yield Room(running, inside)


async def shared(here: Audit) -> UUID:
    """Give a concern that Favrskov has sent to the police."""
    return await here.begin(INFOHUS, asking.edit(INFOHUS), asking.send(INFOHUS))


async def drafted(here: Audit) -> UUID:
    """Give a draft of Favrskov's."""
    return await here.begin(INFOHUS, asking.edit(INFOHUS))


async def secret(here: Audit) -> UUID:
    """Give a case whose existence is hidden, sent to the police, who have not acted on it yet."""
    return await here.begin(BANDEEXIT, asking.consent(BANDEEXIT), asking.send(BANDEEXIT))


@pytest.mark.parametrize(
    ("begin", "who", "status"),
    [
        (shared, STRANGER, HTTPStatus.NOT_FOUND),
        (drafted, SENDER, HTTPStatus.NOT_FOUND),
        (drafted, STRANGER, HTTPStatus.NOT_FOUND),
        (secret, HOLDER, HTTPStatus.NOT_FOUND),
        (shared, CASEWORKER, HTTPStatus.FORBIDDEN),
    ],
)
async def test_what_is_not_yours_to_replay_is_as_what_never_was(
    here: Room, begin: Callable[[Audit], Any], who: str, status: HTTPStatus
) -> None:
    """Ledger, stores, database and policies are asked the same; answer and record are the same."""
    case = await begin(here.audit)
    await here.replayed(uuid4(), who)  # the policies are warm from here on
    there, never = await here.replayed(case, who), await here.replayed(uuid4(), who)
    assert there == never
    assert there[0] == status
    assert there[3], "what nobody hears proves nothing"
    assert {each.outcome for each in (await noted(here.audit))[-2:]} == {Outcome.DENIED}


async def test_what_is_yours_is_heard_as_well(here: Room) -> None:
    """The ear hears a replay that is shown: the ledger's own entries, and one record before it."""
    told = await here.replayed(await shared(here.audit), SENDER)
    assert told[0] == HTTPStatus.OK
    calls: Any = told[3]
    assert any("FROM entry WHERE stream = 'referral-<id>'" in call for call in calls)
    assert calls.count("ReadLog.note") == calls.count("SqliteStore.append") == 1
