"""For who is kept out of a referral there is none: not on a docket, an agenda or by its item."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.councils.domain.item.events import ItemJoined, ItemPlaced, ItemSeparated
from services.councils.domain.streams import item_id, item_stream
from services.councils.keeping import REFERRALS
from services.councils.projections.kept_out import EXCLUDED, READMITTED
from shared.api.identity import actor_id
from shared.api.tokens import Reached
from shared.kernel.ids import UnitId
from shared.reads.reading import Kind, Outcome
from shared.rulebook.content import Rulebook
from shared.serving.keys import Keys
from tests.councils import saying as say
from tests.councils.chamber import ISSUER, Chamber, chamber
from tests.councils.stage import DEADLINE, councils
from tests.councils.test_existence import CHANGES, asked

CARL, HANNE = "carl", "hanne"
DOCKET = f"/forums/{say.PSP_ODDER}/docket"
SENDER, SISTER = UnitId("odder-ssp"), UnitId("oestjyllands-politi-exit")


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Chamber]:
    """Give the service with Odder's tovholder, and a case worker beside."""
    async with chamber(tmp_path, rulebook) as running:
        await running.appoint(HANNE, say.ODDER, "tovholder")
        await running.appoint(CARL, say.ODDER, "caseworker")
        yield running


async def tells(
    here: Chamber, kind: str, referral: UUID, *, by: UnitId = say.ODDER, who: str = CARL
) -> None:
    """Let referrals tell of a colleague, by the code that is made there, under the key there."""
    keys = Keys.of(REFERRALS, here.wiring.ground.settings)
    await here.hears(kind, referral, by=by, person=actor_id(keys.actor, ISSUER, who))


async def sent(here: Chamber, referral: UUID) -> UUID:
    """Let a referral have been sent to Odder's committee, and give its item."""
    await here.hears("referral.sent.v1", referral, by=SENDER, addressee=say.ODDER)
    return item_id(referral, say.PSP_ODDER)


async def sees(here: Chamber, who: str, item: UUID) -> bool:
    """Say whether somebody finds an item, on the docket as by itself."""
    alone = await here.ask(who, "GET", f"/items/{item}")
    listed = [
        each["item"]
        for left in ("false", "true")
        for each in (await here.ask(who, "GET", f"{DOCKET}?left={left}")).json()["items"]
    ]
    assert (alone.status_code == HTTPStatus.OK) == (str(item) in listed)
    return str(item) in listed


async def test_an_item_is_asked_for_like_one_that_never_was(here: Chamber) -> None:
    """Store, database and policies are asked the same, and answer and record are the same."""
    item = await here.item()
    await tells(here, EXCLUDED, item)
    there = await asked(here, CARL, "GET", f"/items/{item}")
    assert there == await asked(here, CARL, "GET", f"/items/{uuid4()}")
    assert there[0] == HTTPStatus.NOT_FOUND
    note = (await here.reads())[-2]
    assert (note.outcome, note.ids) == (Outcome.DENIED, (f"item:{item}",))
    assert await sees(here, HANNE, item)


@pytest.mark.parametrize("act", CHANGES)
async def test_an_item_is_changed_like_one_that_never_was(here: Chamber, act: str) -> None:
    """Whoever is kept out learns as little by asking for a change, and changes nothing."""
    meeting, item = await here.meeting(), await here.item(say.SCREENED)
    await tells(here, EXCLUDED, item)
    said = CHANGES[act]
    body = {said: str(meeting)} if isinstance(said, str) else said
    there = await asked(here, CARL, "POST", f"/items/{item}/{act}", body)
    assert there == await asked(here, CARL, "POST", f"/items/{uuid4()}/{act}", body)
    assert there[0] == HTTPStatus.NOT_FOUND
    note = (await here.reads())[-2]
    assert (note.kind, note.ids) == (Kind.CHANGE, (f"item:{item}",))
    assert len(await here.wiring.items.facts(f"item-{item}")) == 2


async def test_a_change_made_before_is_not_answered_again(here: Chamber) -> None:
    """Who repeats what they asked for before they were kept out is told that there is nothing."""
    item, key = await here.item(), str(uuid4())
    path = f"/items/{item}/screening"
    done = await here.ask(CARL, "POST", path, Idempotency_Key=key)
    await tells(here, EXCLUDED, item)
    again = await here.ask(CARL, "POST", path, Idempotency_Key=key)
    assert (done.status_code, again.status_code) == (HTTPStatus.OK, HTTPStatus.NOT_FOUND)


async def test_an_item_is_pointed_at_like_one_that_never_was(here: Chamber) -> None:
    """Nothing is joined to what does not exist for who asks, and the try is noted."""
    own, leading = await here.item(say.SCREENED), await here.item()
    await tells(here, EXCLUDED, leading)
    path = f"/items/{own}/joining"
    there = await asked(here, CARL, "POST", path, {"leading": str(leading)})
    assert there == await asked(here, CARL, "POST", path, {"leading": str(uuid4())})
    assert there[0] == HTTPStatus.NOT_FOUND


