"""The records of a decoded file whose columns have names: CSV, W3C extended, Zeek and Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tallystick.formats import Format
from tallystick.formats.decodings import ColumnsDecoding
from tallystick.intake.batch import Batch
from tallystick.intake.csv_records import split_csv
from tallystick.intake.parquet_rows import is_parquet, split_parquet
from tallystick.intake.w3c import split_w3c


def split_records(file: Path, described: Format) -> Iterator[Batch]:
    """Every record of a decoded file in batches whose Arrow table has `position` and each field of the format as text.

    Raises DamagedFileError for Parquet that cannot be read.
    """
    how, decoding = described.entries, described.decode
    assert isinstance(decoding, ColumnsDecoding)  # the model of a format sees to it
    if how.find == "csv":
        yield from split_csv(file, how, decoding)
    elif how.find == "parquet":
        yield from split_parquet(file, decoding)
    else:
        yield from split_w3c(file, decoding, is_zeek=how.find == "zeek")


def first_records(file: Path, described: Format, most: int, *, is_cut: bool) -> list[dict[str, str | None]]:
    """The first records of a decoded file, at most so many, each with its fields; none where it is no such file.

    With `is_cut` it is the beginning of one, which may end inside of a record: the last one is left out. A record that
    cannot be read has fields without values. Raises DamagedFileError for Parquet that cannot be read.
    """
    if is_parquet(file) != (described.entries.find == "parquet"):
        return []
    records: list[dict[str, str | None]] = []
    for batch in split_records(file, described):
        records += batch.to_arrow().drop_columns("position").slice(0, most).to_pylist()
        records += [dict.fromkeys(described.decode.fields)] * len(batch.unreadable)
        if len(records) > most:
            return records[:most]
    return records[:-1] or records if is_cut else records
