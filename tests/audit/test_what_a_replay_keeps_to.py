"""A replay keeps to what an authority's view showed at the time, in whatever order things happen.

Envelopes only: what it took part in, until its view closed, and what it did itself.
"""

from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.ledger.reading import Entry
from services.audit.taking_part import open_to
from services.referrals.domain.categories import category_said
from services.referrals.domain.referral import decider
from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.parties import audience
from services.referrals.domain.referral.state import Begun
from services.referrals.domain.sharing.state import gone
from shared.eventstore.codec import Enclosed, enclosed, replaced
from shared.eventstore.port import Stored
from shared.kernel.ids import AuthorityId, UnitId
from shared.kernel.personal import Hidden, Sealed
from shared.kernel.recorded import Recorded
from shared.rulebook.content import Rulebook
from shared.rulebook.slices import Rules
from tests.audit.stage import Audit
from tests.referrals import asking, keeping, log
from tests.referrals import people as who
from tests.referrals.after import RulesOf
from tests.referrals.ended import TAKEOVER
from tests.referrals.walks import Step, Walk, walks
from tests.referrals.ways import BANDEEXIT, INFOHUS, OPEN_WAYS, Way

Facts = Sequence[Recorded[ReferralEvent]]
FAVRSKOV, POLICE, RANDERS = "favrskov-tilsyn", "oestjyllands-politi-tilsyn", "randers-tilsyn"
ODDER, PROBATION = "odder-tilsyn", "kriminalforsorgen-tilsyn"
WORDS = "Opdigtet snak mellem parterne."
ENDINGS: Sequence[Callable[[Way], ReferralCommand]] = (
    lambda way: asking.close(way, outcome=TAKEOVER),
    lambda way: keeping.leave(way.further),
    lambda way: keeping.take_back(way.sender),
    lambda way: keeping.take_back(way.taker),
    asking.withdraw,
)
"""What ends sharing, for all or for one."""


History = tuple[list[Step], list[int], list[Step]]
"""What happens, how sharing is ended, and what is done after that."""


def histories() -> st.SearchStrategy[History]:
    """Give what happens before sharing ends, how it is ended, and what is done after that."""
    some = st.lists(st.integers(0, len(ENDINGS) - 1), max_size=3)
    return st.tuples(walks(25), some, walks(25))


@pytest.fixture(scope="session")
def rules_of(rulebook: Rulebook) -> RulesOf:
    """What gives the rules of a way: a fixture that says little where a history fails."""

    def rules(way: Way) -> Rules:
        found = rulebook.rules(way.programme, who.FRIDAY_1540)
        assert found is not None
        return found

    return rules


def walked(rules_of: RulesOf, way: Way, history: History) -> Facts:
    """Give all that happened in a history."""
    before, endings, after = history
    walk = Walk(way, rules_of(way))
    walk.take(before)
    for each in endings:
        walk.ask(walk.aimed(ENDINGS[each](way), each))
    walk.take(after)
    return walk.facts


def entered(facts: Facts, *, secret: bool) -> list[Entry]:
    """Give facts as the ledger has them: in a secret case whatever says where it went is sealed."""
    return [_entry(log.shut(fact), secret=secret) for fact in facts]


def _entry(fact: Recorded[ReferralEvent], *, secret: bool) -> Entry:
    hidden: dict[str, Enclosed] = {
        path: Hidden(Sealed("made-up"))
        for path, value in enclosed(fact.event)
        if isinstance(value, Hidden)
    }
    event = replaced(fact.event, hidden) if secret else fact.event
    body = event.model_dump_json(exclude_none=True).encode()
    said = f'{{"authority":"{fact.authority}"}}'.encode()
    place = (fact.position, fact.stream, fact.version, fact.id, event.type)
    return Entry(fact.version, "referrals", Stored(*place, said, body), b"")


def shown(facts: Facts, authority: AuthorityId, *, secret: bool = False) -> list[int]:
    """Give the versions of the facts that an authority is shown."""
    entries = entered(facts, secret=secret)
    return [each.fact.version for each in open_to(authority, entries)]


def of_its_view(facts: Facts, authority: AuthorityId) -> Iterator[int]:
    """Give those that one of its units heard of then, or that it did itself: the domain's word."""
    state = decider.initial
    for fact in facts:
        heard = frozenset[UnitId]()
        if isinstance(state, Begun):
            heard = audience(state.parties, fact, gone(state.closings))
        state = decider.evolve(state, fact)
        theirs = {who.AUTHORITY_OF[unit] for unit in heard} | {fact.authority}
        if authority in theirs:
            yield fact.version


@pytest.mark.parametrize("way", OPEN_WAYS, ids=lambda way: way.programme)
@settings(max_examples=60)
@given(history=histories())
def test_it_is_what_the_view_showed(rules_of: RulesOf, way: Way, history: History) -> None:
    """After any history an authority is shown what its units heard of then, and what it did."""
    facts = walked(rules_of, way, history)
    is_sent = any(fact.event.type == "referral.sent.v1" for fact in facts)
    for authority in {*who.AUTHORITY_OF.values()}:
        assert shown(facts, authority) == (list(of_its_view(facts, authority)) if is_sent else [])


@settings(max_examples=120)
@given(history=histories())
def test_of_a_secret_case_it_is_never_more(rules_of: RulesOf, history: History) -> None:
    """Where no unit stands in clear, too little may be shown, but nothing that the view did not."""
    facts = walked(rules_of, BANDEEXIT, history)
    for authority in {*who.AUTHORITY_OF.values()}:
        own = {fact.version for fact in facts if fact.authority == authority}
        told = set(shown(facts, authority, secret=True))
        assert told <= set(of_its_view(facts, authority))
        assert not told or own <= told


