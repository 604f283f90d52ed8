"""A fact that cannot be read waits with its stream, and nothing else does."""

from datetime import UTC

import pytest
from sqlalchemy import CheckConstraint

from shared.eventstore.port import Stored
from shared.projections.bookkeeping import TwoRunners
from shared.projections.per_party import PerParty
from shared.projections.projection import NUMBER, TEXT
from shared.projections.views import NotInSource, Views
from tests.projections.circles import (
    NOON,
    POISON,
    SOURCE,
    Foreign,
    Log,
    Noted,
    Seen,
    Unreadable,
    drawn,
    project,
    read_models,
    repaired,
)
from tests.projections.conftest import Opens, digest, rows

GOOD, BAD = "circle-good", "circle-bad"


def a_poisoned_log() -> Log:
    """Give two streams in turns, of which one cannot be projected from its second fact on."""
    log = Log().record(GOOD, drawn("a")).record(BAD, drawn("a", "b"))
    log.record(GOOD, Noted(word="x")).record(BAD, Noted(word=POISON))
    return log.record(GOOD, Noted(word="y")).record(BAD, Noted(word="later"))


async def counts(views: Views) -> dict[tuple[str, str], int]:
    """Give how much was said in each stream, as each party sees it."""
    return {(row.stream, row.party): row.count for row in await rows(views, "circles")}


async def test_a_poison_fact_parks_its_stream_and_no_other(opens: Opens) -> None:
    """A fact that cannot be projected waits with all that follow in its stream; others go on."""
    views, log = await opens(), a_poisoned_log()
    await views.apply(SOURCE, log.facts)
    assert await counts(views) == {(GOOD, "a"): 3, (BAD, "a"): 1, (BAD, "b"): 1}
    waiting = await views.parked_list()
    assert [(p.stream, p.position, p.event) for p in waiting] == [
        (fact.stream, fact.position, fact.id) for fact in (log.facts[3], log.facts[5])
    ]
    assert await views.checkpoints() == {SOURCE: log.facts[-1].position}


async def test_poison_to_one_read_model_is_kept_from_all(opens: Opens) -> None:
    """A fact that one read model cannot take changes none, and what all can take counts once."""
    tolerant = PerParty("circles", Seen, repaired, {"count": NUMBER})
    views = await opens([tolerant, PerParty("strict", Seen, project)])
    log = a_poisoned_log()
    await views.apply(SOURCE, log.facts[:2])
    await views.apply(SOURCE, log.facts[2:])
    assert await counts(views) == {(GOOD, "a"): 3, (BAD, "a"): 1, (BAD, "b"): 1}
    assert len(await views.parked_list()) == 2


async def test_a_parked_stream_stays_parked(opens: Opens) -> None:
    """What comes later for a parked stream waits too, also after a restart."""
    views, log = await opens(), a_poisoned_log()
    await views.apply(SOURCE, log.facts)
    log.record(BAD, Noted(word="more")).record(GOOD, Noted(word="more"))
    again = await opens()
    await again.apply(SOURCE, log.facts)
    assert len(await again.parked_list(BAD)) == 3
    assert (await counts(again))[GOOD, "a"] == 4


async def test_the_reason_tells_no_content(opens: Opens) -> None:
    """Of what was raised only the class is kept, since the message may quote the fact."""
    views = await opens()
    await views.apply(SOURCE, a_poisoned_log().facts)
    [parked, _] = await views.parked_list(BAD)
    assert (parked.reason, parked.since) == ("ZeroDivisionError", NOON)
    assert parked.since.tzinfo is UTC
    assert POISON not in repr(parked)


async def test_a_fact_that_cannot_be_decoded_parks_its_stream(opens: Opens) -> None:
    """What comes before an unreadable fact in its stream is applied, it and the rest wait."""
    views = await opens()
    log = Log().record(BAD, drawn("a"), Unreadable(), Noted(word="x")).record(GOOD, drawn("a"))
    await views.apply(SOURCE, log.facts)
    assert [p.position for p in await views.parked_list()] == [f.position for f in log.facts[1:3]]
    assert await counts(views) == {(GOOD, "a"): 1, (BAD, "a"): 1}


async def test_two_kinds_of_poison_in_one_stream_keep_its_order(opens: Opens) -> None:
    """A stream that fails in projecting and later in decoding waits from the first fault on."""
    views = await opens()
    log = Log().record(BAD, drawn("a"), Noted(word=POISON), Noted(word="x"), Unreadable())
    await views.apply(SOURCE, log.facts)
    assert [p.position for p in await views.parked_list()] == [f.position for f in log.facts[1:]]
    assert await counts(views) == {(BAD, "a"): 1}


