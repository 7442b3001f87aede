"""A line format is found inside what wraps its lines, however much its expression would read of the whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.formats import all_formats
from tallystick.formats.decodings import RegexDecoding
from tallystick.intake.detection import detect

SAMPLES = Path(__file__).parent / "samples"
WRAPPED: dict[str, Callable[[str], str]] = {
    "cri": lambda line: f"2024-03-01T10:00:00.000000001Z stdout F {line}",
    "syslog": lambda line: f"Mar 11 10:00:00 lb1 nginx[14389]: {line}",
    "syslog 5424": lambda line: f"<134>1 2024-03-01T10:00:00.123Z lb1 nginx 14389 - - {line}",
}
LOGS = [
    log
    for name, described in all_formats().items()
    if isinstance(described.decode, RegexDecoding) and (SAMPLES / name).is_dir()
    for log in sorted((SAMPLES / name).iterdir())
    if not log.name.endswith(".expected.json")
]


@pytest.mark.parametrize("envelope", WRAPPED)
@pytest.mark.parametrize("log", LOGS, ids=lambda log: f"{log.parent.name}/{log.stem}")
def test_a_line_that_is_wrapped_is_read_without_its_prefix(log: Path, envelope: str, tmp_path: Path) -> None:
    lines = [WRAPPED[envelope](line) for line in log.read_text().splitlines() if line]

    found = detect("".join(f"{line}\n" for line in lines).encode(), scratch=tmp_path)

    assert (found.format, found.envelope) == (log.parent.name, envelope.split()[0])
