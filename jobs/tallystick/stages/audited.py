"""One licensee in one period: what binds it, what its audit rests on, and its usage laid out for reading."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import Any

import duckdb

from tallystick import __version__
from tallystick.agreements.load import Binding
from tallystick.clauses.usage_reader import Relation
from tallystick.duck import connect, quote_name, quote_text
from tallystick.period import Period
from tallystick.register.model import Licensee
from tallystick.stages.project import Project
from tallystick.storage.snapshot import Snapshot
from tallystick.tables import Table
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.measure import MEASURE
from tallystick.tables.request import REQUEST
from tallystick.tables.source_file import SOURCE_FILE
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT
from tallystick.tables.usage_backoff import USAGE_BACKOFF
from tallystick.tables.usage_credential import USAGE_CREDENTIAL
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tables.usage_scope import USAGE_SCOPE
from tallystick.tally.summary import summaries

RULES = "audit 2"
"""Changes when equal usage would give other measures; an audit made by older rules is made again."""

LAID_OUT = (USAGE_APP_SLOT, USAGE_APP_ROUTE, USAGE_CREDENTIAL, USAGE_SCOPE, USAGE_PEAK, USAGE_BACKOFF)


@dataclass(frozen=True, kw_only=True)
class Audited:
    """A licensee, a period, the versions that bind it, the ledger of the period's days, and a digest of all that."""

    licensee: Licensee
    bindings: tuple[Binding, ...]
    period: Period
    days: tuple[str, ...]
    ledger: tuple[Mapping[str, Any], ...]
    file_names: Mapping[str, str]
    built_from: str

    @classmethod
    def of(cls, project: Project, snapshot: Snapshot, licensee: Licensee, period: str) -> Audited:
        """What an audit of the licensee rests on now."""
        bindings = project.agreements[licensee.licensee]
        span = project.period(period, licensee)
        days = tuple(day.isoformat() for day in span.utc_days())
        ledger = ledger_of(snapshot, days)
        parts = (
            RULES,
            __version__,
            span,
            licensee.model_copy(update={"responses": ()}),  # an answer to a finding changes no count
            [(binding.sha256, binding.from_us, binding.until_us) for binding in bindings],
            [
                (str(row["event_date"]), row["source"], row["built_from"])
                for row in ledger_of(snapshot, [_day_before(days[0]), *days])  # the first day's peaks know it
            ],
        )
        return cls(
            licensee=licensee,
            bindings=bindings,
            period=span,
            days=days,
            ledger=ledger,
            file_names=snapshot.once("file names", lambda: _file_names(snapshot)),
            built_from=hashlib.sha256(repr(parts).encode()).hexdigest(),
        )

    @property
    def partition(self) -> dict[str, str]:
        """The partition of `measure` and `finding` that the audit replaces."""
        return {"licensee": self.licensee.licensee, "period": self.period.text}

    @property
    def partition_filter(self) -> dict[str, list[str]]:
        """The same, as readers ask for it."""
        return {name: [value] for name, value in self.partition.items()}

    def is_done(self, snapshot: Snapshot) -> bool:
        """Whether the measures that are there rest on just this."""
        built_from = snapshot.once("what measures were built from", lambda: _built_from(snapshot))
        return built_from.get((self.licensee.licensee, self.period.text)) == {self.built_from}


def _built_from(snapshot: Snapshot) -> dict[tuple[str, str], set[str]]:
    """What the measures of each licensee and period rest on."""
    found: dict[tuple[str, str], set[str]] = {}
    distinct = f"SELECT DISTINCT licensee, period, built_from FROM ({snapshot.relation(MEASURE)})"
    for licensee, period, built_from in connect().execute(distinct).fetchall():
        found.setdefault((licensee, period), set()).add(built_from)
    return found


def ledger_of(snapshot: Snapshot, days: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    """The ledger rows of some days, ordered by day and source."""
    by_day = snapshot.once("ledger by day", lambda: _ledger_by_day(snapshot))
    return tuple(row for day in sorted(set(days)) for row in by_day.get(day, ()))


def _ledger_by_day(snapshot: Snapshot) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(snapshot.rows(DAY_LEDGER), key=lambda row: (row["event_date"], row["source"])):
        found.setdefault(row["event_date"].isoformat(), []).append(row)
    return found


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat() if day > "0001-01-01" else day


def open_usage(
    project: Project, snapshot: Snapshot, days: Sequence[str], licensees: Collection[str], *, few_requests: int = 0
) -> tuple[duckdb.DuckDBPyConnection, Relation]:
    """A connection on which the licensees' usage of some days can be read, and how to read tables through it.

    A small table is read into the connection once, when it is first asked for; requests stay in their files until a day
    of them is asked for. For one who asks for all days again and again, `few_requests` is how many of everybody's are
    read into the connection like a small table: finding one licensee's in hundreds of files takes longer. Threads may
    ask at the same time, each through a connection of its own (`duck.another`).
    """
    engine = project.settings.engine
    connection = connect(memory_limit=engine.memory_limit, scratch=engine.scratch)
    named = ", ".join(quote_text(name) for name in sorted(licensees))
    asked = summaries(binding for name in licensees for binding in project.agreements[name])
    are_few = sum(file.rows for file in snapshot.files(REQUEST, {"event_date": days})) <= few_requests
    laid_out: set[str] = set()
    one_at_a_time = Lock()

    def lay_out(table: Table) -> None:
        wanted = {"event_date": days}
        if "summary_id" in table.partition_by:
            wanted["summary_id"] = [one.summary.id for one in asked if one.summary.table == table]
        rows = snapshot.relation(table, wanted)
        connection.execute(
            f"CREATE TABLE {quote_name(table.name)} AS SELECT * FROM ({rows}) WHERE licensee IN ({named}) "
            "ORDER BY licensee"  # so that what one licensee asks for lies together
        )
        laid_out.add(table.name)

    def relation(table: Table, partitions: Mapping[str, Collection[str]]) -> str:
        if table not in LAID_OUT and not (table == REQUEST and are_few and _among(days, partitions)):
            return snapshot.relation(table, partitions)
        with one_at_a_time:
            if table.name not in laid_out:
                lay_out(table)
        tests = [_in(table, name, values) for name, values in partitions.items()]
        return f"SELECT * FROM {quote_name(table.name)} WHERE {' AND '.join(tests) or 'true'}"

    return connection, relation


def _among(days: Collection[str], partitions: Mapping[str, Collection[str]]) -> bool:
    """Whether some days are asked for, and none but these."""
    asked = partitions.get("event_date", ())
    return len(asked) > 0 and set(days).issuperset(asked)


def _in(table: Table, name: str, values: Collection[str]) -> str:
    kind = table.column(name).type
    if kind == "DATE":  # days come as an unbroken range
        return f"{quote_name(name)} BETWEEN DATE {quote_text(min(values))} AND DATE {quote_text(max(values))}"
    return f"{quote_name(name)} IN ({', '.join(quote_text(value) for value in values)})"


def _file_names(snapshot: Snapshot) -> dict[str, str]:
    """What each file that counts is called, below its source."""
    rows = snapshot.rows(SOURCE_FILE)
    return {row["file_id"]: f"{row['source']}/{row['name']}" for row in rows if row["state"] == "read"}
