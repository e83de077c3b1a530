"""Near-duplicates among many codes and queries, by MinHash.

A sketch represents the set of a text's shingles, which are runs of a few tokens. The share of equal positions of two
sketches estimates the Jaccard index of the sets, with a standard error of at most 0.044 for 128 positions.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from workflowllm.shortcuts.dialect.comments import strip_comments

if TYPE_CHECKING:
    from datasketch import MinHash


POSITIONS = 128
CODE_RUN, QUERY_RUN = 5, 3  # tokens of a shingle
_TOKEN = re.compile(r"\w+|[^\w\s]")
_BATCH = 10_000  # shingles at a time: 10 MB of products
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, made odd: it spreads neighbouring numbers

Sketch = np.ndarray  # (POSITIONS,) of uint32
Sketches = np.ndarray  # (records, POSITIONS) of uint32


def code_sketch(code: str, names: Collection[str] = ()) -> Sketch:
    """The sketch of a code without its comments, in which all `names` that it assigns count as one name."""
    tokens = _TOKEN.findall(strip_comments(code))
    return _sketch(["v" if token in names else token for token in tokens], CODE_RUN)


def query_sketch(query: str) -> Sketch:
    """The sketch of a query's words."""
    return _sketch(re.findall(r"\w+", query.lower()), QUERY_RUN)


@lru_cache(maxsize=1)
def _empty() -> "MinHash":
    from datasketch import MinHash  # imports scipy, a second that --help and wrong commands save

    return MinHash(POSITIONS, seed=1, hashfunc=int, scheme="affine32")


def _sketch(tokens: Sequence[str], run: int) -> Sketch:
    hashes = {token: crc32(token.encode("utf-8", "replace")) for token in set(tokens)}
    numbers = np.fromiter(map(hashes.__getitem__, tokens), np.uint64, len(tokens))
    shingles = np.zeros(max(1, len(numbers) - run + 1), np.uint64)
    for offset in range(min(run, len(numbers))):
        shingles = (shingles ^ numbers[offset : offset + len(shingles)]) * _MIX
    distinct = np.unique(shingles >> np.uint64(32))
    sketch = _empty().copy()
    for start in range(0, len(distinct), _BATCH):
        sketch.update_batch(distinct[start : start + _BATCH])
    return sketch.hashvalues.astype(np.uint32)


def alike(sketch: Sketch, others: Sketches) -> np.ndarray:
    """The estimated Jaccard index of a sketch with each row of a matrix, shape (rows,)."""
    return (others == sketch).mean(axis=1)


def families(parts: Iterable[tuple[Sketches, float]], count: int) -> np.ndarray:
    """For each of `count` records, the number of the first record of its family.

    `parts` are matrices of sketches, each with the similarity from which two records are of one family; chains count.
    Nearly all such pairs are found, not all: pairs close to the threshold may be missed.
    """
    roots = np.arange(count)
    for sketches, threshold in parts:
        for group in _buckets(sketches, threshold):
            _join_alike(roots, sketches, group, threshold)
    for record in range(count):
        roots[record] = roots[roots[record]]  # a root never comes after its members
    return roots


def without_near(sketches: Sketches, threshold: float) -> np.ndarray:
    """A mask of the records that stay when each that is similar to an earlier one that stays is dropped."""
    stays = np.ones(len(sketches), bool)
    staying: dict[int, list[int]] = {}  # by family
    for record, root in enumerate(families([(sketches, threshold)], len(sketches))):
        earlier = staying.setdefault(int(root), [])
        stays[record] = not (alike(sketches[record], sketches[earlier]) >= threshold).any()
        if stays[record]:
            earlier.append(record)
    return stays


def _buckets(sketches: Sketches, threshold: float) -> Iterable[np.ndarray]:
    """Groups of records that are equal in a whole band of positions, each in ascending order."""
    from datasketch import MinHashLSH

    # For its choice of bands, with recall before precision. Close to 1 it finds no two bands.
    index = MinHashLSH(min(threshold, 0.95), POSITIONS, weights=(0.2, 0.8))
    for band in range(index.b):
        rows = np.ascontiguousarray(sketches[:, band * index.r : (band + 1) * index.r])
        keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * index.r))).ravel()
        _, inverse, sizes = np.unique(keys, return_inverse=True, return_counts=True)
        order = np.argsort(inverse, kind="stable")
        ends = np.cumsum(sizes)
        for bucket in np.flatnonzero(sizes > 1):
            yield order[ends[bucket] - sizes[bucket] : ends[bucket]]


def _join_alike(roots: np.ndarray, sketches: Sketches, group: np.ndarray, threshold: float) -> None:
    """Join each record of a bucket to every similar one before it that leads a family."""
    leaders = [group[0]]
    for record in group[1:]:
        near = np.flatnonzero(alike(sketches[record], sketches[leaders]) >= threshold)
        for leader in near:
            _join(roots, leaders[leader], record)
        if not len(near):
            leaders.append(record)


def _join(roots: np.ndarray, record: int, other: int) -> None:
    first, second = sorted((_root(roots, record), _root(roots, other)))
    roots[second] = first


def _root(roots: np.ndarray, record: int) -> int:
    while roots[record] != record:
        roots[record] = roots[roots[record]]
        record = roots[record]
    return int(record)


def near_any(sketches: Sketches, tested: Sketches, threshold: float) -> np.ndarray:
    """For each row of `sketches`, whether it is similar to any of `tested`; every pair is compared."""
    is_near = np.zeros(len(sketches), bool)
    positions = np.ascontiguousarray(sketches.T)  # one position of all records at a time is four times as fast
    for sketch in tested:
        equal = np.zeros(len(sketches), np.uint8)
        for position, value in zip(positions, sketch):
            equal += position == value
        is_near |= equal >= threshold * POSITIONS
    return is_near
