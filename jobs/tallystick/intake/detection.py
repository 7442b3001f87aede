"""Which format a file has, told from its first entries."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from tallystick.duck import connect
from tallystick.errors import UnknownFormatError
from tallystick.formats import BUILT_IN, Catalogue, Envelope, Format, all_envelopes
from tallystick.formats.decodings import ColumnField, ColumnsDecoding, RegexDecoding
from tallystick.formats.decodings import Path as Steps
from tallystick.formats.entries import Entries
from tallystick.intake import masking
from tallystick.intake.batch import Batch
from tallystick.intake.decoding import decoded_batch_sql
from tallystick.intake.entries import FIRST_LINES, HEAD_BYTES, split_entries, wrappers
from tallystick.intake.envelopes import is_wrapper
from tallystick.intake.json_path import MISSING, value_at
from tallystick.intake.records import first_records

FIRST_BYTES = 1 << 17
"""Decoded bytes that are looked at first; more only where no format is found in them."""
LOOKED_AT = 100
"""Entries that are looked at."""
ENOUGH = 0.5
"""The share of them that has to be of the format."""
CLOSE = 0.1
"""Formats whose shares differ by less than this are told apart by how much they ask of an entry."""
ALIKE = 0.9
"""A format came close that has this share of the entries which the format that was found has."""
SHORT = 1000
"""Longer lines are matched by RE2, in linear time: somebody may have written them to take long."""
SHOWN = 3
MARKS = {"w3c": b"#Fields", "zeek": b"#fields", "parquet": b"PAR1"}
"""What stands in every file of records of a kind."""

HOW = (
    "name the format with --format, or describe it in a file: docs/how-to/add-a-format.md shows how, "
    "and `tallystick formats test FILE LOG` tries it"
)


@dataclass(frozen=True, kw_only=True)
class Detection:
    """The format that most of the first entries have, what wraps them, the next one if it is close, and all shares."""

    format: str
    runner_up: str | None
    shares: Mapping[str, float]
    envelope: str | None = None


def detect(
    head: bytes,
    *,
    name: str | None = None,
    scratch: Path | None = None,
    catalogue: Catalogue = BUILT_IN,
    file: Path | None = None,
) -> Detection:
    """Tell the format of a file from its first decoded bytes (a MiB will do; the last line may be cut).

    `name` is what an error calls the file, `scratch` a folder for files of a moment, `file` the whole decoded file for
    formats whose names stand at its end (Parquet). Raises UnknownFormatError, with three masked entries, where fewer
    than half of the entries have any one format.
    """
    if len(head) > FIRST_BYTES:
        with suppress(UnknownFormatError):
            return _detect(head[:FIRST_BYTES], name, scratch, catalogue, file, is_cut=True)
    return _detect(head, name, scratch, catalogue, file, is_cut=len(head) >= HEAD_BYTES)


def _detect(
    head: bytes, name: str | None, scratch: Path | None, catalogue: Catalogue, file: Path | None, *, is_cut: bool
) -> Detection:
    formats = catalogue.formats
    with tempfile.TemporaryDirectory(prefix="tallystick-", dir=scratch) as folder:
        beginning = Path(folder) / "head"
        beginning.write_bytes(head)
        first = _First(beginning, whole=file or beginning, is_cut=is_cut)
        shares = {one: first.share(described) for one, described in formats.items()}
        # A format in which anything may stand for a name reads a prefix as one: what takes a prefix off goes before it.
        envelope = None
        for candidate in first.envelopes(is_of_lines=max(shares.values()) >= ENOUGH):
            inside = {one: first.share(described, candidate) for one, described in formats.items()}
            if max(inside.values()) >= ENOUGH:
                shares, envelope = inside, candidate
                break
    best = max(shares.values())
    if best < ENOUGH:
        raise UnknownFormatError(_shown(head), where=name, next_step=HOW)
    close = [one for one, share in shares.items() if share > best - CLOSE]
    close.sort(key=lambda one: (-_asks(formats[one]), -shares[one], one))
    others = sorted((one for one in shares if one != close[0]), key=lambda one: (one not in close, -shares[one], one))
    return Detection(
        format=close[0],
        runner_up=others[0] if others and shares[others[0]] >= ALIKE * shares[close[0]] else None,
        shares=MappingProxyType({one: share for one, share in shares.items() if share > 0}),
        envelope=envelope.name if envelope is not None else None,
    )


def _asks(described: Format) -> int:
    """How much a format asks of an entry."""
    return len(described.recognise.needs) + 2 * len(described.recognise.like)


class _First:
    """The first entries of a file, in each way in which formats find entries."""

    def __init__(self, beginning: Path, *, whole: Path, is_cut: bool) -> None:
        self._beginning = beginning
        self._whole = whole
        self._is_cut = is_cut
        self._entries: dict[tuple[Entries, str | None], list[bytes]] = {}
        self._values: dict[bytes, Any] = {}
        self._linear: duckdb.DuckDBPyConnection | None = None
        self._head = beginning.read_bytes()
        lines = self._head.split(b"\n", FIRST_LINES)[:FIRST_LINES]
        self._may_be_json = any(line.lstrip()[:1] in (b"{", b"[") for line in lines)

    def share(self, described: Format, envelope: Envelope | None = None) -> float:
        """The share of the first entries that are of a format."""
        if isinstance(described.decode, ColumnsDecoding):
            return 0.0 if envelope is not None else self._share_of_records(described)
        if described.entries.find == "json" and envelope is None and not self._may_be_json:
            return 0.0
        key = (described.entries, envelope.name if envelope else None)
        if key not in self._entries:
            self._entries[key] = self._take(split_entries(self._beginning, described, envelope))
        entries = self._entries[key]
        if not entries:
            return 0.0
        if isinstance(described.decode, RegexDecoding):
            expression = re.compile(described.decode.expression, re.DOTALL)
            return sum(self._has_words(described, expression, entry) for entry in entries) / len(entries)
        return sum(_has_keys(described, self._value(entry)) for entry in entries) / len(entries)

    def envelopes(self, *, is_of_lines: bool) -> Iterator[Envelope]:
        """The envelopes, only those of lines perhaps, that most of the first entries are."""
        for envelope in all_envelopes().values():
            if is_of_lines and envelope.find != "lines":
                continue
            found = self._take(wrappers(self._beginning, envelope))
            if found and sum(is_wrapper(one, envelope) for one in found) >= ENOUGH * len(found):
                yield envelope

    def _share_of_records(self, described: Format) -> float:
        if not self._names_columns(described):
            return 0.0
        file = self._whole if described.entries.find == "parquet" else self._beginning
        is_cut = self._is_cut and file is self._beginning
        records = first_records(file, described, LOOKED_AT, is_cut=is_cut)
        return sum(_fits(described, record.get) for record in records) / len(records) if records else 0.0

    def _names_columns(self, described: Format) -> bool:
        """Whether the file has what names the columns of its records, and those that the format needs."""
        mark = MARKS.get(described.entries.find)
        if mark is not None:
            return mark in self._head
        assert isinstance(described.decode, ColumnsDecoding)
        fields: dict[str, ColumnField] = described.decode.fields
        if described.decode.order is not None:
            return True
        needed = [fields[need].names for need in described.recognise.needs]
        return all(any(name.encode() in self._head for name in names) for names in needed)

    def _take(self, batches: Iterator[Batch]) -> list[bytes]:
        entries: list[bytes] = []
        for batch in batches:
            entries += batch.entries()
            if len(entries) > LOOKED_AT:
                break
        if self._is_cut and len(entries) <= LOOKED_AT:
            entries = entries[:-1] or entries
        return entries[:LOOKED_AT]

    def _has_words(self, described: Format, expression: re.Pattern[str], entry: bytes) -> bool:
        if len(entry) <= SHORT:
            found = expression.fullmatch(entry.decode())
            return found is not None and _fits(described, found.groupdict().get)
        if self._linear is None:
            self._linear = connect()
        self._linear.register("entry", Batch.of([entry], [1]).to_arrow())
        fields = self._linear.execute(decoded_batch_sql(described, "entry")).to_arrow_table().to_pylist()[0]
        return fields["undecodable"] is None and _fits(described, fields.get)

    def _value(self, entry: bytes) -> Any:
        if entry not in self._values:
            try:
                self._values[entry] = json.loads(entry.decode())
            except (ValueError, RecursionError):
                self._values[entry] = None
        return self._values[entry]


def _has_keys(described: Format, value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    fields: dict[str, Any] = described.decode.fields
    return _fits(described, lambda name: _text(value, fields[name].paths))


def _fits(described: Format, field: Any) -> bool:
    """Whether an entry, of which `field` gives the text of each field, has what the format is recognised by."""
    asked = described.recognise
    return (
        all(field(name) not in (None, "") for name in asked.needs)
        and all(re.fullmatch(like, field(name) or "", re.DOTALL) for name, like in asked.like.items())
        and not any(field(name) not in (None, "") for name in asked.never)
    )


def _text(value: Any, paths: tuple[Steps, ...]) -> str | None:
    for path in paths:
        found = value_at(value, path)
        if found is not MISSING and found is not None:
            return found if isinstance(found, str) else json.dumps(found)
    return None


def _shown(head: bytes) -> str:
    lines = [line for line in head.split(b"\n") if line.strip()][:SHOWN]
    shown = "; ".join(f"«{masking.excerpt(line.strip())}»" for line in lines)
    return f"no known format reads its first entries: {shown}" if shown else "it has no entries in its first bytes"
