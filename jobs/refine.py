"""Give each request of the dirty days its licensee, app and credential, as `tallystick refine` does."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["refine", *sys.argv[1:]])
