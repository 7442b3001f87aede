"""How a command ends: with its exit code, and with what stopped it on stderr and, for programs, as JSON on stdout."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from tallystick.errors import InputError, TallystickError
from tallystick.runtime.log import printable
from tallystick.runtime.refusal import refusal_of


def end_with_a_code(command: Callable[[], Any], arguments: Sequence[str], talk: Console) -> int:
    """Run a command; the code to exit with (DESIGN section 7). Only a bug shows a traceback."""
    as_json = "--json" in arguments
    try:
        ended = command()
    except TallystickError as error:
        return _explain(error, talk, as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        talk.print("stopped")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - what the machine refuses, click's word on the arguments, or a bug
        refused = refusal_of(error)
        return _explain(refused, talk, as_json=as_json) if refused else _click_or_bug(error, talk, as_json=as_json)
    return ended if isinstance(ended, int) else 0  # what a command exits with comes back as a number


def _explain(error: TallystickError, talk: Console, *, as_json: bool) -> int:
    next_step = error.next_step or _usual_next_step(error)
    talk.print(f"[bold red]{error.name}[/]: {escape(printable(str(error)))}")
    talk.print(f"  next: {escape(printable(next_step))}")
    if as_json:
        _print_error(error.name, error.what, error.where, next_step, error.exit_code)
    return error.exit_code


def _usual_next_step(error: TallystickError) -> str:
    """What to do about an error that knows no more than its class does."""
    if isinstance(error, InputError):
        return "mend what is named here, then run this again"
    return f"docs/how-to/when-something-fails.md says what to do about {error.name}"


def _click_or_bug(error: Exception, talk: Console, *, as_json: bool) -> int:
    show: Callable[..., None] | None = getattr(error, "show", None)
    if show is not None:  # typer's exceptions carry click's methods and no public class that has them
        show(file=sys.stderr)
        code = int(getattr(error, "exit_code", 2))
        if as_json:
            _print_error("Usage", printable(error.format_message()), None, None, code)  # type: ignore[attr-defined]
        return code
    traceback.print_exception(error)
    talk.print(
        "[bold]This is a bug[/]: the lines above say where. Nothing half-done is visible; running again is safe."
    )
    return 1


def _print_error(name: str, what: str, where: str | None, next_step: str | None, code: int) -> None:
    print(json.dumps({"error": name, "what": what, "where": where, "next_step": next_step, "exit_code": code}))
