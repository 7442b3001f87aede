"""All stages in a row, for those who need no scheduler."""

from __future__ import annotations

from collections.abc import Iterator

from tallystick.stages.audit import audit
from tallystick.stages.ingest import ingest
from tallystick.stages.project import Project, StageResult
from tallystick.stages.publish import publish
from tallystick.stages.refine import refine
from tallystick.stages.tally import tally
from tallystick.stages.verify import verify
from tallystick.storage.key_files import trust_of


def run_stages(
    project: Project, *, licensee: str | None, period: str, dry_run: bool = False, accept_refused: bool = False
) -> Iterator[StageResult]:
    """Yields each stage's result as it is done; a dry run ends before anything is published.

    Raises UnknownLicenseeError and BadPeriodError before the first stage.
    """
    for one in project.licensees(licensee):
        project.period(period, one)
    yield ingest(project, accept_refused=accept_refused)
    yield refine(project)
    yield tally(project)
    yield audit(project, licensee=licensee, period=period)
    yield from send_and_verify(project, licensee=licensee, period=period, dry_run=dry_run)


def send_and_verify(
    project: Project, *, licensee: str | None, period: str, dry_run: bool = False
) -> Iterator[StageResult]:
    """Publish what was audited and, unless the run is dry, verify every report that it speaks of."""
    published = publish(project, licensee=licensee, period=period, dry_run=dry_run)
    yield published
    if not dry_run:
        trust = trust_of(project.settings.signing)
        verified = [verify(location, project.settings.s3, trust) for location in published.totals["locations"]]
        files = sum(one.files for one in verified)
        yield StageResult(
            stage="verify",
            changed=False,
            sentence=f"{len(verified)} reports verified, {files} files, every byte",
            totals={"reports": len(verified), "files": files, "bytes": sum(one.size_bytes for one in verified)},
        )
