"""What holds for each compression alike."""

from __future__ import annotations

import hashlib
import io
import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.compressions.samples import COMPRESS, decode
from tallystick.errors import DamagedFileError, UnreadableFileError
from tallystick.intake import stored as stored_module
from tallystick.intake.compressions import feed as feed_module
from tallystick.intake.stored import MeasuredStream, decode_stored

LINES = "".join(f'{{"n":{n},"word":"{hashlib.sha256(str(n).encode()).hexdigest()}"}}\n' for n in range(500)).encode()
every = pytest.mark.parametrize("ending", COMPRESS)
streamed = pytest.mark.parametrize("ending", [ending for ending in COMPRESS if ending != "zip"])


@every
def test_a_compression_is_told_from_its_content_and_not_from_its_name(ending: str) -> None:
    stored = COMPRESS[ending](LINES)

    assert (
        decode(stored, name="a.log") == decode(stored, name="a.log.gz") == decode(stored, name=f"a.{ending}") == LINES
    )


@every
def test_nothing_compressed_is_nothing(ending: str) -> None:
    assert decode(COMPRESS[ending](b"")) == b""


@every
@pytest.mark.parametrize("length", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_content_of_any_length_is_read_to_its_last_byte(ending: str, length: int) -> None:
    for content in (b"a" * length, random.Random(3).randbytes(length).replace(b"\x00", b"0")):  # noqa: S311
        assert decode(COMPRESS[ending](b"x" + content)) == b"x" + content


@streamed
def test_parts_that_follow_one_another_are_one_file(ending: str) -> None:
    compress = COMPRESS[ending]

    assert decode(compress(LINES) + compress(b"") + compress(b"last")) == LINES + b"last"


@streamed
def test_thousands_of_small_parts_are_one_file(ending: str) -> None:
    part = COMPRESS[ending](b"x\n")

    assert decode(part * 3000) == b"x\n" * 3000


@every
@pytest.mark.parametrize("garbage", [b"\x00", b"x", b"\x1f", b"\x28\xb5", b"BZ", b"\xfd7", b"PK", b"\n", LINES[:40]])
def test_bytes_after_the_end_are_damage(ending: str, garbage: bytes) -> None:
    stored = COMPRESS[ending](LINES)

    with pytest.raises(DamagedFileError, match=r"byte \d+"):
        decode(stored + garbage)


@every
def test_length_digest_and_compression_are_those_of_the_stored_bytes(ending: str) -> None:
    stored = COMPRESS[ending](LINES)
    measured = MeasuredStream(io.BytesIO(stored))

    decode_stored(measured, io.BytesIO(), name="a")

    assert (measured.size_bytes, measured.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
    assert measured.compression == {"gz": "gzip", "zst": "zstd", "bz2": "bzip2"}.get(ending, ending)


@every
def test_memory_does_not_grow_with_the_file(ending: str) -> None:
    stored = COMPRESS[ending](random.Random(1).randbytes(1 << 20) * 40)  # noqa: S311
    measured, target = MeasuredStream(io.BytesIO(stored)), _Nowhere()
    tracemalloc.start()
    try:
        decode_stored(measured, target, name="a")  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert target.length == 40 << 20
    assert peak < 24 << 20


@every
def test_what_decodes_to_more_than_any_log_does_is_refused(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_module, "RATIO_FROM_BYTES", 1 << 20)

    with pytest.raises(DamagedFileError, match="no log shrinks that much"):
        decode(COMPRESS[ending](b"0" * (12 << 20)))


@every
def test_a_file_that_decodes_past_the_largest_size_is_refused(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_module, "MAX_DECODED_BYTES", 1000)

    with pytest.raises(DamagedFileError, match="more than 1000 bytes"):
        decode(COMPRESS[ending](LINES))


@every
@pytest.mark.parametrize("inner", COMPRESS)
def test_a_compression_inside_another_is_undone_and_a_third_is_refused(ending: str, inner: str) -> None:
    twice = COMPRESS[ending](COMPRESS[inner](LINES))

    assert decode(twice) == LINES
    with pytest.raises(UnreadableFileError, match="two are undone, not three"):
        decode(COMPRESS["gz"](twice))


@every
def test_what_a_compression_holds_is_cut_or_foreign_as_if_it_were_stored(ending: str) -> None:
    with pytest.raises(DamagedFileError, match="byte"):
        decode(COMPRESS[ending](COMPRESS["gz"](LINES)[:-1]))
    with pytest.raises(UnreadableFileError, match="holds 7z bytes"):
        decode(COMPRESS[ending](b"7z\xbc\xaf\x27\x1c\x00\x04"))


@streamed
def test_a_file_of_more_parts_than_any_log_has_is_refused(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "MAX_MEMBERS", 20)
    part = COMPRESS[ending](b"x")

    assert decode(part * 20) == b"x" * 20
    with pytest.raises(DamagedFileError, match="more than 20"):
        decode(part * 21)


@every
@given(
    content=st.lists(st.sampled_from([b"a", b"line\n", b"\xff", b"xyz" * 400, bytes(range(1, 256))])),
    size=st.integers(1, 50),
)
@settings(max_examples=40, deadline=None)
def test_any_content_is_read_back_in_whatever_pieces_it_comes(ending: str, content: list[bytes], size: int) -> None:
    whole = b"x" + b"".join(content)
    target = io.BytesIO()

    decode_stored(MeasuredStream(_Short(COMPRESS[ending](whole), size)), target, name="a")

    assert target.getvalue() == whole


@every
def test_a_stream_that_reads_short_is_read_on(ending: str) -> None:
    target = io.BytesIO()

    decode_stored(MeasuredStream(_Short(COMPRESS[ending](LINES))), target, name="a")

    assert target.getvalue() == LINES


class _Nowhere(io.RawIOBase):
    length = 0

    def write(self, data: object) -> int:
        size = len(memoryview(data))  # type: ignore[arg-type]
        self.length += size
        return size


class _Short(io.BytesIO):
    def __init__(self, content: bytes, most: int = 3) -> None:
        super().__init__(content)
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._most if size is None or size < 0 else min(self._most, size))
