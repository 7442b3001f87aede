"""What inspect tells of one real log, and values counted the way it counts them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tallystick.intake.inspection import inspect


def told(path: Path, tmp_path: Path, **options: Any) -> dict[str, Any]:
    file: dict[str, Any]
    [file] = inspect([path], top=0, scratch=tmp_path, **options)["files"]
    assert file["entries"] == file["accepted"] + sum(file["rejected"].values())
    return file


def counted(values: list[str | None]) -> dict[str, int]:
    return dict(Counter("(none)" if value is None else value for value in values))