async def shared_concern(here: Audit) -> UUID:
    """Let Favrskov's concern go to the police, who let Randers in and take it on."""
    checked = (asking.receive(INFOHUS), asking.check(INFOHUS), asking.let_in(INFOHUS))
    sent = (asking.send(INFOHUS), asking.deliver(INFOHUS))
    spoken = asking.write(INFOHUS, text=WORDS)
    return await here.begin(INFOHUS, *sent, *checked, spoken, asking.accept(INFOHUS))


async def test_after_a_takeover_nothing_that_others_do_is_shown(here: Audit) -> None:
    """Of what others did it ends with the takeover, whatever the authority notes afterwards."""
    case = await shared_concern(here)
    before = await here.told(case, FAVRSKOV)
    await here.go_on(case, asking.close(INFOHUS, outcome=TAKEOVER))
    own = [asking.number(INFOHUS, unit) for unit in (INFOHUS.sender, INFOHUS.further)]
    later = keeping.protect(INFOHUS.taker), keeping.unprotect(INFOHUS.taker)
    await here.go_on(case, *own, *later)
    assert await here.told(case, FAVRSKOV) == [*before, "taken-over", "case-number-set"]
    assert (await here.told(case, RANDERS))[-2:] == ["taken-over", "case-number-set"]
    ended = ["taken-over", "address-protected", "address-protection-ended"]
    assert (await here.told(case, POLICE))[-3:] == ended


async def test_what_was_taken_over_is_shown_as_envelopes(here: Audit) -> None:
    """Control sees that steps were taken before it, when and by whom; no word of what they held."""
    case = await shared_concern(here)
    note = "Opdigtet grund til overdragelsen."
    await here.go_on(case, asking.close(INFOHUS, outcome=TAKEOVER, note=note))
    for unit in (FAVRSKOV, RANDERS):
        steps, told = await here.steps(case, unit), (await here.ask(case, unit)).text
        others = [step for step in steps if step["authority"] == who.POLICE]
        assert {"referral.message-written.v1", "referral.taken-over.v1"} <= {
            step["type"] for step in others
        }
        words = (*INFOHUS.answers.values(), asking.NECESSITY, asking.WHY_THIS_ONE, WORDS, note)
        assert [word for word in words if str(word) in told] == []
        assert {_kind_of_data(step["type"], name) for step in others for name in step["said"]} == {
            "administrative"
        }


def _kind_of_data(fact_type: str, name: str) -> str | None:
    return "administrative" if name == "by" else category_said(fact_type, name)


async def test_who_has_left_is_not_brought_back_by_an_own_note(here: Audit) -> None:
    """A unit that left and notes its own case number is told of nothing that others do since."""
    case = await shared_concern(here)
    left = keeping.leave(INFOHUS.further), asking.number(INFOHUS, INFOHUS.further)
    await here.go_on(case, *left, asking.write(INFOHUS, INFOHUS.sender))
    assert (await here.told(case, RANDERS))[-2:] == ["party-left", "case-number-set"]
    assert (await here.told(case, POLICE))[-2:] == ["party-left", "message-written"]


async def test_a_review_makes_no_party(here: Audit) -> None:
    """A broken glass that is reviewed after its unit has left shows its authority no more."""
    case = await shared_concern(here)
    await here.go_on(case, keeping.name(INFOHUS.further), keeping.smash(INFOHUS.further, hours=1))
    broken = (await here.desk.facts(case))[-1].id
    judged = keeping.leave(INFOHUS.further), keeping.review(INFOHUS.further, broken)
    await here.go_on(case, *judged, asking.write(INFOHUS, INFOHUS.sender))
    assert (await here.told(case, RANDERS))[-2:] == ["party-left", "glass-reviewed"]


async def test_a_secret_case_goes_on_for_who_acts_as_a_party(here: Audit) -> None:
    """After a consent was taken back, only what none but a party can do shows one what is done."""
    answered = (asking.deliver(BANDEEXIT), asking.receive(BANDEEXIT), asking.accept(BANDEEXIT))
    begun = (asking.consent(BANDEEXIT), asking.send(BANDEEXIT), *answered)
    to_odder = asking.consent(BANDEEXIT, unit=BANDEEXIT.taker, receivers=(who.ODDER,))
    case = await here.begin(BANDEEXIT, *begun, to_odder, asking.let_in(BANDEEXIT))
    given = [f.id for f in await here.desk.facts(case) if f.event.type.endswith("recorded.v1")]
    await here.go_on(case, asking.write(BANDEEXIT, BANDEEXIT.further))
    await here.go_on(case, keeping.take_back(BANDEEXIT.taker, given[-1]))
    numbers = [asking.number(BANDEEXIT, unit) for unit in (BANDEEXIT.further, BANDEEXIT.sender)]
    await here.go_on(case, *numbers, asking.write(BANDEEXIT))
    assert (await here.told(case, ODDER))[-2:] == ["consent-withdrawn", "case-number-set"]
    assert (await here.told(case, PROBATION))[-2:] == ["consent-withdrawn", "case-number-set"]
    written = [asking.write(BANDEEXIT, unit) for unit in (BANDEEXIT.sender, BANDEEXIT.taker)]
    await here.go_on(case, *written)
    assert (await here.told(case, PROBATION))[-2:] == ["message-written"] * 2
    assert (await here.told(case, ODDER))[-2:] == ["consent-withdrawn", "case-number-set"]
