"""The Merkle tree of the ledger is that of RFC 6962."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from services.audit.ledger.proofs import consistency, consistent, includes, inclusion
from services.audit.ledger.tree import Frontier, NodeReader, root_between
from tests.audit.vectors import (
    CONSISTENCY_OF_3_AND_8,
    CONSISTENCY_OF_6_AND_8,
    INCLUSION_OF_3_IN_8,
    LEAVES,
    ROOTS,
)

A_LOG = st.integers(1, 70)


def merkle_tree_hash(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word, over leaves that are hashed already."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + merkle_tree_hash(hashes[:k]) + merkle_tree_hash(hashes[k:])).digest()


def path(m: int, hashes: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 §2.1.1, word for word."""
    if len(hashes) == 1:
        return []
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m < k:
        return [*path(m, hashes[:k]), merkle_tree_hash(hashes[k:])]
    return [*path(m - k, hashes[k:]), merkle_tree_hash(hashes[:k])]


def subproof(m: int, hashes: list[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2, word for word."""
    if m == len(hashes):
        return [] if known else [merkle_tree_hash(hashes)]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m <= k:
        return [*subproof(m, hashes[:k], known=known), merkle_tree_hash(hashes[k:])]
    return [*subproof(m - k, hashes[k:], known=False), merkle_tree_hash(hashes[:k])]


def hashes_of(size: int) -> list[bytes]:
    """Give that many leaves, each its own."""
    return [sha256(b"\x00" + number.to_bytes(2, "big")).digest() for number in range(size)]


def grown(hashes: list[bytes]) -> tuple[Frontier, NodeReader]:
    """Give the tree over *hashes*, grown leaf by leaf, and its nodes."""
    frontier = Frontier()
    nodes = {(n.level, n.number): n.hash for leaf in hashes for n in frontier.add(leaf)}
    return frontier, lambda level, number: nodes[level, number]


def flipped(value: bytes, bit: int) -> bytes:
    """Give *value* with one bit changed."""
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(len(value), "big")


def test_the_well_known_roots() -> None:
    """The eight leaves that all logs are tested with give the roots that all logs give."""
    frontier = Frontier()
    assert frontier.root() == ROOTS[0]
    for size, data in enumerate(LEAVES, 1):
        frontier.add(sha256(b"\x00" + data).digest())
        assert frontier.root() == ROOTS[size]


def test_the_well_known_proofs() -> None:
    """The proofs over those eight leaves are the published ones, and they are accepted."""
    leaves = [sha256(b"\x00" + data).digest() for data in LEAVES]
    _, nodes = grown(leaves)
    assert inclusion(nodes, 3, 8) == INCLUSION_OF_3_IN_8
    assert includes(leaves[3], 3, 8, INCLUSION_OF_3_IN_8, ROOTS[8])
    assert consistency(nodes, 3, 8) == CONSISTENCY_OF_3_AND_8
    assert consistency(nodes, 6, 8) == CONSISTENCY_OF_6_AND_8
    assert consistent((3, 8), (ROOTS[3], ROOTS[8]), CONSISTENCY_OF_3_AND_8)
    assert consistent((6, 8), (ROOTS[6], ROOTS[8]), CONSISTENCY_OF_6_AND_8)


@given(A_LOG)
def test_the_root_grows_as_defined(size: int) -> None:
    """The root kept along, and that put together from nodes at any earlier size, are the RFC's."""
    hashes = hashes_of(size)
    frontier, nodes = grown(hashes)
    assert frontier.root() == merkle_tree_hash(hashes)
    assert all(root_between(nodes, 0, n) == merkle_tree_hash(hashes[:n]) for n in range(size))
    assert Frontier.of(nodes, size) == frontier


@given(st.data(), A_LOG)
def test_inclusion(data: st.DataObject, size: int) -> None:
    """A path is the RFC's, proves its own leaf at its own place, and proves nothing else."""
    index = data.draw(st.integers(0, size - 1))
    hashes = hashes_of(size)
    frontier, nodes = grown(hashes)
    root, proof = frontier.root(), inclusion(nodes, index, size)
    assert proof == path(index, hashes)
    assert includes(hashes[index], index, size, proof, root)
    bit = data.draw(st.integers(0, 255))
    other = data.draw(st.integers(0, size + 1).filter(lambda n: n != index))
    assert not includes(flipped(hashes[index], bit), index, size, proof, root)
    assert not includes(hashes[index], index, size, proof, flipped(root, bit))
    assert not includes(hashes[index], other, size, proof, root)
    assert not includes(hashes[index], index, size, [*proof, root], root)
    if proof:
        assert not includes(hashes[index], index, size, proof[:-1], root)
        assert not includes(hashes[index], index, size, [flipped(proof[0], bit), *proof[1:]], root)


@given(st.data(), A_LOG)
def test_consistency(data: st.DataObject, second: int) -> None:
    """A proof is the RFC's, proves that one log became the other, and no other root passes."""
    first = data.draw(st.integers(1, second))
    bit = data.draw(st.integers(0, 255))
    hashes = hashes_of(second)
    _, nodes = grown(hashes)
    roots = merkle_tree_hash(hashes[:first]), merkle_tree_hash(hashes)
    proof = consistency(nodes, first, second)
    assert proof == subproof(first, hashes, known=True)
    assert consistent((first, second), roots, proof)
    assert not consistent((first, second), (flipped(roots[0], bit), roots[1]), proof)
    assert not consistent((first, second), (roots[0], flipped(roots[1], bit)), proof)
    assert not consistent((first, second), roots, [*proof, roots[0]])
    if proof:
        changed = [*proof[:-1], flipped(proof[-1], bit)]
        assert not consistent((first, second), roots, changed)
        assert not consistent((first, second), roots, proof[:-1])


@given(st.data(), st.integers(2, 70))
def test_a_rewritten_log_is_not_consistent(data: st.DataObject, second: int) -> None:
    """Once a leaf below the old size has changed, no proof leads from the old root to the new."""
    first = data.draw(st.integers(1, second - 1))
    changed = data.draw(st.integers(0, first - 1))
    hashes = hashes_of(second)
    old = merkle_tree_hash(hashes[:first])
    hashes[changed] = flipped(hashes[changed], 0)
    _, nodes = grown(hashes)
    proof = consistency(nodes, first, second)
    assert not consistent((first, second), (old, merkle_tree_hash(hashes)), proof)
