"""The command line as its user meets it: arguments in, an exit code and two streams out."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tallystick.cli import main

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    stdout: str
    stderr: str

    @property
    def data(self) -> Any:
        """What stands on stdout, as JSON."""
        return json.loads(self.stdout)


def tallystick(*arguments: str | Path) -> Ran:
    """Run one command in this process."""
    stdout, stderr = io.StringIO(), io.StringIO()
    with redirect_stdout(stdout), redirect_stderr(stderr), pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    code = ended.value.code
    assert isinstance(code, int)
    return Ran(code=code, stdout=stdout.getvalue(), stderr=stderr.getvalue())


def program(*arguments: str | Path) -> list[str]:
    """The command as a process of its own."""
    return [sys.executable, "-m", "tallystick.cli", *(str(argument) for argument in arguments)]


def environment(**more: str) -> dict[str, str]:
    """What such a process finds around it."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT / "jobs"), **more}


def ran_apart(*arguments: str | Path, **more: str) -> Ran:
    """Run one command in a process of its own, with more variables around it."""
    done = subprocess.run(
        program(*arguments), env=environment(**more), capture_output=True, text=True, check=False, timeout=240
    )
    return Ran(code=done.returncode, stdout=done.stdout, stderr=done.stderr)
