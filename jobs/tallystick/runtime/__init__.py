"""The Spark session, progress, logs and the record of a run; nobody else builds a session."""
