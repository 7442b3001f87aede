"""Gives each request of the dirty days its licensee, app and credential: `spark-submit jobs/refine.py` is `tallystick refine`."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["refine", *sys.argv[1:]])
