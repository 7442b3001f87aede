"""A program of its own that reconciles two large commitments and says how much memory it held at most."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from intake.hostile.child import most_resident_kib
from reference.commitments import line
from tallystick.commitments.comparing import Comparison

AT_ONCE = 4_096


def write(file: Path, number: int, app: str) -> None:
    """A commitment with so many requests of one app in one hour, the same ones for every app."""
    high = np.sort(np.random.default_rng(7).integers(0, 2**63, number, dtype=np.uint64))
    tags = np.stack([high, high], axis=1).astype(">u8").tobytes()
    digest = hashlib.sha256()
    with file.open("wb") as target:

        def add(value: dict[str, Any]) -> None:
            digest.update(line(value))
            target.write(line(value))

        terms = {"identity": ["request_id"], "key": "0" * 16, "period": None}
        add({"commitment": "tallystick/commitment/1", "compared": ["records"], **terms})
        for first in range(0, number, AT_ONCE):
            some = min(AT_ONCE, number - first)
            add(
                {
                    "app": app,
                    "checks": {"records": base64.b64encode(app.encode() * 4 * some).decode()},
                    "hour": "2024-01-16T09Z",
                    "requests": some,
                    "tags": base64.b64encode(tags[16 * first : 16 * (first + some)]).decode(),
                }
            )
        add({"requests": number, "sha256": digest.hexdigest(), "unidentified": 0})


def main(number: int) -> None:
    """Reconcile files in which every request is told under another app, with other amounts."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, app) for app in ("a", "b")]
        for file in files:
            write(file, number, file.name)
        found = Comparison(*files, memory_limit="64MB", scratch=Path(folder)).total()
    print(json.dumps({"differing": found["differing"], "resident_kib": most_resident_kib()}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
