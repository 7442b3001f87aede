"""The rows of a Parquet file to batches of fields, each value as the text that says it exactly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tallystick.errors import DamagedFileError
from tallystick.formats.decodings import ColumnsDecoding, parse_path
from tallystick.intake.batch import MAX_ENTRY_BYTES, Unreadable
from tallystick.intake.columns import ColumnBatch, first_known
from tallystick.intake.parquet_text import as_text

MARK = b"PAR1"
FOOTER_BEGINS = b"\x15"
"""The field `version` in Thrift's compact protocol, which every footer begins with."""
PIECE = 1 << 20
ROWS = 20_000
"""Rows that are read at a time."""
MAX_BYTES = 32 << 20
"""Text of the rows of one batch, about; rows that a dictionary blows up are taken fewer at a time."""
MAX_ROWS_A_BYTE = 1_000
"""No log has so many rows in a byte of Parquet."""
MAX_RATIO, RATIO_FROM_BYTES = 250, 1 << 28
"""Nor are its values 250 times as large as its bytes, once they are as large as 256 MiB."""

STRICT = {"pre_buffer": False, "buffer_size": 1 << 20, "page_checksum_verification": True}
"""How files are opened: a piece at a time, and pages held to their checksums where they have some."""

Steps = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RowBatch(ColumnBatch):
    """Rows of a Parquet file; the bytes of an entry are its fields as JSON."""

    def entry(self, index: int) -> bytes:
        """The fields of one row that are not NULL, as a JSON object."""
        [row] = self.fields.slice(index, 1).to_pylist()
        known = {name: value for name, value in row.items() if value is not None}
        return json.dumps(known, ensure_ascii=False).encode("utf-8", "surrogatepass")


def is_parquet(file: Path) -> bool:
    """Whether a decoded file begins as Parquet does."""
    with file.open("rb") as source:
        return source.read(4) == MARK


def split_parquet(file: Path, decoding: ColumnsDecoding) -> Iterator[ColumnBatch]:
    """Every row of a decoded Parquet file, in order, with its fields; positions count rows from 1.

    A field's column is found by its name, without case where there is no other, or by the names of structures and of
    the column in them with dots between them. Raises DamagedFileError where the file cannot be read to its end.
    """
    try:
        yield from _batches(file, decoding)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _damaged(f"it begins as Parquet does, and cannot be read: {said}") from error


def _batches(file: Path, decoding: ColumnsDecoding) -> Iterator[ColumnBatch]:
    if not is_parquet(file):
        raise _damaged("it does not begin as Parquet does")
    _see_that_it_is_one(file)
    with pq.ParquetFile(file, **STRICT) as source:
        metadata = source.metadata
        _see_that_it_is_no_bomb(metadata, file.stat().st_size)
        grouped = sum(metadata.row_group(group).num_rows for group in range(metadata.num_row_groups))
        if grouped != metadata.num_rows:
            raise _damaged(f"it says that it has {metadata.num_rows} rows, and that its groups have {grouped}")
        schema = source.schema_arrow
        places = {
            name: [place for column in field.names if (place := _place(schema, column)) is not None]
            for name, field in decoding.fields.items()
        }
        roots = sorted({place[0] for found in places.values() for place in found})
    texts = [
        root
        for root in roots
        if pa.types.is_string(schema.field(root).type) or pa.types.is_binary(schema.field(root).type)
    ]
    position = 1
    with pq.ParquetFile(file, read_dictionary=texts, **STRICT) as source:
        for rows in source.iter_batches(batch_size=ROWS, columns=roots, use_threads=False):
            for part, size_bytes in _parts(rows):
                batch = _batch(part, places, position)
                yield _too_long(batch) if part.num_rows == 1 and size_bytes > MAX_ENTRY_BYTES else batch
                position += part.num_rows
    if position - 1 != metadata.num_rows:
        raise _damaged(f"it says that it has {metadata.num_rows} rows, and {position - 1} can be read")


def _see_that_it_is_no_bomb(metadata: pq.FileMetaData, size_bytes: int) -> None:
    if metadata.num_rows > MAX_ROWS_A_BYTE * size_bytes:
        raise _damaged(f"{size_bytes} bytes are said to hold {metadata.num_rows} rows; no log is so small")
    # Of a row group only its own numbers are asked for: those of a column of a damaged file end the process.
    decoded = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    if decoded > max(RATIO_FROM_BYTES, MAX_RATIO * size_bytes):
        raise _damaged(f"{size_bytes} bytes are said to hold {decoded} bytes of values; no log shrinks that much")


