"""Who is given heads and proofs, over which sizes, and that nothing else tells how long it is."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx2
import pytest

from services.audit.ledger.proofs import consistent, includes
from shared.reads.reading import Kind, Outcome
from shared.transparency.checkpoint import Checkpoint, log_name
from shared.transparency.note import NoteKey, Signer
from tests.audit.readers import AUDITOR, DPO, OFFICER, Officer, items, last
from tests.audit.stage import Audit, whole
from tests.reads.noted import noted
from tests.referrals import asking
from tests.referrals.ways import INFOHUS

HEADS = "/heads"
FAR = 10**9
"""More entries than there will ever be here."""
SAID_OF_THE_LEDGER = frozenset({"entry", "leaf", "heads", "hashes"})
"""The fields of answers that say something of the whole ledger."""


async def first_head(here: Audit) -> UUID:
    """Let a case be there, and the first head signed: for a minute the service signs no other."""
    case = await here.begin(INFOHUS, asking.send(INFOHUS))
    async with asyncio.timeout(20):
        while not here.wiring.ledger.pages.signed():  # noqa: ASYNC110 - signing rings no bell
            await asyncio.sleep(0.05)
    return case


async def signed(here: Audit) -> int:
    """Let a head be signed over all that there is, as the service does; give its size."""
    folder = here.wiring.ledger.pages.path.parent
    signer = Signer.kept_in(folder / "signing.pem", log_name("oestjylland"))
    return (await here.wiring.ledger.sign(signer)).size


async def grown(here: Audit, entries: int = 5) -> None:
    """Let the ledger hear of some looks at once, of which no head is signed."""
    for _ in range(entries):
        await Officer(here).sees(UUID(int=7))
    facts = await here.seen.store.read_all(await here.wiring.ledger.position("referrals-reads"))
    await here.wiring.ledger.apply("referrals-reads", facts)


async def told(here: Audit) -> list[Checkpoint]:
    """Give the heads that an auditor is told, each checked with the key that comes along."""
    answer = (await here.get(HEADS, AUDITOR)).json()
    return [Checkpoint.verified(note, NoteKey.read(answer["key"])) for note in answer["heads"]]


async def inclusion(here: Audit, entry: int, size: int, who: str = AUDITOR) -> httpx2.Response:
    """Ask for the proof that an entry is among so many."""
    return await here.get("/proofs/inclusion", who, entry=entry, size=size)


async def consistency(here: Audit, first: int, second: int) -> httpx2.Response:
    """Ask for the proof that a log of one size became one of another."""
    return await here.get("/proofs/consistency", AUDITOR, first=first, second=second)


def hashes(answer: httpx2.Response) -> list[bytes]:
    """Give the hashes of a proof."""
    assert answer.status_code == 200, answer.text
    return [bytes.fromhex(each) for each in answer.json()["hashes"]]


@pytest.mark.parametrize("who", [AUDITOR, DPO])
async def test_who_controls_proves_what_was_replayed(here: Audit, who: str) -> None:
    """By their own means an overseer finds each step of a replay under the root of a head."""
    case = await first_head(here)
    await grown(here)
    await signed(here)
    head = (await told(here))[-1]
    steps = await here.steps(case, who)
    assert steps
    for step in steps:
        proof = hashes(await inclusion(here, step["entry"], head.size, who))
        leaf = bytes.fromhex(step["leaf"])
        assert includes(leaf, step["entry"], head.size, proof, head.root)


async def test_who_controls_proves_that_the_log_only_grew(here: Audit) -> None:
    """Between any two heads there is a proof that the later log is the earlier one, grown."""
    await first_head(here)
    for _ in range(2):
        await grown(here)
        await signed(here)
    one, *_, other = await told(here)
    proof = hashes(await consistency(here, one.size, other.size))
    assert consistent((one.size, other.size), (one.root, other.root), proof)


async def test_only_the_sizes_of_heads_are_proven(here: Audit) -> None:
    """Whoever tries every size finds those of the heads, and nothing of how far it has come."""
    await first_head(here)
    await grown(here)
    await signed(here)
    await grown(here)
    live = here.wiring.ledger.size
    before = {head.size for head in await told(here)}
    proven = {n for n in range(live + 3) if (await inclusion(here, 0, n)).status_code == 200}
    assert before <= proven <= {head.size for head in await told(here)}
    assert len(proven) < live


async def test_the_live_size_changes_no_answer(here: Audit) -> None:
    """A size without a head is refused in the same bytes before the ledger came so far, and after.

    So there is nothing to be bisected.
    """
    await first_head(here)
    aim = here.wiring.ledger.size + 3
    never = whole(await inclusion(here, 0, FAR))
    assert (never[0], b"does-not-exist" in never[1]) == (404, True)
    for _ in range(3):
        size = await newest(here)
        refused = [
            await inclusion(here, 0, aim),
            await inclusion(here, aim, aim),
            await inclusion(here, size, size),
            await inclusion(here, FAR, size),
            await consistency(here, size, aim),
            await consistency(here, aim, FAR),
            await consistency(here, aim, size),
            await consistency(here, 0, size),
        ]
        assert [whole(each) == never for each in refused] == [True] * len(refused)
        await grown(here, 2)  # from below to above, so that no head comes to lie there
    assert here.wiring.ledger.size > aim


async def newest(here: Audit) -> int:
    """Give the size of the newest head."""
    return (await told(here))[-1].size


async def test_heads_of_another_order_prove_nothing(here: Audit) -> None:
    """That a log became a shorter one is proven by nobody, though a head was signed for both."""
    await first_head(here)
    await grown(here)
    size = await signed(here)
    first = (await told(here))[0].size
    assert (await consistency(here, first, size)).status_code == 200
    assert (await consistency(here, size, first)).status_code == 404


async def test_nobody_else_is_told_that_something_happened(here: Audit) -> None:
    """An officer is answered alike, in every byte, before and after somebody's alert was entered.

    So what follows on a try at a hidden case, and not on one at what never was, tells them nothing.
    """
    await first_head(here)
    live = here.wiring.ledger.size
    doors = (
        HEADS,
        *(f"/proofs/inclusion?entry=0&size={n}" for n in range(live - 1, live + 3)),
        f"/proofs/consistency?first=1&second={live + 1}",
    )
    before = [whole(await here.get(door, OFFICER)) for door in doors]
    await grown(here, 1)
    await signed(here)
    assert [whole(await here.get(door, OFFICER)) for door in doors] == before
    assert {status for status, *_ in before} == {403}


async def test_without_signing_in_there_is_nothing(here: Audit) -> None:
    """Heads and proofs are asked for with a token, like everything else."""
    await first_head(here)
    for door in (HEADS, "/proofs/inclusion?entry=0&size=1", "/proofs/consistency?first=1&second=1"):
        assert (await here.http.get(f"{here.url}{door}")).status_code == 401


async def test_each_look_is_noted(here: Audit) -> None:
    """Who was shown heads or a proof, and who tried sizes that have none, stands in the log."""
    await first_head(here)
    size = (await told(here))[-1].size
    shown = await last(here)
    assert (shown.kind, shown.outcome, shown.ids) == (Kind.SHOW, Outcome.SHOWN, ("heads",))
    assert (shown.who.subject, shown.purpose) == (AUDITOR, "audit")
    await inclusion(here, 0, size)
    assert (await last(here)).ids == ("entry:0", f"head:{size}")
    await inclusion(here, 0, FAR)
    tried = (await noted(here.wiring.reads))[-2:]
    assert [each.ids for each in tried] == [("entry:0",), (f"head:{FAR}",)]
    assert {(each.outcome, each.policies) for each in tried} == {(Outcome.DENIED, ())}
    found = await items(here, "/reads", AUDITOR, object=f"head:{FAR}")
    assert [each["subject"] for each in found] == [AUDITOR]


async def test_what_cannot_be_noted_is_not_shown(here: Audit) -> None:
    """Without room for the note there is neither a head nor a proof."""
    await first_head(here)
    size = await newest(here)
    await here.wiring.reads.store.close()
    for answer in (await here.get(HEADS, AUDITOR), await inclusion(here, 0, size)):
        assert answer.status_code == 503


async def test_only_doors_of_control_tell_of_the_whole_ledger(here: Audit) -> None:
    """Places in the ledger, leaves, heads and hashes are in no answer but to who controls."""
    told = (await here.http.get(f"{here.url}/openapi.json")).json()
    found = {
        path: "not-an-auditor" in str(operation["responses"]["403"])
        for path, methods in told["paths"].items()
        for operation in methods.values()
        if SAID_OF_THE_LEDGER & set(_fields(told, operation["responses"].get("200", {})))
    }
    assert found == dict.fromkeys(
        ("/referrals/{referral_id}/replay", HEADS, "/proofs/inclusion", "/proofs/consistency"),
        True,
    )


def _fields(told: Mapping[str, Any], schema: Any) -> list[str]:  # noqa: ANN401 - JSON
    if isinstance(schema, list):
        return [name for each in schema for name in _fields(told, each)]
    if not isinstance(schema, dict):
        return []
    own = list(schema.get("properties", {}))
    if "$ref" in schema:
        own += _fields(told, told["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return own + [name for each in schema.values() for name in _fields(told, each)]
