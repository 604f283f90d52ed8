"""Listening to every call of one request: to store, read log, databases, vault and policies.

Nothing behaves otherwise for it: each call is noted and goes where it went before. What the service
does meanwhile by itself is not noted, as it is not the request that asks for it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event

from shared.rulebook.policies import ClassPolicies
from tests.access.hall import Hall

Call = tuple[str, ...]
_LISTENING: ContextVar["list[Call] | None"] = ContextVar("listening", default=None)


def _heard(*call: str) -> None:
    calls = _LISTENING.get()
    if calls is not None:
        calls.append(call)


@dataclass
class Ear:
    """Hears what requests ask of a hall, one request at a time."""

    calls: list[Call] = field(default_factory=list)

    @contextmanager
    def hears(self) -> Iterator[list[Call]]:
        """Give the calls that are made meanwhile in this task."""
        calls: list[Call] = []
        token = _LISTENING.set(calls)
        try:
            yield calls
        finally:
            _LISTENING.reset(token)


def ear(here: Hall, patch: pytest.MonkeyPatch) -> Ear:
    """Give an ear in *here*; it is taken away with *patch*."""
    wiring = here.wiring
    for name, kind, methods in (
        ("store", type(wiring.ground.store), ("read_stream", "append", "head", "read_all")),
        ("reads", type(wiring.reads.store), ("append",)),
        ("reads", type(wiring.reads), ("recall", "note")),
        ("vault", type(wiring.vault), ("opened", "enrol", "seal")),
    ):
        for method in methods:
            if hasattr(kind, method):
                patch.setattr(kind, method, _listening(getattr(kind, method), name, method))
    _hear_policies(patch)
    for engine in (here.wiring.views.engines.reading, here.wiring.views.engines.writing):
        event.listen(engine.sync_engine, "before_cursor_execute", _statement)
    return Ear()


def deaf(here: Hall) -> None:
    """Listen to the databases of *here* no longer."""
    for engine in (here.wiring.views.engines.reading, here.wiring.views.engines.writing):
        event.remove(engine.sync_engine, "before_cursor_execute", _statement)


def _listening(method: Callable[..., Any], *name: str) -> Callable[..., Any]:
    def heard(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        _heard(*name)
        return method(*args, **named)

    return heard


def _hear_policies(patch: pytest.MonkeyPatch) -> None:
    decide = ClassPolicies.decide

    def heard(self: ClassPolicies, question: Any) -> Any:  # noqa: ANN401 - as the policies have it
        _heard("policies", question.action, question.office, question.purpose, question.category)
        return decide(self, question)

    patch.setattr(ClassPolicies, "decide", heard)


def _statement(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
    _heard("sql", statement)
