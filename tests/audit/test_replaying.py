"""Who replays what of a referral, and how little a replay tells: over HTTP, from a real ledger."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.audit.ledger.leaf import leaf
from shared.eventstore.port import NewEvent
from shared.rulebook.content import Rulebook
from tests.audit.stage import Audit, whole
from tests.referrals import asking, keeping
from tests.referrals import people as who
from tests.referrals.ways import BANDEEXIT, INFOHUS, UKN

FAVRSKOV, POLICE, RANDERS = "favrskov-tilsyn", "oestjyllands-politi-tilsyn", "randers-tilsyn"
ODDER, SAMSOE, PROBATION = "odder-tilsyn", "samsoe-tilsyn", "kriminalforsorgen-tilsyn"
BOARD, CASEWORKER = "ukn-sekretariat", "favrskov-ssp"
EARLIER, LATER = "Opdigtet snak fra før.", "Opdigtet snak fra siden."
NEVER = UUID("00000000-0000-4000-8000-000000000000")
ANSWERED_AND_SHARED = (
    asking.deliver(BANDEEXIT),
    asking.receive(BANDEEXIT),
    asking.accept(BANDEEXIT),
    asking.consent(BANDEEXIT, unit=BANDEEXIT.taker, receivers=(who.ODDER,)),
    asking.let_in(BANDEEXIT),
)
"""The police take a case of Bandeexit on and let Odder's exit contact in."""
SAID_OF_A_STEP = {
    *("entry", "leaf", "type", "da", "en", "occurred_at", "recorded_at"),
    *("authority", "regime", "actor", "rulebook", "said"),
}


async def shared_concern(here: Audit) -> UUID:
    """Let Favrskov's concern go to the police, who check it and let Randers in."""
    return await here.begin(
        INFOHUS,
        asking.edit(INFOHUS),
        asking.send(INFOHUS),
        asking.deliver(INFOHUS),
        asking.receive(INFOHUS),
        asking.claim(INFOHUS),
        asking.number(INFOHUS),
        asking.write(INFOHUS, text=EARLIER),
        asking.check(INFOHUS),
        asking.let_in(INFOHUS),
        asking.write(INFOHUS, INFOHUS.sender, text=LATER),
        asking.number(INFOHUS, INFOHUS.taker, "POL-17"),
        asking.number(INFOHUS, INFOHUS.further, "RAN-3"),
        asking.accept(INFOHUS),
    )


async def same_as_never(here: Audit, case: UUID, unit: str) -> None:
    """Demand that a case is answered like an id that never was, in every byte."""
    there, never = whole(await here.ask(case, unit)), whole(await here.ask(NEVER, unit))
    assert there == never
    assert (never[0], b"does-not-exist" in never[1]) == (404, True)


async def test_the_sender_replays_from_the_draft_on(here: Audit) -> None:
    """The sender's authority sees all it did itself; of others, what they did as parties."""
    assert await here.told(await shared_concern(here), FAVRSKOV) == [
        "drafted",
        "draft-edited",
        "sent",
        "delivered",
        "received",
        "case-number-set",
        "message-written",
        "party-let-in",
        "message-written",
        "accepted",
    ]


async def test_the_holder_replays_from_the_sending_on(here: Audit) -> None:
    """Who received it sees no draft of the sender's, and its own work within the unit."""
    assert await here.told(await shared_concern(here), POLICE) == [
        "sent",
        "delivered",
        "received",
        "claimed",
        "message-written",
        "gate-recorded",
        "party-let-in",
        "message-written",
        "case-number-set",
        "accepted",
    ]


async def test_who_was_let_in_replays_from_then_on(here: Audit) -> None:
    """What happened before an authority was let in is not in its replay."""
    case = await shared_concern(here)
    kinds = ["party-let-in", "message-written", "case-number-set", "accepted"]
    assert await here.told(case, RANDERS) == kinds
    assert {step["authority"] for step in await here.steps(case, RANDERS)} == {
        who.POLICE,
        who.FAVRSKOV,
        who.RANDERS,
    }


