"""What verification holds a bundle's sample to."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.bundles import a_bundle, a_payload, a_sample
from tallystick.errors import BundleDiffersError
from tallystick.evidence.bundle import MemoryReader
from tallystick.evidence.sample_rules import FRAME, ROWS_RULE, RULE, SAMPLE
from tallystick.evidence.verification import verify_bundle
from tallystick.report.sample_rows import sample_rows


def bundle(**changes: Any) -> dict[str, bytes]:
    payload = a_payload()
    return a_bundle(payload | a_sample(payload, **changes))


def test_a_sample_of_this_report_passes_and_the_rule_is_told() -> None:
    verified = verify_bundle(MemoryReader(bundle()), location="r1")
    read = verify_bundle(MemoryReader(bundle()), location="r1", read_sample=sample_rows)

    assert (RULE in verified.rules, ROWS_RULE in verified.rules, ROWS_RULE in read.rules) == (True, False, True)
    assert [one for one in verified.not_checked if SAMPLE in one] == [
        "the rows of evidence/sample.parquet, which takes something that reads Parquet"
    ]
    assert [one for one in read.not_checked if SAMPLE in one] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"seed": "0" * 64}, "seed"),
        ({"requests": 8}, "requests"),
        ({"drawn": 4}, "drawn"),
        ({"strata": [{"requests": 7, "drawn": 8}]}, "strata[0].drawn"),
        ({"strata": []}, "requests"),
        ({"schema": "other"}, "schema"),
    ],
)
def test_another_reports_sample_and_numbers_that_do_not_add_up_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BundleDiffersError) as caught:
        verify_bundle(MemoryReader(bundle(**changes)), location="r1")

    assert [(each.file, each.field) for each in caught.value.differences] == [(FRAME, field)]


@pytest.mark.parametrize("name", [FRAME, SAMPLE])
def test_a_sample_and_its_frame_come_together(name: str) -> None:
    payload = a_payload()
    sample = a_sample(payload)

    with pytest.raises(BundleDiffersError, match="it is not listed") as caught:
        verify_bundle(MemoryReader(a_bundle(payload | {name: sample[name]})), location="r1")
    assert caught.value.where in {FRAME, SAMPLE} - {name}
