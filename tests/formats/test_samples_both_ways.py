"""What a sample is read as in one go is what it is read as entry by entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tallystick.duck import connect
from tallystick.formats import find_format
from tallystick.intake import create_entry_tables
from tallystick.intake.canonical import Origin
from tallystick.intake.paths import Found, read_fast, read_strictly

SAMPLES = Path(__file__).parent / "samples"
LINES_OF_JSON = (
    "akamai_datastream/stream.jsonl",
    "cloudflare_http/logpush.jsonl",
    "elastic_ecs/mixed.jsonl",
    "fastly_json/https.jsonl",
    "gcp_audit/export.jsonl",
    "gcp_load_balancer/export.jsonl",
    "kubernetes_audit/audit.log",
    "zeek_http_json/stream.jsonl",
)
"""Samples with one JSON object a line, whose formats have paths of every form."""


def good_lines(sample: str) -> list[bytes]:
    """The lines of a sample that are read as requests or are no requests."""
    log = SAMPLES / sample
    expected = json.loads((log.parent / f"{log.name.partition('.')[0]}.expected.json").read_text())
    lost = {row["position"] for row in expected["rejected"]}
    lines = enumerate(log.read_bytes().splitlines(keepends=True), start=1)
    return [line for number, line in lines if number not in lost and line.strip()]


def rows(read: Any, sample: str, folder: Path) -> tuple[Found | None, list[tuple[Any, ...]]]:
    file = folder / "decoded"
    file.write_bytes(b"".join(good_lines(sample)))
    connection = connect(scratch=folder)
    create_entry_tables(connection)
    found = read(connection, find_format(sample.partition("/")[0]), Origin(source="edge", file_id="f", batch="b"), file)
    return found, connection.execute("SELECT * FROM entry ORDER BY position").fetchall()


@pytest.mark.parametrize("sample", LINES_OF_JSON)
def test_lines_of_json_are_read_in_one_go_as_they_are_entry_by_entry(sample: str, tmp_path: Path) -> None:
    fast, in_one_go = rows(read_fast, sample, tmp_path)
    strict, entry_by_entry = rows(read_strictly, sample, tmp_path)

    assert fast is not None
    assert strict is not None
    assert in_one_go == entry_by_entry
    assert (fast.entries, fast.not_requests, fast.others) == (strict.entries, strict.not_requests, strict.others)
