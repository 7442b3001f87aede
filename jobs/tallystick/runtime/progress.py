"""How far a long step is: a bar on a terminal, a line every 30 seconds in a log; always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tallystick.runtime.log import log_event

EVERY_SECONDS = 30.0


@contextmanager
def track(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yields a function that is told how many of `total` parts are done."""
    if sys.stderr.isatty():
        columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task(label, total=total)
            yield lambda done: progress.update(task, completed=done)
        return
    said = time.monotonic()

    def say(done: int) -> None:
        nonlocal said
        if time.monotonic() - said >= EVERY_SECONDS:
            said = time.monotonic()
            log_event("progress", step=label, done=done, total=total)

    yield say
