"""Running a door whose surroundings never wait, without a loop."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from shared.kernel.refusals import Refusal

T = TypeVar("T")


def at_once(asked: Coroutine[Any, Any, T]) -> T | None:
    """Give an answer at once, as nothing it needs has to be waited for; None for a refusal."""
    try:
        asked.send(None)
    except StopIteration as done:
        answer: T = done.value
        return answer
    except Refusal:
        return None
    raise AssertionError("a door waits for something that is not there")
