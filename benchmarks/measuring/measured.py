"""What a piece of work costs: CPU seconds of a process and all that it starts, wall seconds, and its most memory."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ADOPT_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER of Linux: what a child leaves behind is waited for here, so that its CPU is counted."""


@dataclass(kw_only=True)
class Cost:
    """CPU and wall seconds of one piece of work inside a process."""

    cpu: float = 0.0
    wall: float = 0.0


@contextmanager
def spent() -> Iterator[Cost]:
    """The CPU and wall seconds of this process between beginning and end."""
    cost, wall, cpu = Cost(), time.perf_counter(), time.process_time()
    try:
        yield cost
    finally:
        cost.cpu, cost.wall = time.process_time() - cpu, time.perf_counter() - wall


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A contender's run: the CPU of its whole process tree, its most memory in bytes, and what it says of itself."""

    cpu: float
    wall: float
    rss: int
    said: dict[str, Any] = field(default_factory=dict)


def run(script: Path, contender: str, *, python: str = sys.executable, **arguments: Any) -> Ran:
    """One contender of a script in a process of its own. Raises CalledProcessError when it fails."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(ADOPT_ORPHANS, 1, 0, 0, 0)
    wall = time.perf_counter()
    command = [python, str(script), "--contender", contender, json.dumps(arguments, default=str)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = used.ru_utime + used.ru_stime + _orphans()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    kib = 1 if sys.platform == "darwin" else 1024
    return Ran(
        cpu=cpu, wall=time.perf_counter() - wall, rss=used.ru_maxrss * kib, said=json.loads(said.splitlines()[-1])
    )


def most_memory() -> int:
    """The most that this process held at once, in bytes."""
    kib = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kib


def end(session: Any) -> None:
    """End a session and its JVM, so that its CPU is known."""
    gateway = session.sparkContext._gateway
    session.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    for _ in range(200):
        if gateway.proc.poll() is not None:
            return
        time.sleep(0.1)
    gateway.proc.kill()


def _orphans(seconds: float = 20) -> float:
    """The CPU of what a child left behind, waited for a while."""
    cpu, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            pid, _, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return cpu
        if pid:
            cpu += used.ru_utime + used.ru_stime
        else:
            time.sleep(0.05)
    return cpu
