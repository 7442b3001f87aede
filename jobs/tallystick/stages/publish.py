"""Stage publish: the expectations first; then one document, its renderings, and the bundle, its manifest last."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial

import pyarrow as pa

from tallystick.errors import NoDataError, NotAuditedError, NotFitToPublishError
from tallystick.evidence.assembly import Seal
from tallystick.evidence.bundle import REPORT
from tallystick.evidence.canonical import parse_canonical
from tallystick.evidence.document import Node, NotAsPromisedError
from tallystick.evidence.totals import USAGE, totals_follow
from tallystick.report.changes_page import render_changes
from tallystick.report.shelf import render_shelf
from tallystick.report.usage_totals import usage_totals
from tallystick.runtime.ahead import ahead
from tallystick.runtime.progress import track
from tallystick.runtime.record import recorded
from tallystick.stages.audited import Audited
from tallystick.stages.draft import Draft, drafts
from tallystick.stages.project import Project, StageResult
from tallystick.storage.delta import arrow_schema
from tallystick.storage.key_files import seal_of
from tallystick.storage.objects import open_store
from tallystick.storage.publication import Published, publish_bundle
from tallystick.storage.revisions import show_shelf
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.check_result import CHECK_RESULT


def publish(
    project: Project, *, licensee: str | None, period: str, dry_run: bool = False, revision: int | None = None
) -> StageResult:
    """Publish the report of one licensee, or of all, for a period that was audited.

    Raises NotAuditedError where the audit is missing or out of date, NotFitToPublishError when a critical expectation
    fails (nothing goes out, the results stay in `check_result`), and what the store raises. A dry run renders and
    checks everything and sends nothing.
    """
    seal = seal_of(project.settings.signing)
    with project.lake.writing(), recorded(project.lake, "publish", licensee=licensee, period=period) as note:
        snapshot = Snapshot(project.lake)
        wanted = [Audited.of(project, snapshot, one, period) for one in project.licensees(licensee)]
        _refuse_unaudited(wanted, snapshot)
        ready = drafts(project, snapshot, wanted)
        rows = pa.Table.from_pylist([row for draft in ready for row in draft.check_rows()], arrow_schema(CHECK_RESULT))
        project.lake.write(CHECK_RESULT, rows, replace=[one.partition for one in wanted])
        _refuse_unfit(ready)
        published = _send(project, ready, seal, dry_run=dry_run, revision=revision)
        new = [one.location for one in published if one.state == "published"]
        note["inputs"] = snapshot.versions
        note["outputs"] = {"reports": new} if new else {}
        note["totals"] = {"reports": len(ready), "published": len(new)}
    if dry_run:
        sentence = f"{len(ready)} reports are fit to publish; a dry run sends nothing"
    else:
        sentence = f"{len(new)} reports published" if new else "nothing new: every report is published as it is"
        kept = sorted({one.kept_language for one in published if one.kept_language})
        if kept:
            sentence += f"; a revision keeps the language that it was published in: {', '.join(kept)}"
    totals = {**note["totals"], "locations": [one.location for one in published]}
    return StageResult(stage="publish", changed=bool(new), sentence=sentence, totals=totals)


def _send(
    project: Project, ready: Sequence[Draft], seal: Seal, *, dry_run: bool, revision: int | None
) -> list[Published]:
    """Send each draft in order, unless the run is dry; the next ones are rendered meanwhile."""
    store = open_store(project.settings.reports, project.settings.s3)
    signers = [key.public.keyid for key in seal.keys]
    published = []
    with (
        track("publish: reports", len(ready)) as say,
        closing(ahead(ready, lambda draft: draft.files(signers))) as rendered,
    ):
        for done, (draft, files) in enumerate(zip(ready, rendered, strict=True)):
            _refuse_other_sums(files)
            if not dry_run:
                published.append(
                    publish_bundle(
                        store,
                        draft.audited.licensee.licensee,
                        draft.audited.period.slug,
                        files,
                        report_sha256=hashlib.sha256(files["report.json"]).hexdigest(),
                        title=f"{draft.audited.licensee.name}, {draft.audited.period.text}",
                        revision=revision,
                        seal=seal,
                        show_changes=partial(render_changes, language=project.settings.language),
                    )
                )
            say(done + 1)
    if not dry_run:
        show_shelf(store, partial(render_shelf, language=project.settings.language))
    return published


def _refuse_other_sums(files: Mapping[str, bytes]) -> None:
    """NotFitToPublishError when the rows that go out do not add up to the report, as `verify` would find."""
    try:
        totals_follow(Node(parse_canonical(files[REPORT])), usage_totals(files[USAGE]))
    except NotAsPromisedError as error:
        raise NotFitToPublishError(
            f"this report would not pass its verification: {error}",
            where=USAGE,
            next_step="this is a fault in how the report was made: report it, with this message",
        ) from error


def _refuse_unaudited(wanted: Sequence[Audited], snapshot: Snapshot) -> None:
    if not any(one.ledger for one in wanted):
        raise NoDataError(
            f"no day of {wanted[0].period.text} has been counted",
            next_step="tallystick ingest, refine, tally and audit",
        )
    missing = [one for one in wanted if not one.is_done(snapshot)]
    if missing:
        raise NotAuditedError(
            f"{missing[0].licensee.licensee} {missing[0].period.text} is not audited, or something changed since "
            f"({len(missing)} of {len(wanted)} licensees)",
            next_step=f"tallystick audit --licensee {missing[0].licensee.licensee} --period {missing[0].period.text}",
        )


def _refuse_unfit(ready: Sequence[Draft]) -> None:
    failed = [
        (draft, check) for draft in ready for check in draft.checks if check.severity == "critical" and not check.is_met
    ]
    if failed:
        draft, check = failed[0]
        raise NotFitToPublishError(
            f"{len(failed)} critical expectations failed, first: {check.sentence} "
            f"({check.unexpected} of {check.rows} rows)",
            where=f"{draft.audited.licensee.licensee} {draft.audited.period.text}, {check.suite}/{check.id}",
            next_step=f"tallystick explain {check.id}, mend the input, then run tallystick publish again",
        )
