"""Hold a licensee's usage in a period against its agreement, as `tallystick audit` does."""

import sys

from tallystick.cli import main

if __name__ == "__main__":
    main(["audit", *sys.argv[1:]])
