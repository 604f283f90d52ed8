"""What must hold when the story is over, whatever was killed on the way."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from shared.eventstore.port import Stored
from shared.platform.layout import SERVICES
from shared.platform.supervising import Platform
from tests.journeys.kept import ENTERED, all_facts, files_of, ledger
from tests.journeys.proof import verified
from tests.journeys.world import World


class NotHeld(Exception):
    """A promise was broken."""


async def held(world: World) -> None:
    """Hold the facts against what was acknowledged. Raises ``NotHeld``."""
    platform = world.platform
    facts = {service: await all_facts(platform, service) for service in SERVICES}
    nothing_lost(world, [fact for service in ENTERED for fact in facts[service]])
    nothing_doubled(facts["referrals"])
    nothing_doubled(facts["councils"])
    one_item_for_each_referral(facts["councils"])
    await world.eventually("the ledger has every fact", lambda: _entered(platform, facts))
    found = await verified(platform)
    if found.returncode:
        raise NotHeld(found.stdout + found.stderr)
    one_authority_for_each_subject(facts["referrals"])
    no_secrets(world)


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


async def _entered(platform: Platform, facts: dict[str, Sequence[Stored]]) -> bool:
    size = await asyncio.to_thread(ledger(platform).size)
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
    begins = {way[:8] for _, way in written}  # few, so that most files are looked through once
    for path in files_of(world.platform):
        content = path.read_bytes()
        if not any(begin in content for begin in begins):
            continue
        for told, way in written:
            if way in content:
                raise NotHeld(f"{path.name} holds {told!r} in clear")


def written_ways(text: str) -> Iterator[bytes]:
    """Give the ways in which a text may stand in a file: as it is, and as JSON escapes it."""
    yield text.encode()
    yield json.dumps(text)[1:-1].encode()
    yield text.encode("utf-16-le")
