"""The records of a decoded file whose columns have names: CSV, W3C extended, Zeek and Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tallystick.formats import Format
from tallystick.intake.batch import Batch


def split_records(file: Path, described: Format) -> Iterator[Batch]:
    """Every record of a decoded file in batches whose Arrow table has `position` and each field of the format as text."""
    yield from ()


def first_records(file: Path, described: Format, most: int) -> list[dict[str, str | None]]:
    """The first records of a decoded file, at most so many, each with its fields; none where it is no such file."""
    return []
