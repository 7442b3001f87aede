"""`tallystick diff`: two reports, each number that differs, and why."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from commands.command_line import tallystick
from evidence.bundles import a_bundle, a_payload, a_report
from tallystick.evidence.canonical import canonical_bytes

HOSTILE = "x\x1b[2J\u202e\u200b<script>\n" + "y" * 300


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return written(tmp_path / "r1", a_bundle())


@pytest.fixture
def second(tmp_path: Path) -> Path:
    payload = a_payload(a_report({"completeness.sources.0.files": 2}), run_json=b'{"tallystick":"0.2.0"}')
    return written(tmp_path / "r2", a_bundle(payload, revision=2))


def test_each_changed_number_is_said_before_and_after_with_the_reason(first: Path, second: Path) -> None:
    ran = tallystick("diff", first, second)

    assert (ran.code, ran.stderr) == (0, "numbers that differ: 1; other values: 0\n")
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("before halcyon 2022-01-01/2022-01-03 r1: outside terms, report.json ")
    assert lines[2] == (
        "why    The program or a part of it has another version. (name tallystick, before unknown, after 0.2.0)"
    )
    assert lines[3:] == ["", "Completeness: 1", "  source gateway, files: 1 → 2 (+1)"]


def test_a_folder_a_zip_and_a_document_compare_alike(first: Path, second: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r2.zip", "w") as archive:
        for file in second.rglob("*"):
            archive.write(file, file.relative_to(second))

    found = [tallystick("diff", "--json", first, other).data for other in (second, tmp_path / "r2.zip")]
    bare = tallystick("diff", "--json", first / "report.json", second / "report.json").data

    assert found[0] == found[1]
    assert (bare["sections"], bare["why"][0]["what"]) == (found[0]["sections"], "not_told")
    assert (found[0]["after"]["revision"], bare["after"]["revision"]) == (2, None)


def test_the_exit_code_says_whether_they_differ_only_when_asked(first: Path, second: Path) -> None:
    assert tallystick("diff", first, second, "--exit-code").code == 3
    assert tallystick("diff", first, first, "--exit-code").code == 0
    assert tallystick("diff", first, first).stderr == "nothing differs\n"


def test_a_bundle_that_does_not_verify_is_not_compared(first: Path, second: Path) -> None:
    with (second / "findings.csv").open("ab") as stream:
        stream.write(b"x")

    ran = tallystick("diff", first, second)

    assert (ran.code, ran.stdout) == (6, "")
    assert "findings.csv" in ran.stderr


@pytest.mark.parametrize("text", [b"{}", b'{"schema":"other/1"}', b'{"schema": "tallystick/report/2"}', b"{"])
def test_a_file_that_is_no_canonical_report_is_refused(first: Path, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "other.json").write_bytes(text)

    assert tallystick("diff", first, tmp_path / "other.json").code == 6


def test_what_is_missing_or_is_no_bundle_is_said_so(first: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no zip")

    assert tallystick("diff", first, tmp_path / "nothing").code == 5
    assert tallystick("diff", first, tmp_path / "text").code == 6


def test_names_of_others_do_nothing_on_a_terminal(tmp_path: Path) -> None:
    for name, requests in (("a", 7), ("b", 8)):
        report = a_report({"consumption.apps.0.app": HOSTILE, "consumption.apps.0.requests": requests})
        (tmp_path / f"{name}.json").write_bytes(canonical_bytes(report))

    ran = tallystick("diff", tmp_path / "a.json", tmp_path / "b.json")
    as_json = tallystick("diff", "--json", tmp_path / "a.json", tmp_path / "b.json")

    assert r"x\x1b[2J\u202e\u200b<script>\n" in ran.stdout
    assert all(each.isprintable() for each in ran.stdout.replace("\n", "") + as_json.stdout.replace("\n", ""))
    assert as_json.stdout.isascii()
