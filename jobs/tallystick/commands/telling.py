"""How commands tell what they found: data on stdout, talk on stderr, nothing that a terminal would act on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.markup import escape

from tallystick.commands.options import talk
from tallystick.runtime.log import printable


def open_project(folder: Path, **flags: Any) -> Any:
    """The project in a folder; what stages work on is only imported where a command needs it."""
    from tallystick.stages.project import Project

    return Project.open(folder, **flags)


def tell_stage(result: Any, as_json: bool) -> None:
    """A stage's result: its sentence as talk, its totals as data."""
    talk.print(f"[bold]{result.stage}[/] {escape(printable(result.sentence))}")
    if as_json:
        print(json.dumps(vars(result), default=str))


def tell(data: Any, as_json: bool, *lines: str) -> None:
    """The data as JSON, or the lines."""
    if as_json:
        print(json.dumps(data, default=str))
    else:
        print("\n".join(printable(line) for line in lines))


def warn_unsigned(verified: Any) -> None:
    """Say before the result when nobody signed it."""
    if not verified.seals.is_signed:
        talk.print("[bold red]NOT SIGNED[/]: whole, but anybody could have made it")


def printable_json(value: Any) -> str:
    """JSON whose text holds nothing that a terminal would act on: whatever is not ASCII is escaped."""
    return json.dumps(value, default=str, sort_keys=True)
