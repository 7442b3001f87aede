"""The entries of a decoded file, found the way its format says, wrapped or not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tallystick.formats import Envelope, Format
from tallystick.formats.decodings import JsonDecoding
from tallystick.formats.entries import TABLES
from tallystick.intake.batch import Batch, OtherLines
from tallystick.intake.envelopes import below, unwrapped
from tallystick.intake.json_values import split_values
from tallystick.intake.lines import split_lines
from tallystick.intake.records import split_records

HEAD_BYTES = 1 << 20
"""Decoded bytes from which the shape of a file is told."""
FIRST_LINES = 10


def split_entries(file: Path, described: Format, envelope: Envelope | None = None) -> Iterator[Batch]:
    """Every entry of a decoded file in batches, in order; of wrapped ones what the envelope holds."""
    how = described.entries
    if envelope is not None:
        return unwrapped(wrappers(file, envelope, described), envelope, how)
    if how.find in TABLES:
        return split_records(file, described)
    if how.find == "lines":
        lines = split_lines(file, comment=how.comment, is_json=isinstance(described.decode, JsonDecoding))
        return lines if how.header is None else without_headers(lines, how.header)
    if is_one_a_line(file, under=how.keys[0] if how.keys else None):
        return split_lines(file, is_json=True)
    if len(how.keys) > 1:
        return below(split_values(file), how)
    return split_values(file, under=how.keys[0] if how.keys else None)


def without_headers(batches: Iterator[Batch], header: str) -> Iterator[Batch]:
    """The batches without the lines that an expression says are headers."""
    expression = re.compile(header, re.DOTALL)
    for batch in batches:
        entries = batch.entries()
        kept = [index for index, entry in enumerate(entries) if not expression.fullmatch(entry.decode())]
        yield Batch.of(
            [entries[index] for index in kept],
            batch.positions[kept].tolist(),
            unreadable=batch.unreadable,
            others=batch.others + OtherLines(headers=len(entries) - len(kept)),
            lines=batch.lines,
            raw=batch.raw,
        )


def wrappers(file: Path, envelope: Envelope, described: Format | None = None) -> Iterator[Batch]:
    """The wrappers of a decoded file in batches, in order; `described` is what is wrapped, where that is known."""
    if envelope.find == "lines":
        return split_lines(file, is_json=described is not None and isinstance(described.decode, JsonDecoding))
    if is_one_a_line(file, under=None):
        return split_lines(file, is_json=True)
    return split_values(file)


def is_one_a_line(file: Path, *, under: str | None) -> bool:
    """Whether a file of JSON has one object a line, told from its first bytes.

    It has where one of its first lines is a whole object and nothing follows it there, unless the file begins with an
    array or with an object that holds the entries under a key.
    """
    with file.open("rb") as source:
        begins = source.read(HEAD_BYTES).lstrip()
    if begins.startswith(b"[") or (under and re.match(rb'\{\s*"' + re.escape(under.encode()) + rb'"\s*:', begins)):
        return False
    lines = [line for line in begins.split(b"\n", FIRST_LINES)[:FIRST_LINES] if line.strip()]
    return any(_is_entry(line, under) for line in lines)


def _is_entry(line: bytes, under: str | None) -> bool:
    try:
        value = json.loads(line.decode())
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not (under and isinstance(value.get(under), list | dict))
