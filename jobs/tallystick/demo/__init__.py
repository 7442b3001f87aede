"""A synthetic world of log files with planted breaches whose truth is known, and the run that audits it."""
