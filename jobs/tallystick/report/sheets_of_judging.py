"""The sheets of what was judged: versions, clauses, measures, findings with their evidence, asks and open money."""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.report.csv import COLUMNS as FINDING_COLUMNS
from tallystick.report.csv import decimal_of, finding_row
from tallystick.report.sheet import Cell, Row, Sheet, picked, plain, whole


def findings(document: Row) -> Sheet:
    """One row a finding, in the columns of findings.csv."""
    return Sheet(name="Findings", columns=FINDING_COLUMNS, rows=map(finding_row, document["findings"]))


CONDITION = (
    *("reading", "used", "limit", "max", "unit", "per", "window", "within", "start_at", "end_at", "exactness"),
    "clipped",
)
CONDITION_NUMBERS = frozenset({"used", "limit", "max"})
DETAIL_COLUMNS = (
    *("finding", "agreement_sha256", "terms", "says", *CONDITION, "requests_over", "served_over"),
    *("open_currency", "open_low", "open_high", "open_at_least", "owed_at_least", "owed_clipped", "share"),
    *("share_reached", "cause", "cause_values", "refuted_by", "query", "response_date", "response"),
)


def details(document: Row) -> Sheet:
    """One row a finding: criteria, condition, effect, hypothesis, what would refute it, query and answer."""
    return Sheet(name="Finding details", columns=DETAIL_COLUMNS, rows=map(_detail, document["findings"]))


def _detail(finding: Row) -> list[Cell]:
    effect, cause = finding.get("effect") or {}, finding.get("cause") or {}
    stake, money, response = effect.get("money") or {}, finding.get("money") or {}, finding.get("response") or {}
    return [
        *picked(finding, ("id", "agreement_sha256", "terms", "says")),
        *picked(finding.get("condition") or {}, CONDITION, CONDITION_NUMBERS),
        *(whole(effect.get(name)) for name in ("requests_over", "served_over")),
        *(stake.get("currency"), decimal_of(stake.get("low")), decimal_of(stake.get("high"))),
        *(plain(stake.get("at_least")), plain(money.get("at_least")), plain(money.get("clipped"))),
        *(decimal_of(money.get("share")), plain(money.get("share_reached"))),
        *(cause.get("what"), plain(cause.get("values")), plain(finding.get("refuted_by"))),
        *(finding.get("query"), response.get("date"), response.get("text")),
    ]


EARLIER_COLUMNS = ("period", "id", "used", "limit", "requests")


def earlier(document: Row) -> Sheet:
    """One row for each finding of an earlier period on the same clause and key."""
    numbers = frozenset({"used", "limit", "requests"})
    rows = [
        [finding["id"], *picked(each, EARLIER_COLUMNS, numbers)]
        for finding in document["findings"]
        for each in finding.get("earlier", ())
    ]
    return Sheet(name="Earlier findings", columns=("finding", *EARLIER_COLUMNS), rows=rows)


ASK_COLUMNS = ("number", "of", "what", "values", "clauses", "findings", "within_days", "cites")


def asks(document: Row) -> Sheet:
    """One row for each thing that is asked."""
    numbers = frozenset({"number", "within_days"})
    rows = [picked(ask, ASK_COLUMNS, numbers) for ask in document.get("asks", ())]
    return Sheet(name="Asks", columns=ASK_COLUMNS, rows=rows)


def exposures(document: Row) -> Sheet:
    """One row for each fee clause and currency, then one for all clauses of the currency."""
    rows: list[Sequence[Cell]] = []
    for exposure in document.get("exposures", ()):
        for each in [*exposure["of"], {**exposure, "version": None, "clause": None}]:
            ends = (decimal_of(each["low"]), decimal_of(each["high"]))
            rows.append([exposure["currency"], each["version"], each["clause"], *ends, plain(each["at_least"])])
    return Sheet(name="Exposures", columns=("currency", "version", "clause", "low", "high", "at_least"), rows=rows)


VERSION_COLUMNS = (
    *("version", "title", "in_force_from", "in_force_until", "time_zone", "sha256", "clauses", "requests"),
)


