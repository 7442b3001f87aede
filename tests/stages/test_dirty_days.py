from __future__ import annotations

import os

import pytest

from stages.world import DAYS, THIRD_DAY, World, a_call, as_lines, changed_days, numbered
from tallystick.errors import NotTalliedError
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.request import REQUEST
from tallystick.tables.source_file import SOURCE_FILE
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tables.usage_scope import USAGE_SCOPE

pytestmark = pytest.mark.spark

COUNTED = (REQUEST, DAY_LEDGER, USAGE_APP_SLOT, USAGE_PEAK)


def rebuilt(world: World, before: dict[str, dict[str, list[str]]]) -> dict[str, list[str]]:
    """For each table the days whose files are other ones than before."""
    return {table.name: changed_days(before[table.name], world.days_of(table)) for table in COUNTED}


def built(world: World) -> dict[str, dict[str, list[str]]]:
    return {table.name: world.days_of(table) for table in COUNTED}


def states(world: World, name: str) -> list[str]:
    return sorted(row["state"] for row in world.rows(SOURCE_FILE) if row["name"] == name)


def ledger(world: World, day: str, source: str = "gateway/edge-1") -> dict[str, object]:
    [row] = [row for row in world.rows(DAY_LEDGER) if (str(row["event_date"]), row["source"]) == (day, source)]
    return row


def test_a_late_file_rebuilds_its_days_and_the_peaks_of_the_next(finished: World) -> None:
    before = built(finished)
    finished.write("logs/gateway/late.jsonl", as_lines(numbered([a_call("03-02 08:30:00")], first=14)))

    ingested, refined, tallied = finished.count()

    assert (ingested.totals["new"], ingested.totals["entries"]) == (1, 1)
    assert (refined.totals["days"], tallied.totals["days"]) == (1, 2)
    assert rebuilt(finished, before) == {
        "request": ["2024-03-02"],
        "day_ledger": ["2024-03-02"],
        "usage_app_slot": ["2024-03-02"],
        "usage_peak": ["2024-03-02", "2024-03-03"],  # a window may begin on the day before
    }
    assert (ledger(finished, "2024-03-02")["missing"], ledger(finished, "2024-03-02")["unique"]) == (1, 5)


def test_a_corrected_file_takes_the_place_of_the_one_before(finished: World) -> None:
    before = built(finished)
    finished.log("2024-03-03", [*THIRD_DAY, *numbered([a_call("03-03 08:00:00")], first=20)])

    finished.count()

    assert rebuilt(finished, before)["request"] == ["2024-03-03"]
    assert ledger(finished, "2024-03-03")["accepted"] == 3
    assert states(finished, "2024-03-03.jsonl") == ["read", "superseded"]


def test_a_correction_may_empty_a_day(finished: World) -> None:
    finished.log("2024-03-03", [])

    finished.count()

    assert [row for row in finished.rows(REQUEST) if str(row["event_date"]) == "2024-03-03"] == []
    assert [row for row in finished.rows(DAY_LEDGER) if str(row["event_date"]) == "2024-03-03"] == []
    assert finished.count()[1].changed is False
    finished.audit()
    finished.publish()
    assert finished.report(revision=2)["summary"]["requests"] == finished.report()["summary"]["requests"] - 2


def test_a_correction_taken_back_counts_as_at_first(finished: World) -> None:
    finished.log("2024-03-03", [*THIRD_DAY, *numbered([a_call("03-03 08:00:00")], first=20)])
    finished.count()
    finished.log("2024-03-03", THIRD_DAY)

    finished.count()
    finished.audit()

    assert ledger(finished, "2024-03-03")["accepted"] == 2
    assert finished.publish().changed is False


def test_a_file_that_was_only_touched_makes_nothing_dirty(finished: World) -> None:
    before = built(finished)
    os.utime(finished.folder / "logs/gateway/2024-03-01.jsonl")

    ingested, refined, tallied = finished.count()

    assert (ingested.totals["new"], refined.changed, tallied.changed) == (1, False, False)
    assert rebuilt(finished, before) == {table: [] for table in before}


