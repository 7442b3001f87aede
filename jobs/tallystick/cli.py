"""The command line: one command for each stage, and the few beside them. Data on stdout, talk on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer
from rich.markup import escape

from tallystick import __version__
from tallystick.commands.agreements import agreements
from tallystick.commands.ending import end_with_a_code
from tallystick.commands.formats import formats
from tallystick.commands.importing import importing
from tallystick.commands.keys import keys
from tallystick.commands.options import HERE, AsJson, Folder, talk
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
TrustOption = Annotated[
    Optional[list[Path]],  # noqa: UP045
    typer.Option("--trust", help="A public key that must have signed, or a time-stamp authority's certificate."),
]
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

    _report(stage(_project(project), accept_refused=accept_refused), as_json)


@app.command()
def refine(project: Folder = HERE, as_json: AsJson = False) -> None:
    """Set duplicates aside and give each request its licensee, app and credential."""
    from tallystick.stages.refine import refine as stage

    _report(stage(_project(project)), as_json)


@app.command()
def tally(project: Folder = HERE, as_json: AsJson = False) -> None:
    """Count each day, and prove that its numbers add up."""
    from tallystick.stages.tally import tally as stage

    _report(stage(_project(project)), as_json)


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
        found, lines = trial(_project(project), licensee=licensee, period=period, clause=clause, as_if=as_if)
        _say(found, as_json, *lines)
        return
    from tallystick.stages.audit import audit as stage

    result = stage(_project(project), licensee=licensee, period=period, fail_on=fail_on)
    _report(result, as_json)
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

    opened = _project(project, language=language)
    result = stage(opened, licensee=licensee, period=period, dry_run=dry_run, revision=revision)
    _report(result, as_json)
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
    _warn_unsigned(verified)
    _say(verified.as_dict() if as_json else None, as_json, *in_lines(verified))


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
        _project(project), licensee=licensee, period=period, dry_run=dry_run, accept_refused=accept_refused
    ):
        results.append(result)
        talk.print(f"[bold]{result.stage:<8}[/] {escape(printable(result.sentence))}")
    if as_json:
        print(json.dumps([vars(result) for result in results], default=str))
    else:
        published = next(result for result in results if result.stage == "publish")
        for location in published.totals["locations"]:
            print(location)


@app.command()
def demo(
    scale: Annotated[str, typer.Option(help="1 is the letter's year: 780,000,000 requests.")] = "0.001",
    seed: Annotated[int, typer.Option(help="Another seed, another world.")] = 7,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps everything.")] = Path(".demo"),
    keep: Annotated[bool, typer.Option(help="Leave the S3 server up.")] = False,
    as_json: AsJson = False,
) -> None:
    """The letter's case: a world of logs, audited, published to a local S3 server, and verified."""
    from tallystick.commands.demo import show_demo

    show_demo(folder, scale=_decimal(scale), seed=seed, keep=keep, as_json=as_json, talk=talk)


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")], as_json: AsJson = False) -> None:
    """Write a project to begin with; its files explain themselves."""
    from tallystick.commands.init import init_project

    files = [str(file) for file in init_project(folder)]
    _say({"folder": str(folder), "files": files}, as_json, f"{len(files)} files in {folder}", *files)
    talk.print(f"next: tallystick run --project {escape(printable(str(folder)))} --licensee acme --period 2024-01")


@app.command()
def inspect(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, s3:// prefixes, or @FILE: a list of them.")],
    format: Annotated[Optional[str], typer.Option(help="A format's name; found from the entries without.")] = None,  # noqa: A002, UP045
    top: Annotated[int, typer.Option(help="How many values of each column; 0 for all.", min=0)] = 20,
    project: Annotated[Optional[Path], typer.Option(help="Use this project's digest key, formats and store.")] = None,  # noqa: UP045
    as_json: AsJson = False,
) -> None:
    """Say what is in log files, without a project: entries, callers, operations, sums."""
    from tallystick.commands.inspect import look
    from tallystick.settings import Settings

    settings = Settings.load(project) if project is not None else None
    look(paths, format_name=format, top=top, as_json=as_json, settings=settings)


