"""What the audit of the letter's case finds: five clauses in each of two versions, twelve findings."""

from __future__ import annotations

from dataclasses import dataclass

from report.documents import Row, a_clause, a_finding, a_limit, a_measure, a_pointer, a_window, digest

OLD, NEW = "2021-07-01", "2022-07-01"
RULE = "The app that makes a request is on the register when it is made."
YEARLY, QUARTER = {OLD: 400_000, NEW: 300_000}, {OLD: 1_500, NEW: 1_000}
PASSED, LAST = "2022-11-03T17:42:09.318204Z", "2023-01-01T07:59:58.113002Z"
EPISODES = (  # app, version, episodes, largest
    ("halcyon-stream", NEW, 27, 2_318),
    ("halcyon-monitor", NEW, 4, 1_204),
    ("halcyon-monitor", OLD, 2, 1_761),
    ("halcyon-archive", NEW, 1, 1_012),
)


@dataclass(frozen=True)
class App:
    id: str
    name: str
    weight: int
    registered: str
    ended: str | None
    use_case: str | None
    approved: str | None


APPS = (
    App("halcyon-monitor", "Halcyon Monitor", 31, "2018-03-01", None, "Brand dashboards for customers", "2018-03-15"),
    App("halcyon-archive", "Halcyon Archive", 22, "2019-05-20", None, "Research archive", None),
    App("halcyon-stream", "Halcyon Stream", 16, "2019-11-04", None, "Live event displays", None),
    App("halcyon-alerts", "Halcyon Alerts", 11, "2020-02-17", None, None, None),
    App("halcyon-insight", "Halcyon Insight", 9, "2020-08-31", None, "Audience reports", "2020-10-02"),
    App("halcyon-mobile", "Halcyon Mobile", 6, "2021-01-11", None, None, None),
    App("halcyon-labs", "Halcyon Labs", 3, "2021-03-29", None, "Experiments", None),
    App("halcyon-classic", "Halcyon Classic", 2, "2015-06-01", "2022-10-01", None, None),
)
UNAPPROVED = [app for app in APPS if app.approved is None]


def words_of(clause: str, version: str) -> str:
    return {
        "yearly-volume": f"Licensee shall not make more than {YEARLY[version]:,} calls to the API in a calendar year.",
        "quarter-hour": f"No application of Licensee shall make more than {QUARTER[version]:,} calls in any "
        "period of fifteen minutes.",
        "daily-records": "Licensee shall not retrieve more than 500,000 records on any day.",
        "approved-purpose": "Licensee shall use the API only for the use case that Licensor has approved in "
        "writing for the application concerned.\nApproval lapses when the use case changes.",
        "no-resale": "Licensee shall not sell, rent or sublicense records from the API to any third party.",
    }[clause]


# ── findings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def the_findings(answered: dict[str, int]) -> list[Row]:
    episodes = [_episodes_of(*each) for each in EPISODES]
    use_cases = [_without_approval(app, answered[NEW]) for app in UNAPPROVED]
    others = sorted([*episodes, *use_cases], key=lambda finding: -finding["requests"])
    return [_yearly(answered[NEW]), *others, _after_its_end()]


def _yearly(used: int) -> Row:
    over = used - YEARLY[NEW]
    shared = {"used": used, "over": over, "requests_over": over, "served_over": over, "clipped": True}
    return a_finding(
        id="f-8c1f0a52b7d3",
        version=NEW,
        says=words_of("yearly-volume", NEW),
        severity="critical",
        readings=2,
        readings_exceeded=2,
        requests=used,
        sentence=f"halcyon: measured {used:,} requests against 300,000 permitted in a calendar year by § 4.2, "
        "passed on 3 November 2022.",
        windows=[
            a_window(
                start_at="2022-07-01T07:00:00.000000Z",
                end_at="2023-01-01T08:00:00.000000Z",
                crossed_at=PASSED,
                **shared,
            ),
            a_window(reading="rolling-year", start_at=PASSED, end_at=LAST, crossed_at=None, peak_at=LAST, **shared),
        ],
        evidence=_pointers("yearly", 10),
    )


