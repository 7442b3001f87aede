"""The rules for what a report says of credentials, of the fullest windows, and of hours seen; it may say nothing."""

from __future__ import annotations

from collections import Counter

from tallystick.evidence.canonical import Json
from tallystick.evidence.document import Node, NotAsPromisedError

AS_WRITTEN = "as written"
SUMS = ("requests", "records.sum", "records.unknown", "response_bytes.sum", "response_bytes.unknown", "throttled")


def credentials_add_up(report: Node) -> None:
    """What was taken by credential, listed and others, adds up to the summary, which counts different credentials."""
    if not _has(report["consumption"], "by_credential"):
        return
    listed, others = list(report["consumption.by_credential"].each()), report["consumption.other_credentials"]
    for path in SUMS:
        found = sum(row[path].amount() for row in [*listed, others])
        if found != report["summary"][path].amount():
            expected = f"a sum of {report['summary'][path].amount():,}"
            raise NotAsPromisedError(f"consumption.by_credential[].{path}", expected=expected, found=f"{found:,}")
    named = sum(row[name].value is not None for row in listed for name in ("credential", "digest"))
    counted = report["summary.credentials"].amount()
    report["consumption.credentials"].equals(counted)
    if not named <= counted <= named + others["credentials"].amount():
        raise NotAsPromisedError("consumption.by_credential", expected=f"{counted:,} credentials", found=f"{named:,}")


def the_fullest_windows_are_the_largest_measured(report: Node) -> None:
    """The fullest window of all days of a limit, as it is written, is the largest that its clause measures."""
    if not _has(report["consumption"], "peaks"):
        return
    days = {row["date"].value for row in report["consumption.days"].each()}
    measured: dict[tuple[Json, Json], list[int]] = {}
    for clause in report["clauses"].each():
        peaks = measured.setdefault((clause["version"].value, clause["clause"].value), [])
        for measure in clause["measures"].each():
            if measure["reading"].value == AS_WRITTEN and None not in (measure["peak"].value, measure["key"].value):
                peaks.append(measure["peak"].amount())
    for entry in report["consumption.peaks"].each():
        clause_peaks = measured.get((entry["version"].value, entry["clause"].value))
        if clause_peaks is None:
            raise NotAsPromisedError(entry["clause"].path, expected="a clause of the version", found="none of that id")
        listed = [day["peak"].amount() for day in entry["days"].each()]
        if max(listed, default=0) != max(clause_peaks, default=0):
            expected = f"{max(clause_peaks, default=0):,} at most"
            raise NotAsPromisedError(entry["days"].path, expected=expected, found=f"{max(listed, default=0):,}")
        dates = [day["date"].value for day in entry["days"].each()]
        if len(set(dates)) < len(dates) or not days.issuperset(dates):
            raise NotAsPromisedError(entry["days"].path, expected="days of the period, each once", found="others")


def every_hour_of_every_source_is_told(report: Node) -> None:
    """Each source has a row of 24 hours for each day of the period, and has entries on each day with an hour seen."""
    if not _has(report["completeness"], "hours"):
        return
    sources = list(report["completeness.sources"].each())
    days = [row["date"].text() for row in report["consumption.days"].each()]
    expected = [(source["source"].text(), day) for source in sources for day in days]
    rows = [
        (row["source"].text(), row["date"].text(), row["seen"].text()) for row in report["completeness.hours"].each()
    ]
    if [row[:2] for row in rows] != expected:
        found = next((f"{a} {b}" for (a, b, _), pair in zip(rows, expected, strict=False) if (a, b) != pair), "too few")
        raise NotAsPromisedError("completeness.hours", expected="each source and day, in order", found=found)
    unseen = Counter(name for name, _, seen in rows if "1" not in seen)
    for source in sources:
        source["days_without_entries"].at_most(unseen[source["source"].text()])


RULES = (credentials_add_up, the_fullest_windows_are_the_largest_measured, every_hour_of_every_source_is_told)


def _has(part: Node, key: str) -> bool:
    return isinstance(part.value, dict) and key in part.value
