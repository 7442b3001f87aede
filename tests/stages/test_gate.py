from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from commands.command_line import tallystick
from stages.world import World, a_call, numbered
from tallystick.errors import (
    AlreadyPublishedError,
    FindingsError,
    NotAuditedError,
    NotFitToPublishError,
    NotTalliedError,
)
from tallystick.stages.audit import audit
from tallystick.stages.ingest import ingest
from tallystick.stages.refine import refine
from tallystick.storage.delta import arrow_schema
from tallystick.tables import Table
from tallystick.tables.check_result import CHECK_RESULT
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.finding import FINDING
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT

pytestmark = pytest.mark.spark


def tamper(world: World, table: Table, day: str, **changes: int) -> None:
    """Add to columns of the first row of a day's table, and commit that."""
    rows = [row for row in world.rows(table) if str(row["event_date"]) == day]
    rows[0] = rows[0] | {name: rows[0][name] + more for name, more in changes.items()}
    world.lake.write(table, pa.Table.from_pylist(rows, arrow_schema(table)), replace=[{"event_date": day}])


def published(world: World) -> dict[str, bytes]:
    folder = world.folder / "reports"
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("table", "changes", "expectation"),
    [
        (DAY_LEDGER, {"entries": 1}, "ledger"),
        (DAY_LEDGER, {"duplicate": 1}, "ledger"),
        (DAY_LEDGER, {"unique": 1, "accepted": 1, "entries": 1, "unattributed": 1}, "ledger"),
        (DAY_LEDGER, {"unattributed": 1, "attributed": -1}, "usage"),
        (USAGE_APP_SLOT, {"requests": 1}, "usage"),
    ],
)
def test_a_count_that_does_not_add_up_is_not_published(
    finished: World, table: Table, changes: dict[str, int], expectation: str
) -> None:
    before = published(finished)
    tamper(finished, table, "2024-03-01", **changes)

    with pytest.raises(NotFitToPublishError) as caught:
        finished.publish()

    assert caught.value.exit_code == 4
    assert published(finished) == before
    failed = [row for row in finished.rows(CHECK_RESULT) if not row["is_met"] and row["severity"] == "critical"]
    assert {row["suite"] for row in failed} >= {expectation}
    assert str(caught.value.where).rpartition(", ")[2] in {f"{row['suite']}/{row['id']}" for row in failed}
    assert "tallystick explain " in str(caught.value.next_step)


def test_what_failed_is_explained_and_mended_by_tally(finished: World) -> None:
    tamper(finished, DAY_LEDGER, "2024-03-01", duplicate=1)
    refused = tallystick(
        "publish", "--project", finished.folder, "--licensee", "kestrel", "--period", "2024-03", "--json"
    )
    assert (refused.code, refused.data["error"], refused.data["exit_code"]) == (4, "NotFitToPublish", 4)
    name = refused.data["where"].rpartition("/")[2]

    explained = tallystick("explain", name, "--project", finished.folder, "--json").data

    assert explained["expectation"] in refused.data["what"]
    assert [(row["is_met"], row["unexpected"]) for row in explained["results"]] == [(False, 1)]
    finished.run()
    assert all(row["is_met"] for row in finished.rows(CHECK_RESULT) if row["severity"] == "critical")


def test_a_finding_that_was_dropped_is_not_passed_over(finished: World) -> None:
    kept = [row for row in finished.rows(FINDING) if row["clause"] != "burst"]
    partition = {"licensee": "kestrel", "period": "2024-03"}
    finished.lake.write(FINDING, pa.Table.from_pylist(kept, arrow_schema(FINDING)), replace=[partition])

    with pytest.raises(NotFitToPublishError, match="listed as a finding"):
        finished.publish()


def test_a_fit_count_says_so_expectation_by_expectation(finished: World) -> None:
    rows = finished.rows(CHECK_RESULT)

    assert {row["suite"] for row in rows} == {"ledger", "usage", "findings"}
    assert {row["severity"] for row in rows if not row["is_met"]} <= {"warning", "info"}
    quality = json.loads((finished.folder / "reports/kestrel/2024-03/r1/quality.json").read_bytes())
    assert {one["id"] for one in quality["expectations"]} == {row["id"] for row in rows}


