"""A draft agreement from what another format says: clauses, and beside each what that format leaves open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any

import yaml

from tallystick.agreements.limit import LARGEST
from tallystick.errors import BadConfigurationError, UnreadableFileError
from tallystick.runtime.log import printable

LARGEST_FILE_BYTES = 16 * 2**20
UNITS = {
    "second": "PT1S",
    "minute": "PT1M",
    "hour": "PT1H",
    "day": "P1D",
    "week": "P1W",
    "month": "P1M",
    "year": "P1Y",
}
"""The length of a window, for the unit of time that other formats name."""
BY = {unit: f"an {unit}" if unit == "hour" else f"a {unit}" for unit in UNITS}
"""The same in words."""
FIXED = {"second": "PT{}S", "minute": "PT{}M", "hour": "PT{}H", "day": "P{}D", "week": "P{}W"}
"""The length of several such units, where it has a fixed one."""
OPEN = {
    "window": (
        "kind of window: by the clock is assumed, as most gateways count; write anchored, sliding or bucket, or "
        "add a reading"
    ),
    "per": "who is counted together",
    "status": "whether refused calls count: those answered with 429 are assumed not to; see `counts.except_status`",
    "zone": "time zone in which days, weeks, months and years begin: UTC is assumed",
}
"""What such a format leaves open, and what the draft assumes."""


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """One clause of a draft: its keys in order, and comments that stand above it."""

    name: str
    cites: str
    says: str
    keys: dict[str, Any]
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft agreement: what the format says of it, the clauses, and what it leaves open as a whole."""

    title: str
    read_from: str
    licensee: str | None = None
    in_force_from: str | None = None
    in_force_until: str | None = None
    clauses: tuple[Drafted, ...]
    comments: tuple[str, ...] = field(default=())


def read_yaml_or_json(file: Path) -> Any:
    """What a YAML or JSON file says, dates as text. UnreadableFileError or BadConfigurationError say why not."""
    try:
        if file.stat().st_size > LARGEST_FILE_BYTES:
            raise UnreadableFileError(
                "it is larger than 16 MiB", where=str(file), next_step="name the file that states the limits alone"
            )
        return yaml.load(file.read_text("utf-8-sig"), Loader=_Texts)  # noqa: S506 - a safe loader without dates
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(
            f"cannot be read: {getattr(error, 'strerror', None) or error}",
            where=str(file),
            next_step="name a YAML or JSON file in UTF-8 that you may read",
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read as one")
        raise BadConfigurationError(
            f"this is neither YAML nor JSON: {said}",
            where=str(file) if mark is None else f"{file}:{mark.line + 1}",
            next_step="mend the line",
        ) from error


def rendered(draft: Draft, *, licensee: str | None, in_force_from: str | None) -> str:
    """The draft as a version's file: YAML with comments that say what to decide before it is used."""
    who, since = licensee or _slug(draft.licensee or "") or None, in_force_from or draft.in_force_from
    lines = [f"# A draft, read from {draft.read_from}. Compare it with the paper before anything is judged by it."]
    lines += _comment(f"Not said: {OPEN['zone']}.")
    for said in draft.comments:
        lines += _comment(said)
    lines += [f"licensee: {_scalar(who or 'licensee')}" + ("" if who else " # not said: the licensee's id")]
    lines += [f"title: {_scalar(draft.title)}"]
    not_said = "" if since else " # not said: the day it came into force, for which the file is named"
    lines += [f"in_force_from: {_scalar(since or '2000-01-01')}{not_said}"]
    if draft.in_force_until:
        lines += [f"in_force_until: {_scalar(draft.in_force_until)}"]
    lines += ["time_zone: Etc/UTC", "", "clauses:"]
    for clause, name in zip(draft.clauses, _ids(draft.clauses), strict=True):
        lines += _clause(clause, name)
    return "\n".join(lines).rstrip() + "\n"


def window_of(unit: str, amount: int) -> tuple[dict[str, str], str | None] | None:
    """Window and length for some units of time, and what is assumed; None where no window is so long."""
    if amount == 1 and unit in UNITS:
        return {"window": "calendar", "within": UNITS[unit]}, None
    if (unit, amount) == ("month", 3):
        return {"window": "calendar", "within": "P3M"}, None
    if unit not in FIXED:
        return None
    within = FIXED[unit].format(amount)
    return {
        "window": "sliding",
        "within": within,
    }, f"any {amount} {unit}s are assumed, as no calendar has such a window"


def whole(value: Any) -> int | None:
    """A whole number that a limit can have; None for anything else, a fraction too."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST else None


def text_of(value: Any) -> str:
    """A value of a foreign file on one line, with nothing that a terminal would act on."""
    if isinstance(value, list):
        return ", ".join(text_of(one) for one in value[:12] if not isinstance(one, list))[:500]
    said = "keys with values" if isinstance(value, dict) else str(value)
    return printable(" ".join(said.split()))[:500]


def refused(file: Path, key: str, what: str, next_step: str) -> BadConfigurationError:
    """An error about a key of a foreign file."""
    return BadConfigurationError(
        printable(what), where=f"{file}: {printable(key)}" if key else str(file), next_step=next_step
    )


class _Texts(yaml.SafeLoader):
    """Plain YAML in which dates stay text."""


_Texts.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _clause(clause: Drafted, name: str) -> Iterator[str]:
    for said in clause.comments:
        yield from _comment(said, indent="  ")
    yield f"  - id: {_scalar(name)}"
    for key, value in {"cites": clause.cites, "says": clause.says, **clause.keys}.items():
        yield f"    {key}: {_scalar(value)}"
    yield ""


def _ids(clauses: Sequence[Drafted]) -> list[str]:
    """An id for each clause, from its name; a second one of a name is numbered."""
    found: list[str] = []
    for number, clause in enumerate(clauses, 1):
        name = _slug(clause.name) or f"clause-{number}"
        taken = name
        count = 2
        while taken in found:
            taken, count = f"{name[:56].rstrip('-')}-{count}", count + 1
        found.append(taken)
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:58].rstrip("-")


def _scalar(value: Any) -> str:
    """A value in YAML's flow style, which is JSON's; short plain words without quotes."""
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_-]*|P[0-9TDHMSWY]+|[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return value if value not in ("true", "false", "null", "yes", "no") else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def _comment(said: str, *, indent: str = "") -> list[str]:
    return wrap(printable(said), 116, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ") or [f"{indent}#"]
