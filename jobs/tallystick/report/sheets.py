"""The sheets of findings.xlsx in their order: the summary, what was judged, taken and there to count, and with what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from tallystick.report import sheets_of_judging as judging
from tallystick.report import sheets_of_logs as logs
from tallystick.report import sheets_of_use as use
from tallystick.report.csv import decimal_of
from tallystick.report.made_with import MadeWith
from tallystick.report.sheet import Cell, Row, Sheet, whole

PARTS: Sequence[Callable[[Row], Sheet]] = (
    *(judging.findings, judging.details, judging.earlier, judging.asks, judging.exposures),
    *(judging.agreements, judging.clauses, judging.limits, judging.measures, judging.windows, judging.evidence),
    *(use.usage_by_day, use.totals, use.usage_by_month, use.week, use.apps, use.routes, use.statuses),
    *(use.credentials, use.peaks),
    *(logs.sources, logs.hours, logs.gaps, logs.log_files, logs.other_files, logs.rejected, logs.not_seen),
)


def sheets(document: Row, digest: str, made: MadeWith) -> Iterator[Sheet]:
    """Every sheet; `digest` is the SHA-256 of report.json. A part that the document leaves out has no rows."""
    yield summary(document, digest)
    yield from (part(document) for part in PARTS)
    yield made_with(made)


def summary(document: Row, digest: str) -> Sheet:
    """Whose report it is, its conclusion and totals, its boxes and its checks, a line each."""
    period = document["period"]
    lines: list[tuple[str, Cell]] = [
        ("report.json sha256", digest),
        ("schema", document["schema"]),
        ("provider", document["provider"]["name"]),
        ("licensee", document["licensee"]["id"]),
        ("licensee name", document["licensee"]["name"]),
        ("period", period["text"]),
        ("period start", period["start"]),
        ("period end", period["end"]),
        ("time zone", period["time_zone"]),
        ("conclusion", document["conclusion"]),
        *((f"reason {number}", reason) for number, reason in enumerate(document["reasons"], 1)),
    ]
    for name, value in sorted(document["summary"].items()):
        if isinstance(value, Mapping):
            lines += [(f"{name} {part}", whole(value[part])) for part in ("sum", "known", "unknown")]
        else:
            lines.append((name, whole(value)))
    for exposure in document.get("exposures", ()):
        lines += [(f"exposure {exposure['currency']} {end}", decimal_of(exposure[end])) for end in ("low", "high")]
    lines += [(f"entries {name}", whole(value)) for name, value in sorted(document["reconciliation"].items())]
    lines.append(("unattributed requests", whole(document["completeness"]["unattributed"])))
    lines += [(f"checks {name}", whole(value)) for name, value in sorted(document["checks"].items())]
    return Sheet(name="Summary", columns=("what", "value"), rows=lines)


def made_with(made: MadeWith) -> Sheet:
    """Program, command and inputs by version and digest, a line each, as far as run.json states them."""
    lines: list[tuple[str, Cell]] = [
        ("command", made.command),
        ("provider", made.provider),
        ("time zone", made.time_zone),
        *((f"version of {name}", version) for name, version in made.programs),
        *((f"sha256 of agreement {version}", digest) for version, digest in made.agreements),
        ("log files", made.log_files),
        ("sha256 of log files", made.log_files_sha256),
    ]
    return Sheet(name="Made with", columns=("what", "value"), rows=[line for line in lines if line[1] is not None])
