"""Publishes an audit's report, if the count is fit to be published: `spark-submit jobs/publish.py` is `tallystick publish`."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["publish", *sys.argv[1:]])
