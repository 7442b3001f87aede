"""An S3 object as a stream that goes on where it stopped when the connection breaks."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import HTTPClientError, IncompleteReadError, ResponseStreamingError
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

BUFFER = 1 << 20
RESUMES = 3
_BROKEN = (HTTPClientError, IncompleteReadError, ResponseStreamingError, HTTPError)


class _Answers(Protocol):
    def __call__(self) -> AbstractContextManager[None]: ...


class S3Stream(io.RawIOBase):
    """The bytes of one version of one object, in order: the one with `etag`, else the one that is there now.

    The version is pinned by its ETag when reading is resumed, too.

    Read whole without a break, the bytes are also checked against the checksum that the store keeps.
    """

    def __init__(self, client: S3Client, bucket: str, key: str, answers: _Answers, *, etag: str | None = None) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._answers = answers
        self._position = 0
        self._resumes_left = RESUMES
        with answers():
            if etag:
                first = client.get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED", IfMatch=f'"{etag}"')
            else:
                first = client.get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        self._body: StreamingBody = first["Body"]
        self._etag = first["ETag"]
        self._size = first["ContentLength"]

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the next bytes; 0 at the end."""
        view = memoryview(buffer).cast("B")
        with self._answers():
            data = self._next(len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        """Let the connection go."""
        if not self.closed:
            self._body.close()
        super().close()

    def _next(self, size: int) -> bytes:
        while True:
            try:
                return self._body.read(size)
            except _BROKEN as error:
                if self._resumes_left == 0 or self._position >= self._size:
                    raise error if not isinstance(error, HTTPError) else HTTPClientError(error=error) from error
                self._resumes_left -= 1
                self._resume()

    def _resume(self) -> None:
        self._body.close()
        rest = self._client.get_object(
            Bucket=self._bucket, Key=self._key, Range=f"bytes={self._position}-", IfMatch=self._etag
        )
        self._body = rest["Body"]


def buffered(stream: S3Stream) -> io.BufferedReader:
    """`stream` behind a buffer of 1 MiB."""
    return io.BufferedReader(stream, BUFFER)
