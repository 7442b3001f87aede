"""`tallystick agreements test`: whether the cases of versions pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.command_line import ran_apart, tallystick
from commands.two_versions import SECOND, assert_refused, write


def test_what_init_writes_passes_its_own_cases(project: Path) -> None:
    ran = tallystick("agreements", "test", project)

    assert ran.code == 0
    assert [line.split("  ")[0] for line in ran.stdout.splitlines()] == ["pass"] * 4
    assert ran.stderr == "4 cases, 4 pass, 0 fail\n"
    assert not (project / "lake").exists()


def test_a_case_that_fails_says_what_was_expected_and_found_and_ends_with_three(two_versions: Path) -> None:
    write(two_versions, "2022-07-01", SECOND.replace("burst: exceeded", "burst: {verdict: kept, peak: 10}"))

    ran = tallystick("agreements", "test", two_versions)

    assert ran.code == 3
    assert ran.stdout.splitlines() == [
        "FAIL  acme 2022-07-01 case 1: The eleventh call in a minute is over.",
        (
            "      burst: expected kept, peak 10; found exceeded, key acme-export, used 11, peak 11, windows 1, "
            "requests over 1, served over 1"
        ),
    ]
    assert ran.stderr == "1 cases, 0 pass, 1 fail\n"


def test_the_results_as_json_are_one_value_whatever_they_are(two_versions: Path) -> None:
    passed = tallystick("agreements", "test", two_versions, "--json")
    write(two_versions, "2022-07-01", SECOND.replace("burst: exceeded", "burst: kept"))
    failed = tallystick("agreements", "test", two_versions, "--json")

    assert (passed.code, passed.data["passed"], passed.data["failed"]) == (0, 1, 0)
    assert (failed.code, failed.data["passed"], failed.data["failed"]) == (3, 0, 1)
    [case] = failed.data["cases"]
    assert [(one["clause"], one["is_met"], one["found"]["verdict"]) for one in case["checked"]] == [
        ("burst", False, "exceeded"),
        ("yearly-volume", True, "kept"),
    ]


@pytest.mark.parametrize("folder", ["agreements", "agreements/acme", "agreements/acme/2022-07-01.yaml"])
def test_a_folder_of_agreements_or_a_file_needs_no_project(two_versions: Path, folder: str) -> None:
    (two_versions / "tallystick.toml").unlink()

    ran = tallystick("agreements", "test", two_versions / folder)

    assert (ran.code, ran.stderr) == (0, "1 cases, 1 pass, 0 fail\n")


def test_why_nothing_is_decided_is_said(two_versions: Path) -> None:
    write(two_versions, "2022-07-01", SECOND.replace(", route: GET /2/posts", ""))

    ran = tallystick("agreements", "test", two_versions)

    assert ran.stdout.splitlines()[-1] == (
        "      yearly-volume: expected kept; found not decided, used 0, windows 0: 11 requests do not say enough to "
        "tell whether the clause counts them"
    )


def test_an_agreement_without_cases_is_said_to_have_none(two_versions: Path) -> None:
    write(two_versions, "2022-07-01", SECOND.partition("cases:")[0])

    ran = tallystick("agreements", "test", two_versions)

    assert (ran.code, ran.stdout) == (0, "")
    assert "no version here states a case" in ran.stderr


def test_a_version_that_is_refused_is_refused_before_any_case_runs(two_versions: Path) -> None:
    write(two_versions, "2022-07-01", SECOND.replace("{burst: exceeded", "{brust: exceeded"))

    ran = tallystick("agreements", "test", two_versions)

    assert ran.stdout == ""
    assert_refused(
        ran, 5, "BadConfiguration", "2022-07-01.yaml:34: cases[0].expect.brust", "it has yearly-volume, burst"
    )


@pytest.mark.parametrize("place", ["nowhere", "empty"])
def test_where_there_is_no_agreement_there_is_nothing_to_test(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()

    assert_refused(tallystick("agreements", "test", tmp_path / place), 5, "MissingInput", "there are no agreements")


def test_a_file_in_the_project_names_the_register_and_the_routes(two_versions: Path) -> None:
    source = "folder: logs\nformat: nginx_combined\nroutes: [GET /2/posts/search]\n"
    (two_versions / "sources" / "gateway.yaml").write_text(source)

    ran = tallystick("agreements", "test", two_versions)

    assert_refused(
        ran, 5, "BadConfiguration", "clauses[0].counts.routes[1]", "no request can have a route", "POST /2/*"
    )


def test_a_process_says_data_on_stdout_and_ends_with_the_code(two_versions: Path) -> None:
    write(two_versions, "2022-07-01", SECOND.replace("burst: exceeded", "burst: kept"))

    ran = ran_apart("agreements", "test", two_versions, "--json")

    assert ran.code == 3
    assert ran.data["failed"] == 1
    assert ran.stderr == "1 cases, 0 pass, 1 fail\n"
