from __future__ import annotations

import io
import lzma

import pytest
import zstandard

from intake.compressions.samples import decode, zstd
from tallystick.errors import DamagedFileError, UnreadableFileError

SKIPPED = b"\x5a\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"aside"


def test_skippable_frames_are_passed_over() -> None:
    assert decode(SKIPPED + zstd(b"a\n") + SKIPPED + zstd(b"b\n") + SKIPPED) == b"a\nb\n"


def test_a_skippable_frame_that_is_cut_is_damage() -> None:
    for length in range(1, len(SKIPPED)):
        with pytest.raises(DamagedFileError, match="it ends at byte"):
            decode(zstd(b"a\n") + SKIPPED[:length])


def test_frames_without_checksum_or_size_are_read() -> None:
    streamed = io.BytesIO()
    with zstandard.ZstdCompressor(write_checksum=False).stream_writer(streamed, closefd=False) as writer:
        for n in range(100_000):
            writer.write(b"line %d\n" % n)

    assert decode(streamed.getvalue()).count(b"\n") == 100_000


@pytest.mark.parametrize("length", [0, 1, 255, 256, 257, 65_791, 65_792, 70_000, 1 << 18])
@pytest.mark.parametrize("level", [-5, 1, 19])
def test_frames_of_any_header_are_read(length: int, level: int) -> None:
    content = (b"abc%d" * (length // 4 + 1))[:length]

    assert decode(zstandard.ZstdCompressor(level=level, write_content_size=True).compress(content)) == content


def test_a_checksum_that_is_wrong_is_damage() -> None:
    stored = zstd(b"a line\n" * 50)

    with pytest.raises(DamagedFileError, match="is damaged before byte"):
        decode(stored[:-1] + bytes([stored[-1] ^ 1]))


def test_a_frame_that_looks_back_too_far_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=28, write_content_size=0)
    streamed = io.BytesIO()
    with zstandard.ZstdCompressor(compression_params=parameters).stream_writer(streamed, closefd=False) as writer:
        writer.write(b"x" * 10)

    with pytest.raises(UnreadableFileError, match="looks back 268435456 bytes"):
        decode(streamed.getvalue())


def test_a_frame_that_needs_a_dictionary_is_refused() -> None:
    dictionary = zstandard.ZstdCompressionDict(
        b"a line that comes often\n" * 20, dict_type=zstandard.DICT_TYPE_RAWCONTENT
    )
    header = bytearray(zstd(b"x" * 100))
    header[4] |= 1
    stored = bytes(header[:5]) + b"\x07" + bytes(header[5:])
    assert dictionary.as_bytes()

    with pytest.raises(UnreadableFileError, match="needs a dictionary"):
        decode(stored)


def test_zero_bytes_between_and_after_xz_streams_are_padding_in_fours() -> None:
    one = lzma.compress(b"a\n")

    assert decode(one + bytes(4) + one + bytes(4096)) == b"a\na\n"
    for length in (1, 2, 3, 5):
        with pytest.raises(DamagedFileError, match=r"byte \d+"):
            decode(one + bytes(length))
        with pytest.raises(DamagedFileError, match=r"byte \d+"):
            decode(one + bytes(length) + one)


@pytest.mark.parametrize("check", [lzma.CHECK_NONE, lzma.CHECK_CRC32, lzma.CHECK_CRC64, lzma.CHECK_SHA256])
def test_every_usual_check_of_xz_is_read(check: int) -> None:
    assert decode(lzma.compress(b"a\n" * 100, check=check)) == b"a\n" * 100


def test_an_xz_stream_that_asks_for_much_memory_is_refused() -> None:
    large = lzma.compress(b"a\n", filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 192 << 20}])

    with pytest.raises(UnreadableFileError, match="asks for more than 128 MiB"):
        decode(large)
