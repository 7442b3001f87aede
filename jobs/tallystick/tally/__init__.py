"""A day's entries into requests, and a day's requests into the small tables that every audit reads."""
