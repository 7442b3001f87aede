"""What verification holds a bundle's sample to."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.bundles import a_bundle, a_payload
from tallystick.errors import BundleDiffersError
from tallystick.evidence.bundle import MemoryReader
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.digest import Sha256
from tallystick.evidence.sample_rules import FRAME, RULE, SCHEMA
from tallystick.evidence.verification import verify_bundle


def bundle(**changes: Any) -> dict[str, bytes]:
    payload = a_payload()
    frame = {
        "schema": SCHEMA,
        "seed": Sha256.of(payload["report.json"]).hex,
        "requests": 7,
        "drawn": 5,
        "strata": [{"requests": 4, "drawn": 4}, {"requests": 3, "drawn": 1}],
    }
    return a_bundle({**payload, FRAME: canonical_bytes(frame | changes)})


def test_a_sample_of_this_report_passes_and_the_rule_is_told() -> None:
    assert RULE in verify_bundle(MemoryReader(bundle()), location="r1").rules


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
