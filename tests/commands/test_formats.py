"""`tallystick formats`: what there is, and what a log gives with a format of one's own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands.command_line import tallystick
from tallystick.formats import all_formats

MINE: dict[str, Any] = {
    "name": "mine",
    "title": "A log of mine",
    "says": "One record a request.",
    "docs": [],
    "entries": {"find": "csv", "delimiter": ";", "comment": "#"},
    "decode": {
        "kind": "columns",
        "fields": {
            "at": {"column": "When", "says": "When."},
            "key": {"column": "Key", "says": "The key."},
            "code": {"column": ["Code", "Status"], "says": "What was answered."},
            "took": {"column": "Took", "says": "Milliseconds."},
        },
    },
    "columns": {
        "received_at": {"field": "at", "read": "strptime", "format": "%d.%m.%Y %H:%M:%S", "zone": "Europe/Berlin"},
        "credential": {"field": "key", "read": "text", "secret": True},
        "status": {"field": "code", "read": "status"},
        "duration_us": {"sql": "CAST(CAST(took AS DECIMAL(9, 3)) AS VARCHAR)", "read": "milliseconds"},
        "error": {"field": "code", "read": "text", "missing": ["200", "404"]},
    },
    "identity": "none",
    "recognise": {"needs": ["at", "code"]},
}
SECRET = "tk-9f8e7d6c5b4a39281706"
LOG = (
    "# Fictional Gate 2\nWhen;Key;Took;Status\n"
    f"01.03.2024 10:00:00;{SECRET};12.5;200\n01.03.2024 10:00:01;;3;404\n"
    f"01.03.2024 10:00:02;{SECRET};3;4040\n\ncut\n"
)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(MINE))
    (tmp_path / "gate.csv").write_text(LOG)
    return file


def test_every_format_is_listed_with_how_entries_are_found_and_told_apart() -> None:
    ran = tallystick("formats", "--json")

    assert [one["name"] for one in ran.data["formats"]] == [*all_formats()]
    assert ran.data["formats"][0].keys() == {"name", "title", "entries", "identity", "is_own"}
    assert not any(one["is_own"] for one in ran.data["formats"])


def test_a_projects_own_formats_are_listed_as_such(project: Path, mine: Path) -> None:
    (project / "formats").mkdir()
    mine.rename(project / "formats" / "mine.yaml")

    listed = tallystick("formats", "--project", project, "--json").data["formats"]

    assert [one["name"] for one in listed if one["is_own"]] == ["mine"]
    assert "own  A log of mine" in tallystick("formats", "--project", project).stdout
    assert tallystick("formats", "show", "mine", "--project", project).code == 0


def test_a_format_is_shown_with_what_each_column_is_made_of() -> None:
    ran = tallystick("formats", "show", "nginx_combined")

    assert "received_at = time (read clf_time)" in ran.stdout
    assert tallystick("formats", "show", "nginx_combined", "--json").data["identity"] == "none"


def test_a_format_that_there_is_not_is_an_error_with_the_names_there_are() -> None:
    ran = tallystick("formats", "show", "nothing", "--json")

    assert (ran.code, ran.data["error"]) == (5, "UnknownFormat")
    assert "nginx_combined" in ran.data["next_step"]


def test_a_log_shows_what_became_of_its_entries_and_what_each_gave(mine: Path) -> None:
    [told] = tallystick("formats", "test", mine, mine.parent / "gate.csv", "--json").data["logs"]

    assert (told["entries"], told["accepted"], told["rejected"]) == (4, 2, 2)
    assert told["reasons"] == {"bad_status": 1, "not_in_format": 1}
    assert (told["comments"], told["headers"], told["blanks"], told["lines"]) == (1, 1, 1, 7)
    assert [(lost["position"], lost["reasons"]) for lost in told["rejected_first"]] == [
        (5, ["bad_status"]),
        (7, ["not_in_format"]),
    ]
    assert told["rows"][1] == {
        "position": 4, "received_at": "2024-03-01T09:00:01.000000Z", "status": 404, "duration_us": 3000,
    }  # fmt: skip
    assert told["unknown"]["made_and_empty"] == ["error"]
    assert "user" in told["unknown"]["not_made"]
    assert (told["detected"], told["is_detected"], told["runner_up"]) == ("mine", True, None)


def test_no_secret_is_shown(mine: Path) -> None:
    for arguments in ((), ("--json",)):
        ran = tallystick("formats", "test", mine, mine.parent / "gate.csv", *arguments)

        assert ran.code == 0
        assert SECRET not in ran.stdout + ran.stderr
        assert SECRET[-4:] in ran.stdout


def test_what_a_log_says_cannot_move_a_cursor(mine: Path) -> None:
    mine.write_text(yaml.safe_dump({**MINE, "columns": {**MINE["columns"], "user": {"field": "key", "read": "text"}}}))
    (mine.parent / "gate.csv").write_text("When;Key;Took;Status\n01.03.2024 10:00:00;a\x1b[2Jb;1;200\n\x1b[2J\n")

    ran = tallystick("formats", "test", mine, mine.parent / "gate.csv")

    assert "\x1b" not in ran.stdout
    assert "\\x1b[2J" in ran.stdout


def test_a_compressed_log_is_tried_like_any_other(mine: Path) -> None:
    packed = mine.parent / "gate.gz"
    packed.write_bytes(gzip.compress(LOG.encode()))

    [told] = tallystick("formats", "test", mine, packed, "--json").data["logs"]

    assert (told["accepted"], told["compression"]) == (2, "gzip")


def test_the_format_that_would_be_found_instead_is_named(mine: Path) -> None:
    log = mine.parent / "access.log"
    log.write_text('192.0.2.1 - - [01/Mar/2024:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"\n')

    [told] = tallystick("formats", "test", mine, log, "--json").data["logs"]

    assert (told["accepted"], told["is_detected"], told["detected"]) == (0, False, "nginx_combined")
    assert "no, as nginx_combined" in tallystick("formats", "test", mine, log).stdout


@pytest.mark.parametrize(
    ("change", "where", "says"),
    [
        ({"titel": "x"}, "titel", "not known here"),
        ({"columns": {**MINE["columns"], "route": {"sql": "way", "read": "text"}}}, "columns.route.sql", "no field"),
        ({"columns": {**MINE["columns"], "route": {"sql": "now()", "read": "text"}}}, "columns.route.sql", "now is"),
        ({"name": "nginx_combined"}, "", "describes 'nginx_combined'"),
        ({"recognise": {"needs": ["way"]}}, "", "'way' is no field"),
    ],
)
def test_a_mistake_in_a_format_file_is_told_with_its_place(
    mine: Path, change: dict[str, Any], where: str, says: str
) -> None:
    mine.write_text(yaml.safe_dump({**MINE, **change}))

    ran = tallystick("formats", "test", mine, "--json")

    assert (ran.code, ran.data["error"]) == (5, "BadConfiguration")
    assert ran.data["where"].startswith(str(mine))
    assert ran.data["where"].endswith(where)
    assert says in ran.data["what"]
    assert ran.data["next_step"]


def test_a_log_that_is_no_parquet_is_refused_by_name(mine: Path) -> None:
    mine.write_text(yaml.safe_dump({**MINE, "entries": {"find": "parquet"}}))

    ran = tallystick("formats", "test", mine, mine.parent / "gate.csv", "--json")

    assert (ran.code, ran.data["error"], ran.data["where"]) == (5, "DamagedFile", "gate.csv")


def test_an_expression_that_fails_on_an_entry_is_named(mine: Path) -> None:
    (mine.parent / "gate.csv").write_text("When;Key;Took;Status\n01.03.2024 10:00:00;;long;200\n")

    ran = tallystick("formats", "test", mine, mine.parent / "gate.csv", "--json")

    assert (ran.code, ran.data["error"]) == (5, "BadConfiguration")
    assert ran.data["where"].endswith(": columns.duration_us.sql")
    assert "TRY_CAST" in ran.data["next_step"]


def test_a_name_that_is_built_in_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "nginx_combined.yaml"
    file.write_text(yaml.safe_dump({**MINE, "name": "nginx_combined"}))

    ran = tallystick("formats", "test", file, "--json")

    assert (ran.code, ran.data["what"]) == (5, "'nginx_combined' is built in")


@pytest.mark.parametrize("arguments", [("nowhere.yaml",), ("mine.yaml", "nowhere.log")])
def test_a_file_that_is_not_there_is_an_error(mine: Path, arguments: tuple[str, ...]) -> None:
    ran = tallystick("formats", "test", *(mine.parent / one for one in arguments), "--json")

    assert (ran.code, ran.data["error"]) == (5, "MissingInput")


def test_a_format_without_a_log_is_checked_all_the_same(mine: Path) -> None:
    ran = tallystick("formats", "test", mine)

    assert (ran.code, json.dumps("A log of mine")[1:-1] in ran.stdout) == (0, True)
    assert "name a log file" in ran.stderr
