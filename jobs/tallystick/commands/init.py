"""A user's project to begin with: settings, a source, a register file, an agreement, a digest key, a few log lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from tallystick.digest_key import DigestKey
from tallystick.errors import UsageError

IGNORED = "digest.key\nsign.key\nlake/\nreports/\n"
"""What of a project is not kept under version control: the keys by no means, the rest because it is made again."""


def init_project(folder: Path) -> list[Path]:
    """Write the project; the files, relative to the folder. Raises UsageError for a folder that holds anything."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("there is something here already", where=str(folder), next_step="name a new or empty folder")
    with as_file(files("tallystick.commands").joinpath("template")) as template:
        for file in sorted(template.rglob("*")):
            if file.is_file():
                target = folder / file.relative_to(template)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
    DigestKey.make(folder / "digest.key")
    (folder / ".gitignore").write_text(IGNORED, "utf-8")
    logs = folder / "logs" / "2024-01.jsonl"
    logs.parent.mkdir(exist_ok=True)
    logs.write_text("".join(json.dumps(line) + "\n" for line in _example_lines()), "utf-8")
    return sorted(file.relative_to(folder) for file in folder.rglob("*") if file.is_file())


def _example_lines() -> list[dict[str, object]]:
    """A quiet month with one busy minute on the 16th, and two calls of an app that had ended."""
    begins = datetime(2024, 1, 16, 9, 30, tzinfo=UTC)
    calls = [(datetime(2024, 1, day, 12, tzinfo=UTC), "acme-key-1") for day in range(2, 31)]
    calls += [(begins + timedelta(seconds=2 * second), "acme-key-2") for second in range(24)]
    calls += [(datetime(2024, 1, 22, 8, hour, tzinfo=UTC), "acme-key-9") for hour in (0, 30)]
    return [
        {
            "time": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "host": "edge-1",
            "epoch": "1",
            "seq": number,
            "request_id": f"r-{number:04d}",
            "client": client,
            "method": "GET",
            "route": "/2/posts/search",
            "path": "/2/posts/search",
            "status": 200,
            "records": 10,
            "bytes_out": 2048,
        }
        for number, (at, client) in enumerate(sorted(calls), start=1)
    ]
