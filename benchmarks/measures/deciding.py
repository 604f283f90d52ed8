"""What does it cost to decide what may be shown: one question to the policies, and a whole page?

Uncached is the first time that a question is asked on a day, so each is asked of another day. A
page is the lines of one inbox, each decided for every kind of data as a list decides it; reading
and opening are not in it. Nothing waits, so beside what the clock says stands the time on a core.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter, thread_time

from benchmarks.classes import a_line, asker, fullest, on_days, page, questions
from benchmarks.rows import Row, Target, at_most, percentile
from benchmarks.run import Run
from services.referrals.projections.party_line import PartyView
from services.referrals.sight import Asker, sight
from shared.platform.supervising import ROOT
from shared.rulebook.content import Rulebook, load
from shared.rulebook.policies import Question

QUESTIONS, FIRST = 10_000, 200
PAGE, PAGES = 50, 300
DECISION, WHOLE_PAGE = at_most(300), at_most(10)
Spent = tuple[float, float]
"""Seconds by the clock, and on a core."""


class NotAskedAnew(AssertionError):
    """An answer came from memory where the engine was to be measured, or the other way round."""


async def deciding(run: Run) -> list[Row]:
    """Ask the policies of the shipped rulebook, each question anew and then once more."""
    rules = load(ROOT / "rulebook")
    asked = [*questions(rules)]
    run.dice("questions").shuffle(asked)
    asked = [*on_days(asked, FIRST + run.count(QUESTIONS))]
    first = _answered(rules, asked, anew=True)[FIRST:]
    again = _answered(rules, asked, anew=False)[FIRST:]
    return [
        *_rows("class decision, uncached", first, "µs", DECISION),
        *_rows("class decision, cached", again, "µs"),
        *await _pages(run, rules),
    ]


def _answered(rules: Rulebook, asked: Sequence[Question], *, anew: bool) -> list[Spent]:
    """Give what each answer took. Raises ``NotAskedAnew``."""
    before = rules.policies.asked
    spent = [_spent(rules.policies.decide, (question,)) for question in asked]
    if rules.policies.asked - before != (len(asked) if anew else 0):
        raise NotAskedAnew
    return spent


async def _pages(run: Run, rules: Rulebook) -> list[Row]:
    """Decide pages of the inbox that has most classes of case in it, and of one with a single."""
    busiest, line = fullest(rules), await a_line(run.place("deciding"))
    count, days = run.count(PAGES), itertools.count()
    rows = []
    for classes in (busiest.classes[:1], busiest.classes):
        lines = page(rules, line, classes, busiest.kind, PAGE)
        cold = [_decided(lines, asker(rules, busiest.kind, next(days))) for _ in range(count)]
        who = asker(rules, busiest.kind, next(days))
        _decided(lines, who)
        warm = [_decided(lines, who) for _ in range(count)]
        name = f"page of {PAGE} rows decided, classes of case in it: {len(classes)}"
        rows += _rows(f"{name}, uncached", cold, "ms", WHOLE_PAGE)
        rows += _rows(f"{name}, warm", warm, "ms", WHOLE_PAGE)
    return rows


def _decided(lines: Iterable[PartyView], who: Asker) -> Spent:
    return _spent(_decide, (lines, who))


def _decide(lines: Iterable[PartyView], who: Asker) -> None:
    for line in lines:
        sight(line, who)


def _spent(work: Callable[..., object], given: tuple[object, ...]) -> Spent:
    begun, on_core = perf_counter(), thread_time()
    work(*given)
    return perf_counter() - begun, thread_time() - on_core


def _rows(name: str, spent: Sequence[Spent], unit: str, target: Target | None = None) -> list[Row]:
    by_clock, on_core = zip(*spent, strict=True)
    many = {"µs": 1e6, "ms": 1e3}[unit]
    return [
        Row(f"{name}, p50", percentile(by_clock, 0.5) * many, unit),
        Row(f"{name}, p99", percentile(by_clock, 0.99) * many, unit, target),
        Row(f"{name}, time on a core, p99", percentile(on_core, 0.99) * many, unit),
    ]
