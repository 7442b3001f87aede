"""Logs, a register and an agreement that somebody wrote to do harm go through every stage to a report that verifies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from report.hostile_forms import LONG, hostile
from stages.world import World, a_call, numbered
from tallystick.addresses import Pseudonyms
from tallystick.digest_key import DigestKey
from tallystick.duck import connect
from tallystick.runtime.engine import Engine
from tallystick.settings import S3Settings
from tallystick.stages.verify import verify

pytestmark = pytest.mark.spark

EVERY, WORDS = 24, 40
LONGEST = (LONG[0], *(text for text in LONG if not text.strip()))
NUL = tuple(text for text in hostile() if "\0" in text)
TEXTS = tuple(dict.fromkeys((*hostile()[::EVERY], *NUL, *LONGEST)))


def quoted(text: str) -> str:
    """A text as YAML and TOML have it in quotes, in ASCII."""
    plain = (one if one.isascii() and one.isalnum() else f"\\U{ord(one):08x}" for one in text)
    return f'"{"".join(plain)}"'


def agreement() -> str:
    """A clause for each of some texts, and one that every user with two calls is over."""
    clauses = [
        f"  - id: text-{place}\n    cites: {quoted(text)}\n    says: {quoted(text)}\n    kind: text\n"
        for place, text in enumerate(TEXTS[:WORDS])
    ]
    return (
        f"licensee: kestrel\ntitle: {quoted(TEXTS[0])}\nin_force_from: 2024-01-01\nclauses:\n"
        + "".join(clauses)
        + f"  - id: per-user\n    cites: {quoted(TEXTS[1])}\n    says: {quoted(TEXTS[2])}\n    kind: limit\n"
        "    of: requests\n    per: user\n    max: 1\n    window: calendar\n    within: P1D\n"
        f"  - id: agent\n    cites: {quoted(TEXTS[3])}\n    says: {quoted(TEXTS[4])}\n    kind: identification\n"
        f"    user_agent: [{quoted(TEXTS[5])}]\n"
    )


@pytest.fixture(scope="module")
def bundle(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = World.small(tmp_path_factory.mktemp("hostile") / "project", engine)
    world.edit("register/kestrel.yaml", "name: Kestrel Metrics Ltd", f"name: {quoted(TEXTS[6])}")
    world.edit("register/kestrel.yaml", "text: Dashboards", f"text: {quoted(TEXTS[7])}")
    world.edit("tallystick.toml", 'provider = "Murmur Social"', f"provider = {quoted(TEXTS[8])}")
    world.write("agreements/kestrel/2024-01-01.yaml", agreement())
    calls = [
        a_call("03-01 12:00:00", user=text, route=text, path=text, agent=text, request_id=f"{again}{text}", method=text)
        for text in TEXTS
        for again in "ab"
    ]
    world.log("2024-03-01", numbered(calls))
    world.run()
    return world.folder / "reports/kestrel/2024-03/r1"


@pytest.fixture(scope="module")
def report(bundle: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((bundle / "report.json").read_bytes())
    return read


@pytest.fixture(scope="module")
def users(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The findings about a user that a log names."""
    return [one for one in report["findings"] if one["clause"] == "per-user" and one["key"] is not None]


def test_the_report_has_every_text_as_it_was_logged_and_verifies(
    bundle: Path, report: dict[str, Any], users: list[dict[str, Any]]
) -> None:
    key = DigestKey.load(bundle.parents[3] / "digest.key")
    shown = Pseudonyms(key=lambda: key, licensee="kestrel", period="2024-03")

    verified = verify(str(bundle), S3Settings())
    assert verified.manifest.findings == len(report["findings"])
    assert sorted(finding["key"] for finding in users) == sorted(map(shown, TEXTS))
    assert {row["route"] for row in report["consumption"]["routes"]} >= {shown(text) for text in TEXTS}
    assert [clause["says"] for clause in report["clauses"][:WORDS]] == [*TEXTS[:WORDS]]
    assert report["licensee"]["name"] == TEXTS[6]


def test_every_finding_has_the_requests_of_its_own_key(bundle: Path, users: list[dict[str, Any]]) -> None:
    for finding in users:
        rows = pq.read_table(bundle / f"evidence/{finding['id']}.parquet").to_pylist()
        assert {(row["route"], row["request_id"][1:]) for row in rows} == {(finding["key"], finding["key"])}


def test_the_query_of_a_finding_finds_its_key_and_nothing_else(users: list[dict[str, Any]]) -> None:
    connection = connect()
    connection.execute(
        "CREATE TABLE request AS SELECT DATE '2024-03-01' AS event_date, TIMESTAMPTZ '2024-03-01 12:00:00+00' AS "
        "received_at, 'kestrel' AS licensee, false AS is_duplicate, 200 AS status, 'r' AS request_id, "
        'unnest(?) AS "user"',
        [[finding["key"] for finding in users for _ in "ab"]],
    )

    found = {finding["key"]: connection.execute(finding["query"]).fetchall() for finding in users}
    assert {key: rows for key, rows in found.items() if [row[-1] for row in rows] != [2]} == {}
