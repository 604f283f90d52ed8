"""Which authority can open what: its own files, what it was sent, and nothing else."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.state import NotBegun
from services.referrals.projections.party_line import PartyView
from services.referrals.revoking import Revoking
from shared.eventstore.codec import tokens
from shared.eventstore.port import EventStore
from shared.kernel.ids import AuthorityId, SubjectId
from shared.kernel.personal import ERASED
from shared.kernel.recorded import Recorded
from shared.kernel.refusals import Refusal
from shared.rulebook.content import Rulebook
from shared.rulebook.profiles import Profiles
from shared.vault.sealing import Token
from tests.referrals import asking, log
from tests.referrals import people as who
from tests.referrals.desk import Desk, Read, desk
from tests.referrals.walks import Step, Walk, about, walks
from tests.referrals.ways import ANSWERED_HERE, BANDEEXIT, INFOHUS, PSP, WAYS, Way

VAULT_TOKEN = re.compile(r"k1~[A-Za-z0-9_.~-]+")
SENT = (asking.send(INFOHUS),)
RECEIVED = (*SENT, asking.deliver(INFOHUS), asking.receive(INFOHUS))
CONCERN = {
    **{f"0 intake.{name}": answer for name, answer in INFOHUS.answers.items()},
    "1 necessity": asking.NECESSITY,
    "1 chosen_because": asking.WHY_THIS_ONE,
}


def readable(read: Read) -> Read:
    """Give what was not erased."""
    return {place: value for place, value in read.items() if value is not ERASED}


async def test_a_draft_opens_for_its_own_authority_alone(at_the_desk: Desk) -> None:
    """Before it is sent nobody else has a key to it, not even the one it is meant for."""
    case = await at_the_desk.begin(INFOHUS)
    own = {f"0 intake.{name}": answer for name, answer in INFOHUS.answers.items()}
    assert await at_the_desk.read(case, INFOHUS.sender) == own
    for other in (INFOHUS.taker, who.SSP_AARHUS, who.MUNICIPAL_INFOHUS_RANDERS):
        assert readable(await at_the_desk.read(case, other)) == {}


async def test_sending_gives_the_key(at_the_desk: Desk) -> None:
    """With the sending the receiving authority can open the concern, and no third one can."""
    case = await at_the_desk.begin(INFOHUS, *SENT)
    assert await at_the_desk.read(case, INFOHUS.taker) == CONCERN
    assert await at_the_desk.read(case, INFOHUS.sender) == CONCERN
    assert readable(await at_the_desk.read(case, INFOHUS.further)) == {}


async def test_earlier_versions_of_the_draft_stay_at_home(at_the_desk: Desk) -> None:
    """What was written first and thought better of is opened by nobody else, sent or not."""
    first = {**INFOHUS.answers, "concern": "Skrevet i vrede."}
    case = await at_the_desk.enrol(INFOHUS)
    for command in (asking.draft(INFOHUS, intake=first), asking.edit(INFOHUS), *SENT):
        await at_the_desk.ask(case, command)
    assert "Skrevet i vrede." in list((await at_the_desk.read(case, INFOHUS.sender)).values())
    received = readable(await at_the_desk.read(case, INFOHUS.taker))
    assert {place.partition(" ")[0] for place in received} == {"1", "2"}


async def test_letting_in_gives_the_key_to_the_concern_and_what_follows(at_the_desk: Desk) -> None:
    """Who is let in opens the concern and later words, and never what was said before."""
    earlier = asking.write(INFOHUS, text="Sagt før, at de kom til.")
    later = asking.write(INFOHUS, INFOHUS.sender, text="Sagt, da de var der.")
    case = await at_the_desk.begin(
        INFOHUS,
        *RECEIVED,
        earlier,
        asking.check(INFOHUS, note="Kun for politiet."),
        asking.number(INFOHUS, is_now="FAV-1"),
        asking.let_in(INFOHUS),
        later,
    )
    joined = readable(await at_the_desk.read(case, INFOHUS.further))
    reason = {"7 reason": "De kender familien."}
    assert joined == {**CONCERN, **reason, "8 text": later.text}
    holder = readable(await at_the_desk.read(case, INFOHUS.taker))
    noted = {"4 text": earlier.text, "5 note": "Kun for politiet."}
    assert holder == {**CONCERN, **reason, **noted, "8 text": later.text}


async def test_without_its_wrap_the_receiver_reads_nothing(
    tmp_path: Path, store: EventStore, rulebook: Rulebook
) -> None:
    """A receiver whose key is gone reads *Erased*; the sender still reads."""
    async with desk(tmp_path, store, rulebook) as before:
        case = await before.begin(INFOHUS, *SENT)
    with closing(sqlite3.connect(tmp_path / "vault.db", isolation_level=None)) as file:
        assert file.execute("DELETE FROM wraps").rowcount > 0
    async with desk(tmp_path, store, rulebook) as after:
        assert readable(await after.read(case, INFOHUS.taker)) == {}
        assert await after.read(case, INFOHUS.sender) == CONCERN


async def test_one_authoritys_erasure_leaves_the_others_file(at_the_desk: Desk) -> None:
    """Erasing is one authority's order for one person: what it sent stays in the other's file."""
    case = await at_the_desk.begin(INFOHUS, *RECEIVED)
    file = await at_the_desk.vault.subject(case, who.FAVRSKOV)
    await at_the_desk.vault.destroy(file)
    assert readable(await at_the_desk.read(case, INFOHUS.sender)) == {}
    assert await at_the_desk.read(case, INFOHUS.taker) == CONCERN
    await at_the_desk.ask(case, asking.accept(INFOHUS))
    await at_the_desk.ask(case, asking.write(INFOHUS, INFOHUS.sender))


async def test_an_erased_draft_is_not_sent(at_the_desk: Desk) -> None:
    """What cannot be opened cannot be judged, so it is refused and not sent unread."""
    case = await at_the_desk.begin(INFOHUS)
    await at_the_desk.vault.destroy(await at_the_desk.vault.subject(case, who.FAVRSKOV))
    with pytest.raises(Refusal, match="intake-incomplete"):
        await at_the_desk.ask(case, asking.send(INFOHUS))


async def ids_by_authority(at: Desk, *cases: UUID) -> dict[AuthorityId, set[SubjectId]]:
    """Give every subject id that stands in the facts of *cases*, by the authority that wrote them.

    Those of the metadata and those in the tokens.
    """
    found: dict[AuthorityId, set[SubjectId]] = {}
    for case in cases:
        for fact in await at.facts(case):
            ids = found.setdefault(fact.authority, set())
            ids |= {SubjectId(name) for name in fact.metadata["subjects"].split()}
            ids |= {Token.read(text).subject for text in tokens(fact.event).values()}
    return found


@pytest.mark.parametrize("way", ANSWERED_HERE, ids=lambda way: way.programme)
async def test_no_subject_id_is_seen_at_two_authorities(at_the_desk: Desk, way: Way) -> None:
    """A person goes by another id in each authority's facts; only the vault joins them."""
    opening = (asking.consent(way),) if way is BANDEEXIT else ()
    check = (asking.check(way),) if way is INFOHUS else ()
    wider = (asking.consent(way, unit=way.taker, receivers=(who.AUTHORITY_OF[way.further],)),)
    case = await at_the_desk.begin(
        way,
        *opening,
        asking.send(way),
        asking.deliver(way),
        asking.receive(way),
        *check,
        *(wider if way is BANDEEXIT else ()),
        asking.let_in(way),
        asking.write(way, way.further),
        asking.write(way, way.sender),
        asking.accept(way),
    )
    ids = await ids_by_authority(at_the_desk, case)
    assert len(ids) == 3
    assert all(len(own) == 1 for own in ids.values())
    assert len(set.union(*ids.values())) == 3


