"""The door to a time-stamp authority: one request over HTTP, one answer that is checked before it is kept."""

from __future__ import annotations

import secrets
import urllib.error
import urllib.request
from http.client import HTTPException

from tallystick.errors import TryAgainError
from tallystick.evidence.document import NotAsPromisedError
from tallystick.evidence.timestamp import QUERY_TYPE, check_timestamp, query

SECONDS = 30
"""How long an authority may take."""
LARGEST_ANSWER = 1 << 20
NEXT = "run this again, or take signing.timestamp_url out to publish without a time-stamp"


def ask_for_timestamp(url: str, data: bytes) -> bytes:
    """The authority's answer (RFC 3161, DER) with a time-stamp over `data`.

    TryAgainError when it does not answer, or with something that is no time-stamp over `data`: a report that is to
    carry one is not published without it.
    """
    request = urllib.request.Request(  # noqa: S310 - settings.py permits http and https only
        url, data=query(data, secrets.randbits(64)), headers={"Content-Type": QUERY_TYPE}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:  # noqa: S310
            answer: bytes = reply.read(LARGEST_ANSWER + 1)
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise TryAgainError(f"the time-stamp authority does not answer: {reason}", where=url, next_step=NEXT) from error
    try:
        check_timestamp(answer, data, ())
    except NotAsPromisedError as error:
        raise TryAgainError(
            f"the time-stamp authority's answer is no time-stamp: {error}", where=url, next_step=NEXT
        ) from error
    return answer
