"""What is known of a decoded file before its entries are read: its format, what wraps them, and what came close."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tallystick.errors import UnknownFormatError
from tallystick.formats import Catalogue, Envelope, Format, all_envelopes
from tallystick.intake.detection import detect
from tallystick.intake.entries import HEAD_BYTES

FEW_BYTES = 1 << 14
"""What is looked at first of a file whose format is known."""
MOST_HEAD_BYTES = 64 << 20
"""What is looked at of a file whose first entries are that long."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """The format of a file, none for a file without a single entry; its envelope; and the format that came close."""

    described: Format | None
    envelope: Envelope | None = None
    runner_up: str | None = None


def look_at(decoded: Path, *, name: str, catalogue: Catalogue, wanted: Format | None) -> Known:
    """Tell what a decoded file is; `wanted` is the format it is to be read as, whatever is found.

    Raises UnknownFormatError where none is wanted and none fits.
    """
    with decoded.open("rb") as source:
        head = source.read(HEAD_BYTES)
        size = decoded.stat().st_size
        if not head.strip() and size == len(head):
            return Known(described=wanted)
        if wanted is not None:  # what is asked is whether its entries are wrapped, which a few of them say
            with suppress(UnknownFormatError):
                return _detected(head[:FEW_BYTES], decoded, name, catalogue, wanted)
        try:
            return _detected(head, decoded, name, catalogue, wanted)
        except UnknownFormatError:
            if wanted is not None:
                return Known(described=wanted)
            if size == len(head):
                raise
            # One entry may be longer than what was looked at.
            head += source.read(MOST_HEAD_BYTES - len(head))
    return _detected(head, decoded, name, catalogue, wanted)


def _detected(head: bytes, decoded: Path, name: str, catalogue: Catalogue, wanted: Format | None) -> Known:
    only = catalogue if wanted is None else Catalogue(only=wanted)
    found = detect(head, name=name, scratch=decoded.parent, catalogue=only, file=decoded)
    return Known(
        described=catalogue.find(found.format),
        envelope=all_envelopes()[found.envelope] if found.envelope else None,
        runner_up=found.runner_up,
    )
