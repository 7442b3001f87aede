"""A report store, or log objects, under a prefix of an S3 bucket: AWS, or any store that speaks its language."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tallystick.errors import AlreadyPublishedError, MissingInputError, TryAgainError
from tallystick.evidence.digest import FileDigest, Sha256
from tallystick.evidence.media import media_of
from tallystick.settings import S3Settings
from tallystick.storage.s3_answers import answers, error_code, missing_bucket
from tallystick.storage.s3_stream import S3Stream, buffered
from tallystick.storage.stored import StoredObject, checked_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECT_S = 5
READ_S = 60
ATTEMPTS = 3
PAUSE_S = 0.2


ANY_REGION = "us-east-1"
"""What a request is signed for where nobody names a region; stores other than AWS take any."""


class S3Store:
    """An ObjectStore under `s3://bucket/prefix`; the prefix is read as a folder.

    Credentials come by boto3's own chain. Nothing is asked before the first method is called; the first asks whether
    the bucket exists, because some stores silently make one for whoever writes to it.
    """

    def __init__(self, bucket: str, prefix: str, settings: S3Settings) -> None:
        self._bucket = bucket
        self._prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
        self._settings = settings

    def put_new(self, key: str, data: bytes) -> Literal["written", "same"]:
        """Store `data` unless there is an object already; the store itself checks the SHA-256 of what it received."""
        digest = Sha256.of(data)
        for attempt in range(ATTEMPTS):
            if self._put_if_absent(key, data, digest):
                return "written"
            # The refusal may be the answer to our own first try, repeated because its answer was lost.
            found = self._digest(key)
            if found == digest:
                return "same"
            if found is not None:
                raise AlreadyPublishedError(
                    f"there is an object with other bytes (SHA-256 {found}, not {digest})", where=self.url(key)
                )
            time.sleep(PAUSE_S * (attempt + 1))
        raise TryAgainError("others are writing this object", where=self.url(key), next_step="run this again")

    def put(self, key: str, data: bytes) -> None:
        """Store `data` in place of what is there."""
        full = self._prefix + checked_key(key)
        with self._answers(full):
            self._client.put_object(
                Bucket=self._bucket,
                Key=full,
                Body=data,
                ContentType=media_of(key).content_type,
                CacheControl="no-cache",
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=Sha256.of(data).base64,
            )

    def get(self, key: str) -> bytes:
        """All bytes of one object, checked against the store's own checksum where it keeps one."""
        with self.open(key) as stream:
            return stream.read()

    def open(self, key: str, *, etag: str | None = None) -> BinaryIO:
        """One object as a stream, which goes on where it stopped when the connection breaks.

        ChangedObjectError where the object has another ETag than the one that is wanted.
        """
        full = self._prefix + key
        stream = S3Stream(self._client, self._bucket, full, lambda: self._answers(full), etag=etag)
        return cast(BinaryIO, buffered(stream))

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Every object whose key begins with `prefix`, whatever its name, page by page, then sorted."""
        full = self._prefix + prefix
        found: list[StoredObject] = []
        with self._answers(full):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=full):
                found += (
                    StoredObject(
                        key=each["Key"].removeprefix(self._prefix),
                        uri=f"s3://{self._bucket}/{each['Key']}",
                        size_bytes=each["Size"],
                        version_tag=each["ETag"].strip('"'),
                    )
                    for each in page.get("Contents", [])
                )
        yield from sorted(found, key=StoredObject.order)

    def look_up(self, key: str) -> StoredObject:
        """What a listing would say of one object; MissingInputError without it."""
        full = self._prefix + key
        with self._answers(full):
            found = self._client.head_object(Bucket=self._bucket, Key=full)
        return StoredObject(
            key=key, uri=self.url(key), size_bytes=found["ContentLength"], version_tag=found["ETag"].strip('"')
        )

    def url(self, key: str) -> str:
        """s3://bucket/prefix/key."""
        return f"s3://{self._bucket}/{self._prefix}{key}"

    def _put_if_absent(self, key: str, data: bytes, digest: Sha256) -> bool:
        """Whether it is stored now; False when there was an object, or another writer at the same moment."""
        full = self._prefix + checked_key(key)
        with self._answers(full):
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=full,
                    Body=data,
                    IfNoneMatch="*",
                    ContentType=media_of(key).content_type,
                    ChecksumAlgorithm="SHA256",
                    ChecksumSHA256=digest.base64,
                )
            except ClientError as error:
                code, status = error_code(error)
                if status in (409, 412) or code == "PreconditionFailed":
                    return False
                raise
        return True

    def _digest(self, key: str) -> Sha256 | None:
        try:
            with self.open(key) as stream:
                return FileDigest.of_stream(stream).sha256
        except MissingInputError:
            return None

    def _answers(self, full: str) -> AbstractContextManager[None]:
        where = f"s3://{self._bucket}/{full}"
        return answers(where, bucket=self._bucket, endpoint_url=self._settings.endpoint_url)

    @cached_property
    def _client(self) -> S3Client:
        with self._answers(self._prefix):
            # A session of its own: boto3's shared one must not be used by two threads at once.
            session = boto3.session.Session()
            client = session.client(
                "s3",
                endpoint_url=self._settings.endpoint_url,
                region_name=self._settings.region or session.region_name or ANY_REGION,
                config=Config(
                    connect_timeout=CONNECT_S,
                    read_timeout=READ_S,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                    s3={"addressing_style": _style(self._settings)},
                ),
            )
            try:
                client.head_bucket(Bucket=self._bucket)
            except ClientError as error:
                if error_code(error)[1] == 404:
                    raise missing_bucket(self._bucket) from error
                if error_code(error)[1] not in (301, 403):  # what it may not tell, the request itself will
                    raise
        return client


def _style(settings: S3Settings) -> Literal["path", "virtual", "auto"]:
    if settings.uses_path_style:
        return "path"
    return "auto" if settings.path_style is None else "virtual"
