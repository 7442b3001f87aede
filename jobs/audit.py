"""Holds one licensee's usage in one period against its agreement: `spark-submit jobs/audit.py` is `tallystick audit`."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["audit", *sys.argv[1:]])
