"""One licensee's report before it goes out: what it rests on, whether that is fit to publish, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from tallystick.checks.frames import findings_frame, ledger_frame, usage_frame
from tallystick.checks.gate import ask
from tallystick.checks.suites import CheckResult
from tallystick.clauses.standing import requests_in
from tallystick.clauses.statement import statements
from tallystick.clauses.usage_reader import Relation, UsageReader
from tallystick.duck import another, connect, quote_text
from tallystick.evidence.bundle import REPORT
from tallystick.report.bundle import render_bundle
from tallystick.report.callers import name_of, told_document, told_table
from tallystick.report.completeness import completeness, files, reconciliation, touches, with_repeats
from tallystick.report.consumption import consumption, usage_rows
from tallystick.report.credentials import credential_shares
from tallystick.report.document import Audit, document
from tallystick.report.earlier import ByClauseAndKey, earlier
from tallystick.report.evidence_rows import CLIENTS, COLUMNS, MOST, evidence_rows, resting_of
from tallystick.report.peaks import peaks
from tallystick.report.quality import expectations_told, summed_up
from tallystick.report.sample import sample_files
from tallystick.stages.audited import Audited, open_usage
from tallystick.stages.digesting import shown
from tallystick.stages.held import held, held_late, hours_held, lay_out_files
from tallystick.stages.project import Project
from tallystick.stages.provenance import provenance
from tallystick.stages.rejections import rejections
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.finding import FINDING
from tallystick.tables.measure import MEASURE
from tallystick.tables.sequence_gap import SEQUENCE_GAP
from tallystick.tables.source_file import SOURCE_FILE
from tallystick.tally.usage import STANDING

Row = Mapping[str, Any]
Sums = Mapping[str, Mapping[str, Mapping[str, int]]]
"""For each usage table and day: `requests` in all and those `attributed` to some licensee."""

FEW_REQUESTS = 1_000_000
"""So many fit into half of the memory that DuckDB has by default, and are read once for all reports."""


@dataclass(frozen=True, kw_only=True)
class CountedDays:
    """What all reports over the same UTC days share: their files, what those lack, and whether their count is fit."""

    source_files: Sequence[Row]
    rejected: Sequence[Row]
    checks: Sequence[CheckResult]

    @classmethod
    def of(cls, snapshot: Snapshot, audited: Audited, sums: Sums) -> CountedDays:
        """Ask the suites about the days of one audited period."""
        days = frozenset(audited.days)
        source_files = [row for row in snapshot.rows(SOURCE_FILE) if touches(row, days)]
        expected = {
            (str(day["event_date"]), day["source"])
            for row in source_files
            if row["state"] in ("read", "repeated")
            for day in row["days"]
            if str(day["event_date"]) in days
        }
        ledger, usage = ledger_frame(audited.ledger, source_files), usage_frame(audited.ledger, sums)
        return cls(
            source_files=source_files,
            rejected=rejections(snapshot, source_files, days),
            checks=[
                *ask("ledger", ledger, {"ledger_rows": len(expected)}),
                *ask("usage", usage, {"days": len({day for day, _ in expected})}),
            ],
        )


class Draft:
    """A report in the making; reading it changes nothing."""

    def __init__(
        self,
        project: Project,
        snapshot: Snapshot,
        connection: duckdb.DuckDBPyConnection,
        relation: Relation,
        audited: Audited,
        counted: CountedDays,
    ) -> None:
        self.project, self.snapshot, self.audited = project, snapshot, audited
        self.connection, self.relation = connection, relation
        self.measures = snapshot.read(MEASURE, audited.partition_filter).to_pylist()
        self.findings = snapshot.read(FINDING, audited.partition_filter).to_pylist()
        self.source_files, self.rejected = counted.source_files, counted.rejected
        files = snapshot.rows(SOURCE_FILE)
        self.shown = shown(project, files, audited.licensee.licensee, audited.period.text)
        self.held = with_repeats(held(connection, audited), self.source_files)
        stated = statements(audited.bindings, audited.period)
        readings = sum(statement.readings for statement in stated)
        asked = ask("findings", findings_frame(self.findings, self.measures), {"readings": readings})
        self.checks = [*counted.checks, *asked]

    def check_rows(self) -> list[dict[str, Any]]:
        """The rows of `check_result`."""
        return [{**self.audited.partition, **asdict(check)} for check in self.checks]

    def expectations(self) -> list[dict[str, Any]]:
        """What the bundle tells of the expectations."""
        conflicts = reconciliation(self.audited.ledger, self.held)["conflict"]
        return expectations_told(map(asdict, self.checks), conflicts)

    def files(self, signers: Sequence[str] = ()) -> dict[str, bytes]:
        """Every payload file of the bundle; `signers` are the ids of the keys that will sign it."""
        licensee, period = self.audited.licensee, self.audited.period
        quality: dict[str, Any] = {
            "licensee": licensee.licensee,
            "period": period.text,
            "expectations": self.expectations(),
        }
        usage = usage_rows(self.connection, self.relation, licensee, period)
        zone = self.project.zone(licensee)
        rests = resting_of(self.findings, self.measures, self.audited.bindings, licensee, period, zone)
        columns = COLUMNS if self.project.settings.client_addresses == "left_out" else CLIENTS
        found = evidence_rows(self.connection, self.relation, licensee.licensee, rests, columns)
        evidence = {finding: told_table(rows, self.shown) for finding, rows in found.items()}
        quality["evidence"] = [
            {"finding": finding, "rows": rows.num_rows, "at_most": MOST} for finding, rows in sorted(evidence.items())
        ]
        ours = {row["file_id"] for row in [*self.held, *self.rejected]}
        run = provenance(self.project, self.snapshot, self.audited, ours)
        rendered = render_bundle(
            self.document(),
            usage,
            quality,
            run,
            signers=signers,
            language=self.project.settings.language,
            evidence=evidence,
        )
        report = rendered[REPORT]
        return rendered | sample_files(
            self.connection, self.relation, licensee.licensee, period, usage, report, self.shown
        )

    def document(self) -> dict[str, Any]:
        """The report, with what callers are called as the settings want it shown."""
        one = self.audited
        reader = UsageReader(self.connection, self.relation, one.licensee.licensee)
        spans = [(binding.version.version, binding.within(one.period)) for binding in one.bindings]
        said = document(
            Audit(
                provider=self.project.settings.provider,
                licensee=one.licensee,
                bindings=one.bindings,
                period=one.period,
                time_zone=str(self.project.zone(one.licensee)),
                measures=self.measures,
                findings=self.findings,
                consumption={
                    **consumption(self.connection, self.relation, one.licensee, one.period),
                    "peaks": peaks(reader, one.bindings, one.period),
                },
                reconciliation=reconciliation(one.ledger, self.held),
                completeness=completeness(
                    one.ledger,
                    [row for row in self.snapshot.rows(SEQUENCE_GAP) if str(row["event_date"]) in set(one.days)],
                    self.source_files,
                    self.rejected,
                    one.days,
                    self.held,
                    hours_held(self.connection, one, self.source_files),
                    held_late(self.connection, one),
                ),
                files=files(self.held, self.source_files),
                checks=summed_up(self.expectations()),
                requests_by_version={
                    version: requests_in(reader, span)[0] for version, span in spans if span is not None
                },
                earlier=self.earlier(),
                shares=credential_shares(self.connection, self.relation, one.licensee, one.period),
                shown=name_of(self.shown),
            )
        )
        return told_document(said, self.shown)

    def earlier(self) -> ByClauseAndKey:
        """What audits of the licensee's earlier periods found, as the lake has them."""
        one = self.audited
        theirs = {"licensee": [one.licensee.licensee]}
        findings, measures = (self.snapshot.read(table, theirs).to_pylist() for table in (FINDING, MEASURE))
        return earlier(findings, measures, one.period, lambda text: self.project.period(text, one.licensee))