async def test_a_docket_has_no_gap(here: Chamber) -> None:
    """Pages are full and end where the docket does; what is left out is in no record either."""
    first, hidden, last = [await here.item() for _ in range(3)]
    await tells(here, EXCLUDED, hidden)
    page = (await here.ask(CARL, "GET", f"{DOCKET}?size=2")).json()
    assert [each["item"] for each in page["items"]] == [str(first), str(last)]
    rest = (await here.ask(CARL, "GET", f"{DOCKET}?size=2&after={page['next']}")).json()
    assert rest == {"items": [], "next": None}
    assert not any(str(hidden) in each for note in await here.reads() for each in note.ids)


async def test_an_agenda_has_no_gap(here: Chamber) -> None:
    """A meeting looks as if the item had never been put on its agenda."""
    meeting = await here.meeting()
    shown = await here.item(say.SCREENED, ItemPlaced(meeting=meeting, late=False))
    without = await here.ask(CARL, "GET", f"/meetings/{meeting}")
    hidden = await here.item()
    await tells(here, EXCLUDED, hidden)
    for act, body in (("screening", None), ("placement", {"meeting": str(meeting)})):
        moved = await here.ask(HANNE, "POST", f"/items/{hidden}/{act}", body)
        assert moved.status_code == HTTPStatus.OK
    await here.wiring.up_to_date(within=DEADLINE)
    seen = await here.ask(CARL, "GET", f"/meetings/{meeting}")
    assert (seen.content, seen.headers["ETag"]) == (without.content, without.headers["ETag"])
    assert [each["item"] for each in seen.json()["items"]] == [str(shown)]
    assert len((await here.ask(HANNE, "GET", f"/meetings/{meeting}")).json()["items"]) == 2


async def test_a_part_is_there_as_long_as_it_stands_alone(here: Chamber) -> None:
    """What is dealt with as part of a hidden item is hidden with it, and can be changed after."""
    leading, part = await here.item(say.SCREENED), await here.item(say.SCREENED)
    await tells(here, EXCLUDED, leading)
    assert await sees(here, CARL, part)
    await here.happened(item_stream(part), ItemJoined(leading=leading))
    assert not await sees(here, CARL, part)
    path, returned = f"/items/{part}/return", {"reason": "another_forum"}
    assert (await here.ask(CARL, "POST", path, returned)).status_code == HTTPStatus.NOT_FOUND
    await here.happened(item_stream(part), ItemSeparated())
    assert await sees(here, CARL, part)
    assert (await here.ask(CARL, "POST", path, returned)).status_code == HTTPStatus.OK


async def test_who_is_let_back_in_sees_it_again(here: Chamber) -> None:
    """A readmission gives back the item to that person, and a second exclusion takes it again."""
    item = await here.item()
    await tells(here, EXCLUDED, item, who=HANNE)
    for kind, seen in ((EXCLUDED, False), (READMITTED, True), (EXCLUDED, False)):
        await tells(here, kind, item)
        assert await sees(here, CARL, item) is seen
        assert not await sees(here, HANNE, item)


async def test_who_was_kept_out_before_never_sees_it(here: Chamber) -> None:
    """Kept out before the referral is on the docket, one stays so when it comes, and comes back."""
    referral = uuid4()
    await tells(here, EXCLUDED, referral)
    item = await sent(here, referral)
    assert not await sees(here, CARL, item)
    await here.ask(HANNE, "POST", f"/items/{item}/return", {"reason": "another_forum"})
    await here.hears("referral.resent.v1", referral)
    found = await here.ask(HANNE, "GET", f"/items/{item}")
    assert found.json()["stage"] == "proposed"
    assert not await sees(here, CARL, item)


async def test_an_authority_keeps_out_its_own(here: Chamber) -> None:
    """What a unit says holds in all units of its authority, and in none of another's."""
    item = await here.item()
    await tells(here, EXCLUDED, item, by=SENDER)
    await tells(here, EXCLUDED, item, by=SISTER, who=HANNE)
    await tells(here, READMITTED, item, by=SENDER, who=HANNE)
    assert await sees(here, CARL, item)
    assert not await sees(here, HANNE, item)
    await tells(here, READMITTED, item, who=HANNE)
    assert await sees(here, HANNE, item)


async def test_of_secret_referrals_nothing_is_kept(here: Chamber) -> None:
    """Whom a unit keeps out of a secret referral cannot be read here, and is no fault."""
    hidden = {"hidden": "r1~made-up"}
    await here.hears(EXCLUDED, uuid4(), by=hidden, person=hidden)
    assert await here.wiring.views.parked_list() == []


async def test_what_referrals_tell_is_heard_over_the_bus(
    tmp_path: Path, rulebook: Rulebook
) -> None:
    """The service that runs keeps out whom the facts on the bus name."""
    async with councils(tmp_path, rulebook) as running:
        for who in (CARL, HANNE):
            await running.appoint(who, say.ODDER, "caseworker")
        referral = uuid4()
        await running.happens("referral.sent.v1", referral, addressee=say.ODDER)
        item = await running.item_of(referral, who=CARL)
        actor = actor_id(running.wiring.actor_key, running.issuer.address, CARL)
        await running.happens(EXCLUDED, referral, by=say.ODDER, person=actor)
        told = (await running.referrals.read_all())[-1].position
        await running.wiring.ground.passed(Reached(REFERRALS, told), within=DEADLINE)
        assert await running.docket(CARL) == []
        assert [each["item"] for each in await running.docket(HANNE)] == [item]
