"""Lines are split into words in one go only where that gives what the format's expression gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallystick.duck import connect
from tallystick.formats import find_format
from tallystick.formats.decodings import RegexDecoding
from tallystick.intake.canonical import Origin
from tallystick.intake.paths import Found, read_fast, read_strictly
from tallystick.intake.plain_words import Layout
from tallystick.intake.reader import create_entry_tables

ORIGIN = Origin(source="edge", file_id="f", batch="b")
COMBINED = '192.0.2.1 - ann [04/Mar/2022:10:00:00 +0100] "GET /a?b=c HTTP/1.1" 200 5 "https://example.com/?x" "a b/1.0"'
TIMED = '192.0.2.1 - - [04/Mar/2022:10:00:00 +0100] "GET /a HTTP/1.1" 304 - 77 "-" ""'
LIGHTTPD = '- 192.0.2.1 - [04/Mar/2022:10:00:00 +0100] "GET /a HTTP/1.1" 200 5 7 9 0 "-" "é 漢"'


class TwoPaths:
    """The rows of the fast path, or None, and those of the strict path, on connections that are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connections = [connect(scratch=folder) for _ in range(2)]
        for connection in self._connections:
            create_entry_tables(connection)

    def read(self, content: bytes, name: str) -> tuple[Found | None, list[Any], Found, list[Any]]:
        file = self._folder / "decoded"
        file.write_bytes(content)
        for connection in self._connections:
            connection.execute("DELETE FROM entry")
            connection.execute("DELETE FROM rejected")
        fast, strict = self._connections
        found_fast = read_fast(fast, find_format(name), ORIGIN, file)
        found_strict = read_strictly(strict, find_format(name), ORIGIN, file)
        query = "SELECT * FROM entry ORDER BY position"
        return found_fast, fast.execute(query).fetchall(), found_strict, strict.execute(query).fetchall()


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> TwoPaths:
    return TwoPaths(tmp_path_factory.mktemp("words"))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("nginx_combined", COMBINED),
        ("nginx_combined", COMBINED + ' "203.0.113.9, 192.0.2.1"'),
        ("apache_timed", TIMED),
        ("lighttpd", LIGHTTPD),
    ],
)
def test_plain_lines_are_read_in_one_go_and_give_the_rows_of_the_strict_path(
    paths: TwoPaths, name: str, line: str
) -> None:
    for content in (line, line + "\n", (line + "\n") * 5000, line + "\n\n\n"):
        fast, fast_rows, strict, strict_rows = paths.read(content.encode(), name)

        assert fast == strict
        assert fast_rows == strict_rows
        assert len(fast_rows) == content.count("HTTP/1.1")


@pytest.mark.parametrize(
    "doubtful",
    [
        COMBINED + "\r",
        COMBINED.replace("a b/1.0", r"a \"b\""),
        COMBINED.replace("a b/1.0", r"a\\"),
        COMBINED.replace("a b/1.0", "a\tb"),
        COMBINED.replace("a b/1.0", "a\x00b"),
        COMBINED.replace("a b/1.0", 'a""b'),
        COMBINED.replace("a b/1.0", 'a" "b'),
        COMBINED.replace("ann", "ann lee"),
        COMBINED.replace("ann", '"ann"'),
        COMBINED.replace("- ann", " ann"),
        COMBINED.replace("192.0.2.1", ""),
        COMBINED.replace(" 200 5 ", " 200  5 "),
        COMBINED.replace(" 200 5 ", " 2 00 5 "),
        COMBINED.replace(" 200 5 ", ' "200" 5 '),
        COMBINED.replace(' "GET', '  "GET'),
        COMBINED.replace('"GET', "GET").replace("HTTP/1.1", '"HTTP/1.1"'),
        COMBINED.replace("[04", "04"),
        COMBINED.replace("+0100]", "+0100"),
        COMBINED.replace("+0100]", "+0100]]"),
        COMBINED.replace("[04/Mar/2022", "[04/Mar]/2022"),
        COMBINED.replace("+0100", "+01 00"),
        COMBINED.replace("200", "2x0"),
        COMBINED.replace("ann", "ann" + " " * 65536 + "lee"),
        COMBINED.replace("- ann", "ann"),
        COMBINED + ' "more"',
        COMBINED + " more",
        COMBINED + " ",
        " " + COMBINED,
        COMBINED[:-1],
        COMBINED.replace("a b/1.0", "x" * (2 << 20)),
        "",
        "restarting",
        '"',
    ],
)
def test_any_doubt_sends_a_file_to_the_strict_path(paths: TwoPaths, doubtful: str) -> None:
    for lines in ([COMBINED, doubtful, COMBINED], [doubtful, COMBINED]):
        fast, *_ = paths.read("\n".join(lines).encode(), "nginx_combined")

        assert fast is None


