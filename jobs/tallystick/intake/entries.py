"""The entries of a decoded file, found the way its format says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tallystick.formats.model import Entries
from tallystick.intake.batch import Batch
from tallystick.intake.json_values import split_values
from tallystick.intake.lines import split_lines

HEAD_BYTES = 1 << 20
"""Decoded bytes from which the shape of a file is told."""
FIRST_LINES = 10


def split_entries(file: Path, how: Entries) -> Iterator[Batch]:
    """Every entry of a decoded file in batches, in order."""
    if how.find == "lines":
        return split_lines(file, comment=how.comment)
    with file.open("rb") as source:
        head = source.read(HEAD_BYTES)
    if is_one_a_line(head, under=how.under):
        return split_lines(file)
    return split_values(file, under=how.under)


def is_one_a_line(head: bytes, *, under: str | None) -> bool:
    """Whether a file of JSON has one object a line, told from its first bytes.

    It has where one of its first lines is a whole object, unless it begins with an array or with the wrapping object.
    """
    begins = head.lstrip()
    if begins.startswith(b"[") or (under and re.match(rb'\{\s*"' + re.escape(under.encode()) + rb'"\s*:', begins)):
        return False
    lines = [line for line in begins[:HEAD_BYTES].split(b"\n", FIRST_LINES)[:FIRST_LINES] if line.strip()]
    return any(_is_entry(line, under) for line in lines)


def _is_entry(line: bytes, under: str | None) -> bool:
    try:
        value = json.loads(line.decode())
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not (under and isinstance(value.get(under), list))
