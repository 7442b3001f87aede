from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from evidence.bundles import a_bundle, a_payload, a_report, with_evidence
from tallystick.errors import BundleDiffersError, MissingInputError, VerificationError
from tallystick.evidence.assembly import assemble
from tallystick.evidence.bundle import (
    DATAPACKAGE,
    REQUIRED,
    REQUIRED_SINCE,
    SHA256SUMS,
    FolderReader,
    MemoryReader,
)
from tallystick.evidence.canonical import canonical_bytes, parse_strict
from tallystick.evidence.digest import FileDigest, Sha256
from tallystick.evidence.document import NotAsPromisedError
from tallystick.evidence.manifest import SELF, Edition, Manifest, Superseded, compose_sums
from tallystick.evidence.renderings import NOT_MADE_AGAIN
from tallystick.evidence.verification import verify_bundle

GOOD = a_bundle()


def refused(files: dict[str, bytes]) -> BundleDiffersError:
    with pytest.raises(BundleDiffersError) as caught:
        verify_bundle(MemoryReader(files), location="here")
    return caught.value


def resigned(package: dict[str, object]) -> bytes:
    """The manifest's bytes after its own digest was made to fit again, as an attacker would."""
    about = dict(package["tallystick"])  # type: ignore[call-overload]
    about.pop(SELF, None)
    about[SELF] = Sha256.of(canonical_bytes({**package, "tallystick": about})).hex
    return canonical_bytes({**package, "tallystick": about})


def with_manifest(change: object, files: dict[str, bytes] | None = None) -> dict[str, bytes]:
    files = dict(files or GOOD)
    package = json.loads(files[DATAPACKAGE])
    change(package)  # type: ignore[operator]
    return {**files, DATAPACKAGE: resigned(package)}


