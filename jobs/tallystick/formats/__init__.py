"""What each gateway's log looks like: one data file per format, and the model that reads them."""

from tallystick.formats.load import all_formats, find_format, load_format
from tallystick.formats.model import Format

__all__ = ["Format", "all_formats", "find_format", "load_format"]
