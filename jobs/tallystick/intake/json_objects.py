"""Entries that should be JSON objects: which of them are, each key once, and why the others are none."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from typing import Any

import numpy as np

from tallystick.intake.batch import Batch, Unreadable
from tallystick.intake.json_doubts import doubtful_entries
from tallystick.intake.json_structure import EXACT_DIGITS, QUOTE

MAX_DEPTH = 256
"""Objects and arrays in one another; an entry that goes deeper is rejected as `not_json`."""
MAX_VALUES = 250_000
"""Values in one another or beside each other; an entry that has more is rejected as `not_json`."""
STRING = rb'"(?:[^"\\]++|\\.)*+"'
TEXT = re.compile(STRING, re.DOTALL)
LONG = 1 << 20
RUN = re.compile(rb'[^"\\\x00-\x1f]{256,}')
BRACKET = re.compile(STRING + rb"|[{}\[\]]", re.DOTALL)
VALUE = re.compile(STRING + rb"|[{\[,]", re.DOTALL)


def readable_json(batch: Batch) -> tuple[Batch, tuple[Unreadable, ...]]:
    """The entries of a batch that are JSON objects (RFC 8259), and the others with their reasons.

    NaN, a trailing comma and anything after the object are no JSON; of a key that stands twice the last one counts, as
    it does for jq, Python and JavaScript. No number is rounded: fractions of more digits than a float has become text.
    """
    doubtful = doubtful_entries(batch, max_depth=MAX_DEPTH, max_values=MAX_VALUES)
    judged = {index: _judge(batch.entry(index)) for index in doubtful.tolist()}
    unreadable = tuple(
        Unreadable.of(batch.as_found(index), position=int(batch.positions[index]), reason=reason)
        for index, (reason, _) in judged.items()
        if reason is not None
    )
    changed = {index: once for index, (reason, once) in judged.items() if reason is None and once is not None}
    if not unreadable and not changed:
        return batch, ()
    entries = batch.entries()
    keep = [index for index in range(len(batch)) if index not in judged or judged[index][0] is None]
    places = batch.positions[np.array(keep, dtype=np.int64)].tolist()
    return Batch.of([changed.get(index, entries[index]) for index in keep], places, raw=batch.raw), unreadable


class _Number(str):
    """A number as it is written; nothing is rounded on the way."""

    __slots__ = ()


class _Exact(_Number):
    """One with a fraction and more digits than a float has: it is kept as text, which no reader rounds."""

    __slots__ = ()


def _judge(entry: bytes) -> tuple[str | None, bytes | None]:
    """Why an entry is no JSON object; and what it is read as, where that is not as it stands.

    That has every key once, and fractions with more digits than a float has as text.
    """
    if not is_modest(entry):
        return "not_json", None
    try:
        value, is_changed = _loaded(entry if len(entry) < LONG else _shortened(entry))
        if is_changed and len(entry) >= LONG:
            value, is_changed = _loaded(entry)
    except (ValueError, RecursionError):
        return "not_json", None
    if not isinstance(value, dict):
        return "not_an_object", None
    return None, _written(value).encode("utf-8", "surrogatepass") if is_changed else None


def _loaded(entry: bytes) -> tuple[Any, bool]:
    """The value of an entry, of each key the last one, and whether it is to be written anew."""
    changes: list[bool] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            changes.append(True)
        return value

    def decimal(digits: str) -> _Number:
        if len(digits) <= EXACT_DIGITS or sum(map(str.isdigit, digits.lower().partition("e")[0])) <= EXACT_DIGITS:
            return _Number(digits)
        changes.append(True)
        return _Exact(digits)

    value = json.loads(
        entry.decode(), object_pairs_hook=once, parse_int=_Number, parse_float=decimal, parse_constant=_refuse
    )
    return value, bool(changes)


def _shortened(entry: bytes) -> bytes:
    """A long entry in which long runs of plain characters in strings are digests, so that it takes little memory."""
    whole = memoryview(entry)
    parts, at = [], 0
    for number, text in enumerate(TEXT.finditer(entry)):
        if number > 2 * MAX_VALUES:
            raise ValueError("more strings than keys and values: it is no JSON")
        for run in RUN.finditer(entry, *text.span()):
            # Its first bytes may belong to an escape, such as \u0041, that the backslash before it begins.
            begins = run.start() + 8
            parts += [entry[at:begins], hashlib.sha256(whole[begins : run.end()]).hexdigest().encode()]
            at = run.end()
    return b"".join([*parts, entry[at:]])


def is_modest(entry: bytes, *, values: int = MAX_VALUES) -> bool:
    """Whether an entry, if it is JSON, keeps to MAX_DEPTH and has fewer values, so that it can be read in memory."""
    opens = entry.count(b"{") + entry.count(b"[")
    if opens + entry.count(b",") >= values:
        begun = (found for found in VALUE.finditer(entry) if found[0][0] != QUOTE)
        if sum(1 for _ in itertools.islice(begun, values)) == values:
            return False
    return opens <= MAX_DEPTH or _depth(entry) <= MAX_DEPTH


def _written(value: Any) -> str:
    """A value as JSON, its numbers as they were."""
    if isinstance(value, _Number):
        return f'"{value}"' if isinstance(value, _Exact) else value
    if isinstance(value, dict):
        return f"{{{','.join(f'{_written(key)}:{_written(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_written, value))}]"
    return json.dumps(value, ensure_ascii=False)


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
