"""A version's cases through the real path: requests, the tally of their days, the clauses judged. No lake, no Spark."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.agreements.case import Case, CaseRequest, Expected
from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.load import Binding
from tallystick.clauses.judge import JudgedClause, judge
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_CHECKED, NOT_DECIDED, Measure
from tallystick.clauses.usage_reader import UsageReader
from tallystick.duck import connect, exact_sums, quote_name, quote_text, write_partitions
from tallystick.period import parse_instant_us
from tallystick.register.model import App, Licensee
from tallystick.storage.delta import relation
from tallystick.tables import Table
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.request import REQUEST
from tallystick.tally.day import TallyTask, tally_day
from tallystick.tally.ledger import OFFERED
from tallystick.tally.summary import summaries
from tallystick.tally.usage import STANDING

NAME = "case"
"""What everything is called that a log would have named: the source, the file."""
WORST_FIRST = (EXCEEDED, NOT_DECIDED, NOT_CHECKED, KEPT)
NUMBERS = ("used", "peak", "windows", "requests_over", "served_over")
AMOUNTS = ("owed", "underpaid", "interest")
"""What a case may expect of a measure beside its verdict: numbers, and amounts of money of a fee."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was expected of one clause under one reading, and what was found, as a file writes it."""

    clause: str
    reading: str
    expected: Mapping[str, Any]
    found: Mapping[str, Any]

    @property
    def is_met(self) -> bool:
        """Whether all that was expected was found."""
        return all(self.found.get(name) == value for name, value in self.expected.items())


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """One case, from 1 by its place in the version, and what was found of each expectation."""

    licensee: str
    version: str
    case: int
    says: str
    checked: tuple[Checked, ...]

    @property
    def is_met(self) -> bool:
        """Whether the case passes."""
        return all(one.is_met for one in self.checked)


def run_cases(binding: Binding, register: Licensee | None, *, scratch: Path | None = None) -> Iterator[CaseResult]:
    """Every case of one version, judged as if no other version followed.

    `register` is what the project's register says of the licensee; a case may state its own, and where there is
    neither, the apps that the case names are registered.
    """
    version = binding.version
    alone = Binding(version=version, sha256=binding.sha256, from_us=version.from_us, until_us=version.until_us)
    for number, case in enumerate(version.cases, 1):
        licensee = case.licensee(version.licensee, version.time_zone) or register or _as_named(case, alone)
        with tempfile.TemporaryDirectory(dir=scratch) as folder, exact_sums(f"the case {case.says!r}"):
            judged = _judged(Path(folder), alone, case, licensee)
        checked = [
            _checked(clause, one, judged[clause].measures) for clause, all_of in case.expect.items() for one in all_of
        ]
        yield CaseResult(
            licensee=version.licensee, version=version.version, case=number, says=case.says, checked=tuple(checked)
        )


def _as_named(case: Case, binding: Binding) -> Licensee:
    """A register that has the apps of a case and nothing else."""
    version = binding.version
    named = dict.fromkeys(one.app for one in case.requests if one.app is not None) or {"app": None}
    apps = tuple(App(app=app) for app in named)
    return Licensee(licensee=version.licensee, name=version.licensee, time_zone=version.time_zone, apps=apps)


def _judged(root: Path, binding: Binding, case: Case, licensee: Licensee) -> dict[str, JudgedClause]:
    """Every clause of the version, judged on the requests of the case."""
    files = _Files(root)
    files.write_requests(case.requests, licensee, binding.version.zone)
    files.tally(binding)
    connection = connect(scratch=root / "scratch")
    reader = UsageReader(connection, files.relation, licensee.licensee)
    period = case.audited(binding.version.zone)
    judged = judge(reader, licensee, [binding], period)
    return {one.statement.clause: one for one in judged if one.statement.version is not None}


