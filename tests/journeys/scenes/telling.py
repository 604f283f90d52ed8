"""What all scenes share: the requests that come again, and stopping where the story goes wrong."""

from tests.journeys.world import Answer, Person, StoryFailed, World

NEVER = "00000000-0000-4000-8000-000000000000"
"""An id that never was."""


def expect(said: object, what: str) -> None:
    """Stop the story where something is not as it tells."""
    if not said:
        raise StoryFailed(what)


def sending(world: World, addressee: str, basis: str, purpose: str) -> dict[str, str]:
    """Give what goes with a referral that is sent."""
    necessity = world.secret("nødvendighed")
    return {"addressee": addressee, "basis": basis, "purpose": purpose, "necessity": necessity}


async def draft(person: Person, programme: str, intake: object, urgency: str = "almindelig") -> str:
    """Begin a referral, and give its id."""
    body = {"programme": programme, "urgency": urgency, "intake": intake}
    begun = await person.post("/referrals", body, expect=201)
    return str(begun.body["referral"])


async def until_delivered(world: World, receiver: Person, case: str) -> None:
    """Wait until the machine has laid a referral in the receiver's inbox."""

    async def delivered() -> bool:
        inbox = (await receiver.get("/inbox")).body["items"]
        return any(e["referral"] == case and e["stage"] == "delivered" for e in inbox)

    await world.eventually(f"{case} lies in the inbox", delivered)


async def same_as_never(person: Person, case: str) -> None:
    """Expect the very answer of an id that never was."""
    there = await person.get(f"/referrals/{case}", expect=404)
    never = await person.get(f"/referrals/{NEVER}", expect=404)
    expect(_told(there) == _told(never), "there is no telling the two apart")


def _told(answer: Answer) -> object:
    kept = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status, answer.body, kept


def born(world: World, years: int) -> str:
    """Give a birth date of somebody who is *years* old, today and for some weeks around it."""
    today = world.clock.now().date()
    month = (today.month + 5) % 12 + 1
    full = years if month < today.month else years + 1
    return f"{today.year - full:04}-{month:02}-01"