async def test_a_value_that_the_database_refuses_parks_its_stream(opens: Opens) -> None:
    """A fact whose row breaks a rule of the database is poison, not a fault of the database."""
    model = PerParty("circles", Seen, project, {"word": TEXT, "count": NUMBER})
    model.table(1).append_constraint(CheckConstraint("word <> 'bad'"))
    views = await opens([model])
    log = Log().record(BAD, drawn("a"), Noted(word="bad")).record(GOOD, drawn("a"))
    await views.apply(SOURCE, log.facts)
    assert [(p.stream, p.reason) for p in await views.parked_list()] == [(BAD, "IntegrityError")]
    assert [row.stream for row in await rows(views, "circles")] == [BAD, GOOD]


async def test_text_that_one_engine_cannot_hold_never_stops_the_rest(opens: Opens) -> None:
    """A character that PostgreSQL has no place for parks its stream there, and others go on."""
    views = await opens()
    log = Log().record(BAD, drawn("a"), Noted(word="a\x00b")).record(GOOD, drawn("a"))
    await views.apply(SOURCE, log.facts)
    on_postgresql = views.engines.writing.dialect.name == "postgresql"
    assert [p.stream for p in await views.parked_list()] == [BAD] * on_postgresql
    assert (await counts(views))[GOOD, "a"] == 1


async def test_a_fact_that_nobody_asks_for_is_passed(opens: Opens) -> None:
    """A type that no read model knows moves the checkpoint and parks nothing."""
    views, log = await opens(), Log().record("square-1", Foreign())
    await views.apply(SOURCE, log.facts)
    assert await views.parked_list() == []
    assert await views.position(SOURCE) == log.facts[-1].position


async def test_retried_facts_are_applied_in_order(opens: Opens) -> None:
    """Once the code is mended, a parked stream comes to what it would have been."""
    log = a_poisoned_log()
    await (await opens()).apply(SOURCE, log.facts)
    mended = await opens(read_models(repaired))
    assert await mended.retry(BAD, {SOURCE: log}) == []
    never_parked = await (await opens.elsewhere())(read_models(repaired))
    await never_parked.apply(SOURCE, log.facts)
    assert (await digest(mended))["circles"] == (await digest(never_parked))["circles"]
    log.record(BAD, Noted(word="after"))
    await mended.apply(SOURCE, log.facts)
    assert await mended.parked_list() == []


async def test_a_retry_that_fails_again_keeps_waiting(opens: Opens) -> None:
    """Facts that still cannot be applied wait on, for as long as they have."""
    views, log = await opens(), a_poisoned_log()
    await views.apply(SOURCE, log.facts)
    before = await views.parked_list()
    assert await views.retry(BAD, {SOURCE: log}) == before
    assert await counts(views) == {(GOOD, "a"): 3, (BAD, "a"): 1, (BAD, "b"): 1}


async def test_a_retry_gets_as_far_as_it_can(opens: Opens) -> None:
    """A retry applies up to the next fault, and only the rest waits."""
    log = Log().record(BAD, drawn("a"), Noted(word=POISON), Noted(word="x"), Unreadable())
    await (await opens()).apply(SOURCE, log.facts)
    mended = await opens(read_models(repaired))
    [left] = await mended.retry(BAD, {SOURCE: log})
    assert (left.position, left.reason) == (log.facts[3].position, "ValidationError")
    assert await counts(mended) == {(BAD, "a"): 3}


async def test_a_retry_reads_the_very_facts_that_were_parked(opens: Opens) -> None:
    """A source that gives another fact in the place of a parked one is not believed."""
    views, log = await opens(), a_poisoned_log()
    await views.apply(SOURCE, log.facts)
    with pytest.raises(NotInSource):
        await views.retry(BAD, {SOURCE: Log().record("circle-other", *[drawn("z")] * 6)})
    assert len(await views.parked_list()) == 2


async def test_what_is_parked_during_a_retry_is_retried_too(opens: Opens) -> None:
    """A fact that is parked while the earlier ones are fetched is applied after them."""
    views, log = await opens(), a_poisoned_log()
    await views.apply(SOURCE, log.facts)

    class Busy(Log):
        async def read_all(self, after: int = 0, limit: int = 500) -> tuple[Stored, ...]:
            if len(self.facts) == 6:
                self.record(BAD, Noted(word="meanwhile"))
                await views.apply(SOURCE, self.facts)
            return await super().read_all(after, limit)

    mended = await opens(read_models(repaired))
    assert await mended.retry(BAD, {SOURCE: Busy(log.clock, log.facts)}) == []
    assert (await counts(mended))[BAD, "b"] == 4


async def test_a_retry_does_not_disturb_the_runner(opens: Opens) -> None:
    """A retry beside a live runner moves no checkpoint, so that the runner goes on."""
    views, log = await opens(), a_poisoned_log()
    await views.apply(SOURCE, log.facts)
    await (await opens(read_models(repaired))).retry(BAD, {SOURCE: log})
    log.record(GOOD, Noted(word="z"))
    try:
        await views.apply(SOURCE, log.facts)
    except TwoRunners:
        pytest.fail("the retry moved the checkpoint")
    assert (await counts(views))[GOOD, "a"] == 4