@pytest.mark.parametrize("severity", ["info", "minor", "major"])
def test_findings_at_or_over_the_severity_end_with_3_and_stay_written(finished: World, severity: str) -> None:
    with pytest.raises(FindingsError) as caught:
        audit(finished.project, licensee="kestrel", period="2024-03", fail_on=severity)

    assert caught.value.exit_code == 3
    assert len(finished.rows(FINDING)) == 4


def test_findings_under_the_severity_fail_nothing(finished: World) -> None:
    result = audit(finished.project, licensee="kestrel", period="2024-03", fail_on="critical")

    assert result.totals["findings"] == 4


def test_a_dry_run_checks_everything_and_sends_nothing(finished: World) -> None:
    before = published(finished)
    finished.log("2024-03-04", numbered([a_call("03-04 10:00:00")], first=20))
    finished.count()
    finished.audit()

    result = finished.publish(dry_run=True)

    assert (result.changed, result.totals["locations"]) == (False, [])
    assert "sends nothing" in result.sentence
    assert published(finished) == before
    assert len(finished.rows(CHECK_RESULT)) > 20


def a_changed_result(world: World) -> None:
    world.log("2024-03-04", numbered([a_call("03-04 10:00:00")], first=20))
    world.count()
    world.audit()


def test_a_changed_result_is_the_next_revision_and_the_first_stays(finished: World) -> None:
    first = {name: data for name, data in published(finished).items() if "/r1/" in name}
    a_changed_result(finished)

    assert finished.publish().totals["locations"] == [str(finished.folder / "reports/kestrel/2024-03/r2")]

    now = published(finished)
    assert {name: data for name, data in now.items() if "/r1/" in name} == first
    manifest = json.loads(now["kestrel/2024-03/r2/datapackage.json"])
    assert manifest["tallystick"]["supersedes"]["revision"] == 1
    assert json.loads(now["kestrel/2024-03/latest.json"])["revision"] == 2
    shelf = now["index.html"].decode()
    assert "kestrel/2024-03/r1/" in shelf
    assert "kestrel/2024-03/r2/" in shelf


def test_a_revision_that_is_taken_is_not_overwritten(finished: World) -> None:
    a_changed_result(finished)
    before = published(finished)

    with pytest.raises(AlreadyPublishedError) as caught:
        finished.publish(revision=1)

    assert caught.value.exit_code == 7
    assert "without --revision" in str(caught.value.next_step)
    assert published(finished) == before


def test_the_same_result_as_the_same_revision_is_nothing_new(finished: World) -> None:
    before = published(finished)

    assert finished.publish(revision=1).changed is False
    assert published(finished) == before


def test_what_changed_since_the_audit_is_audited_first(finished: World) -> None:
    finished.log("2024-03-04", numbered([a_call("03-04 10:00:00")], first=20))

    finished.count()

    with pytest.raises(NotAuditedError, match="something changed since"):
        finished.publish()


def test_an_audit_refuses_days_that_are_not_built(finished: World) -> None:
    finished.log("2024-03-04", numbered([a_call("03-04 10:00:00")], first=20))
    ingest(finished.project)
    with pytest.raises(NotTalliedError) as refused:
        finished.audit()
    assert (refused.value.exit_code, refused.value.next_step) == (5, "tallystick refine")
    refine(finished.project)
    with pytest.raises(NotTalliedError) as refused:
        finished.audit()
    assert refused.value.next_step == "tallystick tally"


def test_a_report_outlives_everything_it_was_made_from(finished: World, tmp_path: Path) -> None:
    bundle = (finished.folder / "reports/kestrel/2024-03/r1").rename(tmp_path / "kept")

    ran = tallystick("verify", bundle)

    assert (ran.code, "; checked " in ran.stdout) == (0, True)