def _episodes_of(app: str, version: str, episodes: int, peak: int) -> Row:
    month = "09" if version == NEW else "03"
    windows = [
        a_window(
            start_at=f"2022-{month}-{number + 1:02d}T14:0{number % 10}:12.500000Z",
            end_at=f"2022-{month}-{number + 1:02d}T14:4{number % 10}:51.000000Z",
            used=peak - number * 3,
            over=peak - number * 3 - QUARTER[version],
            crossed_at=None,
            peak_at=f"2022-{month}-{number + 1:02d}T14:31:07.000000Z",
            requests_over=900 - number * 11,
            served_over=700 - number * 11,
        )
        for number in range(episodes)
    ]
    return a_finding(
        id=f"f-{digest(app + version)[:12]}",
        version=version,
        clause="quarter-hour",
        cites="§ 4.3",
        says=words_of("quarter-hour", version),
        key=app,
        readings=2,
        readings_exceeded=1 if peak < 1_100 else 2,
        requests=sum(window["requests_over"] for window in windows),
        windows=windows,
        evidence=_pointers(app, 10),
        sentence=f"{app}: measured up to {peak:,} requests in 15 minutes against {QUARTER[version]:,} permitted by "
        f"§ 4.3, in {episodes} episode{'s' if episodes > 1 else ''}.",
    )


def _without_approval(app: App, answered: int) -> Row:
    requests = answered * app.weight // 100
    return a_finding(
        id=f"f-{digest('use' + app.id)[:12]}",
        version=NEW,
        clause="approved-purpose",
        cites="§ 2.1",
        says=words_of("approved-purpose", NEW),
        kind="use_case",
        key=app.id,
        requests=requests,
        windows=[],
        evidence=_pointers(app.id, 5),
        sentence=f"{app.id}: measured {requests:,} requests while no use case of the app was approved, as § 2.1 asks.",
    )


def _after_its_end() -> Row:
    return a_finding(
        id="f-0d44e1a9c2b0",
        version=None,
        clause="registered-app",
        cites=None,
        says=RULE,
        kind="register",
        key="halcyon-classic",
        severity="minor",
        requests=3_911,
        windows=[],
        evidence=_pointers("classic", 3),
        sentence="halcyon-classic: measured 3,911 requests after its registration ended on 1 October 2022.",
    )


def _pointers(name: str, count: int) -> list[Row]:
    return [
        a_pointer(
            source=f"gateway-edge-{'ab'[number // 6]}",
            file=f"edge-{'ab'[number // 6]}/2022-11-03.jsonl.gz",
            file_id=digest(f"{name}{number // 6}"),
            position=18_204 + number * 37,
            received_at=f"2022-11-03T17:42:{9 + number:02d}.318204Z",
            request_id=f"01GGY{digest(name + str(number))[:16].upper()}",
        )
        for number in range(count)
    ]


# ── clauses ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def the_clauses(findings: list[Row], in_period: dict[str, int], answered: dict[str, int]) -> list[Row]:
    clauses = []
    for version in (OLD, NEW):
        used, everything = answered[version], in_period[version]
        found = {
            clause: [each for each in findings if (each["version"], each["clause"]) == (version, clause)]
            for clause in ("yearly-volume", "quarter-hour", "approved-purpose")
        }
        scope = {"version": version, "in_period": everything, "counted": used, "out_of_scope": everything - used}
        all_requests = scope | {"counted": everything, "out_of_scope": 0}
        clauses += [
            a_clause(**scope, **_yearly_clause(version, used, found["yearly-volume"])),
            a_clause(**scope, **_quarter_clause(version, used, found["quarter-hour"])),
            a_clause(**scope, **_records_clause(version, used)),
            a_clause(**all_requests, **_purpose_clause(version, everything, found["approved-purpose"])),
            a_clause(**all_requests, **_resale_clause(version)),
        ]
    rules = (
        ("agreement-in-force", "A version of the agreement is in force when a request is made."),
        ("registered-app", RULE),
    )
    return [*clauses, *(_rule(rule, says, findings, sum(in_period.values())) for rule, says in rules)]


def _rule(rule: str, says: str, findings: list[Row], requests: int) -> Row:
    found = [finding for finding in findings if finding["clause"] == rule]
    over = sum(finding["requests"] for finding in found)
    measure = {"max": 0, "limit": 0, "peak": None, "peak_at": None, "served_over": None, "windows_over": 0}
    return a_clause(
        version=None,
        clause=rule,
        cites=None,
        says=says,
        kind="register",
        verdict="exceeded" if found else "kept",
        readings_exceeded=int(bool(found)),
        findings=[finding["id"] for finding in found],
        in_period=requests,
        counted=requests,
        terms="no request outside",
        limits=[],
        measures=[
            a_measure(
                **measure,
                counted=requests,
                used=over,
                requests_over=over,
                verdict="exceeded" if found else "kept",
                key="halcyon-classic" if found else "halcyon",
            )
        ],
    )


