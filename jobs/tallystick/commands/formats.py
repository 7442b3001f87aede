"""`tallystick formats`: the log formats there are, what one says, and what a log gives with one of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from tallystick.commands.options import AsJson, talk
from tallystick.formats import BUILT_IN, Catalogue, Format
from tallystick.intake.masking import harmless
from tallystick.runtime.log import printable

formats = typer.Typer(no_args_is_help=False, help="List the log formats, show one, or try one of your own.")
OTHERS = {"not_requests": "no requests", "comments": "comments", "headers": "headers", "blanks": "blanks"}
"""What stands beside entries, in words."""
WIDEST = 60
"""Characters of a value that are shown."""
Project = Annotated[Optional[Path], typer.Option("--project", help="Also the formats of this project.")]  # noqa: UP045


@formats.callback(invoke_without_command=True)
def list_all(context: typer.Context, project: Project = None, as_json: AsJson = False) -> None:
    """List every format: its name, how its entries are found, what makes two of them one request."""
    if context.invoked_subcommand is not None:
        return
    catalogue = _catalogue(project)
    own = {described.name for described in catalogue.own}
    found = [_listed(described, is_own=described.name in own) for described in catalogue.formats.values()]
    if as_json:
        print(json.dumps({"formats": found}))
        return
    width = max(len(one["name"]) for one in found)
    for one in found:
        mark = "own" if one["is_own"] else ""
        print(
            printable(f"{one['name']:<{width}}  {one['entries']:<7}  {one['identity']:<10}  {mark:<3}  {one['title']}")
        )
    talk.print(f"{len(found)} formats, {len(own)} of them the project's own; tallystick formats show NAME says more")


@formats.command()
def show(
    name: Annotated[str, typer.Argument(help="A format's name.")],
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Say how a format finds entries, and what each canonical column is made of."""
    described = _catalogue(project).find(name)
    if as_json:
        print(json.dumps(described.model_dump(mode="json", exclude_defaults=True)))
        return
    for line in _in_words(described):
        print(printable(line))


@formats.command("test")
def run_test(
    file: Annotated[Path, typer.Argument(help="A format file.")],
    logs: Annotated[Optional[list[Path]], typer.Argument(help="Log files to read with it.")] = None,  # noqa: UP045
    rows: Annotated[int, typer.Option(help="How many of the first entries are shown.", min=0)] = 5,
    as_json: AsJson = False,
) -> None:
    """Check a format file, and read logs with it: what each entry gives, what is rejected, what stays unknown."""
    from tallystick.commands.format_trial import try_format

    result = try_format(file, logs or [], rows=rows)
    if as_json:
        print(json.dumps(result))
        return
    print(printable(f"{result['file']}: the format {result['format']}, {result['title']}"))
    for one in result["logs"]:
        _print_log(one, result["format"])
    if not result["logs"]:
        talk.print("next: name a log file behind it, to see what it gives")


def _catalogue(project: Path | None) -> Catalogue:
    if project is None:
        return BUILT_IN
    from tallystick.settings import Settings

    return Catalogue.of(Settings.load(project).formats)


def _listed(described: Format, *, is_own: bool) -> dict[str, Any]:
    return {
        "name": described.name,
        "title": described.title,
        "entries": described.entries.find,
        "identity": described.identity,
        "is_own": is_own,
    }


def _in_words(described: Format) -> list[str]:
    """A format line by line."""
    found = described.entries.model_dump(exclude_none=True)
    said = [
        f"{described.name}: {described.title}",
        f"  {described.says}",
        *(f"  {link}" for link in described.docs),
        f"entries: {', '.join(f'{key} {_words(value)}' for key, value in found.items())}",
        f"decoded as {described.decode.kind}: {', '.join(described.decode.fields)}",
        f"identity: {described.identity}",
        f"recognised by: {', '.join(described.recognise.needs)}",
    ]
    for name, rule in described.columns.items():
        asked = rule.model_dump(exclude_defaults=True, exclude={"says", "field", "sql"})
        made = rule.field if rule.field is not None else " ".join(str(rule.sql).split())
        more = ", ".join(f"{key} {_words(value)}" for key, value in asked.items())
        said.append(f"  {name} = {made} ({more})" + (f": {rule.says}" if rule.says else ""))
    said += [f"no request: {left.when}: {left.says}" for left in described.not_requests]
    said += [f"refused ({one.reason}): {one.when}: {one.says}" for one in described.refuse]
    if described.parts is not None:
        said.append(f"parts of one request, the {described.parts.counted} counts: {', '.join(described.parts.order)}")
    return said


def _words(value: Any) -> str:
    return " or ".join(map(_words, value)) if isinstance(value, list | tuple) else str(value) or "an empty text"


def _print_log(one: dict[str, Any], name: str) -> None:
    """What one log gave, for people."""
    rejected = ", ".join(f"{reason} {number:,}" for reason, number in one["reasons"].items())
    print()
    print(
        printable(
            f"{one['log']}: {one['entries']:,} entries, {one['accepted']:,} accepted, {one['rejected']:,} rejected"
            + (f" ({rejected})" if rejected else "")
        )
    )
    others = [f"{one[key]:,} {OTHERS[key]}" for key in OTHERS if one[key]]
    if others:
        print(f"  beside them {', '.join(others)}")
    for lost in one["rejected_first"]:
        print(printable(f"  rejected at {lost['position']}, {', '.join(lost['reasons'])}: {lost['excerpt']}"))
    print(f"  found by itself: {_found(one, name)}")
    for key, words in (
        ("made_and_empty", "made by the format, and in no entry"),
        ("not_made", "not made by the format"),
    ):
        if one["unknown"][key]:
            print(f"  unknown, {words}: {', '.join(one['unknown'][key])}")
    for line in _table(one["rows"]):
        print(printable(line))


def _found(one: dict[str, Any], name: str) -> str:
    if one["is_detected"]:
        said = "yes"
    elif one["detected"]:
        said = f"no, as {one['detected']}; say format: {name} in the source, or ask for more under recognise"
    else:
        said = "no, as none; see what recognise needs"
    return said + (f"; {one['runner_up']} comes next" if one["runner_up"] else "")


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """A line for each column, and in it a value of each entry: there are more columns than entries."""
    if not rows:
        return []
    names = [*dict.fromkeys(name for row in rows for name in row if name != "position")]
    columns = [["", *names], *([f"entry {row['position']}", *(_cell(row.get(name)) for name in names)] for row in rows)]
    widths = [max(map(len, column)) for column in columns]
    lines = zip(*columns, strict=True)
    aligned = ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in lines]
    return ["", *(f"  {line}".rstrip() for line in aligned)]


def _cell(value: Any) -> str:
    """A value that a line has room for."""
    text = "" if value is None else harmless(str(value))
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
