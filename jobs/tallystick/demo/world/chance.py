"""Chance without state: the same number for the same key and counter, on any machine and in any order.

The generator is splitmix64 (Steele, Lea, Flood 2014) used as a hash of key + counter.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mix(words: Words) -> Words:
    """64 well-mixed bits for each of `words` (the finaliser of splitmix64)."""
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))


def draw(keys: Words, counters: NDArray[np.int64]) -> Words:
    """The `counters`-th number of the stream of each key; `keys` and `counters` broadcast."""
    return mix(keys + counters.astype(np.uint64) * GOLDEN)


def key_of(*parts: str | int) -> int:
    """A 64-bit key for a purpose, named in words."""
    return int.from_bytes(hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()[:8], "big")


def keys_of(seed: int, purpose: str, names: list[str]) -> Words:
    """One key per name."""
    return np.array([key_of(seed, purpose, name) for name in names], dtype=np.uint64)