async def test_what_others_do_among_themselves_leaves_no_gap(here: Audit) -> None:
    """Own affairs of others are in no step, and no numbering tells that there were any."""
    case = await shared_concern(here)
    for unit in (FAVRSKOV, POLICE, RANDERS):
        steps = await here.steps(case, unit)
        own = {who.FAVRSKOV: FAVRSKOV, who.POLICE: POLICE, who.RANDERS: RANDERS}
        for step in steps:
            if own[step["authority"]] != unit:
                assert not re.search("claimed|gate|case-number|draft", step["type"])
            assert set(step) == SAID_OF_A_STEP


async def test_a_stranger_cannot_tell_it_from_what_never_was(here: Audit) -> None:
    """An authority that takes no part gets the answer of an id that never was."""
    await same_as_never(here, await shared_concern(here), SAMSOE)
    await same_as_never(here, await shared_concern(here), ODDER)


async def test_a_draft_is_nobodys_to_replay(here: Audit) -> None:
    """A draft is seen by its own unit alone; who oversees its authority waits until it is sent."""
    case = await here.begin(INFOHUS, asking.edit(INFOHUS))
    for unit in (FAVRSKOV, POLICE):
        await same_as_never(here, case, unit)
    await here.go_on(case, asking.send(INFOHUS))
    assert await here.told(case, FAVRSKOV) == ["drafted", "draft-edited", "sent"]
    assert await here.told(case, POLICE) == ["sent"]


async def test_only_who_oversees_may_replay(here: Audit) -> None:
    """A case worker, even of the unit that sent it, is refused alike for any id."""
    case = await shared_concern(here)
    there, never = await here.ask(case, CASEWORKER), await here.ask(NEVER, CASEWORKER)
    assert whole(there) == whole(never)
    assert there.status_code == 403
    assert there.json()["type"] == "urn:kredslob:problem:not-an-auditor"
    nobody = await here.ask(case, "uden-hverv")
    assert (nobody.status_code, nobody.json()["type"]) == (403, "urn:kredslob:problem:no-office")


async def test_a_receiver_without_an_account_takes_no_part(here: Audit) -> None:
    """What went by letter is replayed by its sender alone, whoever holds an office there."""
    case = await here.begin(UKN, asking.send(UKN), asking.dispatch(UKN), asking.receipt(UKN))
    kinds = ["drafted", "sent", "dispatch-recorded", "receipt-recorded"]
    assert await here.told(case, POLICE) == kinds
    await same_as_never(here, case, BOARD)


async def test_a_secret_case_begins_with_the_own_first_act(here: Audit) -> None:
    """Who was made a party stands hidden in the ledger; until it acts, there is nothing there."""
    case = await here.begin(BANDEEXIT, asking.consent(BANDEEXIT), asking.send(BANDEEXIT))
    assert await here.told(case, PROBATION) == ["drafted", "consent-recorded", "sent"]
    await same_as_never(here, case, POLICE)
    await here.go_on(case, *ANSWERED_AND_SHARED)
    own = ["delivered", "received", "accepted", "consent-recorded", "party-let-in"]
    assert await here.told(case, POLICE) == own
    await same_as_never(here, case, ODDER)
    written = [asking.write(BANDEEXIT, by) for by in (BANDEEXIT.further, BANDEEXIT.sender)]
    await here.go_on(case, *written)
    assert await here.told(case, ODDER) == ["message-written"] * 2
    assert await here.told(case, POLICE) == [*own, *["message-written"] * 2]


async def test_a_secret_case_says_nowhere_where_it_went(here: Audit) -> None:
    """Not even a party's own replay has the units, the programme, the route or the basis."""
    begun = (asking.consent(BANDEEXIT), asking.send(BANDEEXIT), *ANSWERED_AND_SHARED)
    case = await here.begin(BANDEEXIT, *begun)
    for unit in (PROBATION, POLICE):
        steps = await here.steps(case, unit)
        assert not {"by", "programme", "addressee", "party", "receivers"} & _said(steps)
        words = (BANDEEXIT.sender, BANDEEXIT.taker, BANDEEXIT.route, BANDEEXIT.basis, who.ODDER)
        assert [word for word in words if word in str(steps)] == []


def _said(steps: list[dict[str, Any]]) -> set[str]:
    return {name for step in steps for name in step["said"]}