def on_disk(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_whole_bundle_is_verified_and_says_what_was_checked() -> None:
    verified = verify_bundle(MemoryReader(GOOD), location="here")

    assert (verified.files, verified.size_bytes) == (12, sum(map(len, GOOD.values())))
    assert verified.sentence == (
        "halcyon 2022-01-01/2022-01-03 r1: outside terms; "
        f"checked 12 files, {verified.size_bytes:,} bytes, {len(verified.rules)} rules; NOT SIGNED"
    )
    assert verified.as_dict() == {
        "location": "here",
        "verified": True,
        "licensee": "halcyon",
        "period": "2022-01-01/2022-01-03",
        "revision": 1,
        "conclusion": "outside terms",
        "report_sha256": Sha256.of(GOOD["report.json"]).hex,
        "datapackage_sha256": Sha256.of(GOOD[DATAPACKAGE]).hex,
        "files": 12,
        "bytes": verified.size_bytes,
        "rules": list(verified.rules),
        "signatures": [],
        "timestamp": None,
        "not_checked": [
            "who made the bundle: it is not signed",
            "the sums of usage.parquet, which takes something that reads Parquet",
            NOT_MADE_AGAIN,
        ],
    }


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_byte_more_or_less_is_found(name: str) -> None:
    for data in (GOOD[name] + b"\n", GOOD[name][:-1], b"", b"\xef\xbb\xbf" + GOOD[name]):
        assert refused({**GOOD, name: data}).where == name


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_removed_file_is_named(name: str) -> None:
    files = {other: data for other, data in GOOD.items() if other != name}

    assert refused(files).where == name


@pytest.mark.parametrize("name", ["notes.txt", "evidence/f1.parquet", ".DS_Store", "../x", "/etc/passwd", "", "\ud800"])
def test_a_file_that_the_manifest_does_not_list_is_named(name: str) -> None:
    error = refused({**GOOD, name: b""})

    assert error.where == name.encode("ascii", "backslashreplace").decode()
    assert (error.differences[0].expected, error.differences[0].found) == ("no such file", "it is there")


def test_two_files_that_changed_places_are_both_named() -> None:
    swapped = {**GOOD, "quality.json": GOOD["run.json"], "run.json": GOOD["quality.json"]}

    assert [difference.file for difference in refused(swapped).differences] == ["quality.json", "run.json"]


def test_a_renamed_file_is_a_missing_one_and_an_unknown_one() -> None:
    files = {("Report.html" if name == "report.html" else name): data for name, data in GOOD.items()}

    assert [difference.file for difference in refused(files).differences] == ["Report.html", "report.html"]


def test_a_digest_says_what_was_expected_and_what_was_found() -> None:
    [difference] = refused({**GOOD, "run.json": b"[]"}).differences

    assert difference.field == "sha256"
    assert (difference.expected, difference.found) == (str(Sha256.of(b"{}")), str(Sha256.of(b"[]")))


@pytest.mark.parametrize("files", [{}, {DATAPACKAGE: GOOD[DATAPACKAGE]}, {"report.json": GOOD["report.json"]}])
def test_where_there_is_nothing_to_check_nothing_is_verified(files: dict[str, bytes]) -> None:
    with pytest.raises(VerificationError) as caught:
        verify_bundle(MemoryReader(files), location="here")

    assert caught.value.exit_code == 6


def test_a_manifest_that_lists_nothing_verifies_nothing() -> None:
    files = with_manifest(lambda package: package.update(resources=[]), {DATAPACKAGE: GOOD[DATAPACKAGE]})

    assert "not listed" in str(refused(files))


@pytest.mark.parametrize("name", sorted(set(GOOD) - {DATAPACKAGE}))
def test_a_file_cannot_be_dropped_together_with_its_line_in_the_manifest(name: str) -> None:
    def drop(package: dict[str, list[dict[str, str]]]) -> None:
        package["resources"] = [each for each in package["resources"] if each["path"] != name]

    files = with_manifest(drop)
    del files[name]
    assert refused(files).where == (name if name in {*REQUIRED, SHA256SUMS} else SHA256SUMS)


@pytest.mark.parametrize("name", sorted(set().union(*REQUIRED_SINCE.values())))
def test_a_bundle_has_what_the_schema_of_its_report_demands(name: str) -> None:
    payload = {each: data for each, data in a_payload().items() if each != name}

    assert [(each.file, each.found) for each in refused(a_bundle(payload)).differences] == [(name, "it is not listed")]


def test_a_revision_that_supersedes_another_says_what_it_changes_and_no_other_does() -> None:
    before = Superseded(revision=1, report_sha256=Sha256.of(b"1"), datapackage_sha256=Sha256.of(b"2"))
    later = a_bundle(revision=2, supersedes=before)
    payload = {name: data for name, data in later.items() if name not in (SHA256SUMS, DATAPACKAGE, "changes.json")}
    edition = Edition(title="Audit", revision=2, supersedes=before, code_version="0.1.0")

    assert refused(assemble(payload, edition)).where == "changes.json"
    alone = refused(a_bundle({**a_payload(), "changes.json": later["changes.json"]}))
    assert (alone.where, alone.differences[0].found) == ("changes.json", "it is there")


def test_a_revision_cannot_supersede_one_that_comes_after_it() -> None:
    after = Superseded(revision=2, report_sha256=Sha256.of(b"1"), datapackage_sha256=Sha256.of(b"2"))

    with pytest.raises(NotAsPromisedError, match="less than 2"):
        Manifest.parse(a_bundle(revision=2, supersedes=after)[DATAPACKAGE])


@pytest.mark.parametrize("name", ["../report.html", "/report.html", "a//b", "a\u202eb", "r\n", DATAPACKAGE, None, 7])
def test_a_manifest_with_a_name_that_leads_elsewhere_is_refused(name: object) -> None:
    def rename(package: dict[str, list[dict[str, object]]]) -> None:
        package["resources"][0]["path"] = name

    error = refused(with_manifest(rename))
    assert (error.where, error.differences[0].field) == (DATAPACKAGE, "resources[0].path")


@pytest.mark.parametrize("again", ["run.json", "Run.json"])
def test_a_manifest_that_lists_a_file_twice_is_refused(again: str) -> None:
    def repeat(package: dict[str, list[dict[str, object]]]) -> None:
        package["resources"].append({**package["resources"][-1], "path": again})

    assert refused(with_manifest(repeat)).differences[0].field == "resources"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revision", 2),
        ("revision", 0),
        ("revision", "1"),
        ("supersedes", {"revision": 1}),
        ("supersedes", {"revision": 1, "report_sha256": "x", "datapackage_sha256": "y"}),
        ("requests", 8),
        ("findings", 0),
        ("conclusion", "within terms"),
        ("licensee", {"id": "meridian", "name": "Meridian"}),
        ("report_sha256", "0" * 64),
        ("schema", "tallystick/bundle/0"),
        ("provider", None),
        ("more", 1),
    ],
)
def test_what_the_manifest_says_must_follow_from_the_files(field: str, value: object) -> None:
    def change(package: dict[str, dict[str, object]]) -> None:
        package["tallystick"][field] = value

    assert refused(with_manifest(change)).where == DATAPACKAGE


