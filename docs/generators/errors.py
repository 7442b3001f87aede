"""docs/reference/exit-codes.md: how a command can end, from the family of errors."""

from __future__ import annotations

import inspect

from generators.markdown import code, sentence, table, whole_page
from tallystick import errors
from tallystick.errors import TallystickError

LEAD = """\
Every command ends with one of these codes, and so does its job file under spark-submit. An error is two lines on
stderr: its class (without `Error`) with where and what, and `next:` with what to do. `--json` adds one JSON object on
stdout with `error`, `what`, `where`, `next_step` and `exit_code`. What to do about each is in
[when something fails](../how-to/when-something-fails.md)."""

CODES = {
    0: "Done. Findings are a result, not a failure; so is having nothing new to do.",
    1: "A bug. The only end that shows a traceback.",
    2: "The command line asks for something that cannot be. An unknown command or option ends with 2 too.",
    3: (
        "The audit is done, and there are findings at or over `--fail-on`. `tallystick agreements test` ends with 3 "
        "when a case fails."
    ),
    4: "The count is not fit to publish; nothing went out.",
    5: "Input is missing or cannot be read. `tallystick doctor` ends with 5 when anything fails.",
    6: "A bundle is not what its manifest says.",
    7: "That revision is published with other content.",
    75: "Try again: something was busy or out of reach.",
    130: "Stopped with Ctrl-C.",
}


def page() -> str:
    """The page."""
    return whole_page(
        "Exit codes", LEAD, table(["code", "means"], [[str(n), says] for n, says in CODES.items()]), *_parts()
    )


def error_classes() -> list[type[TallystickError]]:
    """Every class of the family but its head, in the order of errors.py."""
    members = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, TallystickError)]
    listed = [one for one in members if one is not TallystickError and one.__module__ == errors.__name__]
    return sorted(listed, key=lambda one: inspect.getsourcelines(one)[1])


def _parts() -> list[str]:
    classes = error_classes()
    unknown = sorted({one.exit_code for one in classes} - set(CODES))
    if unknown:
        raise LookupError(f"docs/generators/errors.py says nothing of the exit codes {unknown}")
    parts = []
    for number in sorted({one.exit_code for one in classes}):
        rows = [[code(one.__name__), sentence(one.__doc__)] for one in classes if one.exit_code == number]
        parts.append(f"## {number}\n\n{table(['class', 'means'], rows)}")
    return parts
