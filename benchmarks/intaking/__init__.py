"""The parts of `benchmarks/intake.py`: the logs, the contenders that read them, their rows, and the goals."""