def test_a_log_that_was_rotated_away_stays_counted(finished: World) -> None:
    (finished.folder / "logs/gateway/2024-03-01.jsonl").unlink()

    assert [one.changed for one in finished.run()] == [False] * 5


def test_a_changed_register_attributes_every_day_anew(finished: World) -> None:
    before = built(finished)
    finished.edit("register/kestrel.yaml", "      - credential: kes-board-2\n", "      - credential: somebody\n")

    assert [one.changed for one in finished.count()] == [False, True, True]

    assert rebuilt(finished, before)["request"] == list(DAYS)
    whose = {row["credential"]: row["licensee"] for row in finished.rows(REQUEST) if row["credential"]}
    assert whose == {"kes-board-1": "kestrel", "kes-board-2": None, "kes-batch-1": "kestrel", "somebody": "kestrel"}
    assert sum(row["unattributed"] for row in finished.rows(DAY_LEDGER)) == 4


def test_a_changed_use_case_is_judged_anew_and_counts_nothing_anew(finished: World) -> None:
    finished.edit("register/kestrel.yaml", "    registered: 2023-01-01\n    ended: 2024-03-03\n", "")

    assert [one.changed for one in finished.run()] == [False, False, False, True, True]
    assert finished.report(revision=2)["summary"]["clauses_exceeded"] == 3


def test_a_new_clause_builds_its_summary_alone(finished: World) -> None:
    before, versions = built(finished), finished.versions()
    summaries = {file.partition["summary_id"] for file in finished.lake.files(USAGE_SCOPE)}
    finished.write(
        "agreements/kestrel/2024-03-02.yaml",
        """
licensee: kestrel
title: First amendment
in_force_from: 2024-03-02
clauses:
  - id: searches
    cites: "§ 3"
    says: Licensee shall not read one post more than once a day.
    kind: limit
    of: requests
    per: licensee
    max: 1
    counts: {routes: ["/2/posts/{id}"]}
    window: calendar
    within: P1D
""",
    )

    ingested, refined, tallied = finished.count()

    assert (ingested.changed, refined.changed, tallied.changed) == (False, False, True)
    assert rebuilt(finished, before) == {table: [] for table in before}
    added = {file.partition["summary_id"] for file in finished.lake.files(USAGE_SCOPE)} - summaries
    assert len(added) == 2  # the requests that the clause counts, and those of which the log does not say
    changed = {name for name, version in finished.versions().items() if version != versions[name]}
    assert changed == {"usage_scope", "run"}


OTTER_LIMIT = """
licensee: otter
title: Developer Agreement
in_force_from: 2024-01-01
clauses:
  - id: pace
    cites: "§ 1"
    says: No app shall make more than five calls within a minute.
    kind: limit
    of: requests
    per: {per}
    max: 5
    window: sliding
    within: PT1M
"""


def test_another_licensee_that_asks_for_the_same_makes_that_summary_alone_dirty(finished: World) -> None:
    before = built(finished)
    finished.write("agreements/otter/2024-01-01.yaml", OTTER_LIMIT.format(per="app"))

    with pytest.raises(NotTalliedError):
        finished.audit(licensee="kestrel")
    finished.count()

    assert rebuilt(finished, before) == {**{table: [] for table in before}, "usage_peak": list(DAYS)}
    assert {row["licensee"] for row in finished.rows(USAGE_PEAK)} == {"kestrel", "otter"}
    assert not finished.audit(licensee="kestrel").changed


def test_another_licensee_that_asks_for_something_else_leaves_an_audit_clean(finished: World) -> None:
    finished.write("agreements/otter/2024-01-01.yaml", OTTER_LIMIT.format(per="licensee"))

    assert not finished.audit(licensee="kestrel").changed
    with pytest.raises(NotTalliedError):
        finished.audit(licensee="otter")


def test_a_summary_holds_only_the_requests_of_those_who_ask_for_it(finished: World) -> None:
    assert {row["licensee"] for row in finished.rows(USAGE_APP_SLOT)} == {"kestrel", "otter", None}
    assert {row["licensee"] for row in finished.rows(USAGE_PEAK)} == {"kestrel"}