@pytest.mark.parametrize(
    "not_plain",
    [
        COMBINED.replace(' "GET', '"GET').replace("- ann", "- a nn"),
        COMBINED.replace('"https', 'x"https').replace(" 5 ", " 5  "),
        COMBINED.replace('1.1" 200', '1.1"200').replace(" 5 ", " 5  "),
        COMBINED.replace('x" "a', 'x""a').replace(" 5 ", " 5  "),
        COMBINED.replace('" "a', '"x "a'),
        COMBINED + "x",
        COMBINED.replace("ann", "ann lee").replace(" 200 5 ", " 200 "),
        COMBINED.replace("- ann", "ann").replace(" 5 ", " 5 6 "),
        COMBINED.replace(" 5 ", " 5 " + "x" * 300 + " "),
        COMBINED.replace("a b/1.0", "a\\b"),
        COMBINED.replace("a b/1.0", "a\x7f\tb"),
        COMBINED.replace('"', "'"),
    ],
)
def test_a_file_with_a_line_of_another_layout_has_no_proof(tmp_path: Path, not_plain: str) -> None:
    file = tmp_path / "decoded"
    file.write_text(f"{COMBINED}\n{not_plain}\n{COMBINED}\n")
    decoding = find_format("nginx_combined").decode
    assert isinstance(decoding, RegexDecoding)

    layout = Layout.of(decoding, file)

    assert layout is not None
    assert layout.prove(file) is None


def test_bytes_that_are_no_text_send_a_file_to_the_strict_path(paths: TwoPaths) -> None:
    fast, _, strict, _ = paths.read(
        COMBINED.encode() + b"\n" + COMBINED.encode().replace(b"ann", b"\xff"), "nginx_combined"
    )

    assert (fast, strict.entries) == (None, 2)


def test_a_format_with_a_variable_tail_is_not_split(paths: TwoPaths) -> None:
    fast, *_ = paths.read(b"http x\n", "aws_alb")

    assert fast is None


Word = st.sampled_from(
    ["-", "a", "192.0.2.1", "[", "]", "200", "5", "", '"', '""', "é", "#", "'", "null", "NULL", "\\", "\t"]
)
Words = st.lists(Word, min_size=8, max_size=12).map(" ".join)
Bent = st.builds(
    lambda line, at, length, put: line[: at % len(line)] + put + line[at % len(line) + length :],
    st.sampled_from([COMBINED, TIMED, LIGHTTPD]),
    st.integers(0, 200),
    st.integers(0, 2),
    st.sampled_from(["", " ", '"', '" "', "[", "]", "x", "\\", "\r", "é", "\u00a0", "\u2028", "'", "#", ",", "\x7f"]),
)
Line = st.sampled_from([COMBINED, TIMED, LIGHTTPD, COMBINED + ' "-"']) | Bent | Words


@given(
    st.lists(Line, min_size=1, max_size=3),
    st.sampled_from(["nginx_combined", "apache_timed", "lighttpd"]),
    st.booleans(),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_stands_in_a_file_words_that_are_read_in_one_go_are_those_of_the_strict_path(
    paths: TwoPaths, lines: list[str], name: str, is_ended: bool
) -> None:
    content = "\n".join(lines) + ("\n" if is_ended else "")

    fast, fast_rows, strict, strict_rows = paths.read(content.encode(), name)

    if fast is not None:
        assert fast == strict
        assert fast_rows == strict_rows


def test_a_first_line_that_was_written_to_take_long_is_left_to_the_strict_path(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    file.write_text("a b " + "x [" * 300_000 + "\n")
    decoding = find_format("nginx_combined").decode
    assert isinstance(decoding, RegexDecoding)

    assert Layout.of(decoding, file) is None
