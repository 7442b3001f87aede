"""One period's limits of all licensees, answered from the summaries as an audit does, and by DuckDB from requests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from measuring.measured import spent
from tallying.contenders import asked_of
from tallying.terms import open_project
from tallystick.agreements.limit import Limit, LimitClause
from tallystick.agreements.load import Binding
from tallystick.clauses.judge import judge
from tallystick.clauses.result import EXCEEDED
from tallystick.clauses.usage_reader import UsageReader
from tallystick.duck import connect, quote_name, quote_text
from tallystick.period import Period
from tallystick.stages.audited import open_usage
from tallystick.stages.plan import plan_tally
from tallystick.stages.project import Project
from tallystick.storage.snapshot import Snapshot
from tallystick.tables import TABLES
from tallystick.tables.request import REQUEST
from tallystick.tally.day import tally_day
from tallystick.tally.scope import KEY, condition
from tallystick.tally.summary import readings_of

Row = tuple[str, str, str, str, str, int, int, int | None, bool]
"""Licensee, version, clause, reading, key; how many were counted, what was used, the largest window, whether over."""


def prepare(folder: str, out: str) -> dict[str, Any]:
    """Tally what the project's own lake lacks, in this process."""
    project = open_project(Path(folder))
    tasks = plan_tally(project, Snapshot(project.lake), asked_of(project))
    written = [file for task in tasks for file in tally_day(task)]
    for table in TABLES:
        files = [file for name, file in written if name == table.name]
        if files:
            project.lake.commit(table, files, replace=[file.partition for file in files])
    return {"days": len(tasks), "out": out}


def audit_from_summaries(folder: str, period: str) -> dict[str, Any]:
    """As the stage `audit` judges: small tables laid out once, then licensee by licensee."""
    project = open_project(Path(folder))
    bindings = {name: _with_limits(found) for name, found in project.agreements.items()}
    judge_all(project, bindings, period)  # the first run of a query costs more than the others
    with spent() as cost:
        rows, rows_read = judge_all(project, bindings, period)
    return {"cpu": cost.cpu, "answers": len(rows), "digest": _digest(rows), "rows_read": rows_read}


def judge_all(project: Project, bindings: dict[str, tuple[Binding, ...]], period: str) -> tuple[list[Row], int]:
    """Every limit of every licensee over one period; the answers, and the raw requests that were read for them."""
    span = Period.parse(period)
    names = [one.licensee for one in project.register if bindings[one.licensee]]
    days = [day.isoformat() for day in span.utc_days()]
    connection, relation = open_usage(project, Snapshot(project.lake), days, names)
    rows, rows_read = [], 0
    for licensee in project.register:
        reader = UsageReader(connection, relation, licensee.licensee)
        for one in judge(reader, licensee, bindings[licensee.licensee], span):
            if one.statement.version is None:
                continue
            for found in one.measures:
                rows_read += found.rows_read
                name = (licensee.licensee, one.statement.version, one.statement.clause, found.reading, str(found.key))
                rows.append((*name, found.counted, found.used, found.peak, found.verdict == EXCEEDED))
    return rows, rows_read


def audit_from_requests(folder: str, period: str, out: str) -> dict[str, Any]:
    """The same limits by SQL over the request files, those of one shape in one query."""
    project = open_project(Path(folder))
    files = [file.path for file in Snapshot(project.lake).files(REQUEST)]
    Path(out).mkdir(parents=True, exist_ok=True)
    connection = connect(memory_limit="8GB", scratch=Path(out) / "spill")
    connection.execute(f"CREATE VIEW request AS SELECT * FROM read_parquet([{', '.join(map(quote_text, files))}])")
    shapes = list(_shapes(project, Period.parse(period)))
    rows: list[Row] = []
    with spent() as cost:
        for limit, held in shapes:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE held AS {_held_sql(held)}")
            rows += connection.execute(_sliding(limit) if limit.window == "sliding" else _calendar(limit)).fetchall()
    return {"cpu": cost.cpu, "answers": len(rows), "digest": _digest(rows)}


@dataclass(frozen=True, kw_only=True)
class Held:
    """Whom a limit binds, by which clause, when, and at how much."""

    licensee: str
    version: str
    clause: str
    reading: str
    start_us: int
    end_us: int
    most: int


