"""The demo world through all six stages to S3, read back: every number of every report is the one that is true."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from demo.audited import LETTER, SCALE, Audited, Json, clause

pytestmark = [pytest.mark.spark, pytest.mark.s3]


@pytest.fixture(scope="module")
def letter(audited: Audited) -> Json:
    return audited.reports[LETTER]


@pytest.fixture(scope="module")
def true(audited: Audited) -> Json:
    found: Json = audited.truth["licensees"][LETTER]
    return found


def test_every_licensee_has_a_report_and_the_conclusion_that_is_true(audited: Audited) -> None:
    expected = {licensee: facts["conclusion"] for licensee, facts in audited.truth["licensees"].items()}

    assert {licensee: report["conclusion"] for licensee, report in audited.reports.items()} == expected
    assert list(expected.values()).count("within terms") == 20


def test_the_letter_counts_as_many_requests_and_records_as_were_made(letter: Json) -> None:
    assert letter["summary"]["requests"] == 780_000_000 * SCALE
    assert letter["summary"]["records"] == {"sum": 26_000_000_000 * SCALE, "known": 780_000_000 * SCALE, "unknown": 0}


def test_every_summary_is_true(audited: Audited) -> None:
    for licensee, facts in audited.truth["licensees"].items():
        summary = audited.reports[licensee]["summary"]
        assert {name: summary[name] for name in facts["summary"]} == facts["summary"], licensee


def test_every_app_day_month_route_status_and_hour_is_true(audited: Audited) -> None:
    for licensee, facts in audited.truth["licensees"].items():
        took, expected = audited.reports[licensee]["consumption"], facts["consumption"]
        of_app = ("errors", "first_at", "last_at", "records", "requests", "response_bytes", "throttled")
        assert {app["app"]: {name: app[name] for name in of_app} for app in took["apps"]} == {
            name: {key: value for key, value in app.items() if key in of_app} for name, app in facts["apps"].items()
        }
        amounts = ("records", "requests", "response_bytes")
        for grain, key in (("days", "date"), ("months", "month")):
            found = {row[key]: {name: row[name] for name in amounts} for row in took[grain] if row["requests"]}
            assert found == {
                name: {amount: row[amount] for amount in amounts}
                for name, row in expected[grain].items()
                if row["requests"]
            }
        routes = {f"{row['method']} {row['route']}": row["requests"] for row in took["routes"]}
        assert routes == {name: row["requests"] for name, row in expected["routes"].items()}
        assert {str(row["status"]): row["requests"] for row in took["statuses"]} == expected["statuses"]
        assert took["weekday_hours"] == expected["weekday_hours"]


def test_the_yearly_cap_is_passed_under_each_version_at_the_request_that_is_true(letter: Json, true: Json) -> None:
    for version in true["versions"]:
        facts = version["clauses"]["yearly-volume"]
        found = clause(letter, version["version"], "yearly-volume")
        [measure] = found["measures"]
        [finding] = [one for one in letter["findings"] if one["id"] in found["findings"]]
        windows = [{name: window[name] for name in facts["windows"][0]} for window in finding["windows"]]
        assert (found["verdict"], measure["counted"], measure["used"]) == ("exceeded", facts["counted"], facts["used"])
        assert windows == facts["windows"]


def test_every_limit_of_every_licensee_measures_what_is_true(audited: Audited) -> None:
    compared = 0
    for licensee, facts in audited.truth["licensees"].items():
        for version in facts["versions"]:
            for name, stated in version["clauses"].items():
                found = clause(audited.reports[licensee], version["version"], name)
                assert found["verdict"] == stated["verdict"], (licensee, name)
                if stated["kind"] != "limit" or "apps" not in stated:
                    continue
                measures = {one["key"]: one for one in found["measures"] if one["reading"] == "as written"}
                for app, expected in stated["apps"].items():
                    said = {key: measures[app][key] for key in ("counted", "used", "peak", "peak_at", "verdict")}
                    assert said == {key: expected[key] for key in said}, (licensee, name, app)
                    assert (measures[app]["requests_over"] or 0) == expected["requests_over"]
                    assert (measures[app]["served_over"] or 0) == expected["served_over"]
                    compared += 1
    assert compared >= 16


def test_the_episodes_of_three_apps_are_found_to_the_microsecond(letter: Json, true: Json) -> None:
    expected = [
        (version["version"], app, one["first_at"], one["last_at"], one["peak"], one["peak_at"], one["requests_over"])
        for version in true["versions"]
        for app, facts in version["clauses"]["quarter-hour"]["apps"].items()
        for one in facts["episodes"]
    ]
    told = ("start_at", "end_at", "used", "peak_at", "requests_over")
    found = [
        (finding["version"], finding["key"], *(window[name] for name in told))
        for finding in letter["findings"]
        if finding["clause"] == "quarter-hour"
        for window in finding["windows"]
        if window["reading"] == "as written"
    ]

    assert sorted(found) == sorted(expected)
    assert len({app for _, app, *_ in expected}) == 3


def test_six_of_eight_apps_lack_an_approved_use_case_for_as_many_requests_as_are_true(letter: Json, true: Json) -> None:
    lacking = set()
    for version in true["versions"]:
        facts = version["clauses"]["approved-purpose"]["apps"]
        measures = clause(letter, version["version"], "approved-purpose")["measures"]
        assert {one["key"]: one["used"] for one in measures if one["used"]} == {
            app: counts["requests"] for app, counts in facts.items() if counts["requests"]
        }
        lacking |= {one["key"] for one in measures if one["verdict"] == "exceeded"}
    assert len(lacking) == 6


def test_calls_after_an_app_was_ended_are_counted(letter: Json, true: Json) -> None:
    measures = clause(letter, None, "registered-app")["measures"]

    assert {one["key"]: one["used"] for one in measures if one["used"]} == {
        one["app"]: one["requests"] for one in true["after_end"]
    }


def test_a_licensee_without_an_agreement_is_a_finding_and_no_verdict(audited: Audited) -> None:
    [without] = [name for name, facts in audited.truth["licensees"].items() if not facts["versions"]]
    report = audited.reports[without]

    assert report["conclusion"] == "unable to conclude"
    assert [(one["clause"], one["requests"]) for one in report["findings"]] == [
        ("agreement-in-force", audited.truth["licensees"][without]["summary"]["requests"])
    ]


def test_every_box_of_the_accounting_identity_is_true(audited: Audited) -> None:
    ledger = audited.truth["ledger"]
    for licensee, report in audited.reports.items():
        boxes = report["reconciliation"]
        assert (boxes["rejected"], boxes["unattributed"]) == (ledger["rejected"], ledger["unattributed"])
        facts = audited.truth["licensees"][licensee]
        assert boxes["this_licensee"] == facts["summary"]["requests"] + facts["outside_period"]  # whole UTC days
        parts = ("rejected", "duplicate", "unattributed", "this_licensee")
        assert boxes["entries"] == sum(boxes[part] for part in parts)
        assert sum(file["requests"] for file in report["files"]) == boxes["this_licensee"]


def test_no_report_has_the_requests_of_another_licensee_in_any_box(audited: Audited) -> None:
    together = sum(report["reconciliation"]["this_licensee"] for report in audited.reports.values())

    assert together == audited.truth["ledger"]["attributed"]


def quarter(instant: str) -> str:
    """The quarter of an hour that an instant lies in."""
    return f"{instant[:14]}{int(instant[14:16]) // 15 * 15:02d}:00.000000Z"


def test_the_lost_hour_the_repeated_file_and_the_damaged_lines_are_told(audited: Audited, letter: Json) -> None:
    seen = letter["completeness"]
    [damaged] = audited.truth["damaged_files"]

    named = ("epoch", "first_missing", "last_missing", "missing")
    assert [{name: gap[name] for name in named} for gap in seen["gaps"]] == [
        {name: gap[name] for name in named} for gap in audited.truth["gaps"]
    ]
    for name in ("after_at", "before_at"):  # whose request that was is not this licensee's to know to the microsecond
        assert [gap[name] for gap in seen["gaps"]] == [quarter(gap[name]) for gap in audited.truth["gaps"]]
    assert [one["file_id"] for one in seen["repeated_files"]] == [
        one["sha256"] for one in audited.truth["repeated_files"]
    ]
    assert {one["reason"]: one["entries"] for one in seen["rejected_entries"]} == damaged["rejected"]
    assert sum(one["bytes"] for one in seen["rejected_entries"]) == damaged["rejected_bytes"]


def test_running_every_stage_again_changes_nothing_and_says_so(audited: Audited) -> None:
    again = audited.again(LETTER)

    assert [result.changed for result in again] == [False] * 9
    assert all("nothing new" in result.sentence for result in again if result.stage != "verify")


def test_without_its_lake_the_same_logs_give_the_same_report_to_the_byte(audited: Audited) -> None:
    shutil.rmtree(audited.project.settings.lake)

    again = audited.again()

    published = [result.totals for result in again if result.stage == "publish"]
    assert [one["published"] for one in published] == [0, 0], "what differs in one byte is published as a new revision"
    assert sum(len(one["locations"]) for one in published) == len(audited.documents)


def test_the_audit_never_reads_the_truth(audited: Audited) -> None:
    project = Path(audited.project.settings.project)

    assert not list(project.rglob("truth.json"))
