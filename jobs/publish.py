"""Publish an audit's report, if the count is fit for it, as `tallystick publish` does."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["publish", *sys.argv[1:]])
