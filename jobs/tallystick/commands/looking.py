"""The commands to begin with, and to look closer: demo, init, inspect, doctor, explain."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.markup import escape

from tallystick.commands.options import HERE, AsJson, Folder, talk
from tallystick.commands.telling import open_project, printable_json, tell
from tallystick.errors import UsageError
from tallystick.runtime.log import printable


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


def init(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")], as_json: AsJson = False) -> None:
    """Write a project to begin with; its files explain themselves."""
    from tallystick.commands.init import init_project

    files = [str(file) for file in init_project(folder)]
    tell({"folder": str(folder), "files": files}, as_json, f"{len(files)} files in {folder}", *files)
    talk.print(f"next: tallystick run --project {escape(printable(str(folder)))} --licensee acme --period 2024-01")


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


def explain(
    name: Annotated[str, typer.Argument(help="The id of a finding or of an expectation.")],
    project: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Show a finding with its clause, numbers, SQL and first requests; or what an expectation found."""
    from tallystick.commands.explain import explain as found
    from tallystick.commands.explain import in_words

    result = found(open_project(project), name)
    print(printable_json(result) if as_json else "\n".join(map(printable, in_words(result))))


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise UsageError(f"{text!r} is no number", next_step="write one such as 0.001")
    return value
