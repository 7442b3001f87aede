from __future__ import annotations

import base64
import hashlib
import select
import socket
import threading
import time
from contextlib import suppress
from typing import Self

import boto3
import pytest
from botocore.exceptions import ClientError

from tallystick.demo.object_store import LocalObjectStore
from tallystick.errors import (
    BadConfigurationError,
    BucketMissingError,
    CredentialsRefusedError,
    StoreUnreachableError,
    TallystickError,
)
from tallystick.settings import S3Settings
from tallystick.storage.objects import list_objects, open_object, open_store

pytestmark = pytest.mark.s3


def refusal(url: str, settings: S3Settings) -> list[TallystickError]:
    """What each method of a store says when the store is not as it should be."""
    store = open_store(url, settings)
    asked = [
        lambda: store.put_new("a", b"1"),
        lambda: store.put("a", b"1"),
        lambda: store.get("a"),
        lambda: store.open("a"),
        lambda: list(store.list()),
        lambda: list_objects(url, settings),
        lambda: open_object(f"{url}/a", settings),
    ]
    errors = []
    for ask in asked:
        with pytest.raises(TallystickError) as caught:
            ask()
        errors.append(caught.value)
    return errors


def test_a_bucket_that_does_not_exist_is_named_and_not_made(s3_settings: S3Settings) -> None:
    for error in refusal("s3://no-such-bucket/x", s3_settings):
        assert isinstance(error, BucketMissingError)
        assert (error.where, error.exit_code) == ("s3://no-such-bucket", 5)
    client = boto3.session.Session().client("s3", endpoint_url=s3_settings.endpoint_url)
    assert "no-such-bucket" not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]


@pytest.mark.parametrize("known_key", [True, False])
def test_wrong_credentials_are_said_to_be_wrong_and_never_shown(
    s3_server: LocalObjectStore, s3_settings: S3Settings, monkeypatch: pytest.MonkeyPatch, known_key: bool
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrongwrongwrong")
    if not known_key:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "NOBODYKNOWSME")
    settings = s3_settings.model_copy(update={"region": f"eu-{'one' if known_key else 'two'}-1"})

    for error in refusal("s3://reports/x", settings):
        assert isinstance(error, CredentialsRefusedError)
        text = f"{error} {error.next_step}"
        assert "AWS_PROFILE" in text
        assert not any(secret in text for secret in ("wrongwrong", "NOBODYKNOWSME", s3_server.secret_key))


