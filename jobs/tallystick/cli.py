"""The command line: one command for each stage, and the few beside them. Data on stdout, talk on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer
from rich.markup import escape

from tallystick import __version__
from tallystick.commands.agreements import agreements
from tallystick.commands.both_sides import commit, reconcile
from tallystick.commands.ending import end_with_a_code
from tallystick.commands.formats import formats
from tallystick.commands.importing import importing
from tallystick.commands.keys import keys
from tallystick.commands.looking import demo, doctor, explain, init, inspect
from tallystick.commands.options import HERE, AsJson, Folder, TrustOption, talk
from tallystick.commands.published import diff, download, recount
from tallystick.commands.telling import open_project, tell, tell_stage, warn_unsigned
from tallystick.errors import UsageError
from tallystick.runtime.log import configure_log, printable

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Count what each API licensee took, hold it against its agreement, publish a report that can be checked.",
)
app.add_typer(agreements, name="agreements")
app.add_typer(importing, name="import")
app.add_typer(formats, name="formats")
app.add_typer(keys, name="keys")

LicenseeOption = Annotated[Optional[str], typer.Option("--licensee", help="One licensee's id; all of them without.")]  # noqa: UP045
PeriodOption = Annotated[str, typer.Option("--period", help="2022, 2022-Q4, 2022-12, 2022-12-05 or START/END.")]
AcceptRefused = Annotated[bool, typer.Option(help="Go on when files cannot be read; the report lists them.")]


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Say which version this is.")] = False) -> None:
    if version:
        print(__version__)
        raise typer.Exit


# ── the stages ────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def ingest(project: Folder = HERE, accept_refused: AcceptRefused = False, as_json: AsJson = False) -> None:
    """Accept or reject every entry of every new log file."""
    from tallystick.stages.ingest import ingest as stage

    tell_stage(stage(open_project(project), accept_refused=accept_refused), as_json)


@app.command()
def refine(project: Folder = HERE, as_json: AsJson = False) -> None:
    """Set duplicates aside and give each request its licensee, app and credential."""
    from tallystick.stages.refine import refine as stage

    tell_stage(stage(open_project(project)), as_json)


@app.command()
def tally(project: Folder = HERE, as_json: AsJson = False) -> None:
    """Count each day, and prove that its numbers add up."""
    from tallystick.stages.tally import tally as stage

    tell_stage(stage(open_project(project)), as_json)


@app.command()
def audit(
    period: PeriodOption,
    licensee: LicenseeOption = None,
    fail_on: Annotated[
        Optional[Literal["info", "minor", "major", "critical"]],  # noqa: UP045
        typer.Option(help="Exit with 3 for findings at or over this severity."),
    ] = None,
    clause: Annotated[Optional[str], typer.Option(help="Show how this clause comes out; write nothing.")] = None,  # noqa: UP045
    as_if: Annotated[Optional[Path], typer.Option(help="Judge by this proposed version too; write nothing.")] = None,  # noqa: UP045
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Judge every clause of the agreement over a period."""
    if clause is not None or as_if is not None:
        from tallystick.commands.trial import trial

        if fail_on is not None:
            raise UsageError("--fail-on asks about a whole audit", next_step="leave out --clause and --as-if")
        found, lines = trial(open_project(project), licensee=licensee, period=period, clause=clause, as_if=as_if)
        tell(found, as_json, *lines)
        return
    from tallystick.stages.audit import audit as stage

    result = stage(open_project(project), licensee=licensee, period=period, fail_on=fail_on)
    tell_stage(result, as_json)
    if not as_json:
        for one in result.totals["listed"]:
            print(printable("  ".join(one.values())))


@app.command()
def publish(
    period: PeriodOption,
    licensee: LicenseeOption = None,
    dry_run: Annotated[bool, typer.Option(help="Render and check everything, send nothing.")] = False,
    revision: Annotated[Optional[int], typer.Option(help="Publish as just this revision.", min=1)] = None,  # noqa: UP045
    language: Annotated[Optional[str], typer.Option(help="Of page and print: en or fr.")] = None,  # noqa: UP045
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Check that the count is fit to publish, and publish the report."""
    from tallystick.stages.publish import publish as stage

    opened = open_project(project, language=language)
    result = stage(opened, licensee=licensee, period=period, dry_run=dry_run, revision=revision)
    tell_stage(result, as_json)
    if not as_json:
        for location in result.totals["locations"]:
            print(location)


@app.command()
def verify(
    location: Annotated[Optional[str], typer.Argument(help="A bundle: a folder, a zip or an s3:// prefix.")] = None,  # noqa: UP045
    licensee: Annotated[Optional[str], typer.Option("--licensee", help="With --period: its latest report.")] = None,  # noqa: UP045
    period: Annotated[Optional[str], typer.Option("--period", help="With --licensee: its latest report.")] = None,  # noqa: UP045
    trust: TrustOption = None,
    render: Annotated[bool, typer.Option("--render", help="Make page, print and tables again and compare.")] = False,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Check a published report, byte by byte; no Spark, no tables, no network but for s3://."""
    from tallystick.commands.checking import in_lines, latest_location, s3_settings, trusted
    from tallystick.stages.verify import verify as stage

    where = location or latest_location(project, licensee, period)
    verified = stage(where, s3_settings(project), trusted(project, trust), render=render)
    warn_unsigned(verified)
    tell(verified.as_dict() if as_json else None, as_json, *in_lines(verified))


# ── beside the stages ─────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def run(
    period: PeriodOption,
    licensee: LicenseeOption = None,
    dry_run: Annotated[bool, typer.Option(help="Publish nothing.")] = False,
    accept_refused: AcceptRefused = False,
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """All six stages in a row, for those who need no scheduler."""
    from tallystick.commands.run import run_stages

    results = []
    for result in run_stages(
        open_project(project), licensee=licensee, period=period, dry_run=dry_run, accept_refused=accept_refused
    ):
        results.append(result)
        talk.print(f"[bold]{result.stage:<8}[/] {escape(printable(result.sentence))}")
    if as_json:
        print(json.dumps([vars(result) for result in results], default=str))
    else:
        published = next(result for result in results if result.stage == "publish")
        for location in published.totals["locations"]:
            print(location)


for command in (demo, init, inspect, doctor, explain, download, diff, recount, commit, reconcile):
    app.command()(command)

# ── how a command ends ────────────────────────────────────────────────────────────────────────────────────────────────


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code (DESIGN section 7); no error of ours shows a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    configure_log()
    sys.exit(end_with_a_code(lambda: app(arguments, standalone_mode=False, prog_name="tallystick"), arguments, talk))


if __name__ == "__main__":
    main()
