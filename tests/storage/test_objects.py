from __future__ import annotations

import threading

import pytest

from tallystick.errors import AlreadyPublishedError, MissingInputError, UsageError
from tallystick.settings import S3Settings
from tallystick.storage.objects import ObjectStore, S3Url, open_store

NAMES = [
    "a/b",
    "_x/.hidden",
    "sp ace/%41+b",
    "w é ü.txt",
    "new\nline",
    "tab\tx",
    "a&<b>'\"",
    "smile😀",
    "%zz",
    "a/b2/c",
]


def test_an_object_is_written_once(store: ObjectStore) -> None:
    assert store.put_new("a/report.json", b"{}") == "written"
    assert store.put_new("a/report.json", b"{}") == "same"
    assert store.get("a/report.json") == b"{}"


def test_an_object_with_other_bytes_is_never_overwritten(store: ObjectStore) -> None:
    store.put_new("a/report.json", b"{}")

    with pytest.raises(AlreadyPublishedError) as caught:
        store.put_new("a/report.json", b"[]")

    assert caught.value.exit_code == 7
    assert caught.value.where == store.url("a/report.json")
    assert store.get("a/report.json") == b"{}"


def test_what_is_made_again_may_be_overwritten(store: ObjectStore) -> None:
    store.put("latest.json", b"1")
    store.put("latest.json", b"2")

    assert store.get("latest.json") == b"2"


@pytest.mark.parametrize("data", [b"", b"\x00" * 3, b"x" * 3_000_000])
def test_the_bytes_come_back_as_they_were(store: ObjectStore, data: bytes) -> None:
    store.put_new("data", data)

    with store.open("data") as stream:
        first = stream.read(1000)
        assert first + stream.read() == data
    assert store.get("data") == data


def test_an_object_that_is_not_there_is_missing_input(store: ObjectStore) -> None:
    for read in (store.get, store.open):
        with pytest.raises(MissingInputError):
            read("absent/report.json")


def test_a_listing_is_sorted_and_shows_every_name(store: ObjectStore) -> None:
    for name in NAMES:
        store.put_new(name, name.encode())

    listed = list(store.list())

    assert [each.key for each in listed] == sorted(NAMES, key=str.encode)
    assert [each.size_bytes for each in listed] == [len(each.key.encode()) for each in listed]
    assert [each.uri for each in listed] == [store.url(each.key) for each in listed]
    assert [store.get(each.key) for each in listed] == [each.key.encode() for each in listed]


def test_a_listing_begins_with_a_prefix_not_with_a_folder(store: ObjectStore) -> None:
    for name in ("a/b", "a/bc/d", "ab", "b/a"):
        store.put_new(name, b"")

    assert [each.key for each in store.list("a/b")] == ["a/b", "a/bc/d"]
    assert [each.key for each in store.list("a")] == ["a/b", "a/bc/d", "ab"]
    assert list(store.list("c/d/")) == []


def test_a_version_tag_changes_with_the_bytes(store: ObjectStore) -> None:
    store.put("latest.json", b"1")
    [before] = store.list()
    store.put("latest.json", b"2")
    [after] = store.list()

    assert before.version_tag != after.version_tag


@pytest.mark.parametrize("key", ["", "..", "../a", "a/../../b", "/etc/passwd", "a//b", "a/", "./a", "a\0b"])
def test_a_key_that_leads_elsewhere_is_refused(store: ObjectStore, key: str) -> None:
    for write in (store.put_new, store.put):
        with pytest.raises(UsageError):
            write(key, b"")


def test_of_many_writers_at_once_exactly_one_wins(store: ObjectStore) -> None:
    results: list[str] = []
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        try:
            results.append(store.put_new("a/b/claim", str(number).encode() * 5000))
        except AlreadyPublishedError:
            results.append("refused")

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(results) == ["refused"] * 7 + ["written"]
    assert len(set(store.get("a/b/claim"))) == 1


@pytest.mark.parametrize("url", ["s3:/bucket", "s3://", "s3://a", "s3://bu cket/x", "gs://bucket/x", "https://a.b/c"])
def test_an_address_that_is_neither_a_folder_nor_in_s3_is_refused(url: str) -> None:
    if url == "s3:/bucket":  # a folder of that name, as odd as it is
        assert open_store(url, S3Settings()).url("a").endswith("s3:/bucket/a")
    else:
        with pytest.raises(UsageError):
            open_store(url, S3Settings())


def test_nothing_in_a_key_is_decoded() -> None:
    assert S3Url.parse("s3://logs/a%20b/c?d#e\n") == S3Url(bucket="logs", key="a%20b/c?d#e\n")
