"""Step five of the handler: closing personal fields, and giving readers the keys they are due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from shared.api.sealing import mac
from shared.eventstore.codec import Codec, case_of, enclosed, opened, replaced, tokens
from shared.kernel.decider import Grant
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId, SubjectId
from shared.kernel.personal import Hidden, Personal, Sealed
from shared.kernel.recorded import Recorded
from shared.vault.holder import KeyHolder
from shared.vault.problems import Tampered
from shared.vault.routing import RoutingKey
from shared.vault.sealing import Token
from shared.vault.wraps import Share

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Closed:
    """The bytes to store, one per fact, and what goes with them in clear.

    ``subject`` is the id of the person in the writer's files, if any; ``actor`` the code of who
    acts, in a secret case one that is known from no other.
    """

    data: tuple[bytes, ...]
    subject: str
    actor: ActorId


class Sealing(Protocol[E]):
    """Closes what a decision brought about and opens what a reader may see."""

    async def close(
        self,
        before: Sequence[Recorded[E]],
        new: Sequence[Recorded[E]],
        *,
        grants: Collection[Grant],
        secret: bool,
    ) -> Closed:
        """Give the bytes of *new*; each of the *grants* is in force when this returns."""
        ...

    async def open(self, facts: Sequence[Recorded[E]], reader: AuthorityId) -> tuple[E, ...]:
        """Give the events of *facts* with their personal fields as *reader* may see them."""
        ...

    def actor_in(self, stream: str, actor: ActorId) -> ActorId:
        """Give the code that stands for *actor* in *stream*, where its existence is secret."""
        ...


@dataclass(frozen=True)
class Unsealed(Generic[E]):
    """For aggregates without anything personal: a personal field would be refused when written."""

    codec: Codec[E]

    async def close(
        self,
        before: Sequence[Recorded[E]],  # noqa: ARG002 - the same promise as for sealed aggregates
        new: Sequence[Recorded[E]],
        *,
        grants: Collection[Grant],  # noqa: ARG002 - as above
        secret: bool,  # noqa: ARG002 - as above
    ) -> Closed:
        """Give the bytes of *new*."""
        data = tuple(self.codec.encode(fact.event) for fact in new)
        return Closed(data, "", new[0].actor)

    async def open(self, facts: Sequence[Recorded[E]], reader: AuthorityId) -> tuple[E, ...]:  # noqa: ARG002 - as above
        """Give the events of *facts*."""
        return tuple(fact.event for fact in facts)

    def actor_in(self, stream: str, actor: ActorId) -> ActorId:  # noqa: ARG002 - as above
        """Give *actor*: nothing here is secret."""
        return actor


def code_in(stream: str, actor: ActorId, key: bytes) -> ActorId:
    """Give the code by which *stream* alone knows *actor*, under the platform's *key* for them."""
    return ActorId(mac(key, "case", stream, actor))


@dataclass(frozen=True)
class VaultSealing(Generic[E]):
    """Seals under the acting authority's key for the case's person; the vault joins the rest."""

    codec: Codec[E]
    vault: KeyHolder
    routing: RoutingKey
    actor_key: bytes

    async def close(
        self,
        before: Sequence[Recorded[E]],
        new: Sequence[Recorded[E]],
        *,
        grants: Collection[Grant],
        secret: bool,
    ) -> Closed:
        """Seal *new*, write the wraps that the *grants* call for, and give the bytes.

        Both come before the append. A wrap may open what has been there for long, so it is bound to
        the first of *new*: if that never comes, the wrap is swept, and until then the doors keep
        its reader out.
        """
        case = case_of(new[0].stream)
        subject = await self.vault.subject(case, new[0].authority, apart=secret)
        events = [await self._sealed(fact, subject, secret=secret) for fact in new]
        held = {fact.id: fact.event for fact in before} | {
            fact.id: event for fact, event in zip(new, events, strict=True)
        }
        shares = [
            Share(
                token=token,
                cause=new[0].id,
                case=case,
                by=grant.writer,
                reader=grant.reader,
                apart=secret,
            )
            for grant in grants
            for token in list(tokens(held[grant.event]).values())[:1]
        ]
        if shares:
            await self.vault.grant(shares)
        actor = new[0].actor
        if secret:
            actor = self.actor_in(new[0].stream, actor)
        return Closed(tuple(self.codec.encode(event) for event in events), subject, actor)

    def actor_in(self, stream: str, actor: ActorId) -> ActorId:
        """Give the code of a person within one secret case: who knows it learns of no other."""
        return code_in(stream, actor, self.actor_key)

    async def open(self, facts: Sequence[Recorded[E]], reader: AuthorityId) -> tuple[E, ...]:
        """Give the events of *facts* opened for *reader*; what it has no key for is ``Erased``."""
        found = [(fact, tokens(fact.event)) for fact in facts]
        for fact, by_path in found:
            _ensure_at_home(fact, by_path)
        values = iter(
            await self.vault.opened([t for _, by_path in found for t in by_path.values()], reader)
        )
        return tuple(
            opened(fact.event, {path: next(values) for path in by_path}) for fact, by_path in found
        )

    async def _sealed(self, fact: Recorded[E], subject: SubjectId, *, secret: bool) -> E:
        fields = list(enclosed(fact.event))
        closed: dict[str, Personal[JsonValue] | Hidden[JsonValue]] = {}
        if any(isinstance(value, Personal) for _, value in fields):
            key = await self.vault.content_key(fact.id, subject)
            closed |= {
                path: Personal(Sealed(key.seal(path, value.value)))
                for path, value in fields
                if isinstance(value, Personal)
            }
        if secret:
            closed |= {
                path: Hidden(
                    Sealed(self.routing.hide(fact.id, path, to_jsonable_python(value.value)))
                )
                for path, value in fields
                if isinstance(value, Hidden)
            }
        return replaced(fact.event, closed)


def _ensure_at_home(fact: Recorded[Any], by_path: Mapping[str, str]) -> None:
    """Refuse a token that was moved here from another event or field."""
    for path, text in by_path.items():
        token = Token.read(text)
        if (token.event, token.path) != (fact.id, path):
            raise Tampered(f"a token of {token.path} stands at {path}")
