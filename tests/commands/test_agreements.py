"""`tallystick agreements` as its user meets it: what bound whom, whether cases pass, what changed, and ODRL."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from commands.command_line import Ran, ran_apart, tallystick

HOSTILE = 'No "resale" \\x1b[31m; \\u202e <script>'
FIRST = """
licensee: acme
title: Terms
in_force_from: 2021-07-01
time_zone: America/Los_Angeles
clauses:
  - id: yearly-volume
    cites: "§ 4.2"
    says: "No more than 250,000,000 calls in a calendar year."
    kind: limit
    of: requests
    per: licensee
    max: 250000000
    window: calendar
    within: P1Y
    counts: {routes: ["GET /2/*", "POST /2/*"]}
    severity: critical
  - id: resale
    cites: "§ 7"
    says: "HOSTILE"
    kind: text
"""
SECOND = """
licensee: acme
title: First amendment
in_force_from: 2022-07-01T12:00:00
amends: "2021-07-01"
time_zone: America/Los_Angeles
clauses:
  - id: yearly-volume
    cites: "§ 4.2"
    says: "No more than 320,000,000 calls in a calendar year."
    kind: limit
    of: requests
    per: licensee
    max: 320000000
    window: calendar
    within: P1Y
    counts: {routes: ["GET /2/*", "GET /3/*"]}
    tolerance: "2 %"
    severity: critical
    readings:
      - {id: rolling-year, says: any 365 days, window: sliding, within: P365D}
  - id: burst
    cites: "§ 4.3"
    says: "No more than ten calls in any minute."
    kind: limit
    of: requests
    per: app
    max: 10
    window: sliding
    within: PT1M
cases:
  - says: The eleventh call in a minute is over.
    requests: [{at: "2022-08-01T10:00:00Z", app: acme-export, times: 11, every: PT1S, route: GET /2/posts}]
    expect: {burst: exceeded, yearly-volume: kept}
