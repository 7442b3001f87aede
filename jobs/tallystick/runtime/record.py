"""The record of a run: what a stage was asked, what it read and wrote, and how long it took."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from tallystick import __version__
from tallystick.runtime.log import log_event
from tallystick.storage.delta import Lake
from tallystick.tables.run import RUN


@contextmanager
def recorded(lake: Lake, stage: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """Log how the stage began and ended; yields a note to fill with `inputs`, `outputs` and `totals`.

    A stage that leaves `outputs` empty changed nothing and leaves no row in `run`.
    """
    log_event(f"{stage}.started", **arguments)
    began, started_at = time.monotonic(), datetime.now(UTC)
    note: dict[str, Any] = {"inputs": {}, "outputs": {}, "totals": {}}
    try:
        yield note
    except BaseException as error:
        log_event(f"{stage}.failed", error=type(error).__name__, duration_ms=int((time.monotonic() - began) * 1000))
        raise
    duration_ms = int((time.monotonic() - began) * 1000)
    log_event(f"{stage}.done", duration_ms=duration_ms, changed=bool(note["outputs"]), **note["totals"])
    if note["outputs"]:
        row = {
            "id": uuid.uuid4().hex,
            "stage": stage,
            "arguments": _text(arguments),
            "started_at": started_at,
            "duration_ms": duration_ms,
            **{name: _text(note[name]) for name in ("inputs", "outputs", "totals")},
            "code_version": __version__,
        }
        lake.write(RUN, pa.Table.from_pylist([row]))


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, default=str)
