"""Accepts or rejects every entry of every log file: `spark-submit jobs/ingest.py` is `tallystick ingest`."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["ingest", *sys.argv[1:]])
