"""Every number that a scene states by hand is the number that the report gives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.audited import Audited, Json, clause, windows
from tallystick.demo.planted import scenes
from tallystick.demo.planted.calls import calls_of

pytestmark = [pytest.mark.spark, pytest.mark.s3]

STANDING = ("agreement-in-force", "registered-app")


def told(audited: Audited) -> Iterator[tuple[Json, Json, Json]]:
    """Each planted licensee's report, and of each clause the facts and what the report says of it."""
    for name, facts in audited.truth["planted"]["licensees"].items():
        report = audited.planted[name]
        for asked, said in facts["clauses"].items():
            yield report, said, clause(report, None if asked in STANDING else facts["version"], asked)


def readings(said: Json) -> Json:
    stated: Json = {"as written": said.get("keys", {}), **said.get("readings", {})}
    return stated


def test_every_planted_licensee_has_the_conclusion_and_the_requests_that_are_true(audited: Audited) -> None:
    for name, facts in audited.truth["planted"]["licensees"].items():
        report = audited.planted[name]
        assert (report["conclusion"], report["summary"]["requests"]) == (facts["conclusion"], facts["requests"]), name


def test_every_planted_clause_has_the_verdict_and_the_numbers_that_are_true(audited: Audited) -> None:
    compared = 0
    for report, said, found in told(audited):
        assert found["verdict"] == said["verdict"], (report["licensee"], found["clause"])
        for reading, keys in readings(said).items():
            measures = {one["key"]: one for one in found["measures"] if one["reading"] == reading}
            assert set(keys) <= set(measures)
            assert {measures[key]["verdict"] for key in set(measures) - set(keys)} <= {"kept", "not checked"}
            for key, facts in keys.items():
                numbers = {name: value for name, value in facts.items() if name not in ("windows", "money")}
                money = facts.get("money", {})
                assert {name: measures[key][name] for name in numbers} == numbers, (report["licensee"], key)
                assert {name: measures[key]["money"][name] for name in money} == money, (report["licensee"], key)
                compared += len(numbers) + len(money)
    assert compared > 150


def test_every_planted_window_has_the_instants_and_the_numbers_that_are_true(audited: Audited) -> None:
    compared = 0
    for report, said, found in told(audited):
        for reading, keys in readings(said).items():
            for key, facts in keys.items():
                stated = facts.get("windows", [])
                listed = windows(report, found, key, reading)
                assert len(listed) == len(stated) or "windows" not in facts
                for window, true in zip(listed, stated, strict=False):
                    assert {name: window[name] for name in true} == true, (report["licensee"], key)
                    compared += 1
    assert compared >= 12


def test_the_regional_gateways_log_is_whole(audited: Audited) -> None:
    seen = [
        source
        for report in audited.planted.values()
        for source in report["completeness"]["sources"]
        if source["source"] == "regional/regional-01"
    ]

    assert sum(source["this_licensee"] for source in seen) == len(calls_of(scenes()))
    assert {(source["missing"], source["numbered"]) for source in seen} == {(0, True)}
