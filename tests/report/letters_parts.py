"""What the letter's case says of each finding beside its windows, from condition to answer; and what it asks."""

from __future__ import annotations

from report.documents import Row, a_condition, a_finding, an_ask, an_effect, answers_to

HALF_YEARS = {
    "2021-07-01": ("2022-01-01T08:00:00.000000Z", "2022-07-01T07:00:00.000000Z"),
    "2022-07-01": ("2022-07-01T07:00:00.000000Z", "2023-01-01T08:00:00.000000Z"),
    None: ("2022-01-01T08:00:00.000000Z", "2023-01-01T08:00:00.000000Z"),
}
REFUTED_BY = {
    "limit": ["attribution", "log_entries", "other_version", "other_reading", "times"],
    "use_case": ["attribution", "log_entries", "other_version", "earlier_approval"],
    "register": ["attribution", "log_entries", "dates_on_register"],
}
ANSWER = {
    "date": "2023-02-14",
    "text": "The app was switched off on 30 September 2022.\nRequests after that came from a "
    "monitor that checks whether it is off.",
}
BEFORE = [{"period": "2021", "id": "f-70a1c2d3e4f5", "used": 311_902, "limit": 300_000, "requests": 11_902}]


def with_parts(finding: Row, clauses: list[Row], sha256: dict[str, str]) -> Row:
    """The finding with all that follows from its clause and its measure."""
    clause = next(one for one in clauses if finding["id"] in one["findings"])
    measure = next(
        one
        for one in clause["measures"]
        if one["key"] == finding["key"] and one["verdict"] == finding["verdict"] and one["reading"] == "as written"
    )
    windows = [window for window in finding["windows"] if window["reading"] == "as written"]
    served = measure["served_over"]
    return finding | {
        "terms": clause["terms"],
        "agreement_sha256": sha256.get(finding["version"]),
        "condition": _condition(finding, clause, measure, windows),
        "effect": an_effect(requests_over=measure["requests_over"], served_over=served),
        "cause": {"what": "limit_not_enforced", "values": {"served_over": served}} if windows else None,
        "refuted_by": REFUTED_BY[finding["kind"]],
        "query": a_finding()["query"].replace("ORDER", f"    AND app = '{finding['key']}'\nORDER"),
        "response": ANSWER if finding["clause"] == "registered-app" else None,
        "earlier": BEFORE if finding["clause"] == "yearly-volume" else [],
    }


def _condition(finding: Row, clause: Row, measure: Row, windows: list[Row]) -> Row:
    start, end = HALF_YEARS[finding["version"]]
    numbers = {"used": measure["used"], "limit": measure["limit"], "max": measure["max"]}
    if not windows:
        return a_condition(per="app", window=None, within=None, start_at=start, end_at=end, **numbers)
    largest = max(windows, key=lambda window: (window["used"], window["end_at"]))
    limit = clause["limits"][0]
    return a_condition(
        **numbers | {"used": measure["peak"]},
        **{name: limit[name] for name in ("per", "window", "within")},
        unit=limit["of"],
        start_at=largest["start_at"],
        end_at=largest["end_at"],
        clipped=largest["clipped"],
    )


def the_asks(findings: list[Row], missing: int, unattributed: int) -> list[Row]:
    """An answer, approvals and an entry on the register; of the provider the missing logs and the names of callers."""
    unapproved = [finding for finding in findings if finding["clause"] == "approved-purpose"]
    ended = [finding for finding in findings if finding["clause"] == "registered-app"]
    rows = [
        *answers_to(findings),
        _about(unapproved, what="approve_use_case"),
        _about(ended, what="register_app"),
        _of_provider(what="supply_logs", values={"missing": missing, "runs": 1, "sources": ["gateway-edge-b"]}),
        _of_provider(what="name_callers", values={"requests": unattributed}),
    ]
    return [row | {"number": number} for number, row in enumerate(rows, start=1)]


def _about(findings: list[Row], what: str) -> Row:
    return an_ask(
        what=what,
        values={"apps": sorted(finding["key"] for finding in findings)},
        findings=[finding["id"] for finding in findings],
        clauses=sorted({finding["clause"] for finding in findings}),
    )


def _of_provider(**stated: object) -> Row:
    return an_ask(of="provider", clauses=[], findings=[], within_days=None, cites=None, **stated)
