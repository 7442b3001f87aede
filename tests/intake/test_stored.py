from __future__ import annotations

import gzip
import hashlib
import io
import random
import time
import tracemalloc
import zlib

import pytest

from tallystick.errors import DamagedFileError, UnreadableFileError
from tallystick.intake import stored as stored_module
from tallystick.intake.stored import CHUNK, MeasuredStream, decode_stored

LINES = "".join(f'{{"n": {n}, "word": "{hashlib.md5(str(n).encode()).hexdigest()}"}}\n' for n in range(200)).encode()  # noqa: S324


def decode(stored: bytes, name: str = "a.log.gz") -> bytes:
    target = io.BytesIO()
    decode_stored(MeasuredStream(io.BytesIO(stored)), target, name=name)
    return target.getvalue()


def test_bytes_that_are_not_compressed_stay_as_they_are() -> None:
    assert decode(LINES) == LINES
    assert decode(b"", name="a.log") == b""
    assert decode(b"x", name="a.log") == b"x"


def test_gzip_is_told_from_its_content_and_not_from_its_name() -> None:
    assert decode(gzip.compress(LINES), name="a.log") == LINES
    assert decode(LINES, name="a.log.gz") == LINES


def test_every_member_of_a_gzip_file_is_read() -> None:
    members = gzip.compress(LINES) + gzip.compress(b"") + gzip.compress(b"last\n")

    assert decode(members) == LINES + b"last\n"


def test_length_and_digest_are_those_of_the_stored_bytes() -> None:
    stored = gzip.compress(LINES)
    measured = MeasuredStream(io.BytesIO(stored))

    written = decode_stored(measured, io.BytesIO(), name="a")

    assert (measured.size_bytes, measured.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
    assert written == len(LINES)


def test_length_and_digest_of_a_damaged_file_are_those_of_all_its_bytes() -> None:
    stored = gzip.compress(LINES) + b"garbage" * 1_000_000
    measured = MeasuredStream(io.BytesIO(stored))

    with pytest.raises(DamagedFileError):
        decode_stored(measured, io.BytesIO(), name="a")
    measured.drain()

    assert (measured.size_bytes, measured.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())


def test_gzip_that_is_cut_at_any_byte_is_damaged() -> None:
    stored = gzip.compress(LINES)
    assert len(stored) > 3000

    for length in range(len(stored)):
        with pytest.raises(DamagedFileError) as caught:
            decode(stored[:length])
        assert f"byte {length}" in caught.value.what
        assert caught.value.where == "a.log.gz"


def test_two_members_that_are_cut_at_any_byte_are_damaged_but_at_their_border() -> None:
    first, second = gzip.compress(LINES[:700]), gzip.compress(LINES[700:1400])

    for length in range(len(first) + 1, len(first) + len(second)):
        with pytest.raises(DamagedFileError):
            decode((first + second)[:length])
    assert decode(first) == LINES[:700]  # nothing in a gzip file tells that more members were meant to follow


def test_a_flipped_bit_is_damage_or_changes_nothing_that_is_read() -> None:
    stored = gzip.compress(LINES, mtime=0)
    chosen = random.Random(5)  # noqa: S311
    flips = [chosen.randrange(len(stored) * 8) for _ in range(3000)] + list(range(80))

    damaged = 0
    for flip in flips:
        bent = bytearray(stored)
        bent[flip // 8] ^= 1 << flip % 8
        try:
            decoded = decode(bytes(bent))
        except DamagedFileError:
            damaged += 1
        else:
            # The first two bytes say that it is gzip; time, level and system in the header say nothing of the content.
            assert decoded == (bytes(bent) if flip < 16 else LINES), flip
            assert flip < 80
    assert damaged >= 3000 * 0.95


@pytest.mark.parametrize("garbage", [b"\x00", b"x", b"\x1f", b"\x1fx", b"\n", LINES, b"\x00" * 512])
def test_bytes_after_a_gzip_member_are_damage(garbage: bytes) -> None:
    stored = gzip.compress(LINES)

    with pytest.raises(DamagedFileError) as caught:
        decode(stored + garbage)

    assert f"byte {len(stored)}" in caught.value.what


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("compress", b"\x1f\x9d\x90abc"),
        ("lz4", b"\x04\x22\x4d\x18\x64\x40"),
        ("snappy", b"\xff\x06\x00\x00sNaPpY\x00"),
        ("7z", b"7z\xbc\xaf\x27\x1c\x00\x04"),
        ("lzip", b"LZIP\x01\x0c"),
        ("lzma", b"\x5d\x00\x00\x80\x00" + b"\xff" * 8 + b"\x00\x11"),
        ("rar", b"Rar!\x1a\x07\x01\x00"),
        ("split zip", b"PK\x07\x08PK\x03\x04"),
        ("ORC", b"ORC\x0a\x03"),
        ("Avro", b"Obj\x01\x04"),
    ],
)
def test_another_compression_is_refused_by_its_name(kind: str, head: bytes) -> None:
    with pytest.raises(UnreadableFileError, match=f"holds {kind} bytes"):
        decode(head)


