"""The commands on published reports: download, diff, recount."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from tallystick.commands.options import HERE, AsJson, Folder, TrustOption, talk
from tallystick.commands.telling import printable_json, tell, warn_unsigned
from tallystick.runtime.log import printable


def download(
    location: Annotated[str, typer.Argument(help="A published report: s3://bucket/prefix, or a folder.")],
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    trust: TrustOption = None,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Fetch a published report into a folder and verify what arrived."""
    from tallystick.commands.checking import in_lines, s3_settings, trusted
    from tallystick.stages.download import download as fetch

    verified = fetch(location, folder, s3_settings(project), trusted(project, trust))
    warn_unsigned(verified)
    tell(verified.as_dict() if as_json else None, as_json, *in_lines(verified))


def diff(
    before: Annotated[str, typer.Argument(help="A bundle (folder, zip, s3:// prefix), or a report.json.")],
    after: Annotated[str, typer.Argument(help="Another one.")],
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 3 where they differ.")] = False,
    trust: TrustOption = None,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say which numbers differ between two reports, before and after, and what that can come from."""
    from tallystick.commands.checking import s3_settings, trusted
    from tallystick.commands.report_diff import in_lines, read_side, summary
    from tallystick.evidence.changes import compare

    s3, keys = s3_settings(project), trusted(project, trust)
    changes = compare(*(read_side(where, s3, keys) for where in (before, after)))
    print(printable_json(changes) if as_json else "\n".join(map(printable, in_lines(changes))))
    talk.print(summary(changes))
    if exit_code and changes["sections"]:
        raise typer.Exit(3)


def recount(
    bundle: Annotated[str, typer.Argument(help="A bundle: a folder, a zip or an s3:// prefix; or its report.json.")],
    logs: Annotated[Path, typer.Option(help="A folder with the raw log files; they are found by SHA-256.")],
    register: Annotated[Optional[Path], typer.Option(help="The register's folder: whose each request is.")] = None,  # noqa: UP045
    formats_folder: Annotated[Optional[Path], typer.Option("--formats", help="A folder of own log formats.")] = None,  # noqa: UP045
    trust: TrustOption = None,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Count a report's requests again from its raw log files, by a second path; exit with 6 where they differ."""
    from tallystick.commands.checking import s3_settings, trusted
    from tallystick.commands.recount import in_lines
    from tallystick.commands.recount import recount as count_again
    from tallystick.commands.recount_callers import Callers
    from tallystick.commands.report_diff import read_side
    from tallystick.formats.load import BUILT_IN, Catalogue
    from tallystick.register.load import load_register, recognitions

    report = read_side(bundle, s3_settings(project), trusted(project, trust)).report
    callers = None if register is None else Callers(recognitions(load_register(register)))
    catalogue = BUILT_IN if formats_folder is None else Catalogue.of(formats_folder)
    found = count_again(report, logs, callers, catalogue)
    tell(found.as_dict(), as_json, *in_lines(found))
    if not found.agrees:
        raise typer.Exit(6)
