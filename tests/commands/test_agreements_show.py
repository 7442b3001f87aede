"""`tallystick agreements show`: what bound whom on a date."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from commands.command_line import Ran, tallystick
from commands.two_versions import assert_refused


def show(project: Path, on: str, *more: str) -> Ran:
    return tallystick("agreements", "show", "acme", "--on", on, "--project", project, *more)


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
