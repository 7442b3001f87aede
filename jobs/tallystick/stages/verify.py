"""verify: a published or downloaded bundle, checked to the byte; needs no Spark, no tables, no network for a folder."""

from __future__ import annotations

from tallystick.errors import TallystickError
from tallystick.evidence.verification import Verified, verify_bundle
from tallystick.runtime.log import log_event
from tallystick.settings import S3Settings
from tallystick.storage.published import find_bundle


def verify(location: str, s3: S3Settings) -> Verified:
    """Check the bundle in a folder or under an s3:// prefix; of a `<licensee>/<period>` folder, its latest revision.

    Returns what was checked (`as_dict()` for a program). VerificationError names each file that differs, what was
    expected and what was found; nothing to check is an error too.
    """
    log_event("verify.started", location=location)
    try:
        found = find_bundle(location, s3)
        verified = verify_bundle(found.reader, location=found.location)
        found.check_place(verified.manifest)
    except TallystickError as error:
        log_event("verify.failed", location=location, error=type(error).__name__)
        raise
    log_event("verify.done", location=verified.location, files=verified.files, bytes=verified.size_bytes)
    return verified
