"""Write one UTC day of every host's log, on its own, in chunks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tallystick.demo.world import damage
from tallystick.demo.world.arrivals import Arrivals
from tallystick.demo.world.gzip_file import GzipFile
from tallystick.demo.world.hosts import EPOCHS, HOSTS, NGINX_HOST, epoch, serving
from tallystick.demo.world.lines import gateway_lines, nginx_lines
from tallystick.demo.world.peaks import quarter_hour_peaks
from tallystick.demo.world.phases import phases_of
from tallystick.demo.world.plan import World
from tallystick.demo.world.project import GATEWAY_LOGS, NGINX_LOGS
from tallystick.demo.world.rhythm import DAYS
from tallystick.demo.world.sums import Sums
from tallystick.demo.world.written import DayWritten, WrittenFile

CHUNK = 100_000
"""Requests whose text is made at once."""
REPEATED_HOST, REPEATED_DAY = 0, date(2022, 3, 9)
"""The file that is delivered twice, the second time under another name."""
SUFFIX = {"gateway": ".jsonl.gz", "nginx": ".log.gz"}


def write_day(world: World, day: date, out: Path) -> DayWritten:
    """Write every host's file of one UTC day below the project folder `out`.

    A file appears under its name only when it is whole. Writing a day again gives the same bytes.
    """
    number = DAYS.index(day)
    today = world.arrivals(day)
    host = serving(today)
    order = np.lexsort((today.received_us, host))
    ends = np.searchsorted(host[order], np.arange(len(HOSTS) + 1))
    sums = Sums.nothing(phases_of(world))
    files: list[WrittenFile] = []
    for one in range(len(HOSTS)):
        files.append(_write_host(world, number, one, today, order[ends[one] : ends[one + 1]], out, sums))
        if (one, day) == (REPEATED_HOST, REPEATED_DAY):
            files.append(_repeat(files[-1], out))
    return DayWritten(day=day, files=tuple(files), sums=sums, peaks=quarter_hour_peaks(world, number, today))


def _write_host(
    world: World, day: int, host: int, today: Arrivals, order: NDArray[np.intp], out: Path, sums: Sums
) -> WrittenFile:
    source = "nginx" if host == NGINX_HOST else "gateway"
    is_damaged = (host, DAYS[day]) == (damage.HOST, damage.DAY)
    name = f"{NGINX_LOGS if source == 'nginx' else GATEWAY_LOGS}/{HOSTS[host]}/{DAYS[day]}{SUFFIX[source]}"
    numbers = world.numbering.number(host, day, today.received_us[order])
    with GzipFile(out / name) as file:
        for start in range(0, max(len(order), 1), CHUNK):
            chunk = today.take(order[start : start + CHUNK])
            sums.add(chunk, phases_of(world))
            if source == "nginx":
                text = nginx_lines(chunk, DAYS[day])
            else:
                text = gateway_lines(
                    chunk,
                    host=HOSTS[host],
                    epochs=EPOCHS,
                    epoch=epoch(host, chunk.received_us),
                    numbers=numbers[start : start + CHUNK],
                )
            file.write(damage.with_damage(bytes(text)) if is_damaged and start == 0 else text)
    return WrittenFile(
        name=name,
        source=source,
        host=HOSTS[host],
        accepted=len(order),
        rejected=len(damage.LINES) if is_damaged else 0,
        rejected_bytes=sum(len(line) for _, line in damage.LINES) if is_damaged else 0,
        blanks=damage.BLANK_LINES if is_damaged else 0,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
    )


def _repeat(file: WrittenFile, out: Path) -> WrittenFile:
    """Deliver a file once more: the same bytes under another name."""
    name = file.name.replace(SUFFIX[file.source], f".delivered-again{SUFFIX[file.source]}")
    part = (out / name).with_suffix(".part")
    part.write_bytes((out / file.name).read_bytes())
    part.replace(out / name)
    return WrittenFile(**{**vars(file), "name": name, "repeats": file.name})
