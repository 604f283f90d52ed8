"""A referral that is not for somebody to replay is in no way different from what never was."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI

from services.audit.app import create_app
from services.audit.ledger.tables import opened_to_read
from services.audit.settings import Settings
from services.audit.wiring import Wiring
from shared.reads.log import ReadLog
from shared.reads.reading import Kind, Outcome
from shared.rulebook.content import Rulebook
from tests.audit import stage
from tests.audit.stage import Audit, audit
from tests.heard import hear, hear_database, hear_policies, listening, tell
from tests.reads.noted import noted
from tests.referrals import asking
from tests.referrals.ways import BANDEEXIT, INFOHUS

OF_ONE_REQUEST = frozenset({"traceparent", "date"})
SENDER, HOLDER, STRANGER = "favrskov-tilsyn", "oestjyllands-politi-tilsyn", "samsoe-tilsyn"
CASEWORKER = "favrskov-ssp"


def _listen(here: Wiring, patch: pytest.MonkeyPatch) -> None:
    def traced(path: Path) -> sqlite3.Connection:
        connection = opened_to_read(path)
        connection.set_trace_callback(tell)
        return connection

    patch.setattr("services.audit.ledger.reading.opened_to_read", traced)
    for store in (here.ground.store, here.reads.store):
        calls = ("read_stream", "read_all", "append", "head")
        hear(patch, type(store), calls, name=type(store).__name__)
    hear(patch, ReadLog, ("recall", "note"), name="reads")
    hear_policies(patch)
    hear_database(here.views)


@dataclass
class Room:
    """The audit, with an ear in it, asked in this very process."""

    audit: Audit
    inside: httpx2.AsyncClient

    async def replayed(self, case: UUID, who: str) -> tuple[object, ...]:
        """Give all that comes of asking for a replay, with the id asked for left out."""
        before = len(await noted(self.audit.wiring.reads))
        named = {"Authorization": f"Bearer {self.audit.issuer.token(sub=who)}"}
        with listening() as heard:
            answer = await self.inside.get(f"/referrals/{case}/replay", headers=named)
        calls = [call.replace(str(case), "<id>") for call in heard]
        (note,) = (await noted(self.audit.wiring.reads))[before:]
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
    assert {each.outcome for each in (await noted(here.audit.wiring.reads))[-2:]} == {
        Outcome.DENIED
    }


async def test_what_is_yours_is_heard_as_well(here: Room) -> None:
    """The ear hears a replay that is shown: the ledger's own entries, and one record before it."""
    told = await here.replayed(await shared(here.audit), SENDER)
    assert told[0] == HTTPStatus.OK
    calls: Any = told[3]
    assert any("FROM entry WHERE stream = 'referral-<id>'" in call for call in calls)
    assert calls.count("reads note") == calls.count("SqliteStore append") == 1
