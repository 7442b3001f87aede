"""The letter's case at demo scale as a document: 780,000 requests of eight apps under two versions in 2022."""

from __future__ import annotations

from datetime import date, timedelta

from report.documents import (
    Row,
    a_document,
    a_source,
    a_version,
    amount,
    an_app,
    digest,
    no_other_credentials,
)
from report.letters_findings import APPS, NEW, OLD, the_clauses, the_findings
from report.letters_parts import the_asks, with_parts
from report.letters_seen import the_credentials, the_hours, the_late_files, the_peaks

REQUESTS, RECORDS, REFUSED, ERRORS, RECORDS_NOT_LOGGED = 780_000, 26_000_000, 31_980, 27_300, 31_204
BYTES_A_RECORD = 71_000
CREDENTIALS = 23
FIRST, DAYS, DAYS_OF_OLD = date(2022, 1, 1), 366, 181
ROUTES = (
    ("GET", "/2/posts/search/recent", 38),
    ("GET", "/2/users/{id}/posts", 24),
    ("GET", "/2/posts/{id}", 17),
    ("GET", "/2/users/{id}/followers", 9),
    ("GET", "/2/posts/sample/stream", 6),
    ("GET", "/2/users/by/username/{username}", 4),
    ("POST", "/2/posts/search/stream/rules", 1),
    ("GET", None, 1),
)
STATUSES = ((200, 923), (429, 41), (404, 17), (400, 9), (503, 6), (401, 3), (None, 1))


def the_letters_case() -> Row:
    """The whole document; it agrees with itself as `evidence` demands of a published one."""
    requests, refused = _per_day(REQUESTS), _per_day(REFUSED)
    in_period = {OLD: sum(requests[:DAYS_OF_OLD]), NEW: sum(requests[DAYS_OF_OLD:])}
    answered = {OLD: in_period[OLD] - sum(refused[:DAYS_OF_OLD]), NEW: in_period[NEW] - sum(refused[DAYS_OF_OLD:])}
    found = the_findings(answered)
    clauses = the_clauses(found, in_period, answered)
    findings = [with_parts(finding, clauses, {version: digest(version) for version in (OLD, NEW)}) for finding in found]
    verdicts = [clause["verdict"] for clause in clauses]
    return a_document(
        period={
            "text": "2022",
            "start": "2022-01-01T08:00:00.000000Z",
            "end": "2023-01-01T08:00:00.000000Z",
            "time_zone": "America/Los_Angeles",
        },
        conclusion="outside terms",
        reasons=[
            f"{clause['cites'] or clause['clause']} ({clause['version']}): {clause['verdict']}"
            f"{' under every reading' if clause['verdict'] == 'exceeded' else ', ' + str(clause['missing'])}."
            for clause in clauses
            if clause["verdict"] in ("exceeded", "not decided")
        ],
        summary={
            "requests": REQUESTS,
            "records": amount(RECORDS, known=REQUESTS - RECORDS_NOT_LOGGED, unknown=RECORDS_NOT_LOGGED),
            "response_bytes": amount(RECORDS * BYTES_A_RECORD, known=REQUESTS),
            "throttled": REFUSED,
            "errors": ERRORS,
            "apps": len(APPS),
            "credentials": CREDENTIALS,
            "clauses": len(clauses),
            "clauses_exceeded": verdicts.count("exceeded"),
            "clauses_kept": verdicts.count("kept"),
            "clauses_not_decided": verdicts.count("not decided"),
            "clauses_not_checked": verdicts.count("not checked"),
            "findings": len(findings),
        },
        agreements=[
            a_version(version=OLD, sha256=digest(OLD), clauses=5, requests=in_period[OLD]),
            a_version(
                version=NEW,
                title="Developer Agreement, as amended",
                in_force_from="2022-07-01T07:00:00.000000Z",
                sha256=digest(NEW),
                clauses=5,
                requests=in_period[NEW],
            ),
        ],
        asks=the_asks(findings, missing=412, unattributed=1_871),
        clauses=clauses,
        findings=findings,
        consumption={
            "apps": _apps(),
            "days": _days(requests, refused),
            "months": _months(requests),
            "routes": _routes(),
            "statuses": [
                {"status": status, "requests": count}
                for (status, _), count in zip(
                    STATUSES, split(REQUESTS, [weight for _, weight in STATUSES]), strict=True
                )
            ],
            "weekday_hours": _week(),
            "credentials": CREDENTIALS,
            **the_credentials(*_by_credential(), byte_each=BYTES_A_RECORD, unknown=RECORDS_NOT_LOGGED),
            "other_credentials": no_other_credentials(),
            "peaks": the_peaks(findings, FIRST, DAYS, DAYS_OF_OLD),
        },
        reconciliation={
            "entries": 787_550,
            "rejected": 352,
            "accepted": 787_198,
            "duplicate": 4_187,
            "conflict": 2,
            "unique": 783_011,
            "unattributed": 1_871,
            "this_licensee": 781_140,
        },
        completeness=_completeness(),
        files=_files(),
        not_seen=[
            "Requests that no log of these five sources recorded: 412 numbers are missing on 17 May 2022.",
            "Who stood behind a credential: requests are attributed by what the register says of credentials.",
            "How many records 31,204 requests returned, because their log does not say.",
            "What was done with the records after they were returned.",
        ],
        checks={"expectations": 27, "met": 26, "failed_warnings": 1},
    )