def _see_that_it_is_one(file: Path) -> None:
    """Of two files one after another a reader sees the footer of the second, and takes the first one's rows for its."""
    with file.open("rb") as source:
        behind, before = 0, b""
        while piece := source.read(PIECE):
            piece = before + piece
            at = piece.find(MARK + MARK)
            while at >= 0:
                place = behind + at
                if _ends_a_file(source, place):
                    raise _damaged(f"at byte {place + len(MARK)} another Parquet file begins")
                at = piece.find(MARK + MARK, at + 1)
            before = piece[-2 * len(MARK) + 1 :]
            behind += len(piece) - len(before)


def _ends_a_file(source: BinaryIO, at: int) -> bool:
    """Whether a footer stands before the mark at a byte: its length in four bytes, and before them what begins as one.

    A value of a column may be the mark, and has its length before it, too. Leaves the place in the file as it was.
    """
    here = source.tell()
    source.seek(max(at - 4, 0))
    length = int.from_bytes(source.read(4), "little")
    begins = at - 4 - length
    footer = b""
    if begins >= len(MARK) and length <= MAX_ENTRY_BYTES:
        source.seek(begins)
        footer = source.read(length + 4 + len(MARK))
    source.seek(here)
    if not footer.startswith(FOOTER_BEGINS):
        return False
    try:
        pq.read_metadata(pa.BufferReader(MARK + footer))
    except (pa.ArrowException, OSError):
        return False
    return True


def _place(schema: pa.Schema, column: str) -> Steps | None:
    """The names that lead to a column, the outermost first."""
    whole = _named([field.name for field in schema], column)
    if whole is not None:
        return (whole,)
    try:
        path = parse_path(column)
    except ValueError:
        return None
    steps: list[str] = []
    inside: pa.Schema | pa.StructType = schema
    for step in map(str, path):
        names = [field.name for field in inside] if isinstance(inside, pa.Schema | pa.StructType) else []
        name = _named(names, step)
        if name is None:
            return None
        steps.append(name)
        inside = inside.field(name).type
    return tuple(steps)


def _named(names: list[str], wanted: str) -> str | None:
    if wanted in names:
        return wanted
    return next((name for name in names if name.casefold() == wanted.casefold()), None)


def _parts(rows: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, int]]:
    """The rows in parts whose texts do not grow past all bounds, with the bytes of those texts."""
    sizes = np.zeros(rows.num_rows, dtype=np.int64)
    for column in rows.columns:
        if pa.types.is_dictionary(column.type):
            lengths = pc.binary_length(column.dictionary).cast(pa.int64()).take(column.indices)
            sizes += lengths.fill_null(0).to_numpy(zero_copy_only=False)
    grown = np.cumsum(sizes)
    begin = 0
    while begin < rows.num_rows:
        before = int(grown[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(grown, before + MAX_BYTES, side="right")))
        yield rows.slice(begin, end - begin), int(grown[end - 1]) - before
        begin = end


def _batch(rows: pa.RecordBatch, places: dict[str, list[Steps]], position: int) -> ColumnBatch:
    fields = pa.table(
        {
            name: first_known([as_text(_column(rows, steps)) for steps in found], rows.num_rows)
            for name, found in places.items()
        }
    )
    nowhere = np.zeros(rows.num_rows, dtype=np.int64)
    return RowBatch(
        text=b"",
        offsets=nowhere,
        ends=nowhere,
        positions=np.arange(position, position + rows.num_rows, dtype=np.int64),
        fields=fields,
    )


def _too_long(batch: ColumnBatch) -> ColumnBatch:
    """A batch of one row that is longer than an entry may be."""
    lost = Unreadable.of(batch.entry(0), position=int(batch.positions[0]), reason="too_long")
    return ColumnBatch.of_none(batch.fields.column_names, unreadable=(lost,), lines=None)


def _column(rows: pa.RecordBatch, steps: Steps) -> pa.Array:
    column = rows.column(rows.schema.get_field_index(steps[0]))
    for step in steps[1:]:
        column = pc.struct_field(column, step)
    return column


def _damaged(what: str) -> DamagedFileError:
    return DamagedFileError(what, next_step="deliver the file again, whole; none of its entries is counted")
