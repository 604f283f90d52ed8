"""What lies in the store: nothing that people said or wrote, in any programme."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import StringConstraints
from pydantic.fields import FieldInfo

from services.referrals.domain.referral import commands as ask
from services.referrals.projections.party_line import PartyView
from shared.eventstore.port import NO_STREAM, NewEvent
from shared.kernel.commands import Command
from shared.kernel.ids import derived
from tests.referrals import asking, keeping, log
from tests.referrals import people as who
from tests.referrals.desk import Desk
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, UKN, Way

NAME = "Kanariefugl Ærlig Testesen"
ADDRESS = "Opdigtet Allé 7, 8999 Kanariestrand"
SAID = "kanarie sagt i fortrolighed: "
TO_VIBORG = replace(INFOHUS, has_account=False)
"""To a municipality outside the district, addressed by name."""
TOLD = (INFOHUS, PSP, UKN, BANDEEXIT, TO_VIBORG)
EVERY_WAY = pytest.mark.parametrize(
    "way", TOLD, ids=["infohus", "psp", "ukn", "bandeexit", "outside"]
)


def words_of(command: type[Command]) -> set[str]:
    """Give the fields of a request that take words: those that are longer than any id."""
    return {
        name
        for name, field in command.model_fields.items()
        if any(each.max_length for each in _strings(field))
    }


def _strings(field: FieldInfo) -> Iterator[StringConstraints]:
    inner = [each for part in get_args(field.annotation) for each in get_args(part)]
    yield from (each for each in (*field.metadata, *inner) if isinstance(each, StringConstraints))


def said(command: ask.ReferralCommand) -> ask.ReferralCommand:
    """Give the request with a canary in every field that takes words and is filled in or may be."""
    planted = {name: SAID + name for name in words_of(type(command))}
    if isinstance(command, ask.SendReferral) and command.addressee is not None:
        del planted["outside"]
    return command.model_copy(update=planted)


def story(way: Way) -> Iterator[ask.ReferralCommand]:
    """Give a history with every kind of request in it that fits the way."""
    written = {"name": NAME} if way is BANDEEXIT else {"name": NAME, "address": ADDRESS}
    answers = {**way.answers, **written}
    yield asking.draft(way, intake=answers)
    yield asking.edit(way, intake=answers)
    yield asking.consent(way)
    yield asking.send(way) if way is not TO_VIBORG else asking.send(way, addressee=None)
    yield asking.call(way)
    if not way.has_account:
        yield from (asking.dispatch(way), asking.receipt(way), asking.close(way))
        return
    yield from (asking.deliver(way), asking.receive(way), asking.open_it(way))
    yield from (asking.claim(way), asking.assign(way))
    if way.programme == INFOHUS.programme:
        yield asking.check(way)
    if way is BANDEEXIT:
        yield asking.consent(way, unit=way.taker, receivers=(who.ODDER,))
    yield asking.let_in(way)
    if way.programme == INFOHUS.programme:
        yield from kept_safe(way)
    yield from (asking.send_back(way), asking.send_again(way))
    yield from (asking.deliver(way), asking.receive(way))
    yield from (asking.decline(way), asking.reopen(way))
    yield from (asking.write(way), asking.number(way), asking.accept(way), asking.close(way))
    yield from (asking.reopen(way), asking.withdraw(way), asking.enter_in_error(way))


def kept_safe(way: Way) -> Iterator[ask.ReferralCommand]:
    """Give every kind of request by which a referral is kept safe, and how sharing ends."""
    unit = way.taker
    yield from (
        keeping.name(unit, who.leader_of(unit)),
        keeping.exclude(unit),
        keeping.readmit(unit),
    )
    yield from (keeping.smash(unit), keeping.review(unit))
    yield from (keeping.notice(unit), keeping.see_to(unit))
    yield from (keeping.protect(unit), keeping.unprotect(unit))
    yield from (keeping.let_out(unit), keeping.refuse(unit))
    yield from (keeping.entrust(unit), keeping.finish(unit))
    yield from (keeping.take_back(unit), keeping.leave(way.further))


BEGAN = {
    "consent": "referral.consent-recorded.v1",
    "glass": "referral.glass-broken.v1",
    "leaving": "referral.leaving-asked.v1",
    "noticed": "referral.try-noticed.v1",
    "task": "referral.task-set.v1",
}
"""The facts that a request may be about, by the field that names one."""


async def told(at: Desk, way: Way) -> UUID:
    """Let a history with canaries happen, and give its case."""
    case = await at.enrol(way)
    for command in story(way):
        began = {str(fact.event.type): fact.id for fact in await at.facts(case)}
        about = BEGAN.keys() & type(command).model_fields.keys()
        aimed = command.model_copy(update={name: began[BEGAN[name]] for name in about})
        await at.ask(case, said(aimed))
    return case


def traces(of: bytes) -> list[str]:
    """Give every canary found, in any spelling that a program might give it."""
    found = []
    for canary in (NAME, ADDRESS, SAID.strip(), *NAME.split(), "Kanariestrand", "fortrolighed"):
        spellings = (
            canary.encode(),
            json.dumps(canary)[1:-1].encode(),
            canary.encode("utf-16-le"),
            b64encode(canary.encode())[:-4],
        )
        found += [canary for spelling in spellings if spelling in of]
    return found


@EVERY_WAY
async def test_no_name_and_no_word_is_stored_in_clear(at_the_desk: Desk, way: Way) -> None:
    """Planted names, addresses and sentences are nowhere in the bytes of store, log or vault."""
    case = await told(at_the_desk, way)
    assert traces(await at_the_desk.stored_bytes()) == []
    assert traces(at_the_desk.bytes_on_disk()) == []
    read = str(await at_the_desk.read(case, way.sender))
    assert NAME in read
    assert f"{SAID}necessity" in read


@EVERY_WAY
async def test_no_name_and_no_word_is_in_a_view(at_the_desk: Desk, way: Way) -> None:
    """The read models hold tokens, so nothing has to be wiped from them later."""
    case = await told(at_the_desk, way)
    lines: Mapping[str, PartyView] = {}
    for fact in await at_the_desk.facts(case):
        lines = log.project(lines, fact)
    assert lines
    for line in lines.values():
        assert traces(log.AS_JSON.dump_json(line)) == []


def test_every_field_for_words_has_a_canary() -> None:
    """Whatever people can write into is planted with a canary, and so is any such field to come."""
    kinds: tuple[type[Command], ...] = get_args(ask.ReferralCommand)
    to_plant = {(kind, name) for kind in kinds for name in words_of(kind)}
    planted: set[tuple[type[Command], str]] = set()
    for command in (said(each) for way in TOLD for each in story(way)):
        words: dict[str, Any] = command.model_dump()
        planted |= {(type(command), n) for n, word in words.items() if str(word).startswith(SAID)}
    assert planted == to_plant
    assert {(ask.RecordCall, "whom"), (ask.SendReferral, "outside")} <= planted


async def test_a_planted_leak_is_found(at_the_desk: Desk) -> None:
    """The search finds a name where there is one, in what the store gives and in its files."""
    case = await at_the_desk.begin(PSP)
    (fact,) = await at_the_desk.facts(case)
    leak = NewEvent(derived(fact.id, "leak"), "a.leak.v1", fact.metadata, NAME.encode())
    await at_the_desk.store.append("leak-1", NO_STREAM, [leak])
    assert NAME in traces(await at_the_desk.stored_bytes())
    (at_the_desk.folder / "leak.txt").write_text(json.dumps({"name": NAME}), "utf-8")
    assert NAME in traces(at_the_desk.bytes_on_disk())
