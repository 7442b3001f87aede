from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from evidence.attacked import Case, a_case
from evidence.attacks import ATTACKS, BEYOND_ALONE, BEYOND_THE_HAND
from evidence.signed import a_signed_bundle, in_folder, refitted, with_own_digest
from evidence.three_ways import by_hand, by_tallystick, by_verify_py
from tallystick.errors import VerificationError
from tallystick.evidence.bundle import DATAPACKAGE, SHA256SUMS, STATEMENT, FolderReader, MemoryReader
from tallystick.evidence.verification import verify_bundle
from tallystick.settings import S3Settings
from tallystick.stages.verify import verify

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def case() -> Case:
    return a_case()


@pytest.fixture(scope="session")
def sender_pub(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("keys") / "sender.pub"
    file.write_text(case.sender.public.pem, "ascii")
    return file


def test_a_good_bundle_is_right_in_all_three_ways(case: Case, sender_pub: Path, tmp_path: Path) -> None:
    for name, files in {"r1": case.good, "r2": case.later}.items():
        folder = in_folder(tmp_path / name, files)

        assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py, by_hand)] == [0, 0, 0]


def test_a_bundle_of_the_first_schema_is_right_in_all_three_ways(tmp_path: Path) -> None:
    published = {file.name: file.read_bytes() for file in (HERE / "goldens" / "first_schema").iterdir()}
    folder = in_folder(tmp_path / "r1", published)

    assert [check(folder, None) for check in (by_verify_py, by_hand)] == [0, 0]
    assert verify_bundle(FolderReader(folder), location="r1").manifest.licensee == "halcyon"


def test_a_bundle_that_nobody_signed_is_right_in_all_three_ways_and_none_of_a_trusted_key(
    sender_pub: Path, tmp_path: Path
) -> None:
    folder = in_folder(tmp_path / "r1", a_signed_bundle())

    assert [check(folder, None) for check in (by_tallystick, by_verify_py, by_hand)] == [0, 0, 0]
    assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py, by_hand)] == [6, 6, 6]


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found_in_all_three_ways(name: str, case: Case, sender_pub: Path, tmp_path: Path) -> None:
    files = {name: data for name, data in ATTACKS[name](case).items() if not name.startswith("../")}
    folder = in_folder(tmp_path / "bundle", files)

    assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py, by_hand)] == [6, 6, 6]


@pytest.mark.parametrize("name", BEYOND_THE_HAND)
def test_what_a_rendering_shows_is_held_to_the_report_by_both_programs(
    name: str, case: Case, sender_pub: Path, tmp_path: Path
) -> None:
    folder = in_folder(tmp_path / "bundle", BEYOND_THE_HAND[name](case))

    assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py)] == [6, 6]


@pytest.mark.parametrize("name", BEYOND_ALONE)
def test_what_lies_beside_the_report_is_held_to_it_by_verify(
    name: str, case: Case, sender_pub: Path, tmp_path: Path
) -> None:
    folder = in_folder(tmp_path / "bundle", BEYOND_ALONE[name](case))

    assert by_tallystick(folder, sender_pub) == 6


def test_rows_that_do_not_add_up_are_found(case: Case, sender_pub: Path, tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "bundle", case.refit({"usage.parquet": b"PAR1"}))
    sums = in_folder(
        tmp_path / "sums",
        a_signed_bundle(
            case.sender,
            changes={"summary.errors": 0, "consumption.apps.0.errors": 0},
        ),
    )

    assert [by_tallystick(each, sender_pub) for each in (folder, sums)] == [6, 6]
    with pytest.raises(VerificationError, match=r"usage\.parquet: sum of errors: expected 0, found 1"):
        verify(str(sums), S3Settings())


def test_a_link_and_an_empty_folder_are_found_in_all_three_ways(case: Case, sender_pub: Path, tmp_path: Path) -> None:
    linked, empty = in_folder(tmp_path / "linked", case.good), in_folder(tmp_path / "empty", {})
    (linked / "run.json").unlink()
    (linked / "run.json").symlink_to(in_folder(tmp_path / "out", {"run.json": case.good["run.json"]}) / "run.json")

    for folder in (linked, empty):
        assert [check(folder, sender_pub) for check in (by_tallystick, by_verify_py, by_hand)] == [6, 6, 6]


def test_an_older_revision_in_the_place_of_a_newer_is_refused(case: Case, tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "r2", case.good)

    with pytest.raises(VerificationError, match=r"tallystick\.revision: expected 2, found 1"):
        verify(str(folder), S3Settings())


def zipped(file: Path, entries: list[tuple[str, bytes]], **how: Any) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name)
            for key, value in how.items():
                setattr(entry, key, value)
            archive.writestr(entry, data)
    return file


@pytest.mark.parametrize("below", ["", "halcyon-r1/"])
def test_a_zip_is_checked_like_a_folder(below: str, case: Case, sender_pub: Path, tmp_path: Path) -> None:
    file = zipped(tmp_path / "b.zip", [(below + name, data) for name, data in case.good.items()])

    assert [check(file, sender_pub) for check in (by_tallystick, by_verify_py)] == [0, 0]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "attack", ["two entries of one name", "a slip", "a link", "cut off", "damaged", "empty", "two folders", "no zip"]
)
def test_a_zip_that_plays_tricks_is_refused(attack: str, case: Case, sender_pub: Path, tmp_path: Path) -> None:
    entries = list(case.good.items())
    file = tmp_path / "b.zip"
    more = {"two entries of one name": ("run.json", b"[]"), "a slip": ("../../run.json", b"{}")}
    zipped(file, [] if attack == "empty" else [*entries, *([more[attack]] if attack in more else [])])
    if attack == "a link":
        zipped(file, entries, external_attr=0o120777 << 16)
    elif attack == "two folders":
        zipped(file, [(f"a/{name}", data) for name, data in entries] + [("b/run.json", b"{}")])
    elif attack in ("cut off", "damaged", "no zip"):
        data = bytearray(file.read_bytes())
        data[200] ^= 1
        file.write_bytes({"cut off": bytes(data[: len(data) // 2]), "no zip": b"PK?"}.get(attack, bytes(data)))

    assert [check(file, sender_pub) for check in (by_tallystick, by_verify_py)] == [6, 6]


@pytest.mark.parametrize("name", [STATEMENT, SHA256SUMS])
def test_one_changed_byte_is_found_even_where_the_manifest_was_made_to_fit(name: str, case: Case) -> None:
    for position in range(0, len(case.good[name]), 11):
        changed = bytearray(case.good[name])
        changed[position] ^= 1
        package = json.loads(case.good[DATAPACKAGE])
        files = refitted({**case.good, name: bytes(changed)}) if name == STATEMENT else None
        files = files or {**case.good, name: bytes(changed), DATAPACKAGE: with_own_digest(package)}
        with pytest.raises(VerificationError):
            verify_bundle(MemoryReader(files), location="here")
