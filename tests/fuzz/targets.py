"""What must hold for any bytes at all: a function for each part that splits or decodes, named for what it is given."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tallystick.errors import DamagedFileError, UnreadableFileError
from tallystick.intake import json_runs, json_values
from tallystick.intake.batch import Batch
from tallystick.intake.escaping import escaped, escaped_in_json, is_text
from tallystick.intake.json_objects import readable_json
from tallystick.intake.json_values import split_values
from tallystick.intake.lines import split_lines
from tallystick.intake.stored import MeasuredStream, decode_stored

MOST = 1 << 20


def stored(data: bytes) -> None:
    """A stored file is read to its very end, or refused."""
    measured, target = MeasuredStream(io.BytesIO(data)), io.BytesIO()
    try:
        written = decode_stored(measured, target, name="a.log")
    except (DamagedFileError, UnreadableFileError):
        return
    assert written == len(target.getvalue())
    assert measured.size_bytes == len(data)
    if measured.compression == "none" and data.isascii() and b"\x00" not in data:
        assert target.getvalue() == data


def lines(data: bytes) -> None:
    """Every line is an entry, unreadable, or counted among the others, whatever the blocks that are read."""
    found = [_entries(split_lines(_file(data), comment="#", block=block)) for block in (1 << 20, 7)]
    expected, others = {}, 0
    parts = data.split(b"\n")
    if parts[-1] == b"":
        parts.pop()
    for number, line in enumerate(parts, start=1):
        is_ended = number < len(parts) or data.endswith(b"\n")
        line = line[:-1] if is_ended and line.endswith(b"\r") else line
        if not line.strip(b" \t\r\x0b\x0c") or line.startswith(b"#"):
            others += 1
        else:
            expected[number] = line
    for entries, as_found, counted in found:
        assert as_found == expected
        assert counted == others
        assert all(is_text(entry) for entry in entries.values())


def values(data: bytes) -> None:
    """JSON values are the same whether they are found in runs or one by one, and whatever the blocks that are read."""
    under = "Records" if data[:1] == b"{" else None
    kept = json_values.SHORTEST_RUN, json_values.LEAST_GAIN, json_values.BLOCK, json_runs.REGION
    found = []
    try:
        for settings in ((1 << 60, 0, 1 << 20, 1 << 18), (0, 0, 1 << 20, 1 << 18), (0, 0, 40, 30)):
            json_values.SHORTEST_RUN, json_values.LEAST_GAIN, json_values.BLOCK, json_runs.REGION = settings
            found.append(_entries(split_values(_file(data), under=under))[1])
    finally:
        json_values.SHORTEST_RUN, json_values.LEAST_GAIN, json_values.BLOCK, json_runs.REGION = kept
    assert found[0] == found[1] == found[2]
    together = b"".join(found[0].values()).replace(json_values.NO_END, b"")
    if under is None:
        for byte in b"a1e":
            assert together.count(byte) == data.count(byte)


def objects(data: bytes) -> None:
    """Entries judged together get the answers of the standard library's reader, alone or with others around them."""
    entries = [part for part in data.split(b"\n") if part and is_text(part)]
    batch = Batch.of(entries, list(range(len(entries))))
    kept, lost = readable_json(batch)
    found: dict[int, Any] = dict(zip(kept.positions.tolist(), kept.entries(), strict=True))
    found |= {entry.position: entry.reason for entry in lost}
    for place, entry in enumerate(entries):
        expected = _plainly(entry)
        assert (found[place] if isinstance(found[place], str) else _plainly(found[place])) == expected


def text(data: bytes) -> None:
    """What is no text is escaped into text that says every byte of it."""
    for escape, backslash in ((escaped, b"\\"), (escaped_in_json, b"\\\\")):
        written = escape(data, longest=5 * len(data))
        assert written is not None
        assert is_text(written)
        if b"\\" not in data:
            assert _unescaped(written, backslash) == data


TARGETS: dict[str, Callable[[bytes], None]] = {
    "stored": stored, "lines": lines, "values": values, "objects": objects, "text": text,
}  # fmt: skip


def _file(data: bytes) -> Path:
    file = _FOLDER / "decoded"
    file.write_bytes(data)
    return file


_KEPT = tempfile.TemporaryDirectory(prefix="tallystick-fuzz-")
_FOLDER = Path(_KEPT.name)


def _entries(batches: Any) -> tuple[dict[int, bytes], dict[int, bytes], int]:
    """Each entry by its position, as text and as it was found, and how many lines are none."""
    entries, found, others = {}, {}, 0
    for batch in batches:
        assert not batch.unreadable
        for index, position in enumerate(batch.positions.tolist()):
            entries[position], found[position] = batch.entry(index), batch.as_found(index)
        others += batch.others.total
    return entries, found, others


def _plainly(entry: bytes) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        value = json.loads(
            entry.decode(), parse_constant=refuse, parse_int=lambda text: ("number", text), parse_float=_decimal
        )
    except (ValueError, RecursionError):
        return "not_json"
    if not isinstance(value, dict):
        return "not_an_object"
    return "not_json" if _depth(value) > 256 else value


def _decimal(written: str) -> Any:
    """A fraction, which is read as a text where it has more digits than a float has."""
    digits = [one for one in written.lower().split("e")[0] if one.isdigit()]
    return written if len(digits) > 17 else ("number", written)


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, dict | list):
            deepest = max(deepest, depth)
            waiting += [(inner, depth + 1) for inner in (one.values() if isinstance(one, dict) else one)]
    return deepest


def _unescaped(written: bytes, backslash: bytes) -> bytes:
    parts = written.split(backslash + b"x")
    return parts[0] + b"".join(bytes([int(part[:2], 16)]) + part[2:] for part in parts[1:])
