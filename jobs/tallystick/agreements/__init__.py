"""What is allowed: dated versions of an agreement, their clauses, and the readings of each clause."""
