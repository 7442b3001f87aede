"""What log files hold, without a project: entries, times, sums and top values of each file and of all together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from tallystick.digest_key import PUBLISHED_KEY, DigestKey
from tallystick.duck import connect
from tallystick.errors import InputError, MissingInputError, UnreadableFileError
from tallystick.formats import BUILT_IN, Catalogue
from tallystick.intake.account import FileAccount
from tallystick.intake.counting import Counts
from tallystick.intake.log_objects import LogObject, walk
from tallystick.intake.reader import read_or_refuse
from tallystick.intake.task import FileTask
from tallystick.intake.told import Told
from tallystick.intake.totals import FORM, LENGTHS, PARTS, Totals

Json = dict[str, Any]


def inspect(
    paths: Sequence[Path],
    *,
    format: str | None = None,  # noqa: A002 - the word of the command line
    top: int = 20,
    scratch: Path,
    memory_limit: str = "1GB",
) -> Json:
    """Read files and tell what they hold, as `{"files": [F…], "total": F}`; the shape is that of `inspect --json`.

    As `inspections` with what `walk` finds; the result is in memory, so `top` says how large it may become.
    """
    objects = list(walk(paths))
    told = inspections(
        objects, open_object=open_local, format_name=format, top=top, scratch=scratch, memory_limit=memory_limit
    )
    *files, total = [one.as_json() for one in told]
    return {"files": files, "total": total}


def open_local(path: str) -> BinaryIO:
    """A file of this machine as a stream."""
    return Path(path).open("rb")


def inspections(
    objects: Sequence[LogObject],
    *,
    open_object: Callable[[str], BinaryIO],
    format_name: str | None = None,
    top: int = 20,
    scratch: Path,
    memory_limit: str = "1GB",
    digest_key: DigestKey = PUBLISHED_KEY,
    catalogue: Catalogue = BUILT_IN,
) -> Iterator[Told]:
    """Read log objects one after another and tell what each holds, and last what all hold together.

    An object that was not named itself and cannot be read as a log is told with its problem and counts nothing. `top`
    values are told of each kind, all for 0; memory is bounded by `memory_limit` either way, what is more lies in
    `scratch`. Raises, for an object that was named itself, whatever stands against reading it: UnreadableFileError,
    DamagedFileError, UnknownFormatError; UnknownFormatError for a format that there is not.
    """
    if format_name is not None:
        catalogue.find(format_name)
    counts = Counts(connect(memory_limit=memory_limit, scratch=scratch), is_one=len(objects) == 1)
    read = partial(
        read_or_refuse, counts.connection, open_object=open_object, scratch=scratch, batch="", catalogue=catalogue
    )
    totals = Totals()
    duplicates = distinct_ids = 0
    for one in objects:
        counts.begin_file()
        task = FileTask(
            source="", name=one.path, uri=one.uri, version_tag="", format=format_name, digest_key=digest_key
        )
        account, problem = _read(one, task, read)
        if problem is not None and one.is_named:
            raise problem
        numbers = _numbers(one, account, problem, counts)
        duplicates, distinct_ids = numbers["duplicates"], numbers["distinct_ids"]
        if problem is None:
            totals.add(numbers)
        yield Told(numbers=numbers, values_of=partial(counts.top, of_all=False, most=top))
    if len(objects) > 1:
        duplicates, distinct_ids = counts.across_files()
    yield Told(
        numbers=totals.numbers(duplicates=duplicates, distinct_ids=distinct_ids),
        values_of=partial(counts.top, of_all=True, most=top),
    )


def _read(
    one: LogObject, task: FileTask, read: Callable[[FileTask], tuple[FileAccount, InputError | None]]
) -> tuple[FileAccount | None, InputError | None]:
    if one.problem is not None:
        return None, UnreadableFileError(one.problem, where=one.path)
    try:
        return read(task)
    except (UnreadableFileError, MissingInputError) as error:  # it may have gone since it was listed
        return None, UnreadableFileError(error.what, where=one.path, next_step=error.next_step)


def _numbers(one: LogObject, account: FileAccount | None, problem: InputError | None, counts: Counts) -> Json:
    """What is told of a file but its most frequent values; of one that was not read, what is known of its bytes."""
    row = account.row() if account is not None else {}
    said: Json = {"path": one.path}
    if problem is not None:
        said["problem"] = problem.what
    said |= {name: row.get(name) if problem is None else None for name in FORM}
    said["sha256"] = row.get("file_id")
    said |= {name: row.get(name) for name in LENGTHS}
    said |= {name: row.get(name, 0) for name in PARTS}
    return said | counts.of_file(account.format if account is not None else None)
