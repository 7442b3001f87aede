"""No report shows the address of a client: pseudonyms stand for those that callers wrote elsewhere, too."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pypdf import PdfReader

from commands.command_line import Ran, tallystick
from stages.world import AGREEMENT, World, a_call, numbered
from tallystick.runtime.engine import Engine
from tallystick.tables.finding import FINDING

pytestmark = pytest.mark.spark

ADDRESSES = ("203.0.113.77", "203.0.113.78", "2001:db8::77", "198.51.100.78")
PSEUDONYM = re.compile(r"address-[0-9a-f]{16}")
PER_USER = """  - id: per-user
    cites: "§ 8"
    says: No user shall make more than two calls in a day.
    kind: limit
    of: requests
    per: user
    max: 2
    window: calendar
    within: P1D
  - id: per-credential
    cites: "§ 9"
    says: No credential shall make more than two calls in a day.
    kind: limit
    of: requests
    per: credential
    max: 2
    window: calendar
    within: P1D
"""


@pytest.fixture(scope="module")
def reports(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Reports, under each setting, of a day of calls whose user, credential, route, id and path hold addresses."""
    world = World.small(tmp_path_factory.mktemp("addresses") / "project", engine)
    calls = [
        a_call(
            f"03-01 12:00:{number:02d}",
            ip=ADDRESSES[number % 4],
            user=ADDRESSES[number % 2],
            client=ADDRESSES[3],
            route=f"/lookup/{ADDRESSES[2]}",
            path=f"/lookup/{ADDRESSES[2]}",
            request_id=f"{ADDRESSES[number % 4]}-{number}",
        )
        for number in range(8)
    ]
    for file in (world.folder / "logs/gateway").glob("*.jsonl"):
        file.unlink()
    world.log("2024-03-01", numbered(calls))
    world.edit("register/kestrel.yaml", "credential: kes-board-2", f"credential: {ADDRESSES[3]}")
    world.write("agreements/kestrel/2024-01-01.yaml", AGREEMENT + PER_USER)
    world.run()
    for value in ("pseudonyms", "as_logged"):
        other = world.copy(world.folder.parent / value)
        shutil.rmtree(other.folder / "reports")
        toml = other.folder / "tallystick.toml"
        toml.write_text(f'client_addresses = "{value}"\n{toml.read_text("utf-8")}', "utf-8")
        other.publish()
    return world


def bundle_of(reports: World, name: str = "project") -> Path:
    return reports.folder.parent / name / "reports/kestrel/2024-03/r1"


def texts(bundle: Path) -> dict[str, str]:
    """What each file of a bundle says, archives, tables and paper opened."""
    found = {}
    for file in sorted(one for one in bundle.rglob("*") if one.is_file()):
        data = file.read_bytes()
        if file.suffix == ".parquet":
            text = str(pq.read_table(io.BytesIO(data)).to_pylist())
        elif file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as archive:
                text = "".join(archive.read(part).decode("utf-8", "replace") for part in archive.namelist())
        elif file.suffix == ".pdf":
            text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
        else:
            text = data.decode("utf-8", "replace")
        found[str(file.relative_to(bundle))] = text
    return found


def findings(bundle: Path, clause: str) -> list[dict[str, Any]]:
    report = json.loads((bundle / "report.json").read_bytes())
    return [finding for finding in report["findings"] if finding["clause"] == clause]


@pytest.mark.parametrize("name", ["project", "pseudonyms"])
def test_no_file_of_a_report_holds_an_address(reports: World, name: str) -> None:
    told = texts(bundle_of(reports, name))

    assert {"report.json", "report.html", "report.pdf", "findings.csv", "findings.xlsx"} < told.keys()
    held = [(file, one) for file, text in told.items() for one in ADDRESSES if one in text.replace("\u200b", "")]
    assert held == []


def test_findings_about_two_addresses_stay_two_with_their_query_and_requests(reports: World) -> None:
    bundle = bundle_of(reports)
    users = findings(bundle, "per-user")

    keys = [finding["key"] for finding in users]
    assert len(set(keys)) == 2
    assert keys == sorted(keys)  # not in the order of what is hidden
    for finding in users:
        assert PSEUDONYM.fullmatch(finding["key"])
        assert finding["sentence"].startswith(f"{finding['key']}: measured 4 requests")
        assert f"\"user\" = '{finding['key']}'" in finding["query"]
        rows = pq.read_table(bundle / f"evidence/{finding['id']}.parquet").to_pylist()
        assert len(rows) == 2
        assert all(PSEUDONYM.match(row["request_id"]) for row in rows)
        assert all(PSEUDONYM.search(row["route"]) for row in rows)


def test_the_id_of_a_finding_does_not_give_its_address_away(reports: World) -> None:
    from tallystick.clauses.judge import finding_id

    ids = {row["id"] for row in reports.rows(FINDING)}
    guessed = {finding_id("kestrel", "2024-03", "2024-01-01", "per-user", address) for address in ADDRESSES}

    assert {finding["id"] for finding in findings(bundle_of(reports), "per-user")} < ids
    assert not guessed & ids


def test_where_the_settings_say_so_files_of_requests_tell_callers_apart(reports: World) -> None:
    bundle = bundle_of(reports, "pseudonyms")

    [finding] = findings(bundle, "per-credential")
    rows = pq.read_table(bundle / f"evidence/{finding['id']}.parquet").to_pylist()
    assert len({row["client"] for row in rows}) == 4
    assert all(PSEUDONYM.fullmatch(row["client"]) for row in rows)
    assert {row["credential_hint"] for row in rows} == {finding["key"]}
    report = (bundle / "report.json").read_bytes()
    assert report == (bundle_of(reports) / "report.json").read_bytes()


def test_where_the_settings_say_so_a_report_shows_addresses(reports: World) -> None:
    bundle = bundle_of(reports, "as_logged")

    keys = {finding["key"] for finding in findings(bundle, "per-user")}
    [finding] = findings(bundle, "per-credential")
    rows = pq.read_table(bundle / f"evidence/{finding['id']}.parquet").to_pylist()
    assert keys == set(ADDRESSES[:2])
    assert {row["client"] for row in rows} == set(ADDRESSES)


def test_explain_tells_of_a_finding_what_the_report_tells(reports: World) -> None:
    [finding, _] = findings(bundle_of(reports), "per-user")
    plain: Ran = tallystick("explain", finding["id"], "--project", reports.folder)
    shown: Ran = tallystick("explain", finding["id"], "--project", reports.folder.parent / "as_logged")

    assert (plain.code, shown.code) == (0, 0)
    assert finding["sentence"] in plain.stdout
    assert not [one for one in ADDRESSES if one in plain.stdout + plain.stderr]
    assert any(one in shown.stdout for one in ADDRESSES[:2])
