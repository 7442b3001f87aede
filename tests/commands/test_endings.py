from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from commands.command_line import Ran, environment, program, tallystick

STAGES = ("ingest", "refine", "tally", "audit", "publish", "verify")
BESIDE = ("run", "demo", "init", "inspect", "doctor", "explain", "download")


def assert_refused(ran: Ran, code: int, *words: str) -> None:
    """It ended with the code, said every word on stderr and nothing on stdout, and showed no traceback."""
    assert (ran.code, ran.stdout) == (code, ""), ran
    assert [word for word in words if word not in ran.stderr] == [], ran.stderr
    assert "Traceback" not in ran.stderr
    assert "This is a bug" not in ran.stderr


@pytest.mark.parametrize("command", [*STAGES, *BESIDE])
def test_every_command_says_in_a_sentence_what_it_does_and_what_it_takes(command: str) -> None:
    ran = tallystick(command, "--help")

    assert (ran.code, ran.stderr) == (0, "")
    assert "--json" in ran.stdout
    [sentence] = [line for name, line in listed() if name == command]
    assert len(sentence.split()) > 3


def listed() -> list[tuple[str, str]]:
    """The commands that `--help` lists, in its order, with their sentences."""
    rows = [line.strip("│ ").partition(" ") for line in tallystick("--help").stdout.splitlines()]
    return [(name, sentence.strip()) for name, _, sentence in rows if name in (*STAGES, *BESIDE)]


def test_help_lists_the_stages_first_and_in_the_order_in_which_they_run() -> None:
    assert tuple(name for name, _ in listed()) == (*STAGES, *BESIDE)


def test_the_version_is_data() -> None:
    ran = tallystick("--version")

    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["audit"],
        ["audit", "--period"],
        ["audit", "--period", "2024", "--nosuch"],
        ["audit", "--period", "2024", "--fail-on", "rather"],
        ["publish", "--period", "2024", "--revision", "0"],
        ["publish", "--period", "2024", "--revision", "first"],
        ["inspect"],
        ["inspect", "x", "--top", "-1"],
        ["demo", "--scale", "abc"],
        ["demo", "--scale", "NaN"],
        ["demo", "--scale", "0"],
        ["demo", "--scale", "7"],
        ["verify"],
        ["verify", "ftp://example.com/reports"],
        ["verify", "s3://"],
        ["\x1b[31mred"],
    ],
)
def test_arguments_that_make_no_sense_end_with_2(arguments: list[str], project: Path) -> None:
    takes_project = arguments[0] in STAGES
    asked = [*arguments, *(["--project", str(project)] if takes_project else [])]

    plain, as_json = tallystick(*asked), tallystick(*asked, "--json")

    assert_refused(plain, 2)
    assert "\x1b" not in plain.stderr
    assert as_json.code == 2
    assert (as_json.data["exit_code"], as_json.data["error"]) == (2, "Usage")
    assert as_json.data["what"]
    assert as_json.stderr.splitlines()[-2:] == plain.stderr.splitlines()[-2:]


def test_without_a_project_every_stage_says_so(tmp_path: Path) -> None:
    for stage in STAGES[:5]:
        period = ["--period", "2024"] if stage in ("audit", "publish") else []
        ran = tallystick(stage, "--project", tmp_path / "nowhere", *period)
        assert_refused(ran, 5, "MissingInput", "nowhere/tallystick.toml", "next: tallystick init")


@pytest.mark.parametrize("place", ["file/project", "file"])
def test_what_the_system_refuses_is_no_bug(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine")

    ran = tallystick("init", tmp_path / place)

    assert_refused(ran, 5 if "/" in place else 2, str(tmp_path / "file"), "next: ")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_file_in_place_of_the_lake_is_no_bug(project: Path) -> None:
    (project / "lake").write_text("mine")

    ran = tallystick("ingest", "--project", project)

    assert_refused(ran, 5, "StoreRefused", str(project / "lake"), "next: ")


@pytest.mark.parametrize(
    "licensee",
    ["../x", "acme/../acme", "", "\x1b[31mred", "a\nb", "a'; DROP TABLE x", "a\u202eb", "*", "ACME", "acme "],
)
def test_a_hostile_licensee_is_refused_and_printed_harmlessly(project: Path, licensee: str) -> None:
    for command in ("audit", "publish", "verify", "run"):
        ran = tallystick(command, "--project", project, "--licensee", licensee, "--period", "2024-01")
        assert_refused(ran, 2, "UnknownLicensee", "known: acme")
        assert all(char.isprintable() for line in ran.stderr.splitlines() for char in line)
    assert not (project / "reports").exists()


@pytest.mark.parametrize(
    "period",
    [
        "../x",
        "..",
        "",
        "2024-13",
        "2024-Q5",
        "2024-02-30",
        "2024-01\n",
        "2024-01-01/..",
        "2024-01-01/2024-01-01",
        "2024-01-02/2024-01-01",
        "2024-01-01\x1b10:00:00/2024-01-02",
        "2024-01-01\u202e10:00:00/2024-01-02",
        "\u0662\u0660\u0662\u0664-01",
        "9999",
        "0000",
        "2024-01-01/2024-01-02/2024-01-03",
    ],
)
def test_a_hostile_period_is_refused_and_printed_harmlessly(project: Path, period: str) -> None:
    for command in ("audit", "publish", "verify", "run"):
        ran = tallystick(command, "--project", project, "--licensee", "acme", "--period", period)
        assert_refused(ran, 2, "BadPeriod", "next: write 2022, 2022-Q4")
        assert all(char.isprintable() for line in ran.stderr.splitlines() for char in line)
    assert not (project / "reports").exists()
    assert not (project / "lake" / "source_file").exists()


def test_a_hostile_folder_is_printed_harmlessly(tmp_path: Path) -> None:
    ran = tallystick("init", tmp_path / "\x1b[31mred")

    assert ran.code == 0
    assert "\x1b" not in ran.stdout + ran.stderr


def test_a_reader_that_has_seen_enough_is_no_error(project: Path) -> None:
    asked = program("inspect", project / "logs", "--json")
    with subprocess.Popen(asked, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as piped:
        assert piped.stdout is not None
        assert piped.stderr is not None
        piped.stdout.close()
        said = piped.stderr.read()

    assert said == ""


def test_an_error_as_json_says_what_stderr_says(project: Path) -> None:
    ran = tallystick("audit", "--project", project, "--period", "2024-13", "--json")

    assert json.loads(ran.stdout) == {
        "error": "BadPeriod",
        "what": "'2024-13' is not a day of the calendar",
        "where": None,
        "next_step": "write 2022, 2022-Q4, 2022-12, 2022-12-05 or START/END, for example 2022-01-01/2022-03-01",
        "exit_code": 2,
    }
    assert ran.stderr.splitlines()[-2:] == [
        "BadPeriod: '2024-13' is not a day of the calendar",
        "  next: write 2022, 2022-Q4, 2022-12, 2022-12-05 or START/END, for example 2022-01-01/2022-03-01",
    ]
