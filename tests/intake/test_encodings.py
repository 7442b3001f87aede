"""UTF-8 and UTF-16, with a mark or without: the same text, and nothing guessed."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.compressions.samples import COMPRESS, decode
from tallystick.errors import DamagedFileError, UnreadableFileError
from tallystick.intake.compressions.feed import Feed
from tallystick.intake.encodings import as_utf8

TEXT = '{"time":"2022-03-04T10:00:00Z","client":"Bjørn 🧾"}\r\n'
MARKS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
both = pytest.mark.parametrize("encoding", MARKS)


@both
def test_utf16_with_a_mark_is_decoded(encoding: str) -> None:
    assert decode(MARKS[encoding] + TEXT.encode(encoding)) == TEXT.encode()
    assert decode(COMPRESS["gz"](MARKS[encoding] + TEXT.encode(encoding))) == TEXT.encode()


@both
def test_utf16_without_a_mark_is_told_by_every_other_byte_of_its_first_kib(encoding: str) -> None:
    plain = "GET / 200\n" * 60

    assert decode((plain + TEXT).encode(encoding)) == (plain + TEXT).encode()
    assert decode("ab".encode(encoding)) == b"ab"


@pytest.mark.parametrize(
    "content", [b"a\x00", b"a\x00b", b"\x00\x00\x00\x00", b"a\x00b\x00\x00\x00c\x00", b"\x00a", b"abcd"]
)
def test_a_few_nul_bytes_make_no_utf16(content: bytes) -> None:
    assert decode(content) == content


def test_one_mark_alone_is_an_empty_text() -> None:
    assert decode(b"\xef\xbb\xbf") == decode(b"\xff\xfe") == decode(b"\xfe\xff") == b""


@both
def test_utf16_that_ends_inside_a_character_is_damaged(encoding: str) -> None:
    stored = MARKS[encoding] + TEXT.encode(encoding)

    with pytest.raises(DamagedFileError, match=f"it ends at byte {len(stored) - 1}, inside a character of UTF-16"):
        decode(stored[:-1])


@both
def test_half_a_surrogate_pair_is_kept_and_its_neighbours_are_read(read: Callable[..., Any], encoding: str) -> None:
    text = TEXT.replace("🧾", "\ud83e!") + TEXT.replace("🧾", "\udd7e") + TEXT

    reading = read(MARKS[encoding] + text.encode(encoding, "surrogatepass"), format="gateway_jsonl")

    assert [row["credential"] for row in reading.entries] == [
        r"Bjørn \xed\xa0\xbe!", r"Bjørn \xed\xb5\xbe", "Bjørn 🧾",
    ]  # fmt: skip


@both
def test_half_a_pair_at_the_very_end_is_kept(encoding: str) -> None:
    stored = MARKS[encoding] + "a\ud83e".encode(encoding, "surrogatepass")

    assert decode(stored) == b"a\xed\xa0\xbe"


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_utf32_is_refused_by_name(encoding: str) -> None:
    mark = codecs.BOM_UTF32_LE if encoding.endswith("le") else codecs.BOM_UTF32_BE

    with pytest.raises(UnreadableFileError, match="UTF-32"):
        decode(mark + TEXT.encode(encoding))


@given(
    st.text(st.characters(codec="utf-16", exclude_categories=[])),
    st.sampled_from(sorted(MARKS)),
    st.lists(st.integers(1, 9)),
)
def test_text_is_the_same_in_whatever_pieces_it_comes(text: str, encoding: str, lengths: list[int]) -> None:
    stored = io.BytesIO(MARKS[encoding] + text.encode(encoding, "surrogatepass"))

    def pieces() -> Iterator[bytes]:
        for length in lengths:
            yield stored.read(length)
        while piece := stored.read(7):
            yield piece

    # UTF-16 that begins with NUL after its mark cannot be told from UTF-32.
    if encoding == "utf-16-le" and text.startswith("\0"):
        return
    found = b"".join(as_utf8(Feed(filter(None, pieces()), name="a")))

    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert found == joined.encode("utf-8", "surrogatepass")


def test_a_whole_log_in_utf16_is_read_like_one_in_utf8(read: Callable[..., Any]) -> None:
    content = TEXT * 2000

    wide, narrow = read(content.encode("utf-16"), format="gateway_jsonl"), read(content, format="gateway_jsonl")

    assert (wide.account.accepted, wide.account.rejected) == (2000, 0)
    assert [row["credential"] for row in wide.entries] == [row["credential"] for row in narrow.entries]
    assert wide.account.size_bytes == len(content.encode("utf-16"))
