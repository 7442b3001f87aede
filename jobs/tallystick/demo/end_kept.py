"""Ends the S3 servers that earlier demos kept: `python -m tallystick.demo.end_kept FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from tallystick.demo.object_store import end_left_behind


def end_kept(folder: Path) -> int:
    """End every server whose data lies anywhere in `folder`; how many there were."""
    return sum(end_left_behind(state.parent) for state in sorted(folder.glob("**/server.json")))


if __name__ == "__main__":
    end_kept(Path(sys.argv[1]))
