"""Entries that should be JSON objects: which of them are, each key once, and why the others are none."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from tallystick.intake.batch import Batch, Unreadable

MAX_DEPTH = 256
"""Objects and arrays in one another; an entry that goes deeper is rejected as `not_json`."""
BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]', re.DOTALL)


def readable_json(batch: Batch) -> tuple[Batch, tuple[Unreadable, ...]]:
    """The entries of a batch that are JSON objects (RFC 8259), and the others with their reasons.

    NaN, a trailing comma and anything after the object are no JSON; of a key that stands twice the last one counts, as
    it does for jq, Python and JavaScript.
    """
    kept: list[bytes] = []
    keep: list[int] = []
    unreadable: list[Unreadable] = []
    for index, entry in enumerate(batch.entries()):
        reason, entry_once = _judge(entry)
        if reason is None:
            kept.append(entry_once)
            keep.append(index)
        else:
            unreadable.append(Unreadable.of(batch.as_found(index), position=int(batch.positions[index]), reason=reason))
    places = batch.positions[np.array(keep, dtype=np.int64)].tolist()
    return Batch.of(kept, places, raw=batch.raw), tuple(unreadable)


def _judge(entry: bytes) -> tuple[str | None, bytes]:
    """Why an entry is no JSON object, and the entry in which every key stands once."""
    if entry.count(b"{") + entry.count(b"[") > MAX_DEPTH and _depth(entry) > MAX_DEPTH:
        return "not_json", entry
    repeats: list[bool] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            repeats.append(True)
        return value

    try:
        value = json.loads(entry.decode(), object_pairs_hook=once, parse_int=_whole, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return "not_json", entry
    if not isinstance(value, dict):
        return "not_an_object", entry
    return None, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass") if repeats else entry


def _whole(digits: str) -> int | float:
    # Python refuses whole numbers of more than 4,300 digits; none of them is a count.
    return int(digits) if len(digits) < 400 else float(digits)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _depth(entry: bytes) -> int:
    depth = deepest = 0
    for found in BRACKET.finditer(entry):
        first = found[0][0]
        if first in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"}]":
            depth -= 1
    return deepest
