"""Control totals: each row is a difference that is 0 when a count adds up."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from checks.test_gate import FILES, FINDINGS, LEDGER, MEASURES, SUMS, WINDOW, Row
from tallystick.checks.frames import findings_frame, ledger_frame, usage_frame


def first_row(frame: pd.DataFrame) -> Row:
    return {str(name): value for name, value in frame.iloc[0].items()}


def ledger_row(**changed: Any) -> Row:
    return first_row(ledger_frame([LEDGER[0] | changed], FILES))


@pytest.mark.parametrize(
    ("box", "step", "left"),
    [
        ("entries", "entries_left", 1),
        ("rejected", "entries_left", -1),
        ("duplicate", "accepted_left", -1),
        ("unique", "accepted_left", -1),
        ("unattributed", "unique_left", -1),
        ("attributed", "unique_left", -1),
    ],
)
def test_a_box_that_is_off_by_one_shows_in_its_step(box: str, step: str, left: int) -> None:
    assert ledger_row()[step] == 0
    assert ledger_row(**{box: LEDGER[0][box] + 1})[step] == left


def test_entries_that_ingest_accepted_and_no_day_has_are_unread() -> None:
    assert ledger_row(accepted=8)["unread"] == 1
    assert ledger_row(accepted=10)["unread"] == -1
    assert ledger_row(source="edge-9")["unread"] == -9


def test_files_that_were_refused_or_superseded_offer_nothing() -> None:
    counted = ledger_frame(LEDGER, FILES)
    without = ledger_frame(LEDGER, [file for file in FILES if file["state"] in ("read", "repeated")])

    assert counted.equals(without)


def test_a_ledger_of_nothing_is_a_frame_of_nothing() -> None:
    assert len(ledger_frame([], FILES)) == 0
    assert len(usage_frame([], {})) == 0


def test_usage_on_a_day_that_the_ledger_lacks_is_a_difference() -> None:
    [only] = usage_frame([], SUMS).to_dict("records")

    assert (only["day"], only["usage_app_slot_requests_left"]) == ("2022-03-01", -7)


def test_a_usage_table_is_held_against_the_ledger_day_by_day() -> None:
    short = SUMS | {"usage_app_slot": {"2022-03-01": {"requests": 6, "attributed": 5}}}

    rows = usage_frame(LEDGER, short).to_dict("records")

    assert [row["day"] for row in rows] == ["2022-03-01", "2022-03-02"]
    assert (rows[0]["usage_app_slot_requests_left"], rows[0]["usage_app_slot_attributed_left"]) == (1, 0)
    assert {value for name, value in rows[1].items() if str(name).endswith("_left")} == {0}


def test_a_usage_table_that_lacks_a_day_lacks_all_of_it() -> None:
    [first, _] = usage_frame(LEDGER, SUMS | {"usage_credential": {}}).to_dict("records")

    assert (first["usage_credential_requests_left"], first["usage_credential_attributed_left"]) == (7, 5)


BUCKET = {"crossed_at": None, "peak_at": None}
"""A bucket's window holds the requests beyond the bucket, and no request that crossed it or at which it was fullest."""


def findings_row(measure: Row, **finding: Any) -> Row:
    known = [FINDINGS[0] | finding] if finding != {"absent": True} else []
    return first_row(findings_frame(known, [MEASURES[0] | measure]))


@pytest.mark.parametrize(
    ("measure", "finding", "column", "wrong"),
    [
        ({}, {}, "unlisted", 0),
        ({}, {"absent": True}, "unlisted", 1),
        ({"verdict": "not decided", "windows_over": 0}, {"absent": True}, "unlisted", 1),
        ({"verdict": "kept", "windows_over": 0}, {"absent": True}, "unlisted", 0),
        ({"key": "other"}, {}, "unlisted", 1),
        ({}, {"evidence": []}, "without_evidence", 1),
        ({"verdict": "not decided"}, {"evidence": []}, "without_evidence", 0),
        ({"counted": 0}, {"evidence": []}, "without_evidence", 0),  # a minimum is owed without a request
        ({"windows_over": 2}, {}, "windows_left", 1),
        ({"windows_over": 0}, {}, "windows_left", -1),
        ({}, {"windows": [WINDOW, WINDOW]}, "windows_left", -1),
        ({}, {"windows": [WINDOW | {"over": 3}]}, "over_wrong", 1),
        ({}, {"windows": [WINDOW | BUCKET | {"used": 3, "over": 3}]}, "over_wrong", 0),
        ({}, {"windows": [WINDOW | BUCKET | {"used": 3, "over": 2}]}, "over_wrong", 1),
        ({"counted": 13}, {}, "counted_beyond", 1),
        ({"counted": 0}, {}, "counted_beyond", 0),
    ],
)
def test_a_finding_follows_from_its_measure(measure: Row, finding: Row, column: str, wrong: int) -> None:
    assert findings_row(measure, **finding)[column] == wrong


def test_a_row_is_one_reading_of_a_clause_whatever_its_keys() -> None:
    other = MEASURES[0] | {"key": "other", "counted": 0, "windows_over": 0, "verdict": "kept"}

    names = list(findings_frame(FINDINGS, [*MEASURES, other])["measure"])

    assert names == ["v1/volume/as written", "v1/volume/rolling", "None/registered-app/as written"]


def test_a_key_that_is_measured_twice_is_told() -> None:
    [first, *_] = findings_frame(FINDINGS, [*MEASURES, MEASURES[0]]).to_dict("records")

    assert (first["twice"], first["counted_beyond"]) == (1, 12)