def test_parquet_passes_through_as_it_is() -> None:
    stored = b"PAR1\x15\x04\x00\xff\xfe" + bytes(range(256)) * 9 + b"PAR1"

    assert decode(stored, name="a.parquet") == stored
    assert decode(gzip.compress(stored)) == stored


def test_text_that_begins_like_the_name_of_a_compression_is_text() -> None:
    assert decode(b"BZh is a word\n") == b"BZh is a word\n"
    assert decode(b"PKW\n") == b"PKW\n"


def test_a_utf8_mark_at_the_beginning_is_not_part_of_the_first_entry() -> None:
    assert decode(b"\xef\xbb\xbf{}\n") == b"{}\n"
    assert decode(gzip.compress(b"\xef\xbb\xbf{}\n\xef\xbb\xbf")) == b"{}\n\xef\xbb\xbf"
    assert decode(b"\xef\xbb") == b"\xef\xbb"


def test_memory_does_not_grow_with_the_file() -> None:
    class Nothing(io.RawIOBase):
        def write(self, data: object) -> int:
            return len(memoryview(data))  # type: ignore[arg-type]

    stored = gzip.compress(random.Random(1).randbytes(1 << 20) * 64)  # noqa: S311
    tracemalloc.start()
    try:
        decode_stored(MeasuredStream(io.BytesIO(stored)), Nothing(), name="a")  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 16 << 20


def test_what_decodes_to_more_than_any_log_does_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_module, "RATIO_FROM_BYTES", 1 << 22)
    bomb = gzip.compress(b"0" * (1 << 24))
    assert len(bomb) < 1 << 16

    with pytest.raises(DamagedFileError, match="no log shrinks that much"):
        decode(bomb)


def test_a_file_that_decodes_past_the_largest_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_module, "MAX_DECODED_BYTES", 1000)

    with pytest.raises(DamagedFileError, match="more than 1000 bytes"):
        decode(LINES)


def test_many_tiny_members_take_time_in_proportion_to_their_bytes() -> None:
    alternating = gzip.compress(b"x") + gzip.compress(random.Random(2).randbytes(300))  # noqa: S311
    stored = alternating * 10_000

    began = time.process_time()
    decoded = decode(stored)

    assert len(decoded) == 301 * 10_000
    assert time.process_time() - began < 5


def test_the_whole_output_of_the_last_piece_is_read() -> None:
    for length in (stored_module.CHUNK - 1, stored_module.CHUNK, stored_module.CHUNK + 1, 3 * stored_module.CHUNK):
        content = b"a" * length
        assert decode(gzip.compress(content)) == content


@pytest.mark.parametrize("length", [CHUNK // 2, CHUNK, 3 * CHUNK, 3 * CHUNK + 1])
@pytest.mark.parametrize("members", [2, 5])
def test_large_members_after_one_another_are_read(length: int, members: int) -> None:
    for content in (b"a" * length, random.Random(3).randbytes(length), (LINES * (length // len(LINES) + 1))[:length]):  # noqa: S311
        assert decode(gzip.compress(content, 1) * members) == content * members


def test_a_stream_that_reads_short_is_read_on() -> None:
    class Short(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(3, size or 3) if size != -1 else 3)

    target = io.BytesIO()
    decode_stored(MeasuredStream(Short(gzip.compress(LINES))), target, name="a")

    assert target.getvalue() == LINES


def test_a_damaged_checksum_is_damage() -> None:
    stored = bytearray(gzip.compress(LINES))
    stored[-8:-4] = zlib.crc32(b"other").to_bytes(4, "little")

    with pytest.raises(DamagedFileError, match="damaged before byte"):
        decode(bytes(stored))
