"""A task reads its files as they were listed; one that cannot be read does not stop the others."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from tallystick.demo.object_store import LocalObjectStore
from tallystick.formats import BUILT_IN
from tallystick.intake.task import FileTask
from tallystick.settings import EngineSettings, S3Settings
from tallystick.stages.reading import DigestTask, GroupTask, ListedFile, digest_object, read_group
from tallystick.storage.objects import list_objects, open_store
from tallystick.storage.pinned import Pin

LINE = json.dumps({"time": "2022-03-04T10:00:00Z", "client": "c", "method": "GET", "status": 200}).encode() + b"\n"


def listed(url: str, settings: S3Settings) -> tuple[ListedFile, ...]:
    return tuple(
        ListedFile(
            task=FileTask(source="edge", name=one.key, uri=one.uri, version_tag=f"{one.version_tag}/x"),
            pin=Pin(size_bytes=one.size_bytes, version_tag=one.version_tag),
        )
        for one in list_objects(url, settings)
    )


def group(files: tuple[ListedFile, ...], folder: Path, s3: S3Settings | None = None) -> GroupTask:
    return GroupTask(
        number=0,
        files=files,
        batch="b",
        lake=folder / "lake",
        s3=s3 or S3Settings(),
        engine=EngineSettings(scratch=folder),
        catalogue=BUILT_IN,
    )


def test_files_that_changed_vanished_or_are_none_do_not_stop_the_others(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for number, name in enumerate(("changed", "gone", "good"), 1):
        (logs / name).write_bytes(LINE * number)
    os.mkfifo(logs / "pipe")
    files = listed(str(logs), S3Settings())
    (logs / "changed").write_bytes(LINE * 9)
    (logs / "gone").unlink()

    read = read_group(group(files, tmp_path))

    assert [(one.name, one.may_pass) for one in read.unread] == [("changed", True), ("gone", True)]
    assert {row["name"]: (row["state"], row["accepted"]) for row in read.accounts} == {
        "good": ("read", 3),
        "pipe": ("refused", 0),
    }
    assert sum(file.rows for file in read.entries) == 3


def test_a_file_that_grew_while_it_was_read_leaves_no_entry(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/a").write_bytes(LINE * 5)
    [file] = listed(str(tmp_path / "logs"), S3Settings())
    shorter = replace(file, pin=replace(file.pin, size_bytes=len(LINE) * 4))

    read = read_group(group((shorter,), tmp_path))

    assert [one.problem for one in read.unread] == ["it is longer than it was when it was listed"]
    assert (read.accounts, read.entries) == ([], [])


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_tried_again_by_the_next_ingest(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/a").write_bytes(LINE)
    files = listed(str(tmp_path / "logs"), S3Settings())
    (tmp_path / "logs/a").chmod(0)

    read = read_group(group(files, tmp_path))

    assert [(one.name, one.may_pass) for one in read.unread] == [("a", False)]
    assert read.accounts == []


def test_what_cannot_be_digested_is_left_to_its_reading(tmp_path: Path) -> None:
    gone = DigestTask(uri=str(tmp_path / "a"), pin=Pin(size_bytes=1, version_tag="1"), s3=S3Settings())

    assert digest_object(gone) is None


@pytest.mark.s3
def test_objects_of_any_name_are_read_and_one_replaced_meanwhile_is_named(
    tmp_path: Path, s3_server: LocalObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    settings = S3Settings(endpoint_url=s3_server.endpoint_url)
    url = f"s3://logs/{secrets.token_hex(6)}"
    store = open_store(url, settings)
    names = ["_hidden.jsonl", ".b", "with space", "new\nline", "100%41", "a?b*c", "é"]
    for number, name in enumerate(names, 1):
        store.put(name, LINE * number)
    files = listed(url, settings)
    store.put("_hidden.jsonl", LINE * 20)

    read = read_group(group(files, tmp_path, settings))

    assert [one.name for one in read.unread] == ["_hidden.jsonl"]
    assert {row["name"]: row["accepted"] for row in read.accounts} == {
        name: number for number, name in enumerate(names, 1) if name != "_hidden.jsonl"
    }