@app.command()
def doctor(project: Folder = HERE, as_json: AsJson = False) -> None:
    """Try everything that an audit needs on this machine, and say what to do about what fails."""
    from tallystick.commands.doctor import diagnose
    from tallystick.settings import FILE_NAME, Settings

    settings = Settings.load(project) if project != HERE or (project / FILE_NAME).is_file() else None
    found = list(diagnose(settings))
    if as_json:
        print(json.dumps([vars(one) for one in found]))
    else:
        for one in found:
            mark = "ok    " if one.is_well else "FAILED"
            print(f"{mark} {one.name}: {printable(one.seen)}")
            if not one.is_well:
                print(f"       {printable(one.remedy)}")
        if settings is None:
            talk.print(f"no {FILE_NAME} here, so no lake and no reports were tried; name a project with --project")
    if not all(one.is_well for one in found):
        raise typer.Exit(5)


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="The id of a finding or of an expectation.")],
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show a finding with its clause, numbers, SQL and first requests; or what an expectation found."""
    from tallystick.commands.explain import explain as found
    from tallystick.commands.explain import in_words

    result = found(_project(project), name)
    print(printable_json(result) if as_json else "\n".join(map(printable, in_words(result))))


@app.command()
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
    _warn_unsigned(verified)
    _say(verified.as_dict() if as_json else None, as_json, *in_lines(verified))


@app.command()
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


@app.command()
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
    _say(found.as_dict(), as_json, *in_lines(found))
    if not found.agrees:
        raise typer.Exit(6)


@app.command()
def commit(
    logs: Annotated[list[str], typer.Option(help="A file, folder, s3:// prefix or @FILE; more than once for several.")],
    key: Annotated[Path, typer.Option(help="The key that both sides share: `tallystick keys shared` makes one.")],
    out: Annotated[Path, typer.Option(help="A new file for the commitment.")] = Path("commitment.jsonl"),
    licensee: Annotated[Optional[str], typer.Option(help="Its requests, by the project's register.")] = None,  # noqa: UP045
    app_id: Annotated[Optional[str], typer.Option("--app", help="All requests, as those of this app.")] = None,  # noqa: UP045
    identity: Annotated[
        str, typer.Option(help="What both logs know a request by: columns, with commas.")
    ] = "request_id",
    compare: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="records, status, request_bytes, response_bytes; records and status without."),
    ] = None,
    period: Annotated[Optional[str], typer.Option(help="Only these hours, in UTC; both sides the same.")] = None,  # noqa: UP045
    clock_ahead: Annotated[str, typer.Option(help="How many seconds this log's clock is ahead.")] = "0",
    format: Annotated[Optional[str], typer.Option(help="A format's name; found from the entries without.")] = None,  # noqa: A002, UP045
    accept_refused: Annotated[bool, typer.Option(help="Go on without files that cannot be read.")] = False,
    find: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Commit nothing: say where in the logs the requests of this list of `reconcile` stand."),
    ] = None,
    project: Annotated[Optional[Path], typer.Option(help="Use this project's register, formats and store.")] = None,  # noqa: UP045
    as_json: AsJson = False,
) -> None:
    """Make keyed tags of the requests in logs, which the other side can compare and nobody can read."""
    from tallystick.commands.commit import Logs, as_dict, found_in_lines, in_lines, terms_of, whose_of
    from tallystick.commands.commit import commit as make
    from tallystick.commands.commit import find as look_for
    from tallystick.settings import Settings

    settings = Settings.load(project) if project is not None else None
    whose = whose_of(settings, licensee, app_id)
    terms = terms_of(
        key,
        identity=identity,
        compared=compare or ["records", "status"],
        period=period,
        clock_ahead=clock_ahead,
        settings=settings,
    )
    given = Logs(places=tuple(logs), format_name=format, accepts_refused=accept_refused)
    if find is not None:
        for line in found_in_lines(look_for(given, find, terms=terms, whose=whose, settings=settings), as_json=as_json):
            print(printable(line))
        return
    committed, offered = make(given, out, terms=terms, whose=whose, settings=settings)
    _say(as_dict(out, committed, offered, terms), as_json, *in_lines(out, committed, offered))
    talk.print("next: give the other side this SHA-256; when you have theirs, exchange the files and reconcile")


@app.command()
def reconcile(
    ours: Annotated[Path, typer.Argument(help="A commitment that this side made.")],
    theirs: Annotated[Path, typer.Argument(help="One that the other side made, under the same key.")],
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 3 unless all requests agree.")] = False,
    unlike: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="A new file for the list of requests that are not agreed, for `commit --find`."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which requests two sides agree on, only one has, or differ in, by app and hour, without their logs."""
    from tallystick.commands.reconcile import agrees, compared, in_lines, write_json

    with compared(ours, theirs) as found:
        if unlike is not None:
            talk.print(f"{found.write_unlike(unlike):,} requests in {escape(printable(str(unlike)))}")
        if as_json:
            write_json(found, sys.stdout)
        else:
            print("\n".join(map(printable, in_lines(found))))
        if exit_code and not agrees(found.total()):
            raise typer.Exit(3)


# ── how a command ends ────────────────────────────────────────────────────────────────────────────────────────────────


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code (DESIGN section 7); no error of ours shows a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    configure_log()
    sys.exit(end_with_a_code(lambda: app(arguments, standalone_mode=False, prog_name="tallystick"), arguments, talk))


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise UsageError(f"{text!r} is no number", next_step="write one such as 0.001")
    return value


def _project(folder: Path, **flags: Any) -> Any:
    from tallystick.stages.project import Project

    return Project.open(folder, **flags)


def _report(result: Any, as_json: bool) -> None:
    """A stage's result: its sentence as talk, its totals as data."""
    talk.print(f"[bold]{result.stage}[/] {escape(printable(result.sentence))}")
    if as_json:
        print(json.dumps(vars(result), default=str))


def _warn_unsigned(verified: Any) -> None:
    if not verified.seals.is_signed:
        talk.print("[bold red]NOT SIGNED[/]: whole, but anybody could have made it")


def _say(data: Any, as_json: bool, *lines: str) -> None:
    if as_json:
        print(json.dumps(data, default=str))
    else:
        print("\n".join(printable(line) for line in lines))


def printable_json(value: Any) -> str:
    """JSON whose text holds nothing that a terminal would act on: whatever is not ASCII is escaped."""
    return json.dumps(value, default=str, sort_keys=True)


if __name__ == "__main__":
    main()
