"""The Merkle tree of RFC 6962, section 2 (RFC 9162 keeps it), over SHA-256.

A tree that only grows is held as its *stack*: the roots of the complete subtrees that the
leaves so far make up, largest first, one for each bit set in the size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from kiosk.core.errors import Damaged

EMPTY_ROOT = sha256(b"").digest()
HASH_SIZE = 32


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 || content)."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree: its size in leaves and its stack of subtree roots."""

    __slots__ = ("size", "stack")

    def __init__(self, size: int = 0, stack: Sequence[bytes] = ()) -> None:
        self.size = size
        self.stack = list(stack)

    @classmethod
    def load(cls, size: int, stack: bytes) -> Tree:
        """The tree that `dump` stored: `stack` is its hashes end to end. Damaged: they do not fit `size`."""
        if len(stack) != HASH_SIZE * size.bit_count():
            raise Damaged("What is stored of a log's tree does not fit its size.")
        return cls(size, [stack[i : i + HASH_SIZE] for i in range(0, len(stack), HASH_SIZE)])

    def dump(self) -> bytes:
        """The stack's hashes end to end, largest subtree first."""
        return b"".join(self.stack)

    def copy(self) -> Tree:
        """A tree that can grow on its own."""
        return Tree(self.size, self.stack)

    def append(self, content: bytes) -> None:
        """Add one leaf by its content."""
        merged, size, stack = sha256(b"\x00" + content).digest(), self.size, self.stack
        while size & 1:
            merged = sha256(b"\x01" + stack.pop() + merged).digest()
            size >>= 1
        stack.append(merged)
        self.size += 1

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far."""
        if not self.stack:
            return EMPTY_ROOT
        root = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            root = node_hash(left, root)
        return root


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (≥ 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def sibling_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Which leaves each node of an audit path stands for, sibling first: from, and up to but without."""
    if not 0 <= index < size:
        raise IndexError(f"no leaf {index} in a tree of {size}")
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def inclusion_proof(contents: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index` (from 0), sibling first: RFC 6962, section 2.1.1."""
    return [root_of(contents[start:end]) for start, end in sibling_ranges(index, len(contents))]


def root_of(contents: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of these leaves."""
    tree = Tree()
    for content in contents:
        tree.append(content)
    return tree.root()


def root_from_proof(content: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an audit path leads to (RFC 9162, section 2.1.3.2), or None if it cannot be one."""
    if not 0 <= index < size:
        return None
    node, last, root = index, size - 1, leaf_hash(content)
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None
