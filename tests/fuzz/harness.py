"""Hands what atheris makes up to one target: harness.py TARGET FOLDER… [-max_total_time=60 and others of libFuzzer].

Runs in the environment that `make fuzz` makes; CI replays the kept corpus without it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "jobs")]
with atheris.instrument_imports(include=["tallystick.intake"]):
    from fuzz.targets import MOST, TARGETS


def main() -> None:
    """Never returns: libFuzzer ends the process, with an exit code other than 0 where a target failed."""
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, lambda data: target(data[:MOST]))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