async def test_one_person_has_one_id_in_one_file(at_the_desk: Desk) -> None:
    """Two referrals about one person share an id at each authority, where both have them."""
    first = await at_the_desk.begin(PSP, asking.send(PSP), asking.deliver(PSP))
    known_as = await at_the_desk.vault.subject(first, who.ODDER)
    second = await at_the_desk.begin(PSP, asking.send(PSP), asking.deliver(PSP), known_as=known_as)
    stranger = await at_the_desk.begin(PSP, asking.send(PSP), asking.deliver(PSP))
    ids = await ids_by_authority(at_the_desk, first, second)
    assert ids == await ids_by_authority(at_the_desk, first)
    others = await ids_by_authority(at_the_desk, stranger)
    assert all(ids[authority].isdisjoint(others[authority]) for authority in ids)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=walks(30, 20))
async def test_a_view_opens_whole_and_nothing_else_does(
    at_the_desk: Desk, way: Way, steps: list[Step]
) -> None:
    """After any history each party's authority opens all that its views hold.

    It opens no more than a profile that keeps nothing from it would show, also after a view has
    closed, once the keys were taken back. An authority that takes no part opens nothing.
    """
    walk = Walk(way, at_the_desk.handler.rules(asking.draft(way), NotBegun()))
    walk.take(steps)
    case = await at_the_desk.enrol(way)
    stored: dict[UUID, UUID] = {}
    for command, is_refused in walk.asked:
        if not is_refused:
            answer = await at_the_desk.ask(case, about(command, stored))
            stored |= {walk.facts[fact.version].id: fact.id for fact in answer.facts}
    facts = await at_the_desk.facts(case)
    seen, most = held(facts, log.profiles()), held(facts, log.generous())
    await Revoking(at_the_desk.vault, at_the_desk.store, at_the_desk.handler).catch_up()
    for authority in most:
        own = [each for fact in facts if fact.authority == authority for each in sealed(fact)]
        everything = [each for fact in facts for each in sealed(fact)]
        values = await at_the_desk.vault.opened(everything, authority)
        opened = {each for each, value in zip(everything, values, strict=True) if value != ERASED}
        assert seen[authority] | set(own) <= opened
        assert opened == most[authority] | set(own)


def folded(facts: Sequence[Recorded[ReferralEvent]], profiles: Profiles) -> Mapping[str, PartyView]:
    """Give what each party sees under the profiles."""
    lines: Mapping[str, PartyView] = {}
    for fact in facts:
        lines = log.project(lines, fact, profiles)
    return lines


def held(
    facts: Sequence[Recorded[ReferralEvent]], profiles: Profiles
) -> Mapping[AuthorityId, set[str]]:
    """Give the tokens in the views of each authority; none for one that takes no part."""
    found: dict[AuthorityId, set[str]] = {who.AARHUS: set()}
    for line in folded(facts, profiles).values():
        tokens_of = found.setdefault(line.authority, set())
        tokens_of.update(VAULT_TOKEN.findall(log.AS_JSON.dump_json(line).decode()))
    return found


def sealed(fact: Recorded[ReferralEvent]) -> list[str]:
    """Give the tokens in a fact."""
    return list(tokens(fact.event).values())
