"""verify: a published or downloaded bundle, checked to the byte; needs no Spark, no tables, no network for a folder."""

from __future__ import annotations

from tallystick.errors import TallystickError
from tallystick.evidence.renderings import MakeAgain
from tallystick.evidence.trust import NOBODY, Trust
from tallystick.evidence.verification import verify_bundle
from tallystick.evidence.verified import Verified
from tallystick.report.sample_rows import sample_rows
from tallystick.report.usage_totals import usage_totals
from tallystick.runtime.log import log_event
from tallystick.settings import S3Settings
from tallystick.storage.published import find_bundle


def verify(location: str, s3: S3Settings, trust: Trust = NOBODY, *, render: bool = False) -> Verified:
    """Check the bundle in a folder, a zip or under an s3:// prefix; of a `<licensee>/<period>` folder the latest one.

    With `render` page, print, workbook and table are made again from report.json and must be the same bytes.

    Returns what was checked (`as_dict()` for a program). VerificationError names each file that differs, what was
    expected and what was found; nothing to check is an error too, and so is a bundle that no trusted key has signed.
    """
    log_event("verify.started", location=location)
    try:
        found = find_bundle(location, s3)
        verified = verify_bundle(
            found.reader,
            location=found.location,
            trust=trust,
            read_totals=usage_totals,
            read_sample=sample_rows,
            make_again=_render_again() if render else None,
        )
        found.check_place(verified.manifest)
    except TallystickError as error:
        log_event("verify.failed", location=location, error=type(error).__name__)
        raise
    log_event("verify.done", location=verified.location, files=verified.files, bytes=verified.size_bytes)
    return verified


def _render_again() -> MakeAgain:
    from tallystick.report.again import render_again  # only who asks for it pays for what renders

    return render_again
