"""What goes into every bundle so that it can be checked without Tallystick: one program and one page."""

from __future__ import annotations

from importlib.resources import files

FOLDER = "verify"
FILES = ("verify.py", "VERIFY.md")


def instructions() -> dict[str, bytes]:
    """The files by the names that they have in a bundle: verify/verify.py and verify/VERIFY.md."""
    here = files(__name__)
    return {f"{FOLDER}/{name}": (here / name).read_bytes() for name in FILES}
