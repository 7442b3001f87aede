"""Bundles that earlier versions published still verify, by the rules of their time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.errors import BundleDiffersError
from tallystick.evidence.bundle import FolderReader, MemoryReader
from tallystick.evidence.canonical import canonical_bytes, parse_canonical
from tallystick.evidence.verification import verify_bundle

PUBLISHED = Path(__file__).with_name("goldens") / "first_schema"


def test_a_bundle_of_the_first_schema_still_verifies() -> None:
    verified = verify_bundle(FolderReader(PUBLISHED), location=str(PUBLISHED))

    assert (verified.manifest.licensee, verified.manifest.conclusion, verified.files) == ("halcyon", "outside terms", 8)


@pytest.mark.parametrize("name", sorted(file.name for file in PUBLISHED.iterdir()))
def test_a_byte_more_in_any_file_of_it_is_told(name: str) -> None:
    files = {file.name: file.read_bytes() for file in PUBLISHED.iterdir()}
    files[name] += b"\n"

    with pytest.raises(BundleDiffersError, match=name):
        verify_bundle(MemoryReader(files), location="memory")


def test_it_says_what_was_said_then() -> None:
    data = (PUBLISHED / "report.json").read_bytes()
    report = parse_canonical(data)

    assert report["reconciliation"]["other_licensees"] == 2
    assert not {"exposures", "asks", "files"} & set(report)
    assert canonical_bytes(report) == data