def _files() -> list[Row]:
    """One log object a day and source."""
    return [
        {
            "file_id": digest(f"{source['source']}/{number}"),
            "source": source["source"],
            "name": f"{FIRST + timedelta(days=number)}.jsonl.gz",
            "format": "gateway_jsonl",
            "requests": requests,
            "duplicates": 0,
        }
        for source in _completeness()["sources"]
        for number, requests in enumerate(split(source["this_licensee"], [1] * DAYS))
    ]


def _by_credential() -> tuple[list[int], list[int], list[int]]:
    """Requests, records and refused requests of each credential."""
    weights = [70 // (number + 1) + 1 for number in range(CREDENTIALS)]
    requests, records, refused = (split(total, weights) for total in (REQUESTS, RECORDS, REFUSED))
    return requests, records, refused


def split(total: int, weights: list[int]) -> list[int]:
    """`total` in whole parts in proportion to the weights, adding up exactly."""
    whole, parts, passed, given = sum(weights), [], 0, 0
    for weight in weights:
        passed += weight
        parts.append(total * passed // whole - given)
        given += parts[-1]
    return parts


def _per_day(total: int) -> list[int]:
    return split(total, [_weight(FIRST + timedelta(days=index)) for index in range(DAYS)])


def _weight(day: date) -> int:
    """More by the end of the year, in one busy fortnight, and less at weekends."""
    number = day.timetuple().tm_yday
    noise = (number * 7919 + number * number * 104_729) % 997
    season = 700 + number * 2 + (600 if 300 <= number <= 318 else 0)
    return (season + noise // 3) * (62 if day.weekday() >= 5 else 100) // 100


def _taken(requests: list[int], weights: list[int] | None = None, *, all_unknown_in: int | None = None) -> list[Row]:
    """Records and bytes of each part; what is not logged lies in one part, or everywhere alike."""
    records = split(RECORDS, weights or requests)
    unknown = split(RECORDS_NOT_LOGGED, requests)
    if all_unknown_in is not None:
        unknown = [RECORDS_NOT_LOGGED if index == all_unknown_in else 0 for index in range(len(requests))]
    return [
        {
            "records": amount(sum_, known=count - missing, unknown=missing),
            "response_bytes": amount(sum_ * BYTES_A_RECORD, known=count),
        }
        for sum_, count, missing in zip(records, requests, unknown, strict=True)
    ]


def _apps() -> list[Row]:
    weights = [app.weight for app in APPS]
    requests = split(REQUESTS, weights)
    taken = _taken(requests, [weight * (9 - index) for index, weight in enumerate(weights)], all_unknown_in=0)
    refused = split(REFUSED, [weight * (3 if index == 2 else 1) for index, weight in enumerate(weights)])
    errors = split(ERRORS, weights)
    return [
        an_app(
            app=app.id,
            name=app.name,
            registered=app.registered,
            ended=app.ended,
            use_case=app.use_case,
            use_case_approved=app.approved,
            requests=requests[index],
            **taken[index],
            throttled=refused[index],
            errors=errors[index],
            first_at=f"2022-01-01T08:0{index}:11.204118Z",
            last_at="2022-12-30T22:14:07.551020Z" if app.ended else f"2023-01-01T07:5{index}:48.000000Z",
        )
        for index, app in enumerate(APPS)
    ]


def _days(requests: list[int], refused: list[int]) -> list[Row]:
    return [
        {
            "date": (FIRST + timedelta(days=index)).isoformat(),
            "requests": requests[index],
            "throttled": refused[index],
            **taken,
        }
        for index, taken in enumerate(_taken(requests))
    ]


def _months(requests: list[int]) -> list[Row]:
    months: dict[str, int] = {}
    for index, count in enumerate(requests):
        month = (FIRST + timedelta(days=index)).isoformat()[:7]
        months[month] = months.get(month, 0) + count
    return [
        {"month": month, "requests": count, **taken}
        for (month, count), taken in zip(months.items(), _taken(list(months.values())), strict=True)
    ]


def _routes() -> list[Row]:
    requests = split(REQUESTS, [weight for _, _, weight in ROUTES])
    return [
        {"method": method, "route": route, "requests": count, **taken}
        for (method, route, _), count, taken in zip(ROUTES, requests, _taken(requests, all_unknown_in=1), strict=True)
    ]


def _week() -> list[list[int]]:
    flat = split(REQUESTS, [_busy(weekday, hour) for weekday in range(7) for hour in range(24)])
    return [flat[row * 24 : row * 24 + 24] for row in range(7)]


def _busy(weekday: int, hour: int) -> int:
    afternoon = max(0, 120 - abs(hour - 16) ** 2)
    return (40 + afternoon if weekday >= 5 else 70 + 2 * afternoon) + (weekday * 31 + hour * 17) % 23


def _completeness() -> Row:
    edges = (("a", 201_220, 41), ("b", 188_409, 211), ("c", 196_118, 60), ("d", 170_599, 40))
    sources = [
        a_source(
            source=f"gateway-edge-{edge}",
            days=DAYS,
            files=DAYS,
            repeated_files=int(edge == "c"),
            entries=entries,
            rejected=rejected,
            this_licensee=entries - rejected - (4_187 if edge == "c" else 0) - (1_871 if edge == "a" else 0),
            unattributed=1_871 if edge == "a" else 0,
            missing=412 if edge == "b" else 0,
        )
        for edge, entries, rejected in edges
    ]
    legacy = {"this_licensee": 31_204, "numbered": False}
    sources.append(a_source(source="legacy-edge-e", days=DAYS, files=DAYS, entries=31_204, rejected=0, **legacy))
    return {
        "sources": sources,
        "gaps": [
            {
                "source": "gateway-edge-b",
                "epoch": "boot-20220502",
                "first_missing": 118_204,
                "last_missing": 118_615,
                "missing": 412,
                "after_at": "2022-05-17T02:59:58.771000Z",
                "before_at": "2022-05-17T04:00:01.020000Z",
            }
        ],
        "refused_files": [],
        "repeated_files": [
            {
                "source": "gateway-edge-c",
                "file": "edge-c/2022-08-14-copy.jsonl.gz",
                "file_id": digest("edge-c/2022-08-14"),
            }
        ],
        "rejected_entries": [
            {"reason": "not_json", "entries": 211, "bytes": 40_117},
            {"reason": "bad_status", "entries": 97, "bytes": 19_982},
            {"reason": "no_time", "entries": 44, "bytes": None},
        ],
        "unattributed": 1_871,
        "hours": the_hours([source["source"] for source in sources], FIRST, DAYS),
        "late_files": the_late_files(),
    }