@pytest.mark.parametrize("field", ["bytes", "hash", "format", "mediatype", "name"])
def test_what_the_manifest_says_of_a_file_must_fit_the_file(field: str) -> None:
    def change(package: dict[str, list[dict[str, object]]]) -> None:
        package["resources"][3][field] = {"bytes": 1, "hash": f"sha256:{'0' * 64}"}.get(field, "other")

    assert refused(with_manifest(change)).where in (DATAPACKAGE, "quality.json")


@pytest.mark.parametrize("name", [DATAPACKAGE, "report.json"])
def test_another_form_of_the_same_json_is_refused(name: str) -> None:
    for data in (
        json.dumps(json.loads(GOOD[name]), sort_keys=True, indent=2).encode(),
        GOOD[name].replace(b'"title"', b'"titl\\u0065"').replace(b'"schema"', b'"schem\\u0061"'),
        GOOD[name][:-1] + b',"x":1,"x":1}',
    ):
        files = {**GOOD, name: data} if name == DATAPACKAGE else _repacked(name, data)
        error = refused(files)
        assert (error.where, "canonical" in str(error)) == (name, True)


def test_a_duplicate_key_is_refused_even_where_all_digests_fit() -> None:
    data = GOOD["report.json"].replace(b'{"agreements"', b'{"agreements":[],"agreements"', 1)

    assert "stands twice" in str(refused(_repacked("report.json", data)))


def test_a_report_that_contradicts_itself_is_refused_even_where_all_digests_fit() -> None:
    error = refused(a_bundle(a_payload(a_report({"reconciliation.entries": 15}))))

    assert (error.where, error.differences[0].field) == ("report.json", "reconciliation.entries")
    assert (error.differences[0].expected, error.differences[0].found) == ("12", "15")


def test_sums_in_another_order_are_refused_even_where_all_digests_fit() -> None:
    lines = GOOD[SHA256SUMS].splitlines(keepends=True)
    sums = b"".join(reversed(lines))
    error = refused(_repacked(SHA256SUMS, sums))

    assert (error.where, error.differences[0].field) == (SHA256SUMS, "line 1")


def test_a_bundle_may_hold_more_payload_than_must_be() -> None:
    more = a_bundle({**with_evidence(a_payload(), "f1"), "notes.md": b"how\n"})

    assert verify_bundle(MemoryReader(more), location="here").files == 14


def test_a_revision_names_what_it_supersedes() -> None:
    before = Superseded(revision=1, report_sha256=Sha256.of(b"1"), datapackage_sha256=Sha256.of(b"2"))
    verified = verify_bundle(MemoryReader(a_bundle(revision=2, supersedes=before)), location="here")

    assert verified.manifest.edition.supersedes == before


