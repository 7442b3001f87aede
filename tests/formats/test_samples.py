"""Each format's own samples: what they must be read as was written by hand, from the format's documentation."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tallystick.digest_key import PUBLISHED_KEY
from tallystick.duck import connect
from tallystick.formats import all_formats
from tallystick.intake import FileTask, create_entry_tables, read_file
from tallystick.intake.masking import secret_digest
from tallystick.tables.canonical import CANONICAL

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = sorted(SAMPLES.glob("*/*.expected.json"))
COLUMNS = [column.name for column in CANONICAL if column.name != "source"]
Row = dict[str, Any]


def name_of(expected: Path) -> str:
    return f"{expected.parent.name}/{expected.name.removesuffix('.expected.json')}"


def log_of(expected: Path) -> Path:
    case = expected.name.removesuffix(".expected.json")
    [log] = [
        file
        for file in expected.parent.iterdir()
        if file.name.partition(".")[0] == case and not file.name.endswith(".expected.json")
    ]
    return log


def read(log: Path, format_name: str | None, tmp_path: Path) -> tuple[Any, list[Row], list[Row]]:
    connection = connect(scratch=tmp_path)
    create_entry_tables(connection)
    content = log.read_bytes()
    task = FileTask(source="edge", name=log.name, uri="memory", version_tag="1", format=format_name)
    account = read_file(connection, task, open_object=lambda _: io.BytesIO(content), scratch=tmp_path, batch="b1")
    rows = connection.execute("SELECT * FROM entry ORDER BY position").to_arrow_table().to_pylist()
    lost = connection.execute("SELECT * FROM rejected ORDER BY position").to_arrow_table().to_pylist()
    return account, rows, lost


def stated(row: Row) -> Row:
    known = {name: row[name] for name in ("position", "part", *COLUMNS) if row[name] is not None}
    return {name: told(value) for name, value in known.items()}


def told(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value


def hidden(row: Row, everything: str) -> Row:
    """An expected row in which a secret is what was kept of it: a digest with a hint, and nowhere the secret."""
    expected = dict(row)
    for name in [name for name in row if name.startswith("secret ")]:
        secret, column = expected.pop(name), name.removeprefix("secret ")
        assert secret not in everything, f"{column} is kept whole"
        expected[column] = secret_digest(secret, PUBLISHED_KEY)
    return expected


@pytest.mark.parametrize("expected", EXPECTED, ids=name_of)
def test_a_sample_is_read_as_its_documentation_says(expected: Path, tmp_path: Path) -> None:
    wanted = json.loads(expected.read_text())

    account, rows, lost = read(log_of(expected), expected.parent.name, tmp_path)

    assert account.problem is None
    everything = json.dumps([rows, lost], default=str)
    found = [stated(row) for row in rows]
    assert [{"position": row["position"], "reasons": row["reasons"]} for row in lost] == wanted.get("rejected", [])
    assert len(found) == len(wanted["rows"])
    for row, one in zip(wanted["rows"], found, strict=True):
        assert one == hidden(row, everything)
    assert account.entries == len(rows) + len(lost) == wanted["entries"]
    assert (account.not_requests, account.comments + account.headers + account.blanks) == (
        wanted.get("not_requests", 0),
        wanted.get("not_entries", 0),
    )
    if account.lines is not None:
        assert account.lines == account.entries + account.not_requests + wanted.get("not_entries", 0)


@pytest.mark.parametrize("expected", EXPECTED, ids=name_of)
def test_the_format_of_a_sample_is_found_by_itself(expected: Path, tmp_path: Path) -> None:
    wanted = json.loads(expected.read_text())
    if not wanted.get("detected", True):
        assert wanted["why"]
        return

    account, *_ = read(log_of(expected), None, tmp_path)

    assert (account.format, account.problem) == (expected.parent.name, None)


def test_every_format_has_a_sample_that_says_what_it_is_read_as() -> None:
    described_elsewhere = {"gateway_jsonl", "nginx_combined", "apache_timed", "lighttpd", "cloudtrail", "aws_alb"}

    assert set(all_formats()) - described_elsewhere <= {expected.parent.name for expected in EXPECTED}
