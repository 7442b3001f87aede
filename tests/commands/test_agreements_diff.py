"""`tallystick agreements diff`: what one version says otherwise than another."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.command_line import tallystick
from commands.two_versions import SECOND, assert_refused


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