async def test_the_door_itself_says_so(here: Audit) -> None:
    """Whoever reads the description of the door learns where the replay of a secret case begins."""
    described = (await here.http.get(f"{here.url}/openapi.json")).json()
    words = described["paths"]["/referrals/{referral_id}/replay"]["get"]["description"]
    assert "the replay begins with your authority's own first act" in " ".join(words.split())


async def test_a_step_says_who_and_when_and_which_move(here: Audit, rulebook: Rulebook) -> None:
    """From its own bytes the ledger tells actor, times, rulebook, and the move in two languages."""
    case = await here.begin(INFOHUS, asking.send(INFOHUS))
    _, stored = await here.desk.store.read_all()
    (sent,) = await here.steps(case, POLICE)
    assert {name: value for name, value in sent.items() if name != "said"} == {
        "entry": stored.position - 1,
        "leaf": leaf(stored).hex(),
        "type": "referral.sent.v1",
        "da": "Henvisning sendt",
        "en": "One unit asks another to take the concern on.",
        "occurred_at": "2021-03-05T14:40:00Z",
        "recorded_at": "2021-03-05T14:40:00Z",
        "authority": who.FAVRSKOV,
        "regime": "gdpr",
        "actor": who.actor_of(INFOHUS.sender),
        "rulebook": rulebook.manifest.hash,
    }


async def test_a_step_says_on_which_basis_and_what_kinds_of_data(here: Audit) -> None:
    """Units, route, basis, purpose and data categories of an open programme stand in clear."""
    case = await here.begin(INFOHUS, asking.send(INFOHUS))
    (sent,) = await here.steps(case, POLICE)
    assert sent["said"] == {
        "by": INFOHUS.sender,
        "addressee": INFOHUS.taker,
        "addressee_authority": who.POLICE,
        "has_account": True,
        "route": INFOHUS.route,
        "basis": INFOHUS.basis,
        "purpose": INFOHUS.purpose,
        "categories": list(INFOHUS.categories),
        "next_staffed": "2021-03-08T07:00:00Z",
    }


async def test_the_rule_that_decided_is_named(here: Audit) -> None:
    """Where a rule about the person's age let it through, the replay says which."""
    case = await here.begin(UKN, asking.send(UKN))
    sent = (await here.steps(case, POLICE))[1]
    assert sent["said"]["rule"] == "ukn-politi-10-14"
    assert sent["regime"] == "led"


async def test_nothing_sealed_is_given(here: Audit) -> None:
    """No form, no token and no word that was sealed is in a replay; nor is what was left out."""
    case = await shared_concern(here)
    for unit in (FAVRSKOV, POLICE, RANDERS):
        told = (await here.ask(case, unit)).text
        assert not re.search(r'"(intake|sealed|hidden|necessity|text|number|reason)"', told)
        for word in (*INFOHUS.answers.values(), asking.NECESSITY, EARLIER, LATER, "POL-17"):
            assert str(word) not in told


async def test_a_fact_that_nobody_has_described_is_its_authors_alone(here: Audit) -> None:
    """A type of fact that this version does not know is not shown to other authorities."""
    case = await shared_concern(here)
    stream, police = f"referral-{case}", {"authority": who.POLICE, "regime": "led", "actor": "0b"}
    times = {"occurred_at": datetime.now(who.FRIDAY_1540.tzinfo).isoformat(), "rulebook": ""}
    unheard_of = NewEvent(uuid4(), "referral.unheard-of.v1", {**police, **times}, b'{"by":"x"}')
    there = await here.desk.store.read_stream(stream)
    await here.desk.store.append(stream, len(there) - 1, [unheard_of])
    await here.hear()
    assert (await here.steps(case, POLICE))[-1]["da"] == "referral.unheard-of.v1"
    assert (await here.told(case, FAVRSKOV))[-1] == "accepted"


async def test_who_has_left_replays_what_was_until_then(here: Audit) -> None:
    """What happens after an authority has left is not in its replay; that it left is."""
    case = await shared_concern(here)
    await here.go_on(case, keeping.leave(INFOHUS.further), asking.write(INFOHUS, INFOHUS.sender))
    kinds = ["party-let-in", "message-written", "case-number-set", "accepted", "party-left"]
    assert await here.told(case, RANDERS) == kinds
    assert (await here.told(case, POLICE))[-2:] == ["party-left", "message-written"]