def agreements(document: Row) -> Sheet:
    """One row a version of the agreement."""
    numbers = frozenset({"clauses", "requests"})
    rows = [picked(version, VERSION_COLUMNS, numbers) for version in document["agreements"]]
    return Sheet(name="Agreements", columns=VERSION_COLUMNS, rows=rows)


CLAUSE_COLUMNS = (
    *("version", "clause", "cites", "kind", "severity", "verdict", "readings", "readings_exceeded", "in_period"),
    *("counted", "out_of_scope", "rows_read", "missing", "terms", "says", "decided_from", "findings"),
)
CLAUSE_NUMBERS = frozenset({"readings", "readings_exceeded", "in_period", "counted", "out_of_scope", "rows_read"})


def clauses(document: Row) -> Sheet:
    """One row a clause of a version, and one for each standing rule."""
    rows = [picked(clause, CLAUSE_COLUMNS, CLAUSE_NUMBERS) for clause in document["clauses"]]
    return Sheet(name="Clauses", columns=CLAUSE_COLUMNS, rows=rows)


LIMIT_COLUMNS = ("reading", "of", "per", "window", "within", "max", "limit")


def limits(document: Row) -> Sheet:
    """One row for each reading of a limit."""
    rows = [
        [clause["version"], clause["clause"], *picked(limit, LIMIT_COLUMNS, frozenset({"max", "limit"}))]
        for clause in document["clauses"]
        for limit in clause.get("limits", ())
    ]
    return Sheet(name="Limits", columns=("version", "clause", *LIMIT_COLUMNS), rows=rows)


MEASURE_NUMBERS = (
    *("counted", "unknown", "used", "max", "limit", "peak", "windows_over", "requests_over", "served_over"),
)
MONEY = ("owed", "paid", "underpaid", "interest", "share")
SAID_OF_MONEY = ("at_least", "clipped", "share_reached")


def measures(document: Row) -> Sheet:
    """One row for each clause, reading and key."""
    columns = (
        *("version", "clause", "key", "reading", "verdict", *MEASURE_NUMBERS, "peak_at", "missing"),
        *("currency", *MONEY, *SAID_OF_MONEY),
    )
    rows: list[Sequence[Cell]] = []
    for clause in document["clauses"]:
        for measure in clause["measures"]:
            money = measure.get("money") or {}
            rows.append(
                [
                    *(clause["version"], clause["clause"], measure["key"], measure["reading"], measure["verdict"]),
                    *(whole(measure[name]) for name in MEASURE_NUMBERS),
                    *(measure["peak_at"], measure["missing"], money.get("currency")),
                    *(decimal_of(money.get(name)) for name in MONEY),
                    *(plain(money.get(name)) for name in SAID_OF_MONEY),
                ]
            )
    return Sheet(name="Measures", columns=columns, rows=rows)


WINDOW_COLUMNS = (
    *("reading", "start_at", "end_at", "crossed_at", "peak_at", "used", "over", "requests_over", "served_over"),
    "clipped",
)
WINDOW_NUMBERS = frozenset({"used", "over", "requests_over", "served_over"})


def windows(document: Row) -> Sheet:
    """One row for each window and episode over a limit."""
    rows = [
        [*picked(finding, ("id", "version", "clause", "key")), *picked(each, WINDOW_COLUMNS, WINDOW_NUMBERS)]
        for finding in document["findings"]
        for each in finding["windows"]
    ]
    return Sheet(name="Windows", columns=("finding", "version", "clause", "key", *WINDOW_COLUMNS), rows=rows)


EVIDENCE_COLUMNS = ("source", "file", "file_id", "position", "received_at", "request_id")


def evidence(document: Row) -> Sheet:
    """One row for each of the first requests of a finding."""
    rows = [
        [finding["id"], *picked(pointer, EVIDENCE_COLUMNS, frozenset({"position"}))]
        for finding in document["findings"]
        for pointer in finding["evidence"]
    ]
    return Sheet(name="Evidence", columns=("finding", *EVIDENCE_COLUMNS), rows=rows)
