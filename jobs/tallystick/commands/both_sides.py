"""The commands for two sides that compare their logs without showing them: commit, reconcile."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.markup import escape

from tallystick.commands.options import AsJson, talk
from tallystick.commands.telling import tell
from tallystick.runtime.log import printable


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
    tell(as_dict(out, committed, offered, terms), as_json, *in_lines(out, committed, offered))
    talk.print("next: give the other side this SHA-256; when you have theirs, exchange the files and reconcile")


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
