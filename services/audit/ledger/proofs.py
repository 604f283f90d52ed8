"""Proofs that a fact is in the log, and that a log only ever grew (RFC 6962 §2.1.1 and §2.1.2).

Making a proof follows the recursive definitions of RFC 6962; checking one follows the algorithms of
RFC 9162 §2.1.3.2 and §2.1.4.2, which never build the tree. The two share nothing but the hash.
"""

from collections.abc import Sequence

from services.audit.ledger.tree import NodeReader, joined, root_between, split


def inclusion(nodes: NodeReader, index: int, size: int) -> list[bytes]:
    """Give the path from leaf *index* to the root over *size* leaves. Raises ``ValueError``."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(root_between(nodes, middle, end))
            end = middle
        else:
            path.append(root_between(nodes, start, middle))
            start = middle
    return path[::-1]


def consistency(nodes: NodeReader, first: int, second: int) -> list[bytes]:
    """Give the proof that a log of *first* leaves became one of *second*; ``ValueError`` if not."""
    if not 0 < first <= second:
        raise ValueError(f"a log of {second} never was a log of {first}")
    path: list[bytes] = []
    start, end = 0, second
    while end != first:
        middle = start + split(end - start)
        if first <= middle:
            path.append(root_between(nodes, middle, end))
            end = middle
        else:
            path.append(root_between(nodes, start, middle))
            start = middle
    known_already = start == 0
    return ([] if known_already else [root_between(nodes, start, end)]) + path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether *path* leads from *leaf* at *index* to *root* over *size* leaves."""
    if not 0 <= index < size:
        return False
    here, last, reached = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            reached = joined(step, reached)
            here, last = _risen(here, last)
        else:
            reached = joined(reached, step)
        here, last = here >> 1, last >> 1
    return last == 0 and reached == root


def consistent(sizes: tuple[int, int], roots: tuple[bytes, bytes], path: Sequence[bytes]) -> bool:
    """Tell whether *path* shows that the first size and root became the second by growing."""
    first, second = sizes
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and roots[0] == roots[1]
    steps = list(path) if first & (first - 1) else [roots[0], *path]
    if not steps:
        return False
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    return _climbed(steps, here, last) == roots


def _climbed(steps: list[bytes], here: int, last: int) -> tuple[bytes, bytes] | None:
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            old, new = joined(step, old), joined(step, new)
            here, last = _risen(here, last)
        else:
            new = joined(new, step)
        here, last = here >> 1, last >> 1
    return (old, new) if last == 0 else None


def _risen(here: int, last: int) -> tuple[int, int]:
    while not here & 1 and here:
        here, last = here >> 1, last >> 1
    return here, last
