"""A log object is read as it was listed, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tallystick.errors import ChangedObjectError, MissingInputError, NoFileError
from tallystick.settings import S3Settings
from tallystick.storage.objects import list_named, list_objects, open_pinned, open_store
from tallystick.storage.pinned import Pin
from tallystick.storage.stored import StoredObject

LOCAL = S3Settings()
CONTENT = b"line\n" * 300_000


def read(one: StoredObject, settings: S3Settings = LOCAL) -> bytes:
    pin = Pin(size_bytes=one.size_bytes, version_tag=one.version_tag)
    with open_pinned(one.uri, settings, pin) as stream:
        return b"".join(iter(lambda: stream.read(1 << 16), b""))


def touched(file: Path) -> None:
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))


def grown(file: Path) -> None:
    file.write_bytes(CONTENT + b"more\n")


def taken_away(file: Path) -> None:
    file.unlink()


def replaced_by_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def test_a_file_that_is_as_it_was_listed_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(CONTENT)
    [listed] = list_objects(str(tmp_path), LOCAL)

    assert read(listed) == CONTENT


@pytest.mark.parametrize(("change", "what"), [(touched, "written to"), (grown, "written to"), (taken_away, "is gone")])
def test_a_file_that_changed_since_it_was_listed_is_an_error_that_names_it(
    tmp_path: Path, change: Callable[[Path], None], what: str
) -> None:
    (tmp_path / "a.log").write_bytes(CONTENT)
    [listed] = list_objects(str(tmp_path), LOCAL)
    change(tmp_path / "a.log")

    with pytest.raises(ChangedObjectError, match=what) as caught:
        read(listed)
    assert caught.value.where == str(tmp_path / "a.log")
    assert caught.value.exit_code == 75


@pytest.mark.parametrize(("size", "what"), [(len(CONTENT) - 1, "longer"), (len(CONTENT) + 1, "shorter"), (0, "longer")])
def test_a_file_that_has_another_length_once_it_is_read_is_an_error(tmp_path: Path, size: int, what: str) -> None:
    (tmp_path / "a.log").write_bytes(CONTENT)
    [listed] = list_objects(str(tmp_path), LOCAL)

    with pytest.raises(ChangedObjectError, match=what):
        read(replace(listed, size_bytes=size))


def test_what_is_no_file_is_told_from_what_is_gone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "broken").symlink_to(tmp_path / "absent")

    for listed in list_objects(str(tmp_path), LOCAL):
        with pytest.raises(NoFileError, match=listed.key):
            read(listed)


def test_single_files_are_listed_by_the_names_that_they_are_given(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(CONTENT)
    (tmp_path / "broken").symlink_to(tmp_path / "absent")

    first, broken = list_named([("x/a", str(tmp_path / "a.log")), ("b", str(tmp_path / "broken"))], LOCAL)

    assert (first.key, first.size_bytes, read(first)) == ("x/a", len(CONTENT), CONTENT)
    assert (broken.key, broken.size_bytes) == ("b", 0)
    with pytest.raises(MissingInputError, match="absent"):
        list_named([("c", str(tmp_path / "absent"))], LOCAL)


@pytest.mark.s3
def test_an_object_is_pinned_by_its_etag(s3_url: str, s3_settings: S3Settings) -> None:
    store = open_store(s3_url, s3_settings)
    for name in ("same.log", "replaced.log", "longer.log"):
        store.put(name, CONTENT)
    longer, replaced, same = list_objects(s3_url, s3_settings)
    store.put("replaced.log", CONTENT[:-1] + b"!")
    store.put("longer.log", CONTENT + b"more")

    assert read(same, s3_settings) == CONTENT
    for changed in (replaced, longer):
        with pytest.raises(ChangedObjectError, match="replaced") as caught:
            read(changed, s3_settings)
        assert caught.value.where == changed.uri


@pytest.mark.s3
def test_an_object_that_vanished_since_it_was_listed_is_an_error_that_names_it(
    s3_url: str, s3_settings: S3Settings
) -> None:
    gone = StoredObject(key="a", uri=f"{s3_url}/a", size_bytes=5, version_tag="0" * 32)

    with pytest.raises(ChangedObjectError, match="is gone") as caught:
        read(gone, s3_settings)
    assert caught.value.where == gone.uri


ODD = ("_a", ".b", "c d", "e\nf", "100%", "g%41h", "a?b", "s*r", "é漢", "q\"u'o", "x+y&z=1#t")


@pytest.mark.s3
def test_an_object_of_any_name_is_listed_and_read(s3_url: str, s3_settings: S3Settings) -> None:
    store = open_store(s3_url, s3_settings)
    for name in ODD:
        store.put(name, name.encode())

    listed = list_objects(s3_url, s3_settings)

    assert sorted(one.key for one in listed) == sorted(ODD)
    assert {one.key: read(one, s3_settings) for one in listed} == {name: name.encode() for name in ODD}
    [named] = list_named([("n", f"{s3_url}/g%41h")], s3_settings)
    assert read(named, s3_settings) == b"g%41h"


def test_a_file_of_any_name_is_listed_and_read(tmp_path: Path) -> None:
    for name in ODD:
        (tmp_path / name).write_bytes(name.encode())

    listed = list_objects(str(tmp_path), LOCAL)

    assert {one.key: read(one) for one in listed} == {name: name.encode() for name in ODD}
