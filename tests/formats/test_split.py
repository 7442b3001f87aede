"""A line that a format splits into words is read in one go as the format's expression reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallystick.duck import connect
from tallystick.formats import all_formats, find_format
from tallystick.formats.decodings import RegexDecoding
from tallystick.intake import create_entry_tables
from tallystick.intake.canonical import Origin
from tallystick.intake.paths import Found, read_fast, read_strictly

SAMPLES = Path(__file__).parent / "samples"
ORIGIN = Origin(source="edge", file_id="f", batch="b")
SPLIT = sorted(
    name
    for name, described in all_formats().items()
    if isinstance(described.decode, RegexDecoding) and described.decode.split and (SAMPLES / name).is_dir()
)
LINES = [
    (name, line)
    for name in SPLIT
    for log in sorted((SAMPLES / name).iterdir())
    if not log.name.endswith(".expected.json")
    for line in log.read_text().splitlines()
]


class BothWays:
    """Found and rows of one file, in one go (None where that is not proven) and strictly."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "decoded"
        self._connections = [connect(scratch=folder) for _ in range(2)]
        for connection in self._connections:
            create_entry_tables(connection)

    def read(self, name: str, content: str) -> tuple[tuple[Found | None, list[Any]], tuple[Found, list[Any]]]:
        self._file.write_text(content, newline="")
        fast, strict = self._connections
        for connection in self._connections:
            connection.execute("DELETE FROM entry")
            connection.execute("DELETE FROM rejected")
        found = (
            read_fast(fast, find_format(name), ORIGIN, self._file),
            read_strictly(strict, find_format(name), ORIGIN, self._file),
        )
        rows = [one.execute("SELECT * FROM entry ORDER BY position").fetchall() for one in self._connections]
        return (found[0], rows[0]), (found[1], rows[1])


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> BothWays:
    return BothWays(tmp_path_factory.mktemp("split"))


@pytest.mark.parametrize("name", SPLIT)
def test_a_format_that_is_split_has_a_sample_line_that_is_read_in_one_go(both: BothWays, name: str) -> None:
    in_one_go = 0
    for line in [line for format_name, line in LINES if format_name == name]:
        fast, strict = both.read(name, f"{line}\n" * 3)
        if fast[0] is not None:
            assert fast == strict
            in_one_go += 1

    assert in_one_go


Bent = st.builds(
    lambda line, at, length, put: (line[0], line[1][: at % len(line[1])] + put + line[1][at % len(line[1]) + length :]),
    st.sampled_from([one for one in LINES if one[1]]),
    st.integers(0, 400),
    st.integers(0, 3),
    st.sampled_from(
        ["", " ", '"', '" "', "[", "]", "-", "x", " x", "1", ".", "\\", "\r", "é", " ", "'", "#", "<", "{"]
    ),
)


@given(Bent, st.booleans())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_however_a_line_is_bent_what_is_read_in_one_go_is_what_the_expression_reads(
    both: BothWays, bent: tuple[str, str], is_twice: bool
) -> None:
    name, line = bent

    fast, strict = both.read(name, f"{line}\n" * (1 + is_twice))

    if fast[0] is not None:
        assert fast == strict
