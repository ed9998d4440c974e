"""The Merkle tree against pymerkle, which knows nothing of ours."""

from __future__ import annotations

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.errors import Damaged
from kiosk.core.tree import EMPTY_ROOT, Tree, inclusion_proof, leaf_hash, root_from_proof

contents = st.lists(st.binary(max_size=40), min_size=1, max_size=70)
modest = settings(max_examples=60, deadline=None)


def _theirs(leaves: list[bytes]) -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    return tree


def _ours(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree


def test_an_empty_tree_has_the_root_of_rfc_6962() -> None:
    assert Tree().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_leaf_has_the_hash_of_rfc_6962() -> None:
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@modest
@given(contents)
def test_roots_are_those_of_pymerkle(leaves: list[bytes]) -> None:
    assert _ours(leaves).root() == _theirs(leaves).get_root(len(leaves))


@modest
@given(contents, st.data())
def test_proofs_are_those_of_pymerkle_and_lead_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_proof(leaves, index)
    theirs = _theirs(leaves).prove_inclusion(index + 1, len(leaves)).serialize()["path"]
    assert [node.hex() for node in path] == theirs[1:]
    assert root_from_proof(leaves[index], index, len(leaves), path) == _ours(leaves).root()


@modest
@given(contents, st.data())
def test_a_proof_shows_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    root, index = _ours(leaves).root(), data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_proof(leaves, index)
    assert root_from_proof(leaves[index] + b"x", index, len(leaves), path) != root
    assert root_from_proof(leaves[index], index, len(leaves), [*path, b"x" * 32]) is None
    if path:
        assert root_from_proof(leaves[index], index, len(leaves), path[:-1]) is None
        place = data.draw(st.integers(0, len(path) - 1))
        turned = [bytes([node[0] ^ 1]) + node[1:] if i == place else node for i, node in enumerate(path)]
        assert root_from_proof(leaves[index], index, len(leaves), turned) != root


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_root_for_a_place_outside_the_tree(index: int, size: int) -> None:
    assert root_from_proof(b"", index, size, []) is None
    with pytest.raises(IndexError):
        inclusion_proof([b""] * size, index)


@modest
@given(contents, st.data())
def test_a_tree_grows_on_from_what_was_stored(leaves: list[bytes], data: st.DataObject) -> None:
    stop = data.draw(st.integers(0, len(leaves)))
    first = _ours(leaves[:stop])
    again = Tree.load(first.size, first.dump())
    for leaf in leaves[stop:]:
        again.append(leaf)
    assert (again.size, again.root()) == (len(leaves), _ours(leaves).root())


def test_a_copy_grows_on_its_own() -> None:
    tree = _ours([b"a", b"b"])
    copy = tree.copy()
    copy.append(b"c")
    assert (tree.size, tree.root()) == (2, _ours([b"a", b"b"]).root())


@pytest.mark.parametrize(("size", "stack"), [(1, b""), (0, bytes(32)), (3, bytes(32)), (4, bytes(31))])
def test_a_stack_that_does_not_fit_its_size_is_damage(size: int, stack: bytes) -> None:
    with pytest.raises(Damaged):
        Tree.load(size, stack)
