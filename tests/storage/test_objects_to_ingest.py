from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import pytest

from tallystick.errors import MissingInputError, UnreadableFileError, UsageError
from tallystick.settings import S3Settings
from tallystick.storage.objects import list_objects, open_object, open_store

LOCAL = S3Settings()


def names(url: str | Path, settings: S3Settings = LOCAL) -> list[str]:
    return [each.key for each in list_objects(str(url), settings)]


def test_every_file_below_a_folder_is_listed_hidden_ones_too(tmp_path: Path) -> None:
    for name in ("b/access.log.gz", "_hidden.log", ".hidden/.log", "a b.log", "b/_x/y"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())

    listed = list_objects(str(tmp_path), LOCAL)

    assert [each.key for each in listed] == [".hidden/.log", "_hidden.log", "a b.log", "b/_x/y", "b/access.log.gz"]
    for each in listed:
        with open_object(each.uri, LOCAL) as stream:
            assert stream.read() == each.key.encode()
        assert each.size_bytes == len(each.key)
        assert each.version_tag == str((tmp_path / each.key).stat().st_mtime_ns)


def test_a_place_that_is_one_file_lists_that_file(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(b"x")

    [only] = list_objects(str(tmp_path / "access.log"), LOCAL)

    assert (only.key, only.uri) == ("access.log", str(tmp_path / "access.log"))


def test_links_are_followed_and_a_circle_is_walked_once(tmp_path: Path) -> None:
    logs, other = tmp_path / "logs", tmp_path / "other"
    logs.mkdir()
    other.mkdir()
    (other / "access.log").write_bytes(b"x")
    (logs / "other").symlink_to(other)
    (logs / "circle").symlink_to(logs)
    (logs / "current.log").symlink_to(other / "access.log")

    assert names(logs) == ["current.log", "other/access.log"]


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems only take UTF-8 names")
def test_a_name_that_is_not_utf_8_is_listed_and_can_be_opened(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/bad\xff%41.log"
    with open(path, "wb") as file:  # noqa: PTH123 Path cannot hold every name
        file.write(b"x")

    [only] = list_objects(str(tmp_path), LOCAL)

    assert only.key == "bad\\xff%41.log"
    assert only.uri.encode("ascii").startswith(b"file:///")
    with open_object(only.uri, LOCAL) as stream:
        assert stream.read() == b"x"


def test_what_is_no_file_is_listed_so_that_opening_it_names_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "broken").symlink_to(tmp_path / "absent")

    broken, pipe = list_objects(str(tmp_path), LOCAL)

    assert (broken.key, pipe.key, broken.size_bytes, pipe.size_bytes) == ("broken", "pipe", 0, 0)
    with pytest.raises(UnreadableFileError, match="pipe: this is no regular file"):
        open_object(pipe.uri, LOCAL)
    with pytest.raises(MissingInputError, match="broken"):
        open_object(broken.uri, LOCAL)
    with pytest.raises(UnreadableFileError):
        open_object(str(tmp_path), LOCAL)


@pytest.mark.parametrize("uri", ["/absent/file", "", "a\0b"])
def test_a_path_that_names_nothing_is_an_error_that_says_so(uri: str) -> None:
    with pytest.raises((MissingInputError, UnreadableFileError)):
        open_object(uri, LOCAL)


def test_a_folder_that_does_not_exist_is_missing_input(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="absent"):
        list_objects(str(tmp_path / "absent"), LOCAL)


def test_an_empty_folder_lists_nothing(tmp_path: Path) -> None:
    assert names(tmp_path) == []


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="neither a folder nor in S3"):
        list_objects("gs://bucket/logs", LOCAL)


@pytest.mark.s3
def test_every_object_below_a_prefix_is_listed_and_streams(s3_url: str, s3_settings: S3Settings) -> None:
    store = open_store(s3_url, s3_settings)
    lines = gzip.compress(b"line\n" * 100_000)
    for name in ("gateway/2022/_a.log", "gateway/.b é+.log", "gateway/c.log.gz", "gateway2/d.log"):
        store.put_new(name, lines)

    listed = list_objects(f"{s3_url}/gateway", s3_settings)

    assert [each.key for each in listed] == [".b é+.log", "2022/_a.log", "c.log.gz"]
    for each in listed:
        with open_object(each.uri, s3_settings) as stream, gzip.open(stream) as unpacked:
            assert unpacked.read() == b"line\n" * 100_000
        assert each.size_bytes == len(lines)
        assert len(each.version_tag) == 32
    assert names(f"{s3_url}/gateway/c.log.gz", s3_settings) == ["c.log.gz"]
    assert names(f"{s3_url}/gatew", s3_settings) == []


@pytest.mark.s3
def test_an_object_that_is_not_there_is_missing_input(s3_url: str, s3_settings: S3Settings) -> None:
    with pytest.raises(MissingInputError):
        open_object(f"{s3_url}/absent.log", s3_settings)
