"""Files in the form of limits.jsonl: cases of limits with their right answers, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from reference.limits import Answer, Call, Edition, Over, Terms

SHARED = Path(__file__).parents[2] / ".." / "shared" / "vectors" / "limits.jsonl"
"""Where the shared file lies: beside the checkout."""

Expected = dict[tuple[str, str | None], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One line: requests, the versions that judge them, and the answers by version and key."""

    name: str
    time_zone: str
    windows: dict[str, str]
    calls: tuple[Call, ...]
    editions: tuple[Edition, ...]
    expect: Expected

    @property
    def window(self) -> str:
        """The kind of window that the case is about: that of its first version."""
        return next(iter(self.windows.values()))


def load_cases(file: Path) -> list[Case]:
    """Every case of a file, in order."""
    return [a_case(json.loads(line)) for line in file.read_text("utf-8").splitlines() if line.strip()]


def a_case(said: dict[str, Any]) -> Case:
    editions = tuple(_edition(version) for version in said["versions"])
    return Case(
        name=said["name"],
        time_zone=said["time_zone"],
        windows={edition.version: edition.terms.window for edition in editions},
        calls=tuple(_call(request) for request in said["requests"]),
        editions=editions,
        expect={(one["version"], one["per"]): one for one in said["expect"]},
    )


def as_expected(windows: Mapping[str, str], found: Sequence[Answer]) -> Expected:
    """Answers in the words of the file; `windows` is the kind of window of each version."""
    return {
        (one.version, one.key): {
            "version": one.version,
            "per": one.key,
            "counted": one.counted,
            "unknown": one.unknown,
            "used": one.used,
            "over": _overs(windows[one.version], one.over),
        }
        for one in found
    }


def _overs(window: str, over: Sequence[Over]) -> Any:
    return _bucket(over) if window == "bucket" else [_over(window, one) for one in over]


def _over(window: str, over: Over) -> dict[str, Any]:
    if window == "sliding":
        return {
            "first_at": _text(over.start),
            "last_at": _text(over.end),
            "peak": over.used,
            "peak_at": _text(over.peak_at),
            "requests_over": over.requests_over,
        }
    return {
        "start": _text(over.start),
        "end": _text(over.end),
        "used": over.used,
        "over": over.over,
        "crossed_at": _text(over.crossed_at),
    }


def _bucket(over: Sequence[Over]) -> dict[str, Any]:
    if not over:
        return {"requests_over": 0, "first_at": None, "last_at": None}
    [one] = over
    return {"requests_over": one.requests_over, "first_at": _text(one.start), "last_at": _text(one.end)}


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _call(said: dict[str, Any]) -> Call:
    method, _, route = (said["route"] or "").partition(" ")
    return Call(
        received_at=datetime.fromisoformat(said["received_at"]),
        request_id=said["request_id"],
        licensee=said["licensee"],
        app=said["app"],
        credential=said["credential"],
        user=said.get("user"),
        method=method or None,
        route=route or None,
        status=said["status"],
        records=said["records"],
        response_bytes=said["response_bytes"],
    )


def _edition(said: dict[str, Any]) -> Edition:
    clause = dict(said["clause"])
    assert clause.pop("kind") == "limit"
    counts: dict[str, Any] = {name: tuple(values) for name, values in clause.pop("counts").items()}
    return Edition(
        version=said["version"],
        in_force_from=datetime.fromisoformat(said["in_force_from"]),
        terms=Terms(**clause, **counts),
    )
