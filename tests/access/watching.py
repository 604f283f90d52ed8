"""What is asked of every answer in the histories: nothing too much in it, and nothing too little.

Each check is a function of its own, so that a leak planted on purpose can be given to it.
"""

import re
from http import HTTPStatus
from typing import Any, Final

import httpx2

from tests.access.canaries import Escaped, everything, found
from tests.access.world_model import Case, Party, World
from tests.access.world_people import Seat
from tests.access.world_told import UNCOUNTED

ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Withheld(AssertionError):
    """Something that somebody has to be shown is not there: who sees nothing leaks nothing."""


class NotFilled(AssertionError):
    """A page is not full though there is another: it tells that there is more than is shown."""


class Miscounted(AssertionError):
    """A count, a list or a stage is not what a party was told: it tells of what others did."""


def nothing_leaks(
    world: World, seat: Seat, door: str, answer: httpx2.Response, asked: Case | None = None
) -> None:
    """Refuse an answer that holds a text, or names a referral, that is not for who asked.

    Raises ``Escaped``.
    """
    told = everything(answer)
    wrong = sorted(each for each in found(told) if not world.may(seat, each, door))
    if wrong:
        what = [_of(world, each) for each in wrong]
        raise Escaped(f"{seat.token} as {seat.office} finds behind {door}: {what}")
    named = {each for each in ID.findall(told) if each in world.cases}
    named -= {asked.id} if asked else set()
    hidden = [each for each in named if not world.exists(seat, world.cases[each])]
    if hidden:
        raise Escaped(f"{seat.token} as {seat.office} learns behind {door} of {hidden}")


def _of(world: World, number: int) -> str:
    if number not in world.written:
        return f"{number}, which was never written"
    case, text = world.written[number]
    story = "\n  ".join(case.story)
    return f"{text} of {case.programme['id']} {case.id}, after\n  {story}\n{case.parties}"


def all_is_shown(world: World, seat: Seat, case: Case, answer: httpx2.Response) -> int:
    """Refuse an answer about a referral that holds less than who works on it has to be shown.

    Give how many texts were demanded. Raises ``Withheld``.
    """
    expected = HTTPStatus.OK if world.exists(seat, case) else HTTPStatus.NOT_FOUND
    expected = HTTPStatus.FORBIDDEN if world.holds_nothing(seat) else expected
    if answer.status_code != expected:
        raise Withheld(f"{answer.status_code} for {expected}: {seat} {answer.text} {case.story}")
    if expected is not HTTPStatus.OK:
        return 0
    there = found(answer.text)
    demanded = [text for text in case.texts.values() if case.must(seat, text)]
    missing = [text for text in demanded if text.number not in there]
    if missing:
        story = "\n  ".join(case.story)
        raise Withheld(f"{seat} is not shown {missing} of {case.id}\n  {story}\n{case.parties}")
    return len(demanded)


def told_as_much(seat: Seat, case: Case, answer: httpx2.Response) -> None:
    """Refuse an answer that counts, lists or places otherwise what a party was told of a case.

    The count in its ETag, the kinds of its steps one by one, and the stage. Raises ``Miscounted``.
    """
    party = case.party_of(seat)
    assert party is not None
    shown: Any = answer.json()
    counted_right(party, answer, f"{seat} of {case.id}")
    steps = [kind for step in shown["timeline"] if (kind := _kind(step["type"])) not in UNCOUNTED]
    facts = party.told.shown(goes_back=case.goes_back(party))
    expected = [ENDED.get(fact.kind, fact.kind) for fact in facts]
    if steps != expected or shown["stage"] != case.stage_for(party):
        story = "\n  ".join(case.story)
        told = f"{shown['stage']} {steps} for {case.stage_for(party)} {expected}"
        raise Miscounted(f"{seat} of {case.id} is told {told}, after\n  {story}")


def counted_right(party: Party, answer: httpx2.Response, who: str) -> None:
    """Refuse an ETag that counts anything but what the party was told. Raises ``Miscounted``."""
    expected = f'"{party.told.count}"'
    if answer.headers["ETag"] != expected:
        raise Miscounted(f"{who} counts {answer.headers['ETag']} for {expected}")


def _kind(fact_type: str) -> str:
    kind = fact_type.removeprefix("referral.").rpartition(".")[0]
    return ENDED.get(kind, kind)


ENDED = {"taken-over": "closed"}
"""Where nobody else takes part it is taken from nobody: it is closed like any other."""


def page_is_full(answer: httpx2.Response, size: int) -> None:
    """Refuse a page with a gap. Raises ``NotFilled``."""
    page: Any = answer.json()
    if page["next"] is not None and len(page["items"]) != size:
        raise NotFilled(f"{len(page['items'])} of {size}")


def all_are_listed(world: World, seat: Seat, ids: list[str]) -> None:
    """Refuse a list of what a unit sent that is not all of it, each once. Raises ``Withheld``."""
    sent = {
        case.id
        for case in world.cases.values()
        if (party := case.parties.get(seat.unit.id)) and party.role == "sender"
        if case.stage != "entered_in_error" and world.exists(seat, case)
    }
    if len(ids) != len(set(ids)) or set(ids) != sent:
        raise Withheld(f"{seat}: {len(ids)} listed, {len(sent)} expected: {set(ids) ^ sent}")
