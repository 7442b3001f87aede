"""`tallystick import`: what other formats say of limits, as a draft agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

importing = typer.Typer(no_args_is_help=True, help="Read what other formats say of limits into a draft agreement.")


@importing.callback()
def _import() -> None:
    """Read what other formats say of limits into a draft agreement."""


@importing.command("rate-limits")
def rate_limits(
    file: Annotated[Path, typer.Argument(help="API Commons rate-limits or an SLA4OAI document, in YAML or JSON.")],
    plan: Annotated[Optional[str], typer.Option(help="Which plan or tier, where the file has several.")] = None,  # noqa: UP045
    licensee: Annotated[Optional[str], typer.Option(help="The licensee's id, where the file does not say it.")] = None,  # noqa: UP045
    in_force_from: Annotated[Optional[str], typer.Option(help="The day that it came into force.")] = None,  # noqa: UP045
) -> None:
    """Write a draft agreement, with comments on what the file leaves open."""
    from tallystick.commands.import_rate_limits import draft_of

    print(draft_of(file, plan=plan, licensee=licensee, in_force_from=in_force_from), end="")
