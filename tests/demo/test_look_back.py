"""The letter's licensee over two years: six versions, and each judges what was made while it was in force."""

from __future__ import annotations

import pytest

from demo.audited import LETTER, SCALE, Audited, Json, as_written, clause, facts_of_clauses, windows

pytestmark = [pytest.mark.spark, pytest.mark.s3]


@pytest.fixture(scope="module")
def report(audited: Audited) -> Json:
    return audited.look_back


@pytest.fixture(scope="module")
def true(audited: Audited) -> Json:
    found: Json = audited.truth["look_back"]
    return found


def test_six_versions_each_judge_the_requests_made_while_they_were_in_force(report: Json, true: Json) -> None:
    told = ("version", "in_force_from", "in_force_until", "requests")

    assert [{name: one[name] for name in told} for one in report["agreements"]] == [
        {name: one[name] for name in told} for one in true["versions"]
    ]
    assert [one["version"] for one in report["agreements"]] == [
        "2020-05-25",
        "2021-02-15",
        "2021-04-05",
        "2021-05-31",
        "2021-07-01",
        "2022-07-01",
    ]
    assert all(one["requests"] > 0 for one in report["agreements"])
    assert sum(one["requests"] for one in report["agreements"]) == report["summary"]["requests"]


def test_the_two_years_count_what_was_made(report: Json, true: Json) -> None:
    assert {name: report["summary"][name] for name in true["summary"]} == true["summary"]
    assert report["summary"]["requests"] == (780_000_000 + 208_000_000) * SCALE
    assert report["summary"]["records"]["sum"] == (26_000_000_000 + 6_900_000_000) * SCALE
    for app in report["consumption"]["apps"]:
        facts = true["apps"][app["app"]]
        amounts = ("requests", "records", "response_bytes", "throttled", "errors")
        assert {name: app[name] for name in amounts} == {name: facts[name] for name in amounts}


def test_every_clause_of_every_version_has_the_verdict_that_is_true(report: Json, true: Json) -> None:
    found = {(one["version"], one["clause"]): one["verdict"] for one in report["clauses"] if one["version"] is not None}

    assert found == {(version, name): facts["verdict"] for version, name, facts in facts_of_clauses(true["versions"])}
    yearly = [found[version["version"], "yearly-volume"] for version in true["versions"]]
    assert yearly == ["kept", "exceeded", "kept", "exceeded", "exceeded", "exceeded"]


def test_the_yearly_cap_of_each_version_counts_its_own_requests_alone(report: Json, true: Json) -> None:
    for version in true["versions"]:
        facts = version["clauses"]["yearly-volume"]
        found = clause(report, version["version"], "yearly-volume")
        measure = as_written(found)[LETTER]
        assert (measure["counted"], measure["used"]) == (facts["counted"], facts["used"])
        assert measure["max"] == facts["max"]
        listed = windows(report, found, LETTER)
        assert len(listed) == len(facts["windows"])
        for window, stated in zip(listed, facts["windows"], strict=True):
            assert {name: window[name] for name in stated} == stated


def test_the_quarter_hours_of_each_version_are_true_to_the_microsecond(report: Json, true: Json) -> None:
    for version in true["versions"]:
        found = clause(report, version["version"], "quarter-hour")
        measures = as_written(found)
        apps = version["clauses"]["quarter-hour"]["apps"]
        assert set(measures) == set(apps)
        for app, facts in apps.items():
            said = {name: measures[app][name] for name in ("counted", "used", "peak", "peak_at", "verdict")}
            assert said == {name: facts[name] for name in said}, (version["version"], app)
            assert [
                (one["start_at"], one["end_at"], one["used"], one["peak_at"], one["requests_over"])
                for one in windows(report, found, app)
            ] == [
                (one["first_at"], one["last_at"], one["peak"], one["peak_at"], one["requests_over"])
                for one in facts["episodes"]
            ]


def test_no_window_holds_requests_of_two_versions(report: Json, true: Json) -> None:
    """Up to the limit in the seven minutes before a version ends, and again in the seven after: kept under each."""
    before, after = (clause(report, version, "quarter-hour") for version in ("2021-02-15", "2021-04-05"))

    for found, limit_at in ((before, "2021-04-05T11:59:59.999999Z"), (after, "2021-04-05T12:07:00.000000Z")):
        measure = as_written(found)["halcyon-relay"]
        assert (measure["peak"], measure["verdict"]) == (measure["max"], "kept")
        assert measure["peak_at"] == limit_at


def test_an_app_without_an_approved_use_case_lacks_it_under_every_version(report: Json, true: Json) -> None:
    for version in true["versions"]:
        facts = version["clauses"]["approved-purpose"]["apps"]
        measures = as_written(clause(report, version["version"], "approved-purpose"))
        assert {key: one["used"] for key, one in measures.items() if one["used"]} == {
            app: one["requests"] for app, one in facts.items()
        }


def test_the_two_years_are_accounted_for_with_the_bulk_host_and_the_regional_one(audited: Audited) -> None:
    boxes, year = audited.look_back["reconciliation"], audited.truth["ledger"]
    bulk, letter = audited.truth["look_back"]["ledger"], audited.truth["licensees"][LETTER]

    assert boxes["this_licensee"] == letter["summary"]["requests"] + letter["outside_period"] + bulk["attributed"]
    for name in ("rejected", "unattributed"):
        assert boxes[name] == year[name]
    [source] = [one for one in audited.look_back["completeness"]["sources"] if one["source"] == "bulk/bulk-01"]
    assert (source["entries"], source["files"], source["missing"]) == (bulk["entries"], 52, 0)
