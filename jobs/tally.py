"""Proves the accounting identity of the dirty days and writes the tables that audits read: `spark-submit jobs/tally.py` is `tallystick tally`."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["tally", *sys.argv[1:]])
