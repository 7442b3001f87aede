"""The rules that hold the sums of a report together: reconciliation, summary, consumption, completeness, checks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from tallystick.evidence.document import Node, NotAsPromisedError

SCHEMAS = ("tallystick/report/1", "tallystick/report/2")
"""In the first every licensee's entries are reconciled; in the second this licensee's and nobody's."""
CONCLUSIONS = ("within terms", "outside terms", "unable to conclude")
VIEWS = ("apps", "days", "months")
VIEWS_OF_WHOLE_DAYS = ("routes",)
"""Kept by UTC day: where a period begins or ends within a day, these and the statuses reach outside it."""


def schema_is_known(report: Node) -> None:
    """The report's schema is one that this program knows."""
    report["schema"].one_of(*SCHEMAS)


def the_report_names_its_subject(report: Node) -> None:
    """The report names the provider, the licensee and the period, and concludes in one of three words, with reasons."""
    for field in ("provider.name", "licensee.id", "licensee.name", "period.text", "period.time_zone"):
        report[field].text()
    report["conclusion"].one_of(*CONCLUSIONS)
    if not list(report["reasons"].each()):
        raise NotAsPromisedError("reasons", expected="at least one sentence", found="none")


def entries_are_rejected_or_accepted(report: Node) -> None:
    """Entries = rejected + accepted."""
    _adds_up(report, "entries", "rejected", "accepted")


def accepted_are_duplicate_or_unique(report: Node) -> None:
    """Accepted = duplicate + unique, and a conflict is a duplicate."""
    _adds_up(report, "accepted", "duplicate", "unique")
    report["reconciliation.conflict"].at_most(report["reconciliation.duplicate"].amount())


def unique_are_attributed_or_not(report: Node) -> None:
    """Unique = unattributed + this licensee; where others are shown, unattributed + attributed, theirs among them."""
    if _is_of_everybody(report):
        _adds_up(report, "unique", "unattributed", "attributed")
        _adds_up(report, "attributed", "this_licensee", "other_licensees")
    else:
        _adds_up(report, "unique", "unattributed", "this_licensee")


def the_files_hold_the_requests(report: Node) -> None:
    """The requests of the log objects that are listed add up to this licensee's of the days reconciled."""
    if not _is_of_everybody(report):
        files = [row["requests"] for row in report["files"].each()]
        _sums_to(report["reconciliation.this_licensee"].amount(), "files", files)


def _is_of_everybody(report: Node) -> bool:
    return bool(report["schema"].value == SCHEMAS[0])


def the_period_lies_in_the_days_reconciled(report: Node) -> None:
    """The licensee's requests in the period are no more than its requests of the days that the period touches."""
    report["summary.requests"].at_most(report["reconciliation.this_licensee"].amount())


def consumption_adds_up_to_the_requests(report: Node) -> None:
    """Requests by app, day, month, hour of the week, and by route and status of whole days, add up to the summary's."""
    requests = report["summary.requests"].amount()
    for view in (*VIEWS, *VIEWS_OF_WHOLE_DAYS, "statuses"):
        _view_sums_to(report, requests, view, [row["requests"] for row in report[f"consumption.{view}"].each()])
    _sums_to(requests, "consumption.weekday_hours", _hours(report))


def consumption_adds_up_to_the_records(report: Node) -> None:
    """Records by app, day, month, and route of whole days each add up to the summary's, known and unknown too."""
    _amounts_add_up(report, "records")


def consumption_adds_up_to_the_response_bytes(report: Node) -> None:
    """Response bytes by app, day, month, route of whole days each add up to the summary's, known and unknown too."""
    _amounts_add_up(report, "response_bytes")


def throttled_requests_add_up(report: Node) -> None:
    """Throttled requests by app and by day add up to the summary's, which is the number with status 429."""
    throttled = report["summary.throttled"].amount()
    for view in ("apps", "days"):
        _sums_to(throttled, f"consumption.{view}", [row["throttled"] for row in report[f"consumption.{view}"].each()])
    refused = [row["requests"] for row in report["consumption.statuses"].each() if row["status"].value == 429]
    _view_sums_to(report, throttled, "statuses", refused)


def errors_add_up(report: Node) -> None:
    """Errors by app add up to the summary's."""
    errors = [row["errors"] for row in report["consumption.apps"].each()]
    _sums_to(report["summary.errors"].amount(), "consumption.apps", errors)


def the_apps_are_counted(report: Node) -> None:
    """The summary counts the apps that are listed, and each is listed once."""
    apps = [row["app"].value and row["app"].text() for row in report["consumption.apps"].each()]
    report["summary.apps"].equals(len(set(apps)))
    if len(set(apps)) < len(apps):
        raise NotAsPromisedError(
            "consumption.apps", expected=f"{len(apps):,} different apps", found=f"{len(set(apps)):,}"
        )


