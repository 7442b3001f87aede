"""Requests through the real path: a table in a lake, tallied day by day, and read as an audit reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from building import Row, as_table, day_of
from tallystick.agreements.limit import Limit
from tallystick.clauses.usage_reader import UsageReader
from tallystick.duck import connect, quote_name, quote_text
from tallystick.storage.delta import Lake
from tallystick.storage.snapshot import Snapshot
from tallystick.tables import TABLES, Table
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.request import REQUEST
from tallystick.tables.usage_backoff import USAGE_BACKOFF
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tables.usage_scope import USAGE_SCOPE
from tallystick.tally.day import TallyTask, tally_day
from tallystick.tally.ledger import OFFERED
from tallystick.tally.stretch import Borders
from tallystick.tally.summary import Asked, SlotSummary, Summary, summaries_of_limit
from tallystick.tally.usage import STANDING

LimitsByLicensee = Mapping[str, Iterable[Limit]]
BordersByLicensee = Mapping[str, Borders]
"""Where spans begin and end, of those for whom it is not at midnights of UTC alone."""


class TalliedLake:
    """A lake whose requests are tallied, opened for audits of any of its licensees."""

    def __init__(
        self,
        root: Path,
        rows: Sequence[Row],
        limits: LimitsByLicensee,
        also: Iterable[Summary] = (),
        borders: BordersByLicensee | None = None,
    ) -> None:
        self.lake = Lake(root)
        if rows:
            self.lake.write(REQUEST, as_table(REQUEST, rows))
        tally_all(self.lake, rows, limits, tuple(also), borders or {})
        self._connection = connect(scratch=root / "scratch")
        snapshot = Snapshot(self.lake)
        for table in (REQUEST, *STANDING, USAGE_SCOPE, USAGE_PEAK, USAGE_BACKOFF):
            self._connection.execute(f"CREATE TABLE {quote_name(table.name)} AS {snapshot.relation(table)}")
        self._days = {day_of(row) for row in rows}

    def reader(self, licensee: str, *, only_raw: bool = False) -> UsageReader:
        """As an audit gets it."""
        return UsageReader(self._connection, self.relation, licensee, only_raw=only_raw)

    def relation(self, table: Table, partitions: Mapping[str, Collection[str]]) -> str:
        """SQL that yields a table's rows of some partition values."""
        tests = [
            f"{quote_name(name)} IN ({', '.join(self._literal(name, value) for value in self._held(name, values))})"
            for name, values in partitions.items()
        ]
        return f"SELECT * FROM {quote_name(table.name)} WHERE {' AND '.join(tests) or 'true'}"

    def _held(self, name: str, values: Collection[str]) -> Sequence[str]:
        """Of some days only those that have requests; a day that has none stands for none."""
        if name != "event_date":
            return list(values)
        return sorted(self._days.intersection(values)) or ["1970-01-01"]

    @staticmethod
    def _literal(name: str, value: str) -> str:
        return f"{'DATE ' if name == 'event_date' else ''}{quote_text(value)}"


def tally_all(
    lake: Lake,
    rows: Sequence[Row],
    limits: LimitsByLicensee,
    also: Sequence[Summary],
    borders: BordersByLicensee,
) -> None:
    """Tally every day that has requests, with the summaries that its licensees' limits ask for, and `also` others."""
    licensees: dict[str, set[str]] = {}
    for row in rows:
        licensees.setdefault(day_of(row), set()).add(str(row["licensee"]))
    wanted = {licensee: tuple(asked) for licensee, asked in limits.items()}
    written = [
        file
        for day, present in sorted(licensees.items())
        for file in tally_day(a_task(lake, day, {one: wanted.get(one, ()) for one in sorted(present)}, also, borders))
    ]
    for table in TABLES:
        lake.commit(table, [file for name, file in written if name == table.name])


def a_task(
    lake: Lake,
    day: str,
    limits: LimitsByLicensee,
    also: Sequence[Summary] = (),
    borders: BordersByLicensee | None = None,
) -> TallyTask:
    """The task of one day that lacks everything; its licensees ask for what their limits need, and all for `also`."""
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    asked: dict[str, tuple[Summary, list[str]]] = {}
    for licensee, stated in limits.items():
        needed = [one for limit in stated for one in summaries_of_limit(limit)]
        for summary in {one.id: one for one in (*needed, *also)}.values():
            if not (isinstance(summary, SlotSummary) and summary.is_standing):
                asked.setdefault(summary.id, (summary, []))[1].append(licensee)
    return TallyTask(
        day=day,
        requests=tuple(file.path for file in lake.files(REQUEST, partitions={"event_date": [day]})),
        requests_before=tuple(file.path for file in lake.files(REQUEST, partitions={"event_date": [before]})),
        offered=OFFERED.empty_table(),
        standing=dict.fromkeys([*(table.name for table in STANDING), DAY_LEDGER.name], "built"),
        summaries=tuple((_asked(one, whose, borders or {}), "built") for one, whose in asked.values()),
        lake=lake.root,
        memory_limit="1GB",
        scratch=lake.root / "scratch",
    )


def _asked(summary: Summary, whose: Sequence[str], borders: BordersByLicensee) -> Asked:
    theirs = tuple(borders.get(licensee, Borders()) for licensee in whose)
    return Asked(summary=summary, licensees=tuple(whose), borders=theirs)
