"""The parts of `benchmarks/tally.py`: the request table, its agreements, the contenders, and the goals."""
