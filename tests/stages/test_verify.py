from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.bundles import a_bundle, a_payload, a_report
from tallystick.demo.object_store import LocalObjectStore
from tallystick.errors import BundleDiffersError, MissingInputError, StoreRefusedError, UsageError, VerificationError
from tallystick.evidence.digest import Sha256
from tallystick.settings import S3Settings
from tallystick.stages.download import download
from tallystick.stages.verify import verify
from tallystick.storage.objects import ObjectStore, open_store
from tallystick.storage.publication import publish_bundle

PERIOD = "2022-01-01_2022-01-03"
LOCAL = S3Settings()
Reports = tuple[str, S3Settings]


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def reports(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reports:
    """A report store with two revisions of one report: its address and settings."""
    url, settings = str(tmp_path / "reports"), LOCAL
    if request.param == "s3":
        server: LocalObjectStore = request.getfixturevalue("s3_server")
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        url, settings = f"s3://reports/{secrets.token_hex(6)}", S3Settings(endpoint_url=server.endpoint_url)
    for number in (1, 2):
        publish(open_store(url, settings), number)
    return url, settings


def publish(store: ObjectStore, number: int) -> None:
    files = a_payload(a_report({"completeness.sources.0.files": number}))
    digest = Sha256.of(files["report.json"]).hex
    publish_bundle(store, "halcyon", PERIOD, files, report_sha256=digest, title="Audit")


def in_folder(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_published_revision_is_verified_where_it_lies(reports: Reports) -> None:
    url, settings = reports
    verified = verify(f"{url}/halcyon/{PERIOD}/r1", settings)

    assert (verified.location, verified.manifest.revision, verified.files) == (f"{url}/halcyon/{PERIOD}/r1", 1, 12)
    assert json.loads(json.dumps(verified.as_dict()))["verified"] is True


@pytest.mark.parametrize("ending", ["", "/"])
def test_of_a_period_the_latest_revision_is_verified(reports: Reports, ending: str) -> None:
    url, settings = reports
    verified = verify(f"{url}/halcyon/{PERIOD}{ending}", settings)

    assert verified.manifest.revision == 2
    assert verified.location == f"{url}/halcyon/{PERIOD}/r2"


@pytest.mark.parametrize("name", ["report.html", "datapackage.json", "usage.parquet"])
def test_a_changed_object_is_named(reports: Reports, name: str) -> None:
    url, settings = reports
    store = open_store(f"{url}/halcyon/{PERIOD}", settings)
    data = store.get(f"r2/{name}")
    store.put(f"r2/{name}", data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])

    with pytest.raises(BundleDiffersError) as caught:
        verify(f"{url}/halcyon/{PERIOD}", settings)
    assert (caught.value.where, caught.value.exit_code) == (name, 6)


@pytest.mark.parametrize("name", ["notes.txt", "a/b", ".hidden"])
def test_an_added_object_is_named(reports: Reports, name: str) -> None:
    url, settings = reports
    open_store(f"{url}/halcyon/{PERIOD}/r2", settings).put(name, b"")

    with pytest.raises(BundleDiffersError) as caught:
        verify(f"{url}/halcyon/{PERIOD}/r2", settings)
    assert caught.value.where == name


@pytest.mark.parametrize("place", ["", "/halcyon", "/nobody", "/halcyon/2022"])
def test_where_no_bundle_lies_nothing_is_verified(reports: Reports, place: str) -> None:
    url, settings = reports

    with pytest.raises((VerificationError, MissingInputError)):
        verify(url + place, settings)


def test_a_pointer_that_was_set_back_is_refused(reports: Reports) -> None:
    url, settings = reports
    store = open_store(f"{url}/halcyon/{PERIOD}", settings)
    pointer = json.loads(store.get("latest.json"))
    digest = Sha256.of(store.get("r1/datapackage.json")).hex
    back = pointer | {"revision": 1, "path": "r1/", "datapackage_sha256": digest}
    store.put("latest.json", json.dumps(back, sort_keys=True, separators=(",", ":")).encode())

    with pytest.raises(BundleDiffersError, match="latest.json: revision: expected r2, found r1"):
        verify(f"{url}/halcyon/{PERIOD}", settings)


def test_a_revision_moved_to_another_number_is_refused(reports: Reports) -> None:
    url, settings = reports
    store, forged = (open_store(f"{place}/halcyon/{PERIOD}", settings) for place in (url, f"{url}-forged"))
    forged.put("latest.json", store.get("latest.json"))
    for name in a_bundle():
        forged.put(f"r2/{name}", store.get(f"r1/{name}"))

    with pytest.raises(BundleDiffersError, match=r"tallystick\.revision: expected 2, found 1"):
        verify(f"{url}-forged/halcyon/{PERIOD}", settings)


def test_another_bundle_of_the_same_number_is_refused(reports: Reports) -> None:
    url, settings = reports
    store, forged = (open_store(f"{place}/halcyon/{PERIOD}", settings) for place in (url, f"{url}-forged"))
    forged.put("latest.json", store.get("latest.json"))
    for name, data in a_bundle(revision=2).items():
        forged.put(f"r2/{name}", data)

    with pytest.raises(BundleDiffersError, match="sha256"):
        verify(f"{url}-forged/halcyon/{PERIOD}", settings)


def test_what_a_revision_supersedes_must_not_have_been_changed(reports: Reports) -> None:
    url, settings = reports
    store = open_store(f"{url}/halcyon/{PERIOD}", settings)
    for name, data in a_bundle(a_payload(a_report({"completeness.sources.0.files": 9}))).items():
        store.put(f"r1/{name}", data)

    assert verify(f"{url}/halcyon/{PERIOD}/r1", settings).manifest.revision == 1
    with pytest.raises(BundleDiffersError, match=r"r1/datapackage\.json: sha256"):
        verify(f"{url}/halcyon/{PERIOD}", settings)


@pytest.mark.parametrize(
    "pointer", [b"", b"[]", b'{"schema":"tallystick/latest/1"}', b'{"path":"../../","revision":1}']
)
def test_a_pointer_that_is_none_is_refused(reports: Reports, pointer: bytes) -> None:
    url, settings = reports
    open_store(f"{url}/halcyon/{PERIOD}", settings).put("latest.json", pointer)

    with pytest.raises(VerificationError, match=r"latest\.json"):
        verify(f"{url}/halcyon/{PERIOD}", settings)


def test_a_downloaded_bundle_is_verified_and_lies_in_a_new_folder(reports: Reports, tmp_path: Path) -> None:
    url, settings = reports
    folder = tmp_path / "case" / "halcyon"

    verified = download(f"{url}/halcyon/{PERIOD}", folder, settings)

    assert (verified.location, verified.manifest.revision) == (str(folder), 2)
    names = sorted(each.key for each in open_store(f"{url}/halcyon/{PERIOD}/r2", settings).list())
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert there == names
    assert set(names) >= set(a_bundle())
    assert [path.name for path in folder.parent.iterdir()] == ["halcyon"]
    assert verify(str(folder), LOCAL).files == len(names)
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_download_that_is_not_as_promised_leaves_nothing(reports: Reports, tmp_path: Path) -> None:
    url, settings = reports
    open_store(f"{url}/halcyon/{PERIOD}/r2", settings).put("run.json", b"[]")

    with pytest.raises(BundleDiffersError):
        download(f"{url}/halcyon/{PERIOD}", tmp_path / "new" / "halcyon", settings)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_download_never_touches_a_folder_that_holds_something(reports: Reports, tmp_path: Path) -> None:
    url, settings = reports
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    for name in ("mine", "file", "link"):
        with pytest.raises(UsageError):
            download(f"{url}/halcyon/{PERIOD}/r1", tmp_path / name, settings)
    with pytest.raises(StoreRefusedError):
        download(f"{url}/halcyon/{PERIOD}/r1", tmp_path / "file" / "new", settings)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.s3
@pytest.mark.parametrize("key", ["a\\b", "a\nb", "%2e%2e/x", " "])
def test_a_hostile_name_in_a_bucket_is_written_nowhere(
    s3_server: LocalObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    for name, value in s3_server.environment().items():
        monkeypatch.setenv(name, value)
    settings = S3Settings(endpoint_url=s3_server.endpoint_url)
    url = f"s3://reports/{secrets.token_hex(6)}"
    store = open_store(url, settings)
    for name, data in {**a_bundle(), key: b"x"}.items():
        store.put(name, data)

    with pytest.raises(VerificationError):
        download(url, tmp_path / "new", settings)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "run.json").write_bytes(b"{ }"),
        lambda folder: (folder / "more.txt").write_bytes(b""),
        lambda folder: (folder / "run.json").unlink(),
        lambda folder: (folder / "run.json").rename(folder / "ran.json"),
        lambda folder: (folder / "SHA256SUMS").write_bytes(b""),
        lambda folder: (folder / "datapackage.json").unlink(),
        lambda folder: shutil.rmtree(folder) or folder.mkdir(),
    ],
)
def test_a_folder_that_is_not_as_it_was_fails(tmp_path: Path, change: Callable[[Path], object]) -> None:
    folder = in_folder(tmp_path / "bundle", a_bundle())
    assert verify(str(folder), LOCAL).files == 12

    change(folder)

    with pytest.raises(VerificationError) as caught:
        verify(str(folder), LOCAL)
    assert caught.value.exit_code == 6


def test_a_folder_that_does_not_exist_is_missing_input(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(MissingInputError):
        verify(str(tmp_path / "absent"), LOCAL)

    assert "verify.failed" in capfd.readouterr().err


def test_verifying_a_folder_starts_nothing_large(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "bundle", a_bundle())
    script = (
        "import sys; from tallystick.settings import S3Settings; from tallystick.stages.verify import verify\n"
        "from tallystick.stages.download import download\n"
        "verify(sys.argv[1], S3Settings())\n"
        "large = {'pyspark', 'pandas', 'great_expectations', 'boto3', 'duckdb', 'deltalake', 'jinja2', 'altair'}\n"
        "print(*sorted(large & set(sys.modules)))\n"
    )
    paths = ":".join(sys.path)

    ran = subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        env={"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == ""
