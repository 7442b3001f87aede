"""Accept or reject every entry of every log file, as `tallystick ingest` does."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["ingest", *sys.argv[1:]])
