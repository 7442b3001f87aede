"""Prove the accounting identity of the dirty days and write what audits read, as `tallystick tally` does."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["tally", *sys.argv[1:]])
