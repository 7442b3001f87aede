"""The example project with formats of its own: its logs are read as its README says."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from tallystick.agreements.load import load_agreements
from tallystick.duck import connect
from tallystick.formats import Catalogue
from tallystick.intake import FileTask, create_entry_tables, read_file
from tallystick.intake.sources import load_sources
from tallystick.register.load import load_register
from tallystick.settings import Settings

EXAMPLE = Path(__file__).parents[2] / "examples" / "own-formats"
LOGS = sorted(EXAMPLE.glob("logs/*/*"))
FORMATS = {"orders": "orders_csv", "partners": "partner_events"}
Row = dict[str, Any]


def read(log: Path, tmp_path: Path) -> tuple[Any, list[Row], list[Row]]:
    """The account, the entries and the rejected entries of one log, whose format is to be found."""
    connection = connect(scratch=tmp_path)
    create_entry_tables(connection)
    account = read_file(
        connection,
        FileTask(source=log.parent.name, name=log.name, uri="memory", version_tag="1"),
        open_object=lambda _: io.BytesIO(log.read_bytes()),
        scratch=tmp_path,
        batch="b1",
        catalogue=Catalogue.of(EXAMPLE / "formats"),
    )
    rows = connection.execute("SELECT * FROM entry ORDER BY position").to_arrow_table().to_pylist()
    lost = connection.execute("SELECT position, reasons FROM rejected ORDER BY position").to_arrow_table().to_pylist()
    return account, rows, lost


def log(name: str) -> Path:
    [found] = EXAMPLE.glob(f"logs/{name}")
    return found


@pytest.mark.parametrize("file", LOGS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_format_of_the_project_is_found_by_itself(file: Path, tmp_path: Path) -> None:
    account, *_ = read(file, tmp_path)

    assert (account.format, account.state, account.problem) == (FORMATS[file.parent.name], "read", None)


def test_each_source_names_a_format_of_the_project() -> None:
    catalogue = Catalogue.of(EXAMPLE / "formats")

    sources = load_sources(EXAMPLE / "sources")

    assert {source.name: source.format for source in sources} == FORMATS
    assert {catalogue.find(str(source.format)).name for source in sources} == {own.name for own in catalogue.own}


def test_every_licensee_of_the_example_has_an_agreement() -> None:
    settings = Settings.load(EXAMPLE)

    names = [licensee.licensee for licensee in load_register(settings.register_folder)]

    assert names == ["acme", "globex"]
    assert all(load_agreements(settings.agreements, name) for name in names)


def test_the_orders_are_read_with_local_times_lists_and_keys_in_queries(tmp_path: Path) -> None:
    account, rows, lost = read(log("orders/2024-03-01.csv"), tmp_path)

    assert (account.entries, account.not_requests, account.comments, account.headers) == (5, 1, 1, 1)
    assert lost == [{"position": 9, "reasons": ["bad_amount"]}]
    told = [
        [f"{row['received_at']:%d %H:%M:%S.%f}", *(row[name] for name in ("request_id", "principal", "client_address"))]
        for row in rows
    ]
    assert told == [
        ["29 23:30:00.000000", "100001", "acme", "192.0.2.10"],
        ["01 09:59:59.250000", "100002", "acme", "2001:db8::10"],
        ["01 10:00:00.001000", "100003", "globex", "198.51.100.20"],
        ["01 10:00:02.000000", "100005", None, "203.0.113.9"],
    ]
    amounts = ("method", "path", "status", "records", "response_bytes", "duration_us")
    assert [[row[name] for name in amounts] for row in rows] == [
        ["GET", "/orders", 200, 50, 20480, 125_000],
        ["GET", "/orders", 200, 3, 1024, 250_000],
        ["POST", "/orders", 201, None, None, 1_500_000],
        ["GET", "/orders/17", None, 0, 0, None],
    ]


def test_a_key_in_a_query_is_kept_as_a_digest_only(tmp_path: Path) -> None:
    _, rows, _ = read(log("orders/2024-03-01.csv"), tmp_path)

    assert rows[0]["credential"] == rows[1]["credential"] is not None
    assert "acme-key-0001" not in str(rows)


def test_columns_that_were_renamed_or_are_not_there_yet_are_read_by_the_same_format(tmp_path: Path) -> None:
    _, rows, lost = read(log("orders/2023-12-31.csv"), tmp_path)

    assert lost == []
    assert [[f"{row['received_at']:%m-%d %H:%M:%S.%f}", row["method"], row["records"]] for row in rows] == [
        ["12-31 22:59:59.999000", "GET", 7],
        ["10-31 11:00:00.000000", "PROPFIND", None],
    ]
    assert {row["client_address"] for row in rows} == {None}


def test_the_events_of_partners_are_read_as_begins_and_ends_of_calls(tmp_path: Path) -> None:
    account, rows, lost = read(log("partners/2024-03-01.jsonl"), tmp_path)

    assert (account.entries, account.not_requests) == (6, 2)
    assert lost == [{"position": 6, "reasons": ["sampled"]}, {"position": 8, "reasons": ["bad_time"]}]
    names = ("position", "request_id", "credential", "principal", "tenant", "route", "status", "records", "error")
    assert [[row[name] for name in names] for row in rows] == [
        [2, "c-1", "key-7", "acme", "shop-1", "partners:invoice.create", None, None, None],
        [4, "c-1", None, None, None, None, 201, 1, None],
        [5, "c-2", "key-8", "globex", "shop-2", "partners:invoice.list", None, None, None],
        [7, "c-2", None, None, None, None, 429, None, "rate_limited"],
    ]
    assert [row["part"] for row in rows] == [1, -2, 1, -2]


def test_the_entries_in_the_readme_are_those_of_the_logs(tmp_path: Path) -> None:
    table = re.findall(
        r"^\| (\w+/\S+) \| (\d+) \| (\d+) \| (\d+) \|", (EXAMPLE / "README.md").read_text(), re.MULTILINE
    )

    accounts = {f"{file.parent.name}/{file.name}": read(file, tmp_path)[0] for file in LOGS}

    assert {name: tuple(map(int, numbers)) for name, *numbers in table} == {
        name: (account.entries, account.rejected, account.not_requests) for name, account in accounts.items()
    }
