"""Names of files in a bundle and of folders in a report store: what is allowed, and how any text becomes harmless."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
_FILE_NAME = re.compile(rf"{_PART}(?:/{_PART})*")
_LONGEST_NAME = 240
_LONGEST_SEGMENT = 120


def is_file_name(name: object) -> bool:
    """Whether a bundle may hold a file of that name.

    ASCII letters, digits, `_`, `-`, `.` and `/`; no part is empty, begins or ends with a dot or begins with a dash;
    so it is never absolute, never leads out of its folder and means the same on every file system.
    """
    return isinstance(name, str) and len(name) <= _LONGEST_NAME and _FILE_NAME.fullmatch(name) is not None


def segment(text: str) -> str:
    """`text` as one folder name that cannot lead elsewhere; different texts give different names.

    Everything but ASCII letters, digits, `-`, `_` and `.` is percent-encoded, a leading dot too; what would be longer
    than 120 characters is cut and ends in `~` and a digest of the whole. Empty text is a ValueError.
    """
    if not text:
        raise ValueError("a folder needs a name")
    encoded = quote(text, safe="", errors="surrogatepass").replace("~", "%7E")
    if encoded.startswith("."):
        encoded = "%2E" + encoded[1:]
    if len(encoded) > _LONGEST_SEGMENT:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        encoded = re.sub("%.?$", "", encoded[: _LONGEST_SEGMENT - 33]) + "~" + digest
    return encoded


def legible(text: str) -> str:
    """`text` for a message: at most 200 characters, and what a terminal would act on or hide is an escape."""
    shown = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text[:200]
    )
    return shown + "…" if len(text) > 200 else shown
