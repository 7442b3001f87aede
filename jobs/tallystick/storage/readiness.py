"""Is an S3 server ready? Asked with signed requests that it can only answer when every part of it works."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tallystick.errors import StoreUnreachableError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PAUSE_S = 0.2
"""Seconds between two questions."""


@dataclass(frozen=True, kw_only=True)
class S3Address:
    """Where an S3 server listens, and the key pair that it knows."""

    endpoint_url: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"

    def client(self) -> S3Client:
        """A client that asks once and gives up soon."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name=self.region,
            config=Config(
                connect_timeout=2,
                read_timeout=5,
                retries={"max_attempts": 0},
                s3={"addressing_style": "path"},
            ),
        )


def wait_for_s3(address: S3Address, *, patience_s: float, still_running: Callable[[], bool] = lambda: True) -> None:
    """Return once an object was written and read back, or raise StoreUnreachableError after `patience_s` seconds.

    A server that lists its buckets may still be unable to store anything. The object's bucket is removed again.
    Ends early with the same error when `still_running` says no.
    """
    client = address.client()
    bucket = f"readiness-{secrets.token_hex(8)}"
    deadline = time.monotonic() + patience_s
    while True:
        try:
            _write_and_read(client, bucket)
            return
        except (BotoCoreError, ClientError) as error:
            ended = "" if still_running() else "the server ended; "
            if ended or time.monotonic() > deadline:
                raise StoreUnreachableError(
                    f"the S3 server did not become ready: {ended}its last answer was: {error}",
                    where=address.endpoint_url,
                ) from error
        time.sleep(PAUSE_S)


def create_buckets(address: S3Address, names: Collection[str]) -> None:
    """Create those of `names` that do not exist yet."""
    client = address.client()
    present = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
    for name in sorted(set(names) - present):
        client.create_bucket(Bucket=name)


def _write_and_read(client: S3Client, bucket: str) -> None:
    if bucket not in {one["Name"] for one in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket=bucket)
    client.put_object(Bucket=bucket, Key="probe", Body=b"ready?")
    client.get_object(Bucket=bucket, Key="probe")["Body"].read()
    client.delete_object(Bucket=bucket, Key="probe")
    client.delete_bucket(Bucket=bucket)
