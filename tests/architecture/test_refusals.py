"""A refusal is an answer: it has a lasting name, a sentence in two languages and a status."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from shared.api.edge import EdgeRefusal, InternalError
from shared.api.problems import status_of
from shared.kernel.refusals import NotAllowed, Refusal
from shared.kernel.words import spoken
from tests.architecture import tree
from tests.architecture.test_events import speechless

SLUG = re.compile(r"[a-z]+(-[a-z0-9]+)*")
SAYS_IT_IS_OUR_FAULT = {EdgeRefusal, InternalError}
_OUR_FAULT = HTTPStatus.INTERNAL_SERVER_ERROR


def without_slug(refusals: Iterable[type[Refusal]]) -> list[str]:
    """Give every refusal whose lasting name is not in kebab-case."""
    return [each.__qualname__ for each in refusals if not SLUG.fullmatch(each.slug())]


def two_meanings(refusals: Iterable[type[Refusal]]) -> Iterator[str]:
    """Give every slug that says one thing here and another there."""
    sentences: dict[str, set[str]] = defaultdict(set)
    for each in refusals:
        sentences[each.slug()].add(spoken(each).en)
    yield from (slug for slug, meant in sentences.items() if len(meant) > 1)


def without_status(refusals: Iterable[type[Refusal]]) -> list[str]:
    """Give every refusal that the edge could only answer with a 500."""
    return [each.__qualname__ for each in refusals if _status(each) == _OUR_FAULT]


def _status(refusal: type[Refusal]) -> HTTPStatus:
    try:
        return status_of(refusal)
    except LookupError:
        return _OUR_FAULT


def refusals() -> list[type[Refusal]]:
    """Give every refusal that can be raised."""
    return sorted(
        set(tree.kinds_of(Refusal)), key=lambda kind: f"{kind.__module__}.{kind.__name__}"
    )


class NotTheAddressee(NotAllowed):
    """Only the addressee may answer. (da: Kun modtageren kan svare.)"""


class OutOfTheBlue(Refusal):
    """It belongs to no family. (da: Den hører ikke til nogen familie.)"""


def test_every_refusal_has_a_slug() -> None:
    """A refusal is known to other systems by a lasting name in kebab-case."""
    tree.keep(without_slug(refusals()))


def test_a_bad_slug_is_seen() -> None:
    """A name that does not turn into kebab-case is found."""
    assert without_slug([NotTheAddressee, type("Not_So", (Refusal,), {})]) == ["Not_So"]


def test_every_refusal_says_why_in_both_languages() -> None:
    """Whoever is refused is told why, in Danish and in English."""
    tree.keep(speechless(refusals()))


def test_one_slug_means_one_thing() -> None:
    """Two services may refuse in the same words, never in other words under the same name."""
    tree.keep(two_meanings(refusals()))


def test_a_slug_with_two_meanings_is_seen() -> None:
    """The same name with another sentence is found."""
    other = type("NotTheAddressee", (NotAllowed,), {"__doc__": "Not you. (da: Ikke dig.)"})
    assert list(two_meanings([NotTheAddressee, other])) == ["not-the-addressee"]


def test_every_refusal_has_a_status() -> None:
    """No refusal can surface as a 500: each belongs to a family that the edge gives a status."""
    tree.keep(without_status(set(refusals()) - SAYS_IT_IS_OUR_FAULT))


def test_a_refusal_without_status_is_seen() -> None:
    """A refusal outside every family is found."""
    assert without_status([NotTheAddressee, OutOfTheBlue]) == ["OutOfTheBlue"]
