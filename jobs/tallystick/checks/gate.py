"""Ask a suite of a frame of control totals. Results carry no values of the frame, only how many rows are unexpected."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

import pandas as pd

from tallystick.checks.suites import CheckResult, load_suite


def ask(suite: str, frame: pd.DataFrame, parameters: Mapping[str, int]) -> list[CheckResult]:
    """Every expectation of a suite on a frame, in the suite's order.

    The first expectation of each suite compares the row count with a number from elsewhere: expectations about rows
    hold on an empty frame. `parameters` are what the suite names with `$PARAMETER`.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations as gx

    stated = load_suite(suite)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    batch = (
        context.data_sources.add_pandas(name=suite)
        .add_dataframe_asset(name=suite)
        .add_batch_definition_whole_dataframe(suite)
        .get_batch({"dataframe": frame})
    )
    validated = batch.validate(
        gx.ExpectationSuite(**stated),
        result_format={"result_format": "SUMMARY", "exclude_unexpected_values": True, "partial_unexpected_count": 0},
        expectation_parameters=dict(parameters),
    )
    by_id = {result.expectation_config.id: result for result in validated.results if result.expectation_config}
    return [_result(suite, one, by_id[one["id"]], len(frame)) for one in stated["expectations"]]


def _result(suite: str, stated: Mapping[str, Any], result: Any, rows: int) -> CheckResult:
    unexpected, missing = result.result.get("unexpected_count"), int(result.result.get("missing_count") or 0)
    return CheckResult(
        suite=suite,
        id=stated["id"],
        expectation=stated["type"],
        severity=stated["severity"],
        sentence=stated["notes"],
        is_met=bool(result.success) and not missing,  # Great Expectations passes over NULL, which is not a pass
        unexpected=(int(unexpected) if unexpected is not None else int(not result.success)) + missing,
        rows=rows,
    )
