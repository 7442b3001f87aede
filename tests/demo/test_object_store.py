from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client

from tallystick.demo.object_store import LocalObjectStore, end_left_behind
from tallystick.errors import StoreUnreachableError, TryAgainError, UsageError
from tallystick.storage.readiness import S3Address, wait_for_s3

pytestmark = pytest.mark.s3


def a_client(server: LocalObjectStore) -> S3Client:
    return server.address.client()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_started_server_has_its_buckets_and_stores_at_once(s3_server: LocalObjectStore) -> None:
    client = a_client(s3_server)

    client.put_object(Bucket="reports", Key="first", Body=b"bytes")

    assert {bucket["Name"] for bucket in client.list_buckets()["Buckets"]} == {"logs", "reports"}
    assert client.get_object(Bucket="reports", Key="first")["Body"].read() == b"bytes"
    client.delete_object(Bucket="reports", Key="first")


def test_an_object_is_put_once(s3_server: LocalObjectStore) -> None:
    client = a_client(s3_server)
    client.put_object(Bucket="reports", Key="once", Body=b"first", IfNoneMatch="*")

    with pytest.raises(ClientError, match="PreconditionFailed"):
        client.put_object(Bucket="reports", Key="once", Body=b"second", IfNoneMatch="*")

    assert client.get_object(Bucket="reports", Key="once")["Body"].read() == b"first"
    client.delete_object(Bucket="reports", Key="once")


def test_a_missing_bucket_is_not_made_by_writing_to_it(s3_server: LocalObjectStore) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        a_client(s3_server).put_object(Bucket="absent", Key="key", Body=b"")


def test_another_key_is_refused(s3_server: LocalObjectStore) -> None:
    stranger = S3Address(endpoint_url=s3_server.endpoint_url, access_key=s3_server.access_key, secret_key="wrong")

    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.client().list_buckets()


def test_the_environment_is_all_that_boto3_needs(s3_server: LocalObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)

    assert len(boto3.session.Session().client("s3").list_buckets()["Buckets"]) == 2


def test_keys_are_for_their_owner_alone(s3_server: LocalObjectStore) -> None:
    file = s3_server.data_dir / "identities.json"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert s3_server.secret_key not in repr(s3_server.address)


def test_every_port_is_on_loopback(s3_server: LocalObjectStore) -> None:
    here = socket.gethostbyname(socket.gethostname())
    others = {here, "127.0.0.2"} - {"127.0.0.1"}

    for port in s3_server._ports.values():
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
        for address in others:
            with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
                socket.create_connection((address, port), timeout=2)


def test_a_folder_in_use_is_refused(s3_server: LocalObjectStore) -> None:
    with pytest.raises(TryAgainError, match="another run is using"):
        LocalObjectStore(s3_server.data_dir, buckets=["reports"]).__enter__()

    assert a_client(s3_server).list_buckets()["Buckets"]


def test_objects_and_the_address_survive_the_server(tmp_path: Path) -> None:
    with LocalObjectStore(tmp_path, buckets=["reports"]) as first:
        for number in range(50):
            a_client(first).put_object(Bucket="reports", Key=f"k{number}", Body=bytes([number]) * 1000)
        pid = first.pid
    assert not is_alive(pid)

    with LocalObjectStore(tmp_path, buckets=["reports", "later"]) as second:
        bodies = [
            a_client(second).get_object(Bucket="reports", Key=f"k{number}")["Body"].read() for number in range(50)
        ]
        assert bodies == [bytes([number]) * 1000 for number in range(50)]
        assert second.endpoint_url == first.endpoint_url
        assert second.secret_key != first.secret_key


def test_a_server_left_behind_is_ended_by_the_next_start(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tallystick.demo.object_store import LocalObjectStore\n"
        "with LocalObjectStore(Path(sys.argv[1]), buckets=['reports'], keep=True) as server: print(server.pid)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    kept = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True, env=environment
    )
    pid = int(kept.stdout)
    assert is_alive(pid)

    with LocalObjectStore(tmp_path, buckets=["reports"]) as server:
        assert not is_alive(pid)
        assert server.pid != pid
    assert not end_left_behind(tmp_path)


def test_a_stranger_with_the_same_process_id_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(f'{{"pid": {os.getpid()}, "ports": {{}}}}')

    assert not end_left_behind(tmp_path)


def test_a_server_that_cannot_start_says_where_to_read(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "filerldb2").write_text("in the way")

    with pytest.raises(StoreUnreachableError, match="did not become ready") as refused:
        LocalObjectStore(tmp_path, buckets=["reports"]).__enter__()

    assert refused.value.next_step is not None
    assert "server.log" in refused.value.next_step


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(UsageError, match=f"port {port} is taken"):
            LocalObjectStore(tmp_path, buckets=["reports"], port=port).__enter__()


def test_a_bucket_name_of_two_characters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="three characters"):
        LocalObjectStore(tmp_path, buckets=["ab"])


def test_nobody_listening_is_store_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = S3Address(
            endpoint_url=f"http://127.0.0.1:{unused.getsockname()[1]}", access_key="key", secret_key="secret"
        )

        with pytest.raises(StoreUnreachableError, match="did not become ready"):
            wait_for_s3(address, patience_s=0.3)
