"""One module for each kind of clause: usage, and requests where needed, into measures and findings."""
