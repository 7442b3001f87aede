"""One module for each compression: stored bytes to decoded bytes, strictly, a piece at a time."""
