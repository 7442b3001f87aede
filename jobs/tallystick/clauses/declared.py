"""Clauses of kind `declared`: what the licensee stated (it stopped, it deleted, so many users), tested by the log."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.declared import DeclaredClause
from tallystick.clauses.declared_users import measure_users
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_DECIDED, Measure
from tallystick.period import Period, parse_instant_us
from tallystick.tally.summary import SlotSummary, declared_by


def terms(clause: DeclaredClause) -> str:
    """The clause in words, such as: no request by halcyon-relay from 2022-10-01 on."""
    meant = "".join(
        f" {word} {name}"
        for word, name in (
            ("by", clause.app),
            ("with the credential", clause.credential),
            ("of", clause.routes and ", ".join(clause.routes)),
        )
        if name
    )
    if clause.users is not None:
        return f"at most {clause.users:,} users{meant} in {'a calendar month' if clause.within else 'the period'}"
    return f"no request{meant} from {clause.ended} on"


def measure(judging: Judging, clause: DeclaredClause) -> list[Measure]:
    """What was stated, held against the requests that are meant: of each app, or the users of all of them.

    `used` = an app's requests from the stated instant on, or the distinct users. A request that was refused, with 429
    too, was made. Requests that do not say their credential, route or user, where it matters, are `unknown`.
    """
    return _measure_ended(judging, clause) if clause.users is None else measure_users(judging, clause)


@dataclass(kw_only=True)
class _App:
    """An app's requests that are meant, those of them from the stated instant on, and those that may be meant then."""

    before: int = 0
    after: int = 0
    unclear: int = 0
    first_us: int | None = None


def _measure_ended(judging: Judging, clause: DeclaredClause) -> list[Measure]:
    apps, rows_read = _by_app(judging, clause)
    meant, _ = declared_by(clause)
    return [
        Measure(
            reading=AS_WRITTEN,
            key=app,
            in_period=judging.in_period,
            counted=found.before + found.after + found.unclear,
            unknown=found.unclear,
            used=found.after,
            max=0,
            limit=0,
            requests_over=found.after,
            verdict=EXCEEDED if found.after else NOT_DECIDED if found.unclear else KEPT,
            missing=f"{found.unclear} requests do not say enough to tell whether they are meant"
            if found.unclear and not found.after
            else None,
            decided_from="request"
            if judging.reader.only_raw
            else "usage_app_slot"
            if meant.is_standing
            else "usage_scope",
            rows_read=rows_read,
            witnesses=()
            if found.first_us is None
            else judging.reader.witnesses(meant, app, found.first_us, judging.span.end_us),
        )
        for app, found in sorted(apps.items())
    ]


def _by_app(judging: Judging, clause: DeclaredClause) -> tuple[dict[str, _App], int]:
    """What each app did before and from the stated instant on, and the raw rows read for quarters that are cut."""
    assert clause.ended is not None
    span, meant_unclear = judging.span, declared_by(clause)
    ends_us = min(max(parse_instant_us(clause.ended, judging.binding.version.zone), span.start_us), span.end_us)
    apps: dict[str, _App] = {}
    rows_read = 0

    def sums(summary: SlotSummary, start_us: int, end_us: int) -> list[tuple[str, int, int]]:
        nonlocal rows_read
        if start_us >= end_us:
            return []
        part = Period(text=span.text, start_us=start_us, end_us=end_us)
        rows_read += judging.reader.lay_out_pieces(summary, "requests", part)
        return judging.reader.connection.execute(
            "SELECT key, CAST(sum(counted) AS BIGINT), min(at_us) FROM piece GROUP BY key"
        ).fetchall()

    meant, unclear = meant_unclear
    for app, count, _ in sums(meant, span.start_us, ends_us):
        apps.setdefault(app, _App()).before = count
    for app, count, first_us in sums(meant, ends_us, span.end_us):
        found = apps.setdefault(app, _App())
        found.after, found.first_us = count, first_us
    if clause.credential is not None or clause.routes is not None:
        for app, count, _ in sums(unclear, ends_us, span.end_us):
            apps.setdefault(app, _App()).unclear = count
    return apps, rows_read