def test_an_archive_with_one_name_twice_is_refused() -> None:
    class Archive(MemoryReader):
        def names(self) -> Iterator[str]:
            yield from (*GOOD, "run.json")

    with pytest.raises(BundleDiffersError, match="several"):
        verify_bundle(Archive(GOOD), location="here")


def test_each_file_is_read_once() -> None:
    opened: list[str] = []

    class Counting(MemoryReader):
        def open(self, name: str) -> BinaryIO:
            opened.append(name)
            return BytesIO(GOOD[name])

    verify_bundle(Counting(GOOD), location="here")
    assert sorted(opened) == sorted(GOOD)


def test_a_folder_is_verified_like_any_bundle(tmp_path: Path) -> None:
    files = a_bundle(with_evidence(a_payload(), "f1"))

    assert verify_bundle(FolderReader(on_disk(tmp_path, files)), location="here").files == 13


def test_sha256sum_alone_can_check_the_payload(tmp_path: Path) -> None:
    on_disk(tmp_path, GOOD)
    check = [*(["sha256sum"] if shutil.which("sha256sum") else ["shasum", "-a", "256"]), "--check", SHA256SUMS]

    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=True).stdout.count(b": OK\n") == 10

    (tmp_path / "run.json").write_bytes(b"[]")
    assert b"run.json: FAILED" in subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).stdout


def test_symbolic_links_in_a_folder_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    outside.write_bytes(GOOD["run.json"])
    folder = on_disk(tmp_path / "bundle", GOOD)
    (folder / "run.json").unlink()
    (folder / "run.json").symlink_to(outside)

    with pytest.raises(VerificationError, match=r"run\.json: expected a file, found a symbolic link"):
        verify_bundle(FolderReader(folder), location="here")


def test_a_pipe_in_a_folder_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    folder = on_disk(tmp_path, GOOD)
    (folder / "run.json").unlink()
    os.mkfifo(folder / "run.json")

    with pytest.raises(VerificationError, match="no regular file"):
        verify_bundle(FolderReader(folder), location="here")
    with pytest.raises(VerificationError, match="no regular file"):
        FolderReader(folder).open("run.json")


def test_a_folder_that_does_not_exist_is_missing_input(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError):
        verify_bundle(FolderReader(tmp_path / "absent"), location="here")


def test_the_manifest_is_a_data_package_without_any_time_in_it() -> None:
    package = parse_strict(GOOD[DATAPACKAGE])

    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert (package["name"], package["version"]) == ("halcyon-2022-01-01-2022-01-03-r1", "1")
    assert "created" not in package
    assert [resource["path"] for resource in package["resources"]] == sorted(set(GOOD) - {DATAPACKAGE})
    [usage] = [line for line in package["resources"] if line["path"] == "usage.parquet"]
    assert usage == {
        "name": "usage.parquet",
        "path": "usage.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": len(GOOD["usage.parquet"]),
        "hash": Sha256.of(GOOD["usage.parquet"]).prefixed,
    }


def _repacked(name: str, data: bytes) -> dict[str, bytes]:
    """The good bundle with other bytes in one file, and every digest made to fit again."""
    files = {**GOOD, name: data}
    payload = {each: FileDigest.of(files[each]) for each in files if each not in (SHA256SUMS, DATAPACKAGE)}
    if name != SHA256SUMS:
        files[SHA256SUMS] = compose_sums(payload)

    def refit(package: dict[str, list[dict[str, object]]]) -> None:
        for resource in package["resources"]:
            digest = FileDigest.of(files[str(resource["path"])])
            resource.update(bytes=digest.size_bytes, hash=digest.sha256.prefixed)
        package["tallystick"]["report_sha256"] = Sha256.of(files["report.json"]).hex  # type: ignore[call-overload]

    return with_manifest(refit, files)
