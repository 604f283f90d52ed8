"""Hearing every call of one request: to stores, logs of reads, ledger, databases and policies.

Nothing behaves otherwise for it: each call is told and goes where it went before. What a service
does meanwhile by itself is not heard, as it is not the request that asks for it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from sqlalchemy import event

from shared.projections.views import Views
from shared.rulebook.policies import ClassPolicies, Decision, Question

_HEARD: ContextVar[list[str] | None] = ContextVar("heard", default=None)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Give what is called from here on, in this very task."""
    calls: list[str] = []
    token = _HEARD.set(calls)
    try:
        yield calls
    finally:
        _HEARD.reset(token)


def tell(what: str) -> None:
    """Let whoever listens hear of it."""
    if (calls := _HEARD.get()) is not None:
        calls.append(what)


def hear(patch: pytest.MonkeyPatch, where: object, calls: Iterable[str], *, name: str) -> None:
    """Hear of these calls of an object, or of all of a class, as far as it has them."""
    for call in calls:
        if hasattr(where, call):
            patch.setattr(where, call, _telling(f"{name} {call}", getattr(where, call)))


def hear_policies(patch: pytest.MonkeyPatch, *fields: str) -> None:
    """Hear each question to the policies: these fields of it, or the whole where none is named."""
    decide = ClassPolicies.decide

    def decided(self: ClassPolicies, question: Question) -> Decision:
        tell(f"decide {[getattr(question, field) for field in fields] or question}")
        return decide(self, question)

    patch.setattr(ClassPolicies, "decide", decided)


def hear_database(views: Views) -> None:
    """Hear each statement to the database of read models."""
    for engine in (views.engines.reading, views.engines.writing):
        event.listen(engine.sync_engine, "before_cursor_execute", _statement)


def _telling(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def told(*asked: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        tell(name)
        return call(*asked, **named)

    return told


def _statement(_c: object, _cursor: object, text: str, *_rest: object) -> None:
    tell(text)
