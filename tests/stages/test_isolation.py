"""A licensee's report is the same, byte for byte, whatever another licensee did."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.world import World, web_line
from tallystick.runtime.engine import Engine

pytestmark = pytest.mark.spark

QUIET = [web_line(f"02/Mar/2024:10:00:0{second}") for second in range(3)]
BUSY = [
    *(web_line(f"02/Mar/2024:10:00:{second:02d}", status=503, size="7") for second in range(40)),
    *(web_line(f"{day:02d}/Mar/2024:{day:02d}:30:00") for day in range(1, 24)),
]
"""In hours and on days on which nobody else called, as well."""


def published(folder: Path, engine: Engine, others: list[str], *, name: str) -> dict[str, bytes]:
    """Every file of kestrel's report where the other licensee has log lines in an object of its own."""
    world = World.small(folder, engine)
    world.write(f"logs/web/{name}", "".join(others))
    world.write("sources/old.yaml", "says: What the other one alone calls.\nfolder: logs/old\nformat: nginx_combined\n")
    world.write(f"logs/old/{name}", "".join(others[20:]))
    world.run(licensee=None)
    bundle = folder / "reports/kestrel/2024-03/r1"
    return {str(file.relative_to(bundle)): file.read_bytes() for file in sorted(bundle.rglob("*")) if file.is_file()}


def test_the_other_licensees_requests_change_no_byte(tmp_path: Path, engine: Engine) -> None:
    quiet = published(tmp_path / "quiet", engine, QUIET, name="otter.log")
    busy = published(tmp_path / "busy", engine, BUSY, name="otter-2.log")

    assert quiet["report.json"]
    assert [name for name in quiet if quiet[name] != busy.get(name)] == []
    assert quiet.keys() == busy.keys()
