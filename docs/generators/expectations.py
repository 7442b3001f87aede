"""docs/reference/expectations.md: what must hold before a report goes out, from expectations/*.json."""

from __future__ import annotations

from typing import Any

from generators.markdown import code, table, whole_page
from tallystick.checks.suites import SUITES, load_suite

LEAD = """\
`publish` asks these of small control totals before anything goes out: whole numbers, one row for each thing compared.
A *critical* one that fails stops publication (exit code 4); a *warning* is counted in the report; an *info* is only
recorded. Every result is a row of [`check_result`](tables.md#check_result) and stands in `quality.json` of the bundle;
`tallystick explain ID` shows it. The suites are plain Great Expectations JSON in
[`expectations/`](../../expectations)."""


def page() -> str:
    """The page."""
    return whole_page("Expectations", LEAD, *(_section(name) for name in SUITES))


def _section(name: str) -> str:
    rows = [_row(one) for one in load_suite(name)["expectations"]]
    return f"## {name}\n\n{table(['id', 'severity', 'expects', 'asked as'], rows)}"


def _row(expectation: dict[str, Any]) -> list[str]:
    asked = ", ".join(f"{key} = {_shown(value)}" for key, value in expectation["kwargs"].items())
    said = [expectation["id"], expectation["severity"], expectation["notes"]]
    return [code(said[0]), said[1], said[2], f"{code(expectation['type'])} {asked}"]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return f"the number of {value['$PARAMETER'].replace('_', ' ')}"
    return code(", ".join(str(one) for one in value) if isinstance(value, list) else value)
