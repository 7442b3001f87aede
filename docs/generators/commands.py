"""docs/reference/commands.md: every command of `tallystick`, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import typer

from generators.markdown import code, codes, table, whole_page
from tallystick.cli import app

LEAD = """\
The six stages first, in the order in which they run, then what stands beside them. A job file `jobs/<stage>.py` takes
the same arguments as the command of its stage ([spark-submit](../how-to/spark-submit.md)). What a command says goes to
stderr, data goes to stdout, and `--json` makes that one JSON value, for an error too. How a command ends is in
[exit codes](exit-codes.md)."""


def page() -> str:
    """The page."""
    group: Any = typer.main.get_command(app)
    commands = dict(_commands(group))
    contents = table(
        ["command", "does"],
        [[f"[`{name}`](#{name.replace(' ', '-')})", command.help] for name, command in commands.items()],
    )
    own = _options(group.params, {})
    return whole_page(
        "Commands",
        LEAD,
        contents,
        "Beside a command:",
        own,
        *(_section(name, command) for name, command in commands.items()),
    )


def _commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its whole name, those of a group after the group's."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _section(name: str, command: Any) -> str:
    hints = get_type_hints(command.callback)
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    shape = " ".join(["tallystick", name, *(_shape(one) for one in arguments), *(_needed(one) for one in options)])
    given = table(["argument", "says"], [[code(_shape(one)), _says(one, hints)] for one in arguments])
    parts = [f"## {name}", command.help, f"```text\n{' '.join(shape.split())}\n```", given, _options(options, hints)]
    return "\n\n".join(part for part in parts if part)


def _shape(argument: Any) -> str:
    name = argument.name.upper() + ("…" if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _needed(option: Any) -> str:
    return f"{option.opts[0]} {option.name.upper()}" if option.required else ""


def _options(options: list[Any], hints: dict[str, Any]) -> str:
    rows = [[codes([*one.opts, *one.secondary_opts]), _default(one), _says(one, hints)] for one in options]
    return table(["option", "default", "says"], rows)


def _default(option: Any) -> str:
    if option.required:
        return "required"
    if option.is_flag or option.default is None:
        return "off" if option.is_flag else ""
    return code("." if option.default == Path() else option.default)


def _says(parameter: Any, hints: dict[str, Any]) -> str:
    allowed = _allowed(hints.get(parameter.name))
    return (parameter.help or "") + (f" One of {codes(allowed)}." if allowed else "")


def _allowed(hint: Any) -> tuple[Any, ...]:
    """The values of a Literal, also inside an Optional."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return next((found for one in get_args(hint) if (found := _allowed(one))), ())