def _shapes(project: Project, span: Period) -> Iterator[tuple[Limit, list[Held]]]:
    """Limits that differ in their number only, together."""
    found: dict[Limit, list[Held]] = {}
    for licensee, bindings in sorted(project.agreements.items()):
        for binding in _with_limits(bindings):
            bound = binding.within(span)
            for clause in binding.version.clauses if bound else ():
                for reading, limit in readings_of(clause):
                    assert bound is not None
                    held = Held(
                        licensee=licensee,
                        version=binding.version.version,
                        clause=clause.id,
                        reading=reading,
                        start_us=bound.start_us,
                        end_us=bound.end_us,
                        most=limit.limit,
                    )
                    shape = limit.model_copy(update={"max": 0, "limit": 0})
                    found.setdefault(shape, []).append(held)
    yield from found.items()


def _with_limits(bindings: tuple[Binding, ...]) -> tuple[Binding, ...]:
    """Versions with those of their clauses that SQL can answer from requests: calendar and sliding limits."""
    chosen = []
    for binding in bindings:
        clauses = tuple(
            clause
            for clause in binding.version.clauses
            if isinstance(clause, LimitClause)
            and all(limit.window in ("calendar", "sliding") for _, limit in readings_of(clause))
        )
        if clauses:
            chosen.append(replace(binding, version=binding.version.model_copy(update={"clauses": clauses})))
    return tuple(chosen)


def _held_sql(held: list[Held]) -> str:
    rows = ", ".join(
        f"({', '.join(map(quote_text, (one.licensee, one.version, one.clause, one.reading)))}, "
        f"{one.start_us}, {one.end_us}, {one.most})"
        for one in held
    )
    return f"SELECT * FROM (VALUES {rows}) AS held (licensee, version, clause, reading, start_us, end_us, most)"


def _counted(limit: Limit) -> str:
    amount = "1" if limit.of == "requests" else quote_name(limit.of)
    at_us = "epoch_us(received_at)"
    return (
        f"SELECT held.licensee, version, clause, reading, most, {KEY[limit.per].replace('licensee', 'held.licensee')} "
        f"AS key, received_at, {at_us} AS at_us, CAST({amount} AS BIGINT) AS amount "
        "FROM request INNER JOIN held ON request.licensee = held.licensee "
        f"AND {at_us} >= start_us AND {at_us} < end_us WHERE NOT is_duplicate AND ({condition(limit.scope)})"
    )


NAMES = "licensee, version, clause, reading, key"


def _calendar(limit: Limit) -> str:
    unit = limit.length.unit
    window = f"at_us // {limit.length.us}" if limit.length.us is not None else f"date_trunc('{unit}', received_at)"
    return f"""
        WITH windowed AS (
            SELECT {NAMES}, most, {window} AS window_at, count(*) AS counted, coalesce(sum(amount), 0) AS used
            FROM ({_counted(limit)}) GROUP BY {NAMES}, most, {window}
        )
        SELECT {NAMES}, CAST(sum(counted) AS BIGINT), CAST(sum(used) AS BIGINT), CAST(max(used) AS BIGINT),
            max(used) > most FROM windowed GROUP BY {NAMES}, most"""


def _sliding(limit: Limit) -> str:
    return f"""
        WITH counted AS MATERIALIZED ({_counted(limit)}),
        step AS (
            SELECT {NAMES}, most, at_us, 1 AS comes, amount AS delta FROM counted
            UNION ALL SELECT {NAMES}, most, at_us + {limit.length.us}, 0, -amount FROM counted
        ),
        running AS (
            SELECT {NAMES}, most, comes, delta, sum(delta) OVER (
                PARTITION BY {NAMES} ORDER BY at_us, comes ROWS UNBOUNDED PRECEDING
            ) AS total FROM step
        )
        SELECT {NAMES}, count(*) FILTER (comes = 1), CAST(sum(delta) FILTER (comes = 1) AS BIGINT),
            CAST(max(total) AS BIGINT), max(total) > most FROM running GROUP BY {NAMES}, most"""


def _digest(rows: list[Row]) -> str:
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()[:32]
