"""With what a report was made, as `run.json` has it: all that another needs to make the same report again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class MadeWith:
    """Programs by version, agreements by SHA-256, log files by one digest, settings and the command.

    What `run.json` does not state is empty or None. The versions of tables that older ones state are left out.
    """

    programs: Sequence[tuple[str, str]] = ()
    command: str | None = None
    provider: str | None = None
    time_zone: str | None = None
    agreements: Sequence[tuple[str, str]] = ()
    log_files: int | None = None
    log_files_sha256: str | None = None


def made_with(run: Mapping[str, Any]) -> MadeWith:
    """What `run.json` states."""
    settings, inputs = run.get("settings", {}), run.get("inputs", {})
    program = [("tallystick", str(run["tallystick"]))] if "tallystick" in run else []
    return MadeWith(
        programs=[*program, *sorted((str(name), str(version)) for name, version in run.get("parts", {}).items())],
        command=run.get("command"),
        provider=settings.get("provider"),
        time_zone=settings.get("time_zone"),
        agreements=[(str(one["version"]), str(one["sha256"])) for one in inputs.get("agreements", ())],
        log_files=inputs.get("log_files"),
        log_files_sha256=inputs.get("log_files_sha256"),
    )