def _stated(clause: str, cites: str, version: str, found: list[Row], readings: int) -> Row:
    return {
        "clause": clause,
        "cites": cites,
        "says": words_of(clause, version),
        "findings": [finding["id"] for finding in found],
        "verdict": "exceeded" if found else "kept",
        "readings": readings,
        "readings_exceeded": max((finding["readings_exceeded"] for finding in found), default=0),
    }


def _yearly_clause(version: str, used: int, found: list[Row]) -> Row:
    most, over = YEARLY[version], max(0, used - YEARLY[version])
    measure = {
        "max": most,
        "limit": most,
        "counted": used,
        "used": used,
        "peak": used,
        "windows_over": int(over > 0),
        "requests_over": over,
        "served_over": over,
        "verdict": "exceeded" if over else "kept",
    }
    return _stated("yearly-volume", "§ 4.2", version, found, 2) | {
        "severity": "critical",
        "terms": f"at most {most:,} requests per licensee in a calendar year (P1Y)",
        "limits": [
            a_limit(max=most, limit=most),
            a_limit(reading="rolling-year", window="sliding", within="P365D", max=most, limit=most),
        ],
        "measures": [
            a_measure(**measure, peak_at="2022-01-01T08:00:00.000000Z"),
            a_measure(**measure, reading="rolling-year", peak_at=LAST),
        ],
    }


def _quarter_clause(version: str, used: int, found: list[Row]) -> Row:
    most = QUARTER[version]
    over = {finding["key"]: finding for finding in found}
    measures = []
    for index, app in enumerate(APPS):
        for reading, less in (("as written", 0), ("fixed-quarters", 140)):
            finding = over.get(app.id)
            peak = (finding["windows"][0]["used"] if finding else 720 - index * 40) - less
            windows = finding["windows"] if finding and peak > most else []
            measures.append(
                a_measure(
                    reading=reading,
                    key=app.id,
                    counted=used * app.weight // 100,
                    used=used * app.weight // 100,
                    max=most,
                    limit=most,
                    peak=peak,
                    peak_at="2022-03-01T14:31:07.000000Z" if version == OLD else "2022-09-01T14:31:07.000000Z",
                    windows_over=len(windows),
                    requests_over=sum(window["requests_over"] for window in windows),
                    served_over=sum(window["served_over"] for window in windows),
                    verdict="exceeded" if windows else "kept",
                )
            )
    return _stated("quarter-hour", "§ 4.3", version, found, 2) | {
        "terms": f"at most {most:,} requests per app in any 15 minutes (PT15M)",
        "decided_from": ["request", "usage_peak"],
        "rows_read": 48_211,
        "measures": measures,
        "limits": [
            a_limit(per="app", window="sliding", within="PT15M", max=most, limit=most),
            a_limit(reading="fixed-quarters", per="app", within="PT15M", max=most, limit=most),
        ],
    }


def _records_clause(version: str, used: int) -> Row:
    undecided = version == NEW
    missing = "31,204 requests do not say how many records they returned" if undecided else None
    verdict = "not decided" if undecided else "kept"
    return _stated("daily-records", "§ 4.4", version, [], 1) | {
        "verdict": verdict,
        "missing": missing,
        "terms": "at most 500,000 records per licensee in a calendar day (P1D), with 2 % tolerance",
        "limits": [a_limit(of="records", within="P1D", max=500_000, limit=510_000)],
        "measures": [
            a_measure(
                counted=used,
                unknown=31_204 if undecided else 0,
                used=12_900_000,
                max=500_000,
                limit=510_000,
                peak=118_420,
                verdict=verdict,
                missing=missing,
            )
        ],
    }


def _purpose_clause(version: str, everything: int, found: list[Row]) -> Row:
    over = {finding["key"]: finding["requests"] for finding in found}
    measures = [
        a_measure(
            key=app.id,
            counted=everything * app.weight // 100,
            used=over.get(app.id, 0),
            max=0,
            limit=0,
            peak=None,
            peak_at=None,
            requests_over=over.get(app.id, 0),
            served_over=None,
            verdict="exceeded" if app.id in over else "kept",
        )
        for app in APPS
    ]
    return _stated("approved-purpose", "§ 2.1", version, found, 1) | {
        "kind": "use_case",
        "terms": "every request by an app whose use case is approved at that time",
        "limits": [],
        "measures": measures,
    }


def _resale_clause(version: str) -> Row:
    nothing = {"counted": 0, "used": 0, "max": None, "limit": None, "peak": None, "peak_at": None, "key": None}
    return _stated("no-resale", "§ 7", version, [], 1) | {
        "kind": "text",
        "verdict": "not checked",
        "terms": "",
        "decided_from": [],
        "limits": [],
        "measures": [a_measure(**nothing, verdict="not checked")],
    }
