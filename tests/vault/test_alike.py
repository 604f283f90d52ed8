"""Beside the vault or behind its door: the same is asked, the same is answered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kernel.ids import SubjectId
from shared.testing.certificates import MadeUpAuthority
from shared.vault.holder import KeyHolder
from shared.vault.problems import VaultProblem
from shared.vault.provider import FileKeys
from shared.vault.vault import Vault
from shared.vault.wraps import Share
from tests.vault.filing import FAVRSKOV, POLICE
from tests.vault.knocking import asking, behind_a_door

NOWHERE = SubjectId("0" * 32)
who = st.sampled_from([FAVRSKOV, POLICE])
case = st.integers(0, 2)
nth = st.integers(0, 3)
value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # What is no text at all is nothing that anybody can seal.
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=6,
)
spoil = st.integers(0, 400)
steps = st.one_of(
    st.tuples(st.just("enrol"), case, who, st.none() | nth, st.booleans()),
    st.tuples(st.just("subject"), case, who, st.booleans()),
    st.tuples(st.just("seal"), nth, value),
    st.tuples(st.just("grant"), st.lists(st.tuples(nth, case, who, who, st.booleans()))),
    st.tuples(st.just("open"), st.lists(nth), who),
    st.tuples(st.just("spoil"), nth, spoil, who),
)

BEGUN = (("enrol", 0, FAVRSKOV, None, False), ("seal", 0, None), ("seal", 0, "something"))


@dataclass
class Side:
    """One vault, with the subjects and tokens that it gave, in the order in which it did."""

    vault: KeyHolder
    subjects: list[SubjectId] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    cases: tuple[UUID, ...] = field(default_factory=lambda: tuple(uuid4() for _ in range(3)))

    async def enrol(self, case: int, who: Any, known_as: int | None, apart: bool) -> int:  # noqa: ANN401, FBT001 - drawn
        """Give the number of the subject."""
        known = None if known_as is None else self.known(known_as)
        return self.number(
            await self.vault.enrol(self.cases[case], who, known_as=known, apart=apart)
        )

    async def subject(self, case: int, who: Any, apart: bool) -> int:  # noqa: ANN401, FBT001 - drawn
        """Give the number of the subject."""
        return self.number(await self.vault.subject(self.cases[case], who, apart=apart))

    async def seal(self, nth: int, value: Any) -> None:  # noqa: ANN401 - drawn
        """Seal a value."""
        key = await self.vault.content_key(uuid4(), self.known(nth))
        self.tokens.append(key.seal("intake.concern", value))

    async def grant(self, drawn: list[tuple[int, int, Any, Any, bool]]) -> None:
        """Share what was sealed."""
        await self.vault.grant(
            Share(
                token=self.token(n),
                cause=uuid4(),
                case=self.cases[case],
                by=by,
                reader=to,
                apart=apart,
            )
            for n, case, by, to, apart in drawn
        )

    async def open(self, drawn: list[int], who: Any) -> Any:  # noqa: ANN401 - drawn
        """Give the values."""
        return await self.vault.opened([self.token(n) for n in drawn], who)

    async def spoil(self, nth: int, at: int, who: Any) -> Any:  # noqa: ANN401 - drawn
        """Open a token with another letter in one place, but the last, which may mean nothing."""
        token = self.token(nth)
        at %= len(token) - 1
        letter = "b" if token[at] in "aA" else "a"
        return await self.vault.opened([token[:at] + letter + token[at + 1 :]], who)

    def number(self, subject: SubjectId) -> int:
        """Give when *subject* was first heard of."""
        if subject not in self.subjects:
            self.subjects.append(subject)
        return self.subjects.index(subject)

    def known(self, nth: int) -> SubjectId:
        """Give a subject that was heard of, or one that never was."""
        return self.subjects[nth] if nth < len(self.subjects) else NOWHERE

    def token(self, nth: int) -> str:
        """Give a token that was made, or a text that is none."""
        return self.tokens[nth] if nth < len(self.tokens) else "none"

    async def outcome(self, name: str, *drawn: object) -> object:
        """Give what a step gives, or the problem."""
        step: Callable[..., Awaitable[object]] = getattr(self, name)
        try:
            return await step(*drawn)
        except VaultProblem as problem:
            return type(problem)


@dataclass(frozen=True)
class Pair:
    """A vault beside us and another one behind a door, in a loop that goes on."""

    loop: asyncio.Runner
    here: KeyHolder
    afar: KeyHolder

    async def play(self, history: list[tuple[Any, ...]]) -> None:
        """Do each step on both sides."""
        one, other = Side(self.here), Side(self.afar)
        for step in [*BEGUN, *history]:
            assert await one.outcome(*step) == await other.outcome(*step), step


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two vaults."""
    folder: Path = tmp_path_factory.mktemp("alike")
    authority, keys = MadeUpAuthority.made(folder / "tls"), FileKeys(folder / "master")
    with asyncio.Runner() as loop:
        stack = AsyncExitStack()

        async def begin() -> Pair:
            vaults = [Vault.open(folder / f"{name}.db", keys) for name in ("here", "afar")]
            for each in vaults:
                stack.push_async_callback(each.close)
            url = await stack.enter_async_context(
                behind_a_door(vaults[1], authority.server("worker"))
            )
            remote = await stack.enter_async_context(asking(url, authority.client("replica")))
            return Pair(loop, vaults[0], remote)

        yield loop.run(begin())
        loop.run(stack.aclose())


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(steps, max_size=14))
def test_the_door_adds_nothing_and_takes_nothing_away(
    pair: Pair, history: list[tuple[Any, ...]]
) -> None:
    """Whatever is asked in whatever order, values, ids and problems are those of the vault."""
    pair.loop.run(pair.play(history))
