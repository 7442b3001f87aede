"""Clauses of kind `term`: no call with a credential that was revoked, or by an app outside of its registration."""

from __future__ import annotations

from tallystick.agreements.kinds import TermClause
from tallystick.clauses.judging import Judging
from tallystick.clauses.outside import measure_outside
from tallystick.clauses.result import Measure
from tallystick.clauses.standing import measure_registered_app
from tallystick.duck import quote_text
from tallystick.period import DAY_US
from tallystick.register.model import Licensee
from tallystick.tables.usage_credential import USAGE_CREDENTIAL


def terms(clause: TermClause) -> str:
    """The clause in words."""
    if clause.per == "app":
        return "no request by an app before it was registered or after it was ended"
    return "no request with a credential after it was revoked"


def measure(judging: Judging, clause: TermClause) -> list[Measure]:
    """For every app, or credential, that called in the span: `used` = its requests outside of its term.

    A request that was refused, with 429 too, was made. Requests that show no credential are one measure, which is not
    decided where one of their app's credentials was revoked before.
    """
    if clause.per == "app":
        return measure_registered_app(judging.reader, judging.licensee, judging.span)
    reader, span = judging.reader, judging.span
    called, edges = _called(judging)
    rows = reader.connection.execute(
        "SELECT credential_id, CAST(sum(requests) AS BIGINT), "
        "CAST(coalesce(sum(requests) FILTER (at_us >= revoked_us), 0) AS BIGINT), "
        f"min(at_us) FILTER (at_us >= revoked_us) FROM ({called}) AS called "
        f"LEFT JOIN ({_revocations(judging.licensee)}) AS revocation ON "
        "CASE WHEN credential_id IS NULL THEN called.app = revocation.app "
        "ELSE credential_id = revocation.credential END "
        "GROUP BY credential_id ORDER BY credential_id NULLS LAST"
    ).fetchall()
    rows_read = sum(reader.raw_rows(start_us, end_us) for start_us, end_us in edges)
    is_raw = edges[:1] == [(span.start_us, span.end_us)]
    return [
        measure_outside(
            key=credential,
            in_period=judging.in_period,
            counted=counted,
            unknown=after if credential is None else 0,
            used=0 if credential is None else after,
            missing=f"{after} requests show no credential, by apps one of whose credentials was revoked before",
            decided_from="request" if is_raw else USAGE_CREDENTIAL.name,
            rows_read=rows_read,
            witnesses=reader.first_requests(f"credential_id = {quote_text(credential)}", first_us, span.end_us)
            if after and credential is not None
            else (),
        )
        for credential, counted, after, first_us in rows
    ]


def _called(judging: Judging) -> tuple[str, list[tuple[int, int]]]:
    """SQL that yields (app, credential_id, at_us, requests), and the ranges that are read from requests for it.

    `at_us` is the first instant of a whole day, or that of a request; days in which a credential was revoked are read
    from requests.
    """
    reader, span = judging.reader, judging.span
    stored, edges = reader.days_within(USAGE_CREDENTIAL, span)
    cut = {us // DAY_US * DAY_US for us in judging.licensee.revoked_us().values() if us % DAY_US}
    inside = sorted(
        (day, day + DAY_US)
        for day in cut
        if span.start_us <= day < span.end_us and not any(start <= day < end for start, end in edges)
    )
    edges = [*edges, *inside]
    not_cut = " AND ".join(f"epoch_us(event_date::TIMESTAMP) <> {day}" for day, _ in inside) or "true"
    at_us = "epoch_us(event_date::TIMESTAMP) AS at_us"
    parts = [
        f"SELECT app, credential_id, {at_us}, requests FROM ({stored}) WHERE {not_cut}",
        *(
            f"SELECT app, credential_id, epoch_us(received_at), 1 FROM ({reader.requests_within(start_us, end_us)})"
            for start_us, end_us in edges
        ),
    ]
    return " UNION ALL ".join(parts), edges


def _revocations(licensee: Licensee) -> str:
    """SQL that yields when each credential (credential), or the first of an app's (app), was revoked."""
    revoked = licensee.revoked_us()
    first: dict[str, int] = {}
    for app in licensee.apps:
        instants = [revoked[way.credential_id] for way in app.recognised_by if way.credential_id in revoked]
        if instants:
            first[app.app] = min(instants)
    rows = [
        *(f"(NULL, {quote_text(name)}, {us})" for name, us in sorted(revoked.items())),
        *(f"({quote_text(name)}, NULL, {us})" for name, us in sorted(first.items())),
    ]
    if not rows:
        return "SELECT NULL::VARCHAR AS app, NULL::VARCHAR AS credential, NULL::BIGINT AS revoked_us WHERE false"
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS revocation (app, credential, revoked_us)"
