"""What every benchmark shares: processes that are measured, the machine, goals, and sections of the page."""
