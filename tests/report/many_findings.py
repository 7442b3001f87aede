"""A licensee with many findings: twenty clauses, exceeded by one app after the other, with windows and requests."""

from __future__ import annotations

from report.documents import (
    Row,
    a_clause,
    a_condition,
    a_document,
    a_finding,
    a_limit,
    a_measure,
    a_pointer,
    a_window,
    an_ask,
    an_effect,
    digest,
)

CLAUSES, WINDOWS, REQUESTS = 20, 25, 10
SAYS = (
    "No application of Licensee shall make more than 1,000 calls to the API in any period of fifteen minutes, counted "
    "from its first call, whether or not the calls are answered; calls beyond that number are deferred by Licensee."
)
QUERY = """WITH counted AS (
    SELECT received_at, epoch_us(received_at) AS at_us, request_id, CAST(1 AS BIGINT) AS amount
    FROM (
        SELECT * FROM (
            SELECT * FROM request
            WHERE event_date BETWEEN DATE '2022-01-01' AND DATE '2023-01-01'
                AND licensee = 'halcyon' AND NOT is_duplicate
                AND received_at >= TIMESTAMPTZ '2022-01-01 08:00:00+00'
                AND received_at < TIMESTAMPTZ '2023-01-01 08:00:00+00'
        )
        WHERE coalesce(status, 0) <> 429
            AND app = '{key}'
    )
    WHERE 1 IS NOT NULL
),
windowed AS (
    SELECT *, sum(amount) OVER (
        ORDER BY at_us RANGE BETWEEN 899999999 PRECEDING AND CURRENT ROW
    ) AS used
    FROM counted
)
SELECT received_at, request_id, used
FROM windowed
WHERE used > 1000
ORDER BY at_us"""


def many_findings(count: int) -> Row:
    """A document with so many findings, the numbers of each its own."""
    findings = [_finding(number) for number in range(count)]
    clauses = [_clause(clause, findings) for clause in range(min(CLAUSES, count))]
    days = [
        {"date": f"2022-{1 + day // 28:02d}-{1 + day % 28:02d}", "requests": 40_000 + day, "throttled": 1_000 + day}
        | {
            name: {"sum": 9_000_000 + day, "known": 40_000 + day, "unknown": 0}
            for name in ("records", "response_bytes")
        }
        for day in range(336)
    ]
    document = a_document(findings=findings, clauses=clauses, conclusion="outside terms")
    document["consumption"]["days"] = days
    document["asks"] = [
        an_ask(
            values={"findings": count}, findings=[finding["id"] for finding in findings], clauses=["quarter-hour-00"]
        )
    ]
    document["summary"] |= {"findings": count, "clauses": len(clauses), "clauses_exceeded": len(clauses)}
    return document


def _finding(number: int) -> Row:
    app, clause = f"halcyon-application-{number:04d}", number % CLAUSES
    used = 2_000_000 - number
    windows = [
        a_window(
            start_at=f"2022-03-{1 + each:02d}T14:05:12.500{number:03d}Z"[:27],
            end_at=f"2022-03-{1 + each:02d}T14:44:51.000{number:03d}Z"[:27],
            used=used - each,
            over=used - 1_000 - each,
            crossed_at=None,
            peak_at=f"2022-03-{1 + each:02d}T14:31:07.000000Z",
            requests_over=9_000 - each,
            served_over=7_000 - each,
        )
        for each in range(WINDOWS)
    ]
    return a_finding(
        id=f"f-{digest(app)[:12]}",
        clause=f"quarter-hour-{clause:02d}",
        cites=f"§ 4.{clause}",
        says=SAYS,
        key=app,
        requests=used,
        readings=2,
        readings_exceeded=2,
        sentence=f"{app}: measured up to {used:,} requests in 15 minutes against 1,000 permitted by § 4.{clause}.",
        condition=a_condition(
            used=used,
            limit=1_000,
            max=1_000,
            per="app",
            window="sliding",
            within="PT15M",
            start_at=windows[0]["start_at"],
            end_at=windows[0]["end_at"],
        ),
        effect=an_effect(requests_over=9_000 * WINDOWS, served_over=7_000 * WINDOWS),
        terms="at most 1,000 requests per app in any 15 minutes (PT15M)",
        query=QUERY.replace("{key}", app),
        windows=windows,
        evidence=[
            a_pointer(
                source="gateway-edge-a",
                file=f"edge-a/2022-03-{1 + each:02d}.jsonl.gz",
                file_id=digest(f"{number}/{each // 4}"),
                position=18_204 + number * 37 + each,
                received_at=f"2022-03-01T14:05:{each + 10}.318204Z",
                request_id=f"01GGY{digest(app + str(each))[:16].upper()}",
            )
            for each in range(REQUESTS)
        ],
    )


def _clause(clause: int, findings: list[Row]) -> Row:
    found = [finding for finding in findings if finding["clause"] == f"quarter-hour-{clause:02d}"]
    measures = [
        a_measure(
            reading=reading,
            key=finding["key"],
            counted=finding["requests"],
            used=finding["requests"],
            max=1_000,
            limit=1_000,
            peak=finding["requests"],
            windows_over=WINDOWS,
            requests_over=9_000 * WINDOWS,
            served_over=7_000 * WINDOWS,
            verdict="exceeded",
        )
        for finding in found
        for reading in ("as written", "fixed-quarters")
    ]
    return a_clause(
        clause=f"quarter-hour-{clause:02d}",
        cites=f"§ 4.{clause}",
        says=SAYS,
        verdict="exceeded",
        readings=2,
        readings_exceeded=2,
        findings=[finding["id"] for finding in found],
        limits=[a_limit(per="app", window="sliding", within="PT15M", max=1_000, limit=1_000)],
        measures=measures,
    )
