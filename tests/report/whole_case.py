"""What the letter's case has nothing of: a fee with money open, more credentials than are listed, and a run.json."""

from __future__ import annotations

from report.documents import Row, amount, digest

RUN: Row = {
    "tallystick": "0.1.0",
    "parts": {"duckdb": "1.5.5", "pyarrow": "26.0.1"},
    "command": "tallystick run --licensee halcyon --period 2022",
    "settings": {"provider": "Murmur Social", "time_zone": "America/Los_Angeles"},
    "inputs": {
        "agreements": [{"version": "2021-07-01", "sha256": digest("agreement")}],
        "log_files": 1_830,
        "log_files_sha256": digest("log files"),
    },
}


def with_all_parts(document: Row) -> Row:
    """The document with open money and with credentials beyond those that it lists."""
    others = {
        "credentials": 17,
        "requests": 1_733,
        "records": amount(53_723, known=1_726, unknown=7),
        "response_bytes": amount(1_748_597, known=1_733),
        "throttled": 39,
    }
    fee = {"version": "2022-07-01", "clause": "access-fee", "low": "1204.50", "high": "1811.75", "at_least": True}
    exposure = {"currency": "USD", "low": "1204.50", "high": "1811.75", "at_least": True, "of": [fee]}
    return document | {
        "exposures": [exposure],
        "consumption": document["consumption"] | {"other_credentials": others},
    }
