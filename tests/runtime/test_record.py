"""What is left of a run: events on stderr, and a row in `run` for a stage that changed something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tallystick import __version__
from tallystick.runtime import progress
from tallystick.runtime.log import configure_log, log_event, printable
from tallystick.runtime.progress import track
from tallystick.runtime.record import recorded
from tallystick.storage.delta import Lake
from tallystick.tables.run import RUN


@pytest.fixture(autouse=True)
def _events_go_to_the_stderr_of_the_test(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    before = structlog.get_config() if structlog.is_configured() else None
    configure_log()
    yield
    structlog.reset_defaults()
    if before is not None:
        structlog.configure(**before)


def events(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    said = captured.readouterr()
    assert said.out == ""
    return [json.loads(line) for line in said.err.splitlines()]


def test_a_stage_that_changed_something_leaves_a_row_and_two_events(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake = Lake(tmp_path)

    with recorded(lake, "tally", period="2022") as note:
        note["inputs"] = {"request": 3}
        note["outputs"] = {"day_ledger": 1}
        note["totals"] = {"days": 2}

    [row] = lake.read(RUN).to_pylist()
    assert (row["stage"], json.loads(row["arguments"]), row["code_version"]) == (
        "tally",
        {"period": "2022"},
        __version__,
    )
    assert [json.loads(row[name]) for name in ("inputs", "outputs", "totals")] == [
        {"request": 3},
        {"day_ledger": 1},
        {"days": 2},
    ]
    assert row["duration_ms"] >= 0
    begun, done = events(capsys)
    assert (begun["event"], done["event"]) == ("tally.started", "tally.done")
    assert (begun["period"], done["changed"], done["days"]) == ("2022", True, 2)


def test_a_stage_that_changed_nothing_leaves_no_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = Lake(tmp_path)

    with recorded(lake, "tally"):
        pass

    assert lake.version(RUN) is None
    assert [one["event"] for one in events(capsys)] == ["tally.started", "tally.done"]


def test_a_stage_that_failed_says_so_and_leaves_no_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = Lake(tmp_path)

    def fail() -> None:
        with recorded(lake, "audit") as note:
            note["outputs"] = {"finding": 1}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert lake.version(RUN) is None
    assert [(one["event"], one.get("error")) for one in events(capsys)] == [
        ("audit.started", None),
        ("audit.failed", "ZeroDivisionError"),
    ]


def test_every_run_has_a_row_of_its_own(tmp_path: Path) -> None:
    lake = Lake(tmp_path)

    for _ in range(3):
        with recorded(lake, "ingest") as note:
            note["outputs"] = {"intake": 1}

    rows = lake.read(RUN).to_pylist()
    assert len({row["id"] for row in rows}) == len(rows) == 3


# ── talk ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ü § – text", "plain ü § – text"),
        ("\x1b[2J", "\\u001b[2J"),
        ("one\ntwo\rthree\t", "one\\u000atwo\\u000dthree\\u0009"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\ud800", "\\ud800"),
        ("\x00\x7f\u2028", "\\u0000\\u007f\\u2028"),
    ],
)
def test_nothing_that_moves_a_cursor_or_forges_a_line_is_shown_as_it_is(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(text).isprintable()


def test_an_event_is_one_line_whatever_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    log_event("ingest.refused", file="a\nb\x1b[31m\u202e", files=["c\nd"])

    [event] = events(capsys)
    assert event["file"] == "a\\u000ab\\u001b[31m\\u202e"
    assert event["level"] == "info"


def test_progress_in_a_log_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with track("days", 3) as say:
        say(1)
    assert events(capsys) == []

    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.0)
    with track("days", 3) as say:
        say(1)
        say(3)

    assert [(one["step"], one["done"], one["total"]) for one in events(capsys)] == [("days", 1, 3), ("days", 3, 3)]
