"""Where a secret case went is hidden from the bus and shown to the service's own projections."""

from uuid import uuid4

import pytest

from shared.vault.problems import Tampered
from shared.vault.routing import RoutingKey

KEY = RoutingKey(bytes(range(32)))


def test_what_is_hidden_is_shown_again() -> None:
    """The key that hid a route shows it, at the event and field where it was hidden."""
    event = uuid4()
    token = KEY.hide(event, "addressee", "bandeexit.østjylland")
    assert KEY.show(token, event, "addressee") == "bandeexit.østjylland"


def test_the_same_route_never_looks_the_same() -> None:
    """Neither bytes nor length of a token tell that two cases went to one unit, or which."""
    event = uuid4()
    tokens = [KEY.hide(event, "addressee", unit) for unit in ("exit", "exit", "ssp." + "a" * 80)]
    assert len(set(tokens)) == 3
    assert len({len(token) for token in tokens}) == 1


def test_it_opens_nowhere_else() -> None:
    """Another event, field, key or byte does not open it."""
    event = uuid4()
    token = KEY.hide(event, "addressee", "exit")
    other = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    for key, text, where, path in (
        (KEY, token, uuid4(), "addressee"),
        (KEY, token, event, "route"),
        (RoutingKey(bytes(32)), token, event, "addressee"),
        (KEY, other, event, "addressee"),
        (KEY, "exit", event, "addressee"),
        (KEY, "r1~", event, "addressee"),
        (KEY, "r1~AAAAA", event, "addressee"),
    ):
        with pytest.raises(Tampered):
            key.show(text, where, path)


def test_a_key_is_32_bytes() -> None:
    """A weaker key is refused."""
    with pytest.raises(ValueError, match="32"):
        RoutingKey(bytes(16))
