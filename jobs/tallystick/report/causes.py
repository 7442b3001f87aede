"""How a finding may have come about, where the facts at hand suggest it; and what would show it to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.period import to_text, to_us

Row = Mapping[str, Any]

HOUR_US = 3_600_000_000

AFTER_REFUSALS = "retries_after_refusal"
ONE_HOUR = "one_hour"
ONE_CREDENTIAL = "one_credential"
NOT_ENFORCED = "limit_not_enforced"

EVERYWHERE = ("attribution", "log_entries", "other_version")
REFUTED_BY: Mapping[str, tuple[str, ...]] = {
    "limit": (*EVERYWHERE, "other_reading", "times"),
    "environment": (*EVERYWHERE, "environment_on_register", "times"),
    "backoff": (*EVERYWHERE, "statuses", "times"),
    "concurrency": (*EVERYWHERE, "durations", "times"),
    "declared": (*EVERYWHERE, "statement_was_other"),
    "fee": (*EVERYWHERE, "payments", "prices"),
    "identification": (*EVERYWHERE, "user_agents"),
    "routes": (*EVERYWHERE, "route_templates"),
    "term": (*EVERYWHERE, "dates_on_register"),
    "use_case": (*EVERYWHERE, "earlier_approval"),
    "register": ("attribution", "log_entries", "dates_on_register"),
}
"""For each kind of clause the words of what would show a finding to be wrong."""


@dataclass(frozen=True, kw_only=True)
class CredentialShare:
    """Of one app in the period: its requests with a credential, those with the busiest one, and how many there are."""

    requests: int
    largest: int
    credentials: int


def cause(finding: Row, measure: Row, shares: Mapping[str, CredentialShare]) -> dict[str, Any] | None:
    """The first hypothesis for which there is a fact, with its numbers; None where there is none, or nothing is over.

    Requests soon after a refusal; windows that all lie in one hour; windows of an app most of whose requests were made
    with one of several credentials; requests over a limit that were answered.
    """
    if finding["verdict"] != "exceeded":
        return None
    if finding["kind"] == "backoff":
        return {"what": AFTER_REFUSALS, "values": {"requests": measure["used"]}}
    windows = [window for window in finding["windows"] if window["reading"] == measure["reading"]]
    if (hour_us := _one_hour(windows)) is not None:
        return {"what": ONE_HOUR, "values": {"hour_at": to_text(hour_us), "windows": len(windows)}}
    share = shares.get(str(finding["key"]))
    if windows and share is not None and share.credentials > 1 and share.largest * 2 > share.requests:
        values = {"requests": share.largest, "of": share.requests, "credentials": share.credentials}
        return {"what": ONE_CREDENTIAL, "values": values}
    if windows and measure["served_over"]:
        return {"what": NOT_ENFORCED, "values": {"served_over": measure["served_over"]}}
    return None


def refuted_by(kind: str, verdict: str) -> list[str]:
    """What would show the finding to be wrong; of what is not decided: that which is missing."""
    return ["what_is_missing"] if verdict == "not decided" else list(REFUTED_BY.get(kind, EVERYWHERE))


def _one_hour(windows: list[Row]) -> int | None:
    """The UTC hour in which all windows lie, where there is one."""
    if not windows:
        return None
    first_us = min(to_us(window["start_at"]) for window in windows) // HOUR_US
    last_us = max(to_us(window["end_at"]) - 1 for window in windows) // HOUR_US
    return first_us * HOUR_US if first_us == max(first_us, last_us) else None
