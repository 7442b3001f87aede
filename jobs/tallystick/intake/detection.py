"""Which format a file has, told from its first entries."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tallystick.errors import UnknownFormatError
from tallystick.formats import Format, all_formats
from tallystick.formats.model import Entries, JsonDecoding, RegexDecoding
from tallystick.intake import masking
from tallystick.intake.entries import HEAD_BYTES, split_entries

LOOKED_AT = 200
"""Entries that are looked at."""
ENOUGH = 0.5
"""The share of them that has to be of the format."""
SHOWN = 3

HOW = (
    "name the format with --format, or write a format file: jobs/tallystick/formats/ has one for each known format, "
    "and CONTRIBUTING.md says how to add one"
)


@dataclass(frozen=True, kw_only=True)
class Detection:
    """The format that most of the first entries have, the next best one if any entry has it, and each one's share."""

    format: str
    runner_up: str | None
    shares: Mapping[str, float]


def detect(head: bytes, *, name: str | None = None, scratch: Path | None = None) -> Detection:
    """Tell the format of a file from its first decoded bytes (a MiB will do; the last line may be cut).

    `name` is what an error calls the file, `scratch` a folder for files of a moment. Raises UnknownFormatError, with
    three masked entries, where fewer than half of the entries have any one format.
    """
    formats = all_formats()
    samples: dict[Entries, list[bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="tallystick-", dir=scratch) as folder:
        file = Path(folder) / "head"
        file.write_bytes(head)
        for how in {described.entries for described in formats.values()}:
            samples[how] = _first_entries(file, how, is_cut=len(head) >= HEAD_BYTES)
    shares = {name: _share(described, samples[described.entries]) for name, described in formats.items()}
    ranking = sorted(shares, key=lambda name: (-shares[name], -len(formats[name].recognise.needs), name))
    best, second = ranking[0], ranking[1] if len(ranking) > 1 else None
    if shares[best] < ENOUGH:
        raise UnknownFormatError(_shown(head), where=name, next_step=HOW)
    return Detection(
        format=best,
        runner_up=second if second and shares[second] > 0 else None,
        shares=MappingProxyType({name: share for name, share in shares.items() if share > 0}),
    )


def _first_entries(file: Path, how: Entries, *, is_cut: bool) -> list[bytes]:
    entries: list[bytes] = []
    for batch in split_entries(file, how):
        entries += batch.entries()
        if len(entries) > LOOKED_AT:
            break
    if is_cut and len(entries) <= LOOKED_AT:
        entries = entries[:-1] or entries
    return entries[:LOOKED_AT]


def _share(described: Format, entries: list[bytes]) -> float:
    if not entries:
        return 0.0
    return sum(_has(described, entry) for entry in entries) / len(entries)


def _has(described: Format, entry: bytes) -> bool:
    """Whether an entry has the shape of a format, and every field by which it is recognised."""
    if isinstance(described.decode, RegexDecoding):
        found = re.fullmatch(described.decode.expression, entry.decode(), re.DOTALL)
        return found is not None and all(found[need] for need in described.recognise.needs)
    try:
        value = json.loads(entry.decode())
    except (ValueError, RecursionError):
        return False
    return all(_at(value, described.decode, need) is not None for need in described.recognise.needs)


def _at(value: Any, decoding: JsonDecoding, field: str) -> Any:
    for key in decoding.fields[field].keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _shown(head: bytes) -> str:
    lines = [line for line in head.split(b"\n") if line.strip()][:SHOWN]
    shown = "; ".join(f"«{masking.excerpt(line.strip())}»" for line in lines)
    return f"no known format reads its first entries: {shown}" if shown else "it has no entries in its first bytes"
