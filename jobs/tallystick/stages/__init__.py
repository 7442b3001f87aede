"""One module for each stage: it reads tables, hands pure functions to the engine, and commits what they wrote."""