def test_no_credentials_at_all_are_credentials_refused(
    s3_settings: S3Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    settings = s3_settings.model_copy(update={"region": "eu-none-1"})

    assert {type(error) for error in refusal("s3://reports/x", settings)} == {CredentialsRefusedError}
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert {type(error) for error in refusal("s3://reports/x", settings)} == {CredentialsRefusedError}


def test_a_store_that_is_down_is_unreachable_within_seconds(s3_settings: S3Settings) -> None:
    settings = S3Settings(endpoint_url=f"http://user:hidden@127.0.0.1:{_closed_port()}")
    started = time.monotonic()

    with pytest.raises(StoreUnreachableError) as caught:
        open_store("s3://reports/x", settings).put_new("a", b"1")

    assert caught.value.exit_code == 75
    assert "hidden" not in f"{caught.value} {caught.value.next_step}"
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("endpoint", ["nonsense", "http://", "http://127.0.0.1:99999999"])
def test_an_endpoint_that_is_no_address_is_a_configuration_to_mend(s3_settings: S3Settings, endpoint: str) -> None:
    with pytest.raises((BadConfigurationError, StoreUnreachableError)):
        open_store("s3://reports/x", S3Settings(endpoint_url=endpoint)).get("a")


def test_the_server_itself_refuses_bytes_that_are_not_what_their_digest_says(s3_settings: S3Settings) -> None:
    client = boto3.session.Session().client("s3", endpoint_url=s3_settings.endpoint_url)
    other = base64.b64encode(hashlib.sha256(b"other").digest()).decode()

    with pytest.raises(ClientError, match="BadDigest"):
        client.put_object(Bucket="reports", Key="bad", Body=b"1", ChecksumAlgorithm="SHA256", ChecksumSHA256=other)


def test_the_server_keeps_the_sha256_and_the_content_type(s3_url: str, s3_settings: S3Settings) -> None:
    open_store(s3_url, s3_settings).put_new("report.html", b"<p>")
    client = boto3.session.Session().client("s3", endpoint_url=s3_settings.endpoint_url)
    key = f"{s3_url.removeprefix('s3://reports/')}/report.html"

    head = client.head_object(Bucket="reports", Key=key, ChecksumMode="ENABLED")

    assert head["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(b"<p>").digest()).decode()
    assert head["ContentType"] == "text/html; charset=utf-8"


def test_a_write_whose_answer_was_lost_is_not_taken_for_anothers(s3_url: str, s3_settings: S3Settings) -> None:
    assert s3_settings.endpoint_url is not None
    with _Proxy(s3_settings.endpoint_url, method=b"PUT ", after_bytes=0, times=1) as proxy:
        assert open_store(s3_url, S3Settings(endpoint_url=proxy.url)).put_new("a", b"1") == "same"
        assert proxy.cuts == 1
    assert open_store(s3_url, s3_settings).get("a") == b"1"


def test_a_read_goes_on_where_the_connection_broke(s3_url: str, s3_settings: S3Settings) -> None:
    assert s3_settings.endpoint_url is not None
    data = bytes(range(256)) * 20_000
    open_store(s3_url, s3_settings).put_new("large", data)
    with _Proxy(s3_settings.endpoint_url, method=b"GET ", after_bytes=1_000_000, times=2) as proxy:
        assert open_store(s3_url, S3Settings(endpoint_url=proxy.url)).get("large") == data
        assert proxy.cuts == 2


def test_a_read_that_breaks_again_and_again_is_an_error_not_a_short_object(
    s3_url: str, s3_settings: S3Settings
) -> None:
    assert s3_settings.endpoint_url is not None
    open_store(s3_url, s3_settings).put_new("large", b"x" * 5_000_000)
    with _Proxy(s3_settings.endpoint_url, method=b"GET ", after_bytes=100_000, times=99) as proxy:
        store = open_store(s3_url, S3Settings(endpoint_url=proxy.url))
        with pytest.raises(StoreUnreachableError):
            store.get("large")


def test_a_listing_has_as_many_pages_as_it_needs(s3_url: str, s3_settings: S3Settings) -> None:
    store = open_store(s3_url, s3_settings)
    names = [f"{number % 7}/{number:04}" for number in range(1100)]
    for name in names:
        store.put(name, b"")

    assert [each.key for each in store.list()] == sorted(names)


def _closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class _Proxy:
    """A TCP proxy on loopback before an S3 server that now and then loses an answer, or cuts it short."""

    def __init__(self, endpoint: str, *, method: bytes, after_bytes: int, times: int) -> None:
        host, port = endpoint.removeprefix("http://").split(":")
        self._server = (host, int(port))
        self._method = method
        self._after_bytes = after_bytes
        self._left = times
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(self._server) as server:
            cut = False
            while part := client.recv(65536):
                if part.startswith((b"GET ", b"PUT ", b"HEAD ")):  # else it is the body of the request before
                    cut = part.startswith(self._method)
                server.sendall(part)
                if not self._answer(client, server, cut=cut):
                    return

    def _answer(self, client: socket.socket, server: socket.socket, *, cut: bool) -> bool:
        sent = 0
        while True:
            readable, _, _ = select.select([client, server], [], [])
            if client in readable:
                return True
            answer = server.recv(65536)
            sent += 0 if answer.startswith(b"HTTP/1.1 100 ") else len(answer)
            if cut and self._left and sent > self._after_bytes:
                self._left -= 1
                self.cuts += 1
                return False
            if not answer:
                return False
            client.sendall(answer)
