"""Checks a published report, byte by byte: `spark-submit jobs/verify.py` is `tallystick verify`."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["verify", *sys.argv[1:]])
