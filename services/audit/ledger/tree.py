"""The Merkle tree of RFC 6962 §2.1, grown leaf by leaf and asked by node.

A *node* is a complete subtree: level 0 is the leaves, node (l, i) covers the leaves from i * 2^l
up to (i + 1) * 2^l. Every root and every proof is made of complete subtrees, so a log that keeps
its nodes answers in O(log n) of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

NODE_PREFIX = b"\x01"
EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without leaves."""


class Node(NamedTuple):
    """One complete subtree and its hash."""

    level: int
    number: int
    hash: bytes


NodeReader = Callable[[int, int], bytes]
"""Gives the hash of the node at (level, number); raises ``LookupError`` where there is none."""


def joined(left: bytes, right: bytes) -> bytes:
    """Give the hash of the node above two others."""
    return sha256(NODE_PREFIX + left + right).digest()


def folded(peaks: Iterable[bytes]) -> bytes:
    """Give the root over complete subtrees that stand side by side, the largest first."""
    root = b""
    for peak in reversed(list(peaks)):
        root = joined(peak, root) if root else peak
    return root or EMPTY_ROOT


def root_between(nodes: NodeReader, start: int, end: int) -> bytes:
    """Give the root over leaves *start* up to *end*, a part that RFC 6962 makes by splitting."""
    return folded(nodes(level, number) for level, number in peaks_between(start, end))


def peaks_between(start: int, end: int) -> list[tuple[int, int]]:
    """Give (level, number) of the complete subtrees over *start* up to *end*, the largest first."""
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append((level, start >> level))
        start += 1 << level
    return peaks


def split(size: int) -> int:
    """Give the largest power of two below *size*: where RFC 6962 cuts a tree in two."""
    return 1 << ((size - 1).bit_length() - 1)


@dataclass
class Frontier:
    """The right edge of a growing tree: all it takes to add a leaf and to know the root."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def of(cls, nodes: NodeReader, size: int) -> "Frontier":
        """Give the edge of the tree over the first *size* leaves."""
        return cls(size, [nodes(level, number) for level, number in peaks_between(0, size)])

    def copy(self) -> "Frontier":
        """Give an edge that grows on its own from here."""
        return Frontier(self.size, list(self.peaks))

    def add(self, leaf: bytes) -> list[Node]:
        """Take one more leaf; give the nodes that it completes, itself first."""
        made = [Node(0, self.size, leaf)]
        while made[-1].number & 1:
            last = made[-1]
            made.append(Node(last.level + 1, last.number >> 1, joined(self.peaks.pop(), last.hash)))
        self.peaks.append(made[-1].hash)
        self.size += 1
        return made

    def root(self) -> bytes:
        """Give the root over every leaf taken so far."""
        return folded(self.peaks)