class _Files:
    """The Parquet files of a case, laid out as a lake has them, without its log."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written: dict[str, list[tuple[Path, Mapping[str, str]]]] = {}

    def write_requests(self, requests: Sequence[CaseRequest], licensee: Licensee, zone: ZoneInfo) -> None:
        """The rows of `request` that the logs would have led to, in the order of the case."""
        connection = connect(scratch=self.root / "scratch")
        columns = ", ".join(f"{quote_name(one.name)} {one.type}" for one in REQUEST.columns)
        connection.execute(f"CREATE TABLE made ({columns})")
        made = 0
        for request in requests:
            values = _columns(request, licensee, zone, made)
            names = ", ".join(map(quote_name, values))
            chosen = ", ".join(values.values())
            connection.execute(f"INSERT INTO made ({names}) SELECT {chosen} FROM range({request.times}) AS r(n)")
            made += request.times
        query = "SELECT * FROM made ORDER BY licensee, app, credential_id, received_at"
        files = write_partitions(connection, query, self.root / REQUEST.name, partition_by="event_date", name=NAME)
        self.written[REQUEST.name] = [(self.root / REQUEST.name / one.path, one.partition) for one in files]

    def tally(self, binding: Binding) -> None:
        """Count every day that has requests, with all that the clauses ask for."""
        asked = tuple((one, NAME) for one in summaries([binding]))
        for day in sorted(one["event_date"] for _, one in self.written[REQUEST.name]):
            before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
            task = TallyTask(
                day=day,
                requests=self._paths(REQUEST, {"event_date": [day]}),
                requests_before=self._paths(REQUEST, {"event_date": [before]}),
                offered=OFFERED.empty_table(),
                standing=dict.fromkeys([*(table.name for table in STANDING), DAY_LEDGER.name], NAME),
                summaries=asked,
                lake=self.root,
                memory_limit="1GB",
                scratch=self.root / "scratch",
            )
            for table, file in tally_day(task):
                self.written.setdefault(table, []).append((self.root / table / file.path, file.partition))

    def relation(self, table: Table, partitions: Mapping[str, Collection[str]]) -> str:
        """SQL that yields a table's rows of some partition values."""
        return relation(table, self._paths(table, partitions))

    def _paths(self, table: Table, partitions: Mapping[str, Collection[str]]) -> tuple[str, ...]:
        wanted = {name: set(values) for name, values in partitions.items()}
        return tuple(
            str(path)
            for path, partition in self.written.get(table.name, ())
            if all(str(partition[name]) in values for name, values in wanted.items())
        )


def _columns(request: CaseRequest, licensee: Licensee, zone: ZoneInfo, made: int) -> dict[str, str]:
    """SQL for each column that a request of a case says; `n` counts those that are alike, `made` those before."""
    first, _ = request.instants_us(zone)
    method, route = request.called
    at = f"make_timestamp({first} + n * {request.every_us})"
    texts = {
        "licensee": licensee.licensee,
        "app": request.app or _app_of(request.credential, licensee),
        "credential_id": request.credential,
        "credential": request.credential,
        "user": request.user,
        "method": method,
        "route": route,
        "user_agent": request.user_agent,
        "source": NAME,
        "file_id": NAME,
    }
    numbers = ("status", "records", "response_bytes", "duration_us")
    values = {
        "event_date": f"CAST({at} AS DATE)",
        "received_at": f"CAST({at} AS TIMESTAMPTZ)",
        "is_duplicate": "false",
        "conflict": "false",
        "position": f"{made} + n + 1",
        "request_id": f"printf('%012d', {made} + n + 1)",
        **{name: quote_text(text) for name, text in texts.items() if text is not None},
        **{name: str(getattr(request, name)) for name in numbers if getattr(request, name) is not None},
    }
    if request.history_from is not None:
        asked_us = parse_instant_us(request.history_from, zone)
        values["history_from"] = f"CAST(make_timestamp({asked_us}) AS TIMESTAMPTZ)"
    return values


def _app_of(credential: str | None, licensee: Licensee) -> str | None:
    """The app that is recognised by a credential; without one the first of the register."""
    for app in licensee.apps:
        if credential is not None and any(way.credential_id == credential for way in app.recognised_by):
            return app.app
    return licensee.apps[0].app if licensee.apps else None


def _checked(clause: str, expected: Expected, measures: Sequence[Measure]) -> Checked:
    """What was found of an expectation; numbers of one key only, so of several keys only the verdict."""
    reading = expected.reading or AS_WRITTEN
    mine = [one for one in measures if one.reading == reading and expected.key in (None, one.key)]
    verdicts = {one.verdict for one in mine} or {KEPT}
    found: dict[str, Any] = {"verdict": next(one for one in WORST_FIRST if one in verdicts)}
    if len(mine) == 1:
        found |= {"key": mine[0].key, **_numbers(mine[0])}
        found |= {} if mine[0].missing is None else {"missing": mine[0].missing}
    elif mine:
        found["keys"] = {str(one.key): {"verdict": one.verdict, **_numbers(one)} for one in mine}
    wanted = expected.model_dump(exclude={"reading"}, exclude_none=True)
    return Checked(clause=clause, reading=reading, expected=wanted, found=found)


def _numbers(measure: Measure) -> dict[str, int | Decimal]:
    said = {name: len(measure.windows) if name == "windows" else getattr(measure, name) for name in NUMBERS}
    said |= {name: getattr(measure.money, name, None) for name in AMOUNTS}
    return {name: number for name, number in said.items() if number is not None}