def every_day_of_the_period_is_listed(report: Node) -> None:
    """The days listed are the UTC days that the period touches, each once and in order, also the empty ones."""
    start, end = _instant(report["period.start"]), _instant(report["period.end"])
    if not start < end:
        raise NotAsPromisedError(
            "period.end", expected="an instant after period.start", found=report["period.end"].text()
        )
    day, last = start.date(), (end - timedelta(microseconds=1)).date()
    for row in report["consumption.days"].each():
        if day > last or row["date"].text() != day.isoformat():
            expected = day.isoformat() if day <= last else "no further day"
            raise NotAsPromisedError(row["date"].path, expected=expected, found=row["date"].text())
        day += timedelta(days=1)
    if day <= last:
        raise NotAsPromisedError("consumption.days", expected=f"{day.isoformat()} too", found="the end of the list")


def completeness_shows_the_reconciled_entries(report: Node) -> None:
    """Entries and rejected entries by source, and the unattributed, are those of the reconciliation."""
    sources = list(report["completeness.sources"].each())
    for box in ("entries", "rejected"):
        _sums_to(report[f"reconciliation.{box}"].amount(), "completeness.sources", [source[box] for source in sources])
    report["completeness.unattributed"].equals(report["reconciliation.unattributed"].amount())


def the_expectations_are_counted(report: Node) -> None:
    """No more expectations are met than were tested, and those that failed are warnings."""
    tested, met = report["checks.expectations"].amount(), report["checks.met"].amount()
    report["checks.met"].at_most(tested)
    report["checks.failed_warnings"].at_most(tested - met)


RULES = (
    schema_is_known,
    the_report_names_its_subject,
    entries_are_rejected_or_accepted,
    accepted_are_duplicate_or_unique,
    unique_are_attributed_or_not,
    the_files_hold_the_requests,
    the_period_lies_in_the_days_reconciled,
    consumption_adds_up_to_the_requests,
    consumption_adds_up_to_the_records,
    consumption_adds_up_to_the_response_bytes,
    throttled_requests_add_up,
    errors_add_up,
    the_apps_are_counted,
    every_day_of_the_period_is_listed,
    completeness_shows_the_reconciled_entries,
    the_expectations_are_counted,
)


def _adds_up(report: Node, total: str, *parts: str) -> None:
    boxes = report["reconciliation"]
    boxes[total].equals(sum(boxes[part].amount() for part in parts))


def _sums_to(total: int, place: str, parts: list[Node]) -> None:
    found = sum(part.amount() for part in parts)
    if found != total:
        raise NotAsPromisedError(place, expected=f"a sum of {total:,}", found=f"{found:,}")


def _view_sums_to(report: Node, total: int, view: str, parts: list[Node], field: str = "") -> None:
    """`parts` add up to `total`; or to more, in a view of whole days where the period cuts its first or last day."""
    place = f"consumption.{view}{field}"
    whole_days = all(_instant(report[f"period.{end}"]).time() == time.min for end in ("start", "end"))
    if view in VIEWS or whole_days:
        _sums_to(total, place, parts)
    elif (found := sum(part.amount() for part in parts)) < total:
        raise NotAsPromisedError(place, expected=f"a sum of at least {total:,}", found=f"{found:,}")


def _amounts_add_up(report: Node, amount: str) -> None:
    whole = report["summary"]
    _known_and_unknown(whole, amount)
    for view in (*VIEWS, *VIEWS_OF_WHOLE_DAYS):
        rows = list(report[f"consumption.{view}"].each())
        for row in rows:
            _known_and_unknown(row, amount)
        for part in ("sum", "known", "unknown"):
            total = whole[amount][part].amount()
            _view_sums_to(report, total, view, [row[amount][part] for row in rows], f"[].{amount}.{part}")


def _known_and_unknown(row: Node, amount: str) -> None:
    row[amount]["unknown"].equals(row["requests"].amount() - row[amount]["known"].amount())


def _hours(report: Node) -> list[Node]:
    days = [list(day.each()) for day in report["consumption.weekday_hours"].each()]
    if [len(day) for day in days] != [24] * 7:
        raise NotAsPromisedError("consumption.weekday_hours", expected="7 lists of 24", found=f"{len(days)} lists")
    return [hour for day in days for hour in day]


def _instant(node: Node) -> datetime:
    text = node.text()
    try:
        instant = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007 the Z is in the pattern
        date.fromisoformat(text[:10])
    except ValueError:
        raise NotAsPromisedError(
            node.path, expected="an instant like 2022-01-01T00:00:00.000000Z", found=text
        ) from None
    return instant