def drafts(project: Project, snapshot: Snapshot, wanted: Sequence[Audited]) -> list[Draft]:
    """A draft for each audited licensee, over one reading of the small tables; each may go to a thread of its own."""
    days = sorted({day for one in wanted for day in one.days})
    named = [one.licensee.licensee for one in wanted]
    connection, relation = open_usage(project, snapshot, days, named, few_requests=FEW_REQUESTS)
    lay_out_files(connection, snapshot, days)
    sums = _sums(snapshot, days)
    counted: dict[tuple[str, ...], CountedDays] = {}
    for one in wanted:
        if one.days not in counted:
            counted[one.days] = CountedDays.of(snapshot, one, sums)
    return [Draft(project, snapshot, another(connection), relation, one, counted[one.days]) for one in wanted]


def _sums(snapshot: Snapshot, days: Sequence[str]) -> Sums:
    connection = connect()
    union = " UNION ALL ".join(
        f"SELECT {quote_text(table.name)} AS name, event_date, sum(requests) AS requests, "
        f"coalesce(sum(requests) FILTER (licensee IS NOT NULL), 0) AS attributed "
        f"FROM ({snapshot.relation(table, {'event_date': days})}) GROUP BY event_date"
        for table in STANDING
    )
    sums: dict[str, dict[str, dict[str, int]]] = {table.name: {} for table in STANDING}
    for name, day, requests, attributed in connection.execute(union).fetchall():
        sums[name][str(day)] = {"requests": int(requests), "attributed": int(attributed)}
    return sums
