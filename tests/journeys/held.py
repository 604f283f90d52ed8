"""What must hold when the story is over, whatever was killed on the way."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.audit.ledger.reading import LedgerFile
from shared.eventstore.port import Stored
from shared.eventstore.sqlite_log import SqliteLog
from shared.platform.layout import SERVICES
from tests.journeys.proof import verified
from tests.journeys.world import World

ENTERED = ("referrals", "councils")


class NotHeld(Exception):
    """A promise was broken."""


async def held(world: World) -> None:
    """Hold the facts against what was acknowledged. Raises ``NotHeld``."""
    facts = {service: await all_facts(world.platform.var, service) for service in SERVICES}
    nothing_lost(world, [fact for service in ENTERED for fact in facts[service]])
    nothing_doubled(facts["referrals"])
    nothing_doubled(facts["councils"])
    one_item_for_each_referral(facts["councils"])
    await world.eventually("the ledger has every fact", lambda: _entered(world.platform.var, facts))
    found = await asyncio.to_thread(verified, world.platform.var)
    if found.returncode:
        raise NotHeld(found.stdout + found.stderr)
    one_authority_for_each_subject(facts["referrals"])
    no_secrets(world)


async def all_facts(var: Path, service: str) -> Sequence[Stored]:
    """Give every fact of a service's store."""
    log = SqliteLog.open(var / service / "events.db")
    try:
        return await log.read_all(0, 100_000)
    finally:
        await log.close()


def nothing_lost(world: World, facts: Sequence[Stored]) -> None:
    """Every command that was answered with yes has its facts."""
    stored = {json.loads(fact.metadata)["command_id"] for fact in facts}
    lost = [each for each in world.acknowledged if str(each) not in stored]
    if lost:
        raise NotHeld(f"answered with yes and not stored: {lost}")


def nothing_doubled(facts: Sequence[Stored]) -> None:
    """A command has its facts once, side by side in one stream; a move that is final came once."""
    places: dict[str, list[tuple[str, int]]] = {}
    for fact in facts:
        command = json.loads(fact.metadata)["command_id"]
        places.setdefault(command, []).append((fact.stream, fact.version))
    for command, found in places.items():
        streams, versions = {stream for stream, _ in found}, [version for _, version in found]
        if len(streams) > 1 or versions != list(range(versions[0], versions[0] + len(versions))):
            raise NotHeld(f"the facts of {command} stand in {found}")
    final = Counter((f.stream, f.type) for f in facts if f.type in ONCE)
    if doubled := [key for key, count in final.items() if count > 1]:
        raise NotHeld(f"came twice: {doubled}")


ONCE = frozenset(
    {
        "referral.drafted.v1",
        "referral.sent.v1",
        "referral.accepted.v1",
        "referral.closed.v1",
        "docket-item.proposed.v1",
        "docket-item.placed.v1",
        "meeting.convened.v1",
        "office.granted.v1",
        "rulebook.activated.v1",
    }
)
"""What happens once to each thing in the story."""


def one_item_for_each_referral(facts: Sequence[Stored]) -> None:
    """A referral stands on the docket once."""
    proposed = [json.loads(f.data) for f in facts if f.type == "docket-item.proposed.v1"]
    on_docket = Counter(each["referral"] for each in proposed)
    if on_docket and max(on_docket.values()) > 1:
        raise NotHeld(f"on the docket twice: {on_docket}")


async def _entered(var: Path, facts: dict[str, Sequence[Stored]]) -> bool:
    size = await asyncio.to_thread(LedgerFile(var / "audit/ledger.db").size)
    return size >= sum(len(facts[service]) for service in ENTERED)


def one_authority_for_each_subject(facts: Sequence[Stored]) -> None:
    """The same person has another id in each authority's facts; only the vault joins them."""
    seen: dict[str, str] = {}
    for fact in facts:
        metadata: dict[str, str] = json.loads(fact.metadata)
        if seen.setdefault(metadata["subjects"], metadata["authority"]) != metadata["authority"]:
            raise NotHeld(f"{metadata['subjects']} is known to two authorities")


def no_secrets(world: World) -> None:
    """Nothing told in confidence stands in a file: stores, WAL, bus, read models, ledger, logs."""
    written = [(told, way) for told in world.secrets for way in written_ways(told)]
    for path in files_of(world.platform.var):
        content = path.read_bytes()
        for told, way in written:
            if way in content:
                raise NotHeld(f"{path.relative_to(world.platform.var)} holds {told!r} in clear")


def files_of(var: Path) -> Iterator[Path]:
    """Give every file of a platform."""
    return (path for path in sorted(var.rglob("*")) if path.is_file())


def written_ways(text: str) -> Iterator[bytes]:
    """Give the ways in which a text may stand in a file: as it is, and as JSON escapes it."""
    yield text.encode()
    yield json.dumps(text)[1:-1].encode()
    yield text.encode("utf-16-le")
