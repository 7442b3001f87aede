"""The audit finds what was planted, all of it and nothing else; what is kept is decided without reading requests."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from demo.audited import Audited, clause
from tallystick.agreements.version import Version
from tallystick.demo.planted import scenes

pytestmark = [pytest.mark.spark, pytest.mark.s3]

Found = tuple[str, str, str | None, str, str | None]
"""Period, licensee, version, clause and key."""


def found_in(audited: Audited) -> set[Found]:
    return {
        (report["period"]["text"], report["licensee"]["id"], one["version"], one["clause"], one["key"])
        for report in audited.documents.values()
        for one in report["findings"]
        if one["verdict"] == "exceeded"
    }


def planted_in(audited: Audited) -> set[Found]:
    return {
        (one["period"], one["licensee"], one["version"], one["clause"], one["key"]) for one in audited.truth["findings"]
    }


def kinds_of_clauses() -> set[str]:
    union = get_args(get_args(Version.model_fields["clauses"].annotation)[0])[0]
    return {get_args(model.model_fields["kind"].annotation)[0] for model in get_args(union)}


def test_the_audit_finds_all_that_is_planted_and_nothing_else(audited: Audited) -> None:
    found, planted = found_in(audited), planted_in(audited)
    precision, recall = len(found & planted) / len(found), len(found & planted) / len(planted)
    print(f"{len(planted)} planted, {len(found)} found: precision {precision}, recall {recall}")

    assert found - planted == set()
    assert planted - found == set()
    assert (precision, recall) == (1.0, 1.0)


def test_no_finding_is_left_undecided(audited: Audited) -> None:
    undecided = [one for report in audited.documents.values() for one in report["findings"]]

    assert {one["verdict"] for one in undecided} == {"exceeded"}


def test_the_lawful_have_no_finding(audited: Audited) -> None:
    lawful = [name for name, facts in audited.truth["licensees"].items() if facts["conclusion"] == "within terms"]
    twins = [name for name, facts in audited.truth["planted"]["licensees"].items() if facts["role"] == "near_miss"]

    assert (len(lawful), len(twins)) == (20, len(scenes()))
    for name in (*lawful, *twins):
        report = {**audited.reports, **audited.planted}[name]
        assert (report["conclusion"], report["findings"]) == ("within terms", []), name


def test_every_kind_of_clause_has_a_planted_breach_and_a_near_miss(audited: Audited) -> None:
    breached: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for facts in audited.truth["planted"]["licensees"].values():
        for said in facts["clauses"].values():
            breached[said["kind"]] += facts["role"] == "breach" and said["verdict"] == "exceeded"
            missed[said["kind"]] += facts["role"] == "near_miss" and "near" in said and said["verdict"] == "kept"

    checked = kinds_of_clauses() - {"text"}  # which no log can check
    assert {kind for kind, times in breached.items() if times} >= checked
    assert {kind for kind, times in missed.items() if times} >= checked


def test_every_window_every_amount_and_every_key_of_a_limit_is_breached_and_nearly_missed(audited: Audited) -> None:
    asked = {"calendar", "anchored", "sliding", "bucket"} | {"requests", "records", "response_bytes"}
    asked |= {"licensee", "app", "credential", "user"}
    seen: dict[str, set[str]] = {"breach": set(), "near_miss": set()}
    for scene in scenes():
        for stated in (one for one in scene.clauses if one["kind"] == "limit"):
            for actor in scene.actors:
                is_breach = actor.truth["clauses"][stated["id"]]["verdict"] == "exceeded"
                assert is_breach == (actor.role == "breach"), (scene.name, stated["id"])
                seen[actor.role] |= {stated["window"], stated["of"], stated["per"]}

    assert seen == {"breach": asked, "near_miss": asked}


def test_the_truth_speaks_of_every_clause_of_every_planted_agreement(audited: Audited) -> None:
    for name, report in audited.planted.items():
        told = audited.truth["planted"]["licensees"][name]["clauses"]
        untold = {one["clause"]: one["verdict"] for one in report["clauses"] if one["clause"] not in told}
        assert set(untold) <= {"agreement-in-force", "registered-app"}, name
        assert set(untold.values()) <= {"kept"}, name


def test_a_year_in_which_every_limit_is_kept_reads_no_request(audited: Audited) -> None:
    for name, facts in audited.truth["licensees"].items():
        if facts["conclusion"] == "within terms":
            read = {(one["version"], one["clause"]): one["rows_read"] for one in audited.reports[name]["clauses"]}
            assert set(read.values()) == {0}, name


RAW = {
    ("burrowfield", "quarter-from-first-call"): "a sliding window over two anchored ones holds more than each",
    ("dunlinmoor", "user-bucket"): "a sliding window holds more than the bucket, which was refilled in it",
    ("copperlatch", "two-days"): "quarters of an hour cannot tell what lies exactly two days apart",
}
"""Near misses so near that no daily table proves them kept."""


def test_of_the_near_misses_only_three_need_their_requests(audited: Audited) -> None:
    read = {
        (name, one["clause"])
        for name, facts in audited.truth["planted"]["licensees"].items()
        if facts["role"] == "near_miss"
        for one in audited.planted[name]["clauses"]
        if one["rows_read"]
    }

    assert read == set(RAW)
    for name, asked in RAW:
        assert clause(audited.planted[name], "2020-01-01", asked)["rows_read"] <= 46
