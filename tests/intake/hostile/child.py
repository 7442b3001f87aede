"""Reads hostile files one after another in a process of its own, and says what became of each and of its memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard

from tallystick.duck import connect
from tallystick.intake import FileTask, create_entry_tables, read_file

STATUS = Path("/proc/self/status")
MIB = 1 << 20
X = b"x" * MIB
WRAPPER = b'{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":['
EVENT = {
    "eventTime": "2022-03-04T10:00:00Z",
    "eventID": "1",
    "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject",
}
WRAPPED = WRAPPER + json.dumps({"message": json.dumps({**EVENT, "eventType": "AwsApiCall"})}).encode() + b"]}\n"
EMOJI = b'{"a":"\xf0\x9f\xa7\xbe'
GOOD = b'{"time":"2022-03-04T10:00:00Z","client":"acme"}\n'


class Repeated(io.RawIOBase):
    """A file of pieces that need not be held."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _: int = -1) -> bytes:
        return next(self._pieces, b"")


def repeated(piece: bytes, times: int, *, before: bytes = b"", after: bytes = b"\n") -> BinaryIO:
    def pieces() -> Iterator[bytes]:
        yield from filter(None, [before])
        for _ in range(times):
            yield piece
        yield after + GOOD

    return Repeated(pieces())  # type: ignore[return-value]


def grown(compressor: object, pieces: int) -> BinaryIO:
    """What `pieces` MiB of zeros are compressed to."""
    zeros, out = b"0" * MIB, io.BytesIO()
    for _ in range(pieces):
        out.write(compressor.compress(zeros))  # type: ignore[attr-defined]
    out.write(compressor.flush())  # type: ignore[attr-defined]
    return io.BytesIO(out.getvalue())


def zip_bomb() -> BinaryIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.log", "w") as member:
        for _ in range(600):
            member.write(b"0" * MIB)
    return io.BytesIO(out.getvalue())


def zip_of_many() -> BinaryIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(66_000):
            archive.writestr(str(n), b"")
    return io.BytesIO(out.getvalue())


def zstd_of_one_byte() -> BinaryIO:
    """A frame of blocks that repeat a byte 128 KiB long: four bytes each, for 8 GiB."""
    block = (131_072 << 3 | 1 << 1).to_bytes(3, "little") + b"0"
    return io.BytesIO(b"\x28\xb5\x2f\xfd\x00\x38" + block * 65_536 + b"\x01\x00\x00")


BOMBS: dict[str, tuple[str, Callable[[], BinaryIO]]] = {
    "gzip": ("gateway_jsonl", lambda: grown(_Gzip(), 600)),
    "bzip2": ("gateway_jsonl", lambda: io.BytesIO(bz2.compress(b"0" * (45 * MIB)) * 10)),
    "xz": ("gateway_jsonl", lambda: grown(lzma.LZMACompressor(preset=0), 600)),
    "zstd": ("gateway_jsonl", lambda: grown(zstandard.ZstdCompressor().compressobj(), 600)),
    "zstd of one byte": ("gateway_jsonl", zstd_of_one_byte),
    "zip": ("gateway_jsonl", zip_bomb),
    "gzip in gzip": ("gateway_jsonl", lambda: io.BytesIO(gzip.compress(grown(_Gzip(), 600).read()))),
    "members of gzip": ("gateway_jsonl", lambda: io.BytesIO(gzip.compress(b"") * 300_000 + gzip.compress(GOOD))),
    "members of zip": ("gateway_jsonl", zip_of_many),
    "a line of 1 GiB": ("gateway_jsonl", lambda: repeated(X, 1024)),
    "a line of 1 GiB of brackets": ("gateway_jsonl", lambda: repeated(b"{" * MIB, 1024)),
    "a text of 1 GiB": ("nginx_combined", lambda: repeated(X, 1024)),
    "a value of 1 GiB": (
        "cloudtrail",
        lambda: repeated(X, 1024, before=b'{"Records":[{"a":"', after=b'"}]}\n'),
    ),
    "deep JSON": ("gateway_jsonl", lambda: repeated(b'{"a":' * (MIB // 5), 60)),
    "deep JSON in an array": ("cloudtrail", lambda: repeated(b"[" * MIB, 100, before=b'{"Records":[{"a":')),
    "a million keys": (
        "gateway_jsonl",
        lambda: io.BytesIO(b"{" + b"".join(b'"key%d":%d,' % (n, n) for n in range(1_000_000)) + b'"k":0}\n' + GOOD),
    ),
    "64 MiB of keys": ("gateway_jsonl", lambda: repeated(b'"k":0,' * (MIB // 6), 63, before=b"{", after=b'"k":0}\n')),
    "64 MiB of numbers": ("gateway_jsonl", lambda: repeated(b"1," * (MIB // 2), 63, before=b'{"a":[', after=b"1]}\n")),
    "64 MiB of one string": ("gateway_jsonl", lambda: repeated(X, 63, before=b'{"a":"', after=b'"}\n')),
    "64 MiB with an emoji": (
        "gateway_jsonl",
        lambda: repeated(X, 63, before=EMOJI, after=b'"}\n'),
    ),
    "64 MiB of quotes": ("gateway_jsonl", lambda: repeated(b'""' * (MIB // 2), 63, before=b'{"a":"', after=b'"}\n')),
    "64 MiB of wrapped numbers": (
        "cloudtrail",
        lambda: repeated(b"1000," * (MIB // 5), 63, before=WRAPPED + WRAPPER, after=b"1]}\n"),
    ),
    "half a million wrapped keys": (
        "cloudtrail",
        lambda: io.BytesIO(
            WRAPPED
            + WRAPPER
            + b"{"
            + b"".join(b'"key%d":"v%d",' % (n, n) for n in range(490_000))
            + b'"k":0}]}\n'
            + WRAPPED
        ),
    ),
    "64 MiB of NUL": ("gateway_jsonl", lambda: repeated(b"\x00" * MIB, 63)),
    "20 MiB of no text": ("nginx_combined", lambda: repeated(b"\xff" * MIB, 8)),
}


class _Gzip:
    def __init__(self) -> None:
        self._compressor = __import__("zlib").compressobj(wbits=31)

    def compress(self, data: bytes) -> bytes:
        return bytes(self._compressor.compress(data))

    def flush(self) -> bytes:
        return bytes(self._compressor.flush())


def main() -> None:
    """One line of JSON for each bomb that is named, or for all."""
    for name in sys.argv[1:] or BOMBS:
        wanted, make = BOMBS[name]
        source = make()
        with tempfile.TemporaryDirectory() as folder:
            connection = connect(scratch=Path(folder))
            create_entry_tables(connection)
            task = FileTask(source="edge", name="a.log", uri="a.log", version_tag="1", format=wanted)
            began = time.process_time()
            account = read_file(
                connection, task, open_object=lambda _, source=source: source, scratch=Path(folder), batch="b"
            )
            connection.close()
        said = {
            "name": name,
            "state": account.state,
            "problem": account.problem,
            "accepted": account.accepted,
            "rejected": account.rejected,
            "seconds": round(time.process_time() - began, 1),
            "resident_kib": most_resident_kib(),
        }
        print(json.dumps(said), flush=True)


def most_resident_kib() -> int:
    """What this program held at most; what getrusage says begins with what its parent held when it was started."""
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    [line] = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1])


if __name__ == "__main__":
    main()
