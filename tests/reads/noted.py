"""What a log of reads holds, opened."""

from shared.reads.log import ReadLog
from shared.reads.reading import Reading


async def noted(log: ReadLog) -> list[Reading]:
    """Give everything that was noted, oldest first."""
    facts = [log.key.codec.decode(each) for each in await log.store.read_all(0, 10_000)]
    return [fact.event.reading.value for fact in facts]
