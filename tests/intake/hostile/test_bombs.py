"""Files made to exhaust memory: each is stopped by a bound, or read, with less than 512 MiB resident."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from intake.hostile.child import BOMBS

MOST_KIB = 512 << 10
REFUSED = {
    "gzip": "no log shrinks that much",
    "bzip2": "no log shrinks that much",
    "xz": "no log shrinks that much",
    "zstd": "no log shrinks that much",
    "zstd of one byte": "no log shrinks that much",
    "zip": "no log shrinks that much",
    "gzip in gzip": "no log shrinks that much",
    "members of zip": "66000 members",
}
ACCEPTED_AND_REJECTED = {
    "members of gzip": (1, 0),
    "a line of 1 GiB": (1, 1),
    "a line of 1 GiB of brackets": (1, 1),
    "a text of 1 GiB": (0, 2),
    "a value of 1 GiB": (0, 2),
    "deep JSON": (1, 1),
    "deep JSON in an array": (0, 1),
    "a million keys": (1, 1),
    "64 MiB of keys": (1, 1),
    "64 MiB of numbers": (1, 1),
    "64 MiB of one string": (1, 1),
    "64 MiB with an emoji": (1, 1),
    "64 MiB of quotes": (1, 1),
    "64 MiB of NUL": (1, 1),
    "64 MiB of wrapped numbers": (1, 2),
    "half a million wrapped keys": (2, 1),
    "20 MiB of no text": (0, 2),
}


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """What became of each file, all of them read by one process after another."""
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("child.py"))],
        env={**os.environ, "PYTHONPATH": str(root / "jobs")},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return {said["name"]: said for said in map(json.loads, ran.stdout.splitlines())}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_stopped_or_read_in_little_memory(told: dict[str, dict[str, Any]], bomb: str) -> None:
    said = told[bomb]

    assert said["resident_kib"] < MOST_KIB
    if bomb in REFUSED:
        assert (said["state"], said["accepted"], said["rejected"]) == ("refused", 0, 0)
        assert REFUSED[bomb] in said["problem"]
    else:
        assert (said["state"], (said["accepted"], said["rejected"])) == ("read", ACCEPTED_AND_REJECTED[bomb])
