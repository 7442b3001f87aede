"""What each gateway's log looks like: one data file per format, and the model that reads them."""

from tallystick.formats.envelope import Envelope
from tallystick.formats.load import BUILT_IN, Catalogue, all_envelopes, all_formats, find_format, load_format
from tallystick.formats.model import Format

__all__ = [
    "BUILT_IN", "Catalogue", "Envelope", "Format", "all_envelopes", "all_formats", "find_format", "load_format",
]  # fmt: skip
