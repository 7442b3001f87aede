"""Clauses of kind `declared`: what the licensee stated (it stopped, it deleted, so many users), tested by the log."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.agreements.declared import DeclaredClause
from tallystick.clauses.declared_users import measure_users
from tallystick.clauses.judging import Judging
from tallystick.clauses.outside import measure_outside
from tallystick.clauses.result import Measure
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


@dataclass(frozen=True, kw_only=True)
class _App:
    """An app's requests that are meant, those of them from the stated instant on, and those that may be meant then.

    `first_us` is the beginning of the first quarter of an hour that has one from the stated instant on.
    """

    before: int
    after: int
    unclear: int
    first_us: int | None


def _measure_ended(judging: Judging, clause: DeclaredClause) -> list[Measure]:
    apps, rows_read = _by_app(judging, clause)
    meant, _ = declared_by(clause)
    decided_from = "request" if judging.reader.only_raw else "usage_app_slot" if meant.is_standing else "usage_scope"
    return [
        measure_outside(
            key=app,
            in_period=judging.in_period,
            counted=found.before + found.after + found.unclear,
            unknown=found.unclear,
            used=found.after,
            missing=f"{found.unclear} requests do not say enough to tell whether they are meant",
            decided_from=decided_from,
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
    span, (meant, unclear) = judging.span, declared_by(clause)
    ends_us = min(max(parse_instant_us(clause.ended, judging.binding.version.zone), span.start_us), span.end_us)
    names_something = clause.credential is not None or clause.routes is not None
    before, rows_before = _sums(judging, meant, span.start_us, ends_us)
    after, rows_after = _sums(judging, meant, ends_us, span.end_us)
    perhaps, rows_perhaps = _sums(judging, unclear, ends_us, span.end_us) if names_something else ({}, 0)
    apps = {
        app: _App(
            before=before.get(app, (0, 0))[0],
            after=after.get(app, (0, 0))[0],
            unclear=perhaps.get(app, (0, 0))[0],
            first_us=after[app][1] if app in after else None,
        )
        for app in (*before, *after, *perhaps)
    }
    return apps, rows_before + rows_after + rows_perhaps


def _sums(judging: Judging, summary: SlotSummary, start_us: int, end_us: int) -> tuple[dict[str, tuple[int, int]], int]:
    """By app the requests of a part of the span and the quarter of the first; and the raw rows read for them."""
    if start_us >= end_us:
        return {}, 0
    part = Period(text=judging.span.text, start_us=start_us, end_us=end_us)
    rows_read = judging.reader.lay_out_pieces(summary, "requests", part)
    rows = judging.reader.connection.execute(
        "SELECT key, CAST(sum(counted) AS BIGINT), min(at_us) FROM piece GROUP BY key"
    ).fetchall()
    return {str(app): (int(count), int(first_us)) for app, count, first_us in rows}, rows_read
