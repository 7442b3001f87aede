from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bundles import quality_of
from evidence.signed import a_signed_bundle, in_folder
from evidence.three_ways import HERE, by_hand, by_tallystick, by_verify_py
from report.documents import a_document
from report.usage_rows import usage_rows
from tallystick.evidence.assembly import Seal, assemble
from tallystick.evidence.bundle import FolderReader
from tallystick.evidence.keys import SigningKey
from tallystick.evidence.manifest import Edition
from tallystick.evidence.trust import Trust
from tallystick.evidence.verification import verify_bundle
from tallystick.report.bundle import render_bundle


@pytest.mark.parametrize(
    "name",
    [
        "\x7f\x7f",
        "a\\u007f \\\x7f\\\\u007f\x7f",
        "\"'x' $(exit 1) `exit 1`",
        "\u202e\U0001f600\u2028\ufeff\x01\t\n\x1b[1m",
    ],
    ids=ascii,
)
def test_whatever_a_licensee_is_called_its_report_is_right_in_all_three_ways(name: str, tmp_path: Path) -> None:
    changes = {"licensee.name": name, "provider.name": name}
    folder = in_folder(tmp_path / "r1", a_signed_bundle(SigningKey.make(), changes=changes))

    assert [check(folder, None) for check in (by_tallystick, by_verify_py, by_hand)] == [0, 0, 0]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_report_with_all_its_renderings_is_right_in_all_three_ways(language: str, tmp_path: Path) -> None:
    key = SigningKey.make()
    document = a_document()
    made = {"signers": [key.public.keyid], "language": language}
    payload = render_bundle(document, usage_rows(), quality_of(document), {}, **made)
    edition = Edition(title="Audit", revision=1, supersedes=None, code_version="0.1.0")
    folder = in_folder(tmp_path / "r1", assemble(payload, edition, Seal(keys=(key,))))

    verified = verify_bundle(FolderReader(folder), location="here", trust=Trust(keys=(key.public,)))
    assert {"report.pdf", "findings.xlsx", "verify/verify.py"} <= set(verified.manifest.files)
    assert [check(folder, None) for check in (by_verify_py, by_hand)] == [0, 0]


def test_the_program_of_one_file_is_short_and_needs_nothing_of_ours() -> None:
    text = (HERE / "verify.py").read_text("utf-8")

    assert text.count("\n") < 600
    assert "tallystick." not in "\n".join(line for line in text.splitlines() if "import" in line)
