"""On what the figures were measured: the machine, how busy it was, and the versions of all that took part."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PARTS = ("duckdb", "numpy", "pyarrow", "pyspark", "deltalake")


def machine() -> dict[str, Any]:
    """What is said of the machine; its load is that of the last minute, before the benchmark added its own."""
    load = os.getloadavg()[0]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(load, 2),
        "was_quiet": load < 0.5,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PARTS}},
    }


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
