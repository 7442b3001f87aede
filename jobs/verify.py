"""Check a published report, byte by byte, as `tallystick verify` does."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["verify", *sys.argv[1:]])
