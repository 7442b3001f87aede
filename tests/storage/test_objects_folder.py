from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tallystick.errors import AlreadyPublishedError, MissingInputError, StoreRefusedError, UsageError
from tallystick.storage.folder import INCOMING, FolderStore


def test_nothing_half_written_is_left_or_listed(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put_new("a/b", b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    (tmp_path / INCOMING).mkdir()
    (tmp_path / INCOMING / "left-by-a-killed-run").write_bytes(b"half")
    store.put_new("a/b", b"1")

    assert [each.key for each in store.list()] == ["a/b"]
    assert list((tmp_path / "a").iterdir()) == [tmp_path / "a" / "b"]
    with pytest.raises(UsageError):
        store.put_new(f"{INCOMING}/x", b"")


def test_a_link_that_leads_out_of_the_store_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    root = tmp_path / "reports"
    root.mkdir()
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    store = FolderStore(root)

    assert list(store.list()) == []
    for key in ("folder/secret", "file"):
        with pytest.raises(UsageError, match="leads out"):
            store.get(key)
        with pytest.raises(UsageError, match="leads out"):
            store.put_new(key, b"x")
        with pytest.raises(UsageError, match="leads out"):
            store.put(key, b"x")
    assert (outside / "secret").read_bytes() == b"secret"


def test_a_store_may_itself_lie_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "reports").symlink_to(tmp_path / "disk")
    store = FolderStore(tmp_path / "reports")

    assert store.put_new("a/b", b"1") == "written"
    assert (tmp_path / "disk" / "a" / "b").read_bytes() == b"1"


def test_a_file_where_a_folder_must_be_is_a_refusal_that_says_so(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put_new("a", b"1")

    with pytest.raises(StoreRefusedError) as caught:
        store.put_new("a/b", b"2")

    assert caught.value.exit_code == 5


def test_a_name_that_no_file_system_takes_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    store = FolderStore(tmp_path)

    for key in ("x" * 300, "y" * 300 + "/b", "circle/a"):
        for ask in (lambda key: store.put_new(key, b""), store.get, lambda key: list(store.list(f"{key}/"))):
            with pytest.raises((StoreRefusedError, MissingInputError)):
                ask(key)


def test_a_folder_is_no_object(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    with pytest.raises(MissingInputError):
        FolderStore(tmp_path).get("a")


def test_where_the_file_system_has_no_links_nothing_is_overwritten_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(source: object, target: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    store = FolderStore(tmp_path)

    assert store.put_new("a/b", b"1") == "written"
    assert store.put_new("a/b", b"1") == "same"
    with pytest.raises(AlreadyPublishedError):
        store.put_new("a/b", b"2")


def test_a_killed_writer_leaves_no_object_that_is_cut(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tallystick.storage.folder import FolderStore\n"
        "store = FolderStore(Path(sys.argv[1])); data = b'x' * 20_000_000\n"
        "for number in range(1000): store.put_new(f'objects/{number:04}', data)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    writer = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], env=environment)
    deadline = time.monotonic() + 30
    while not (tmp_path / "objects" / "0001").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    writer.wait()

    sizes = {each.size_bytes for each in FolderStore(tmp_path).list()}
    assert sizes == {20_000_000}
