"""Asking the owner: facts that the bus lost or never had, and how far the owner is.

And the owner asking others whether they know of a fact yet.

Question and answer are JSON: ``facts.<service>.read {after, limit}`` is answered with
``{"facts": [[position, stream, version, id, type, metadata, data], ...]}``, the last two in
base64, after position ``after`` and in order; ``facts.<service>.head {after}`` with
``{"head", "behind", "age"}``; ``facts.<service>.passed {source, position}`` with ``{"passed"}``,
which says whether the views of *service* show the fact of *source* at that position. What cannot
be answered is answered with ``{"refused": why}``.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.eventstore.port import EventStore, Stored, StoreProblem
from shared.kernel.clock import Clock, read
from shared.messaging.bus import Answer, Bus, Unanswered
from shared.messaging.names import head_of, passed_of, read_of

MOST_FACTS = 200
MOST_BYTES = 1024 * 1024
"""Of one answer. A single fact always fits: an append is at most 512 KiB, base64 adds a third."""

ASK_AGAIN: Final = 0.02
"""Seconds between two questions to one that does not know of a fact yet."""


class Head(NamedTuple):
    """How far an owner is, seen from a position: its last position, and what came after *that*."""

    head: int
    behind: int
    """How many facts came after the position asked from, counted up to 200."""
    age: float
    """Seconds since the first of these was recorded, by the owner's clock; 0 where none was."""


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    after: int = Field(ge=0)
    limit: int = Field(default=MOST_FACTS, ge=1)


class _AboutFact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    position: int = Field(ge=0)


Q = TypeVar("Q", _Question, _AboutFact)
Passed = Callable[[str, int], Awaitable[bool]]
"""Says whether the views show the fact of a source at a position."""


async def answer_reads(
    bus: Bus, store: EventStore, clock: Clock, source: str | None = None
) -> None:
    """Let this service answer, from now on, what others ask about the facts in *store*.

    *source* is what those facts are known as, where that is not the service's own name.
    """
    source = source or bus.service

    async def facts(question: _Question) -> dict[str, Any]:
        found = await store.read_all(question.after, min(question.limit, MOST_FACTS))
        return {"facts": _fitting(found)}

    async def head(question: _Question) -> dict[str, Any]:
        later = await store.read_all(question.after, MOST_FACTS)
        age = _age(later[0], clock) if later else 0.0
        return {"head": await store.head(), "behind": len(later), "age": age}

    await bus.answer(read_of(source), _answering(_Question, facts))
    await bus.answer(head_of(source), _answering(_Question, head))


async def answer_passed(bus: Bus, passed: Passed) -> None:
    """Let this service answer, from now on, whether its views show a fact of another."""

    async def answer(question: _AboutFact) -> dict[str, Any]:
        return {"passed": await passed(question.source, question.position)}

    await bus.answer(passed_of(bus.service), _answering(_AboutFact, answer))


async def fetch_range(bus: Bus, service: str, after: int, until: int) -> AsyncIterator[Stored]:
    """Give the owner's facts after position *after* up to and including *until*, in order.

    Raises ``Unanswered``, also where the owner's facts end before *until*.
    """
    while after < until:
        facts = await fetch_page(bus, service, after, MOST_FACTS)
        if not facts or facts[0].position <= after:
            raise Unanswered(f"{service} has nothing between {after} and {until}")
        for fact in facts:
            if fact.position > until:
                return
            yield fact
            after = fact.position


async def fetch_page(bus: Bus, service: str, after: int, limit: int) -> list[Stored]:
    """Give at most *limit* of the owner's facts after *after*, fewer where they are heavy.

    Raises ``Unanswered``.
    """
    with _understood(service):
        reply = await _ask(bus, read_of(service), {"after": after, "limit": limit})
        return [_unpacked(row) for row in reply["facts"]]


async def ask_head(bus: Bus, service: str, after: int) -> Head:
    """Give how far the owner is, seen from position *after*. Raises ``Unanswered``."""
    with _understood(service):
        return Head(**await _ask(bus, head_of(service), {"after": after}))


async def ask_passed(bus: Bus, service: str, position: int, *, within: float = 2.0) -> bool:
    """Say whether the views of *service* show the own fact at *position*, or come to.

    False where they do not within so many seconds, and where nobody answers.
    """
    about: dict[str, int | str] = {"source": bus.service, "position": position}
    try:
        async with asyncio.timeout(within):
            with _understood(service):
                while not (await _ask(bus, passed_of(service), about))["passed"]:  # noqa: ASYNC110 - the event is elsewhere
                    await asyncio.sleep(ASK_AGAIN)
    except (TimeoutError, Unanswered):
        return False
    return True


async def _ask(bus: Bus, subject: str, question: Mapping[str, int | str]) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads(await bus.request(subject, json.dumps(question).encode()))
    if "refused" in reply:
        raise Unanswered(f"{subject}: {reply['refused']}")
    return reply


@contextmanager
def _understood(service: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise Unanswered(f"{service} answers in another language") from error


def _answering(asked: type[Q], answer: Callable[[Q], Awaitable[dict[str, Any]]]) -> Answer:
    async def answered(question: bytes) -> bytes:
        try:
            reply = await answer(asked.model_validate_json(question))
        except (ValidationError, StoreProblem) as error:
            reply = {"refused": type(error).__name__}
        return json.dumps(reply).encode()

    return answered


def _fitting(facts: Sequence[Stored]) -> list[list[int | str]]:
    rows, weight = list[list[int | str]](), 0
    for fact in facts:
        row = _packed(fact)
        weight += len(json.dumps(row)) + 2
        if rows and weight > MOST_BYTES - 100:
            break
        rows.append(row)
    return rows


def _packed(fact: Stored) -> list[int | str]:
    metadata, data = (base64.b64encode(part).decode() for part in (fact.metadata, fact.data))
    return [fact.position, fact.stream, fact.version, str(fact.id), fact.type, metadata, data]


def _unpacked(row: Sequence[Any]) -> Stored:
    position, stream, version, name, kind, metadata, data = row
    return Stored(
        position,
        stream,
        version,
        UUID(name),
        kind,
        base64.b64decode(metadata),
        base64.b64decode(data),
    )


def _age(fact: Stored, clock: Clock) -> float:
    recorded = read(json.loads(fact.metadata)["recorded_at"])
    return max(0.0, (clock.now().astimezone(UTC) - recorded).total_seconds())
