"""download: all files of a published bundle into a new folder, verified before the folder is there."""

from __future__ import annotations

from pathlib import Path

from tallystick.evidence.trust import NOBODY, Trust
from tallystick.evidence.verification import verify_bundle
from tallystick.evidence.verified import Verified
from tallystick.report.sample_rows import sample_rows
from tallystick.report.usage_totals import usage_totals
from tallystick.settings import S3Settings
from tallystick.storage.new_folder import new_folder, write_bundle
from tallystick.storage.published import find_bundle


def download(url: str, folder: Path, s3: S3Settings, trust: Trust = NOBODY) -> Verified:
    """Copy the bundle at `url` (or the latest revision of a period) to `folder`, which must not exist or be empty.

    The folder appears whole and verified, or not at all: UsageError when there is something in it, VerificationError
    when what arrived is not what its manifest says.
    """
    found = find_bundle(url, s3)
    with new_folder(folder) as unfinished:
        copy = write_bundle(found.reader, unfinished)
        verified = verify_bundle(
            copy, location=str(folder), trust=trust, read_totals=usage_totals, read_sample=sample_rows
        )
        found.check_place(verified.manifest)
    return verified
