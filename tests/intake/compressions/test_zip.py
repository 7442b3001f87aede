from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from intake.compressions.samples import COMPRESS, decode, zipped
from tallystick.errors import DamagedFileError, UnreadableFileError

TWO = (("b.log", b"one\ntwo"), ("a.log", b"three\n"))


def test_members_follow_one_another_in_the_order_of_the_directory() -> None:
    assert decode(zipped(*TWO)) == b"one\ntwo\nthree\n"


def test_a_line_end_stands_between_members_where_one_lacks_it() -> None:
    assert decode(zipped(("a", b"1"), ("b", b""), ("c", b"2\n"), ("d", b"3"))) == b"1\n2\n3"


def test_folders_have_no_content_and_are_ignored() -> None:
    assert decode(zipped(("logs/", b""), ("logs/a.log", b"1\n"))) == b"1\n"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_each_usual_method_is_read(method: int) -> None:
    content = b"".join(b"line %d\n" % n for n in range(10_000))

    assert decode(zipped(("a.log", content), ("b.log", b"x"), method=method)) == content + b"x"


def test_an_archive_that_was_written_to_a_pipe_is_read() -> None:
    target = _Pipe()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in TWO:
            archive.writestr(name, content)

    assert decode(target.getvalue()) == b"one\ntwo\nthree\n"


def test_an_archive_with_64_bit_sizes_is_read() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, archive.open("a.log", "w", force_zip64=True) as member:
        member.write(b"one\n")

    assert decode(target.getvalue()) == b"one\n"


def test_an_archive_may_have_a_comment_and_may_be_empty() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.comment = b"PK\x05\x06 is how the end begins"
    assert decode(target.getvalue()) == b""


def test_each_member_may_be_compressed_or_encoded_in_its_own_way() -> None:
    stored = zipped(
        ("a.gz", COMPRESS["gz"](b"one\n")), ("b.zst", COMPRESS["zst"](b"two\n")),
        ("c.txt", "drei\r\n".encode("utf-16")), ("d.txt", b"\xef\xbb\xbfquatre\n"),
    )  # fmt: skip

    assert decode(stored) == b"one\ntwo\ndrei\r\nquatre\n"


def test_parquet_beside_something_else_is_refused() -> None:
    assert decode(zipped(("a.parquet", b"PAR1xPAR1"))) == b"PAR1xPAR1"
    for members in ((("a", b"x"), ("b", b"PAR1xPAR1")), (("b", b"PAR1xPAR1"), ("a", b"x"))):
        with pytest.raises(UnreadableFileError, match="Parquet beside something else"):
            decode(zipped(*members))


def test_a_member_that_is_encrypted_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match=r"'a.log' .* is encrypted"):
        decode(with_flags(zipped(("a.log", b"secret")), 1))


def test_a_method_that_is_not_read_is_named() -> None:
    stored = zipped(("a.log", b"x" * 50))
    stored = stored.replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x00\x00\x09\x00")

    with pytest.raises(UnreadableFileError, match="compressed by method 9"):
        decode(stored)


def test_a_member_whose_bytes_are_another_s_too_is_damage() -> None:
    stored = zipped(("a.log", b"x" * 50), ("b.log", b"x" * 50))
    first, second = (at for at in range(len(stored)) if stored[at : at + 4] == b"PK\x01\x02")
    overlapping = stored[: second + 42] + stored[first + 42 : first + 46] + stored[second + 46 :]

    with pytest.raises(DamagedFileError, match=r"byte \d+"):
        decode(overlapping)


def shifted(stored: bytes, at: int, put: bytes) -> bytes:
    """An archive with bytes put in before its directory, which is told of it."""
    end = stored.rindex(b"PK\x05\x06")
    directory = struct.unpack("<I", stored[end + 16 : end + 20])[0] + len(put)
    return stored[:at] + put + stored[at : end + 16] + struct.pack("<I", directory) + stored[end + 20 :]


@pytest.mark.parametrize("put", [b"x", b"PK\x03\x04", b"\x00" * 12, b"more lines\n" * 3])
def test_bytes_that_belong_to_no_member_are_damage(put: bytes) -> None:
    stored = zipped(("a.log", b"one\n"))

    with pytest.raises(DamagedFileError, match=r"byte \d+"):
        decode(shifted(stored, stored.index(b"PK\x01\x02"), put))


@pytest.mark.parametrize(
    "change",
    [
        lambda stored: stored.replace(b"a.log", b"b.log", 1),
        lambda stored: stored[:14] + b"\x00\x00\x00\x00" + stored[18:],
        lambda stored: with_flags(stored, 8),
        lambda stored: stored[:-2] + b"\x01\x00",
        lambda stored: (
            stored[: stored.rindex(b"PK\x05\x06") + 8] + b"\x02" + stored[stored.rindex(b"PK\x05\x06") + 9 :]
        ),
    ],
)
def test_a_directory_that_says_something_else_than_the_members_is_damage(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(DamagedFileError, match=r"byte \d+"):
        decode(change(zipped(("a.log", b"one\n"))))


def test_the_name_of_a_member_is_never_obeyed_and_is_printed_harmlessly() -> None:
    stored = zipped(("../../etc/\x1b[31mcron\n", b"x" * 50))

    assert decode(stored) == b"x" * 50
    with pytest.raises(UnreadableFileError) as caught:
        decode(with_flags(stored, 1))
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)


def with_flags(stored: bytes, flags: int) -> bytes:
    """An archive of one member with flags set in both of its headers."""
    central = stored.index(b"PK\x01\x02")
    local = struct.pack("<H", struct.unpack("<H", stored[6:8])[0] | flags)
    listed = struct.pack("<H", struct.unpack("<H", stored[central + 8 : central + 10])[0] | flags)
    return stored[:6] + local + stored[8 : central + 8] + listed + stored[central + 10 :]


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation
