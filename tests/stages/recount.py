"""The boxes of the accounting identity once more, from the log files, in plain Python that shares nothing with ours."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NGINX_TIME = re.compile(r"\[([^]]+)\] ")

Boxes = dict[tuple[str, str], Counter[str]]
"""For each day and source its boxes."""


def recount(folder: Path, *, whose: dict[str, str]) -> Boxes:
    """The boxes of every day of every source of a small world; `whose` maps a credential or user agent."""
    boxes: Boxes = {}
    seen: set[tuple[object, ...]] = set()
    for file in sorted((folder / "logs/gateway").iterdir()):
        last = ("", "")
        for line in file.read_text().splitlines():
            call = _object(line)
            if call is None:
                boxes.setdefault(last, Counter()).update(entries=1, rejected=1)
                continue
            last = (call["time"][:10], f"gateway/{call['host']}")
            identity = (last[1], call.get("epoch"), call["seq"])
            _accept(boxes, last, is_new=identity not in seen, licensee=whose.get(call.get("client", "")))
            seen.add(identity)
    for file in sorted((folder / "logs/web").iterdir()):
        last = ("", "web")
        for line in file.read_text().splitlines():
            if found := NGINX_TIME.search(line):
                at = datetime.strptime(found[1], "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)
                last = (at.date().isoformat(), "web")
                _accept(boxes, last, is_new=True, licensee=whose.get(line.split('"')[5]))
            else:
                boxes.setdefault(last, Counter()).update(entries=1, rejected=1)
    return boxes


def _object(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _accept(boxes: Boxes, place: tuple[str, str], *, is_new: bool, licensee: str | None) -> None:
    box = "duplicate" if not is_new else "attributed" if licensee else "unattributed"
    boxes.setdefault(place, Counter()).update(["entries", "accepted", box, *(["unique"] if is_new else [])])