"""


@pytest.fixture
def two_versions(project: Path) -> Path:
    """The project of init, with an agreement in two versions instead."""
    for file in (project / "agreements" / "acme").iterdir():
        file.unlink()
    write(project, "2021-07-01", FIRST.replace("HOSTILE", HOSTILE.replace('"', '\\"')))
    write(project, "2022-07-01", SECOND)
    return project


def write(project: Path, name: str, text: str) -> Path:
    file = project / "agreements" / "acme" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def show(project: Path, on: str, *more: str) -> Ran:
    return tallystick("agreements", "show", "acme", "--on", on, "--project", project, *more)


def assert_refused(ran: Ran, code: int, name: str, *saying: str) -> None:
    assert ran.code == code, ran
    assert ran.stderr.startswith(f"{name}: ")
    assert "  next: " in ran.stderr
    assert "Traceback" not in ran.stderr
    for part in saying:
        assert part in ran.stderr


# ── test ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── show ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_bound_on_a_date_is_shown_in_words(two_versions: Path) -> None:
    digest = sha256((two_versions / "agreements/acme/2021-07-01.yaml").read_bytes()).hexdigest()

    ran = show(two_versions, "2022-03-01")

    assert ran.code == 0
    assert ran.stdout.splitlines()[:10] == [
        "acme, Acme Example Ltd, on 2022-03-01",
        "",
        "Terms, version 2021-07-01",
        "  in force from 2021-07-01T07:00:00.000000Z until 2022-07-01T19:00:00.000000Z",
        f"  dates are read in America/Los_Angeles; SHA-256 {digest}",
        "",
        "  yearly-volume  § 4.2  limit, critical",
        "    “No more than 250,000,000 calls in a calendar year.”",
        "    at most 250,000,000 requests per licensee in a calendar year (P1Y)",
        "    counts: routes GET /2/*, POST /2/*; not those answered with 429",
    ]


def test_readings_are_shown_with_their_terms(two_versions: Path) -> None:
    ran = show(two_versions, "2023-01-01", "--json")

    [version] = ran.data["versions"]
    assert (version["version"], version["amends"], version["in_force_until"]) == ("2022-07-01", "2021-07-01", None)
    [volume, _] = version["clauses"]
    assert volume["readings"] == [
        {
            "id": "rolling-year",
            "says": "any 365 days",
            "terms": "at most 320,000,000 requests per licensee in any 365 days (P365D, tolerance 6,400,000)",
            "counts": "routes GET /2/*, GET /3/*; not those answered with 429",
        }
    ]


@pytest.mark.parametrize(
    ("on", "versions"),
    [
        ("2021-06-30", []),
        ("2021-07-01", ["2021-07-01"]),
        ("2022-07-01", ["2021-07-01", "2022-07-01"]),
        ("2022-07-01T11:59:59.999999", ["2021-07-01"]),
        ("2022-07-01T19:00:00Z", ["2022-07-01"]),
        ("2022-07-02", ["2022-07-01"]),
    ],
)
def test_a_date_is_a_day_of_the_agreement_and_an_instant_is_one(
    two_versions: Path, on: str, versions: list[str]
) -> None:
    ran = show(two_versions, on, "--json")

    assert (ran.code, [one["version"] for one in ran.data["versions"]]) == (0, versions)


def test_that_nothing_is_in_force_is_an_answer(two_versions: Path) -> None:
    ran = show(two_versions, "2020-01-01")

    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1] == "no version of the agreement is in force then"


def test_words_of_others_do_nothing_to_a_terminal(two_versions: Path) -> None:
    shown = show(two_versions, "2022-03-01").stdout
    compared = tallystick("agreements", "diff", "acme:2021-07-01", "acme:2022-07-01", "--project", two_versions).stdout

    assert "\x1b" not in shown + compared
    assert "\u202e" not in shown + compared
    assert r"\u001b[31m; \u202e <script>" in shown


@pytest.mark.parametrize(
    ("arguments", "name", "saying"),
    [
        (("acme", "--on", "yesterday"), "BadPeriod", "write 2022-06-30 or 2022-06-30T12:00:00Z"),
        (("acme", "--on", "2022-02-30"), "BadPeriod", "'2022-02-30' is no date"),
        (("amce", "--on", "2022-03-01"), "UnknownLicensee", "known: acme"),
        (("\x1b[31mred", "--on", "2022-03-01"), "UnknownLicensee", r"'\x1b[31mred'"),
    ],
)
def test_what_is_not_there_is_refused(two_versions: Path, arguments: tuple[str, ...], name: str, saying: str) -> None:
    ran = tallystick("agreements", "show", *arguments, "--project", two_versions)

    assert_refused(ran, 2, name, saying)
    assert "\x1b" not in ran.stderr


# ── diff ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_changed_is_said_in_words(two_versions: Path) -> None:
    ran = tallystick("agreements", "diff", "acme:2021-07-01", "acme:2022-07-01", "--project", two_versions)

    assert ran.code == 0
    assert ran.stdout.splitlines()[:-1] == [
        "title from Terms to “First amendment”",
        "version from 2021-07-01 to 2022-07-01",
        "beginning from 2021-07-01 to 2022-07-01T12:00:00",
        "amends added: 2021-07-01",
        "clause yearly-volume: max from 250,000,000 to 320,000,000",
        "clause yearly-volume: counts.routes now with “GET /3/*” and without “POST /2/*”",
        (
            "clause yearly-volume: words from “No more than 250,000,000 calls in a calendar year.” to “No more than "
            "320,000,000 calls in a calendar year.”"
        ),
        "clause yearly-volume: tolerance added: “2 %”",
        (
            "clause yearly-volume: reading rolling-year added: at most 320,000,000 requests per licensee in any 365 "
            "days (P365D, tolerance 6,400,000)"
        ),
        "clause resale removed (§ 7): text, no automatic check exists",
    ]
    assert ran.stdout.splitlines()[-1].startswith("clause burst added (§ 4.3): limit, at most 10 requests per app")


def test_the_other_way_round_says_the_opposite(two_versions: Path) -> None:
    files = [two_versions / "agreements/acme" / f"{name}.yaml" for name in ("2022-07-01", "2021-07-01")]

    lines = tallystick("agreements", "diff", *files).stdout.splitlines()

    assert "amends removed, which was 2021-07-01" in lines
    assert "clause yearly-volume: max from 320,000,000 to 250,000,000" in lines
    assert "clause yearly-volume: tolerance removed, which was “2 %”" in lines
    assert any(line.startswith("clause yearly-volume: reading rolling-year removed: ") for line in lines)
    assert any(line.startswith("clause burst removed") for line in lines)


def test_keys_inside_of_others_are_named_and_the_order_of_a_list_says_nothing(tmp_path: Path) -> None:
    text = Path(__file__).parents[1].joinpath("agreements", "everything.yaml").read_text("utf-8")
    files = [tmp_path / name for name in ("a.yaml", "b.yaml")]
    files[0].write_text(text, "utf-8")
    for old, new in (
        ('{up_to: 100000, price: "0.50"}', '{up_to: 100000, price: "0.60"}'),
        ('rate: "8 %", kind: compound', 'rate: "9 %"'),
        ("statuses: [200, 206]", "statuses: [206, 200]"),
        ("max: 4, counts: {methods: [POST]}", "max: 4"),
        ("environments: [dev]", "environments: [stage, dev]"),
    ):
        assert old in text
        text = text.replace(old, new)
    files[1].write_text(text, "utf-8")

    assert tallystick("agreements", "diff", *files).stdout.splitlines() == [
        "clause concurrency: counts.methods removed, which was POST",
        "clause environment: environments now with stage",
        "clause fee: tiers[0].price from 0.50 to 0.60",
        "clause fee: interest.rate from “8 %” to “9 %”",
        "clause fee: interest.kind from compound to simple",
    ]


def test_a_version_and_itself_differ_in_nothing_and_cases_bind_nobody(two_versions: Path) -> None:
    file = two_versions / "agreements/acme/2022-07-01.yaml"
    (two_versions / "proposed.yaml").write_text(SECOND.partition("cases:")[0] + "version: 2022-07-01\n")

    same = tallystick("agreements", "diff", file, file)
    without_cases = tallystick("agreements", "diff", file, two_versions / "proposed.yaml")

    assert (same.code, same.stdout, same.stderr) == (0, "", "nothing differs\n")
    assert (without_cases.code, without_cases.stdout) == (0, "")


def test_changes_as_json_have_both_values(two_versions: Path) -> None:
    ran = tallystick("agreements", "diff", "acme:2021-07-01", "acme:2022-07-01", "--project", two_versions, "--json")

    [number] = [one for one in ran.data["changes"] if one["key"] == "max"]
    assert (number["clause"], number["before"], number["after"]) == ("yearly-volume", 250000000, 320000000)
    assert set(ran.data["before"]) == {"version", "sha256"}


@pytest.mark.parametrize(
    ("named", "code", "name", "saying"),
    [
        ("acme:2021-07-02", 2, "Usage", "known: 2021-07-01, 2022-07-01"),
        ("amce:2021-07-01", 2, "UnknownLicensee", "known: acme"),
        ("acme", 5, "MissingInput", "name a version's file, or LICENSEE:VERSION"),
        ("nowhere.yaml", 5, "MissingInput", "there is no such file"),
    ],
)
def test_a_version_that_is_not_there_is_refused(
    two_versions: Path, named: str, code: int, name: str, saying: str
) -> None:
    ran = tallystick("agreements", "diff", named, "acme:2021-07-01", "--project", two_versions)

    assert_refused(ran, code, name, saying)


# ── as a process ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_process_says_data_on_stdout_and_ends_with_the_code(two_versions: Path) -> None:
    write(two_versions, "2022-07-01", SECOND.replace("burst: exceeded", "burst: kept"))

    ran = ran_apart("agreements", "test", two_versions, "--json")

    assert ran.code == 3
    assert ran.data["failed"] == 1
    assert ran.stderr == "1 cases, 0 pass, 1 fail\n"
