"""Spark places the work: one function over many items in tasks, results back in order."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tallystick.errors import TallystickError, ToolMissingError
from tallystick.runtime.progress import track
from tallystick.runtime.refusal import refusal_of
from tallystick.settings import EngineSettings

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

Item = TypeVar("Item")
Result = TypeVar("Result")

LIBRARY = Path(__file__).resolve().parents[2]
"""The folder that `tallystick` is imported from; tasks import it from there too."""

SESSION = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.hadoop.parquet.page.verify-checksum.enabled": "true",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "1",
}
"""Settings that every session has; their reasons are in docs/reference/settings.md."""


class Engine:
    """One Spark session, started when the first work comes, for as long as the process lives."""

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings
        self._session: SparkSession | None = None

    @property
    def session(self) -> SparkSession:
        """The session; spark-submit's own master and settings win over ours."""
        if self._session is None:
            self._session = _start(self.settings)
        return self._session

    def map(self, items: Sequence[Item], work: Callable[[Item], Result], *, label: str) -> list[Result]:
        """`[work(item) for item in items]`, each in some task. `work` is importable, items and results can be pickled.

        Items that follow each other go to one task, which may keep what it read of one for the next. Nothing is shared
        between tasks but what `work` writes to storage; results must be small.
        """
        if not items:
            return []
        session = self.session
        cores = session.sparkContext.defaultParallelism
        tasks = min(len(items), self.settings.tasks or cores * 4)
        cuts = [len(items) * number // tasks for number in range(tasks + 1)]
        parcels = [pickle.dumps((work, items[start:end])) for start, end in pairwise(cuts)]

        def run(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
            import pyarrow

            for batch in batches:
                for number in batch.column(0).to_pylist():
                    result = pickle.dumps(_work_through(*pickle.loads(parcels[number])))
                    yield pyarrow.RecordBatch.from_pydict({"number": [number], "result": [result]})

        frame = session.range(0, tasks, 1, tasks).mapInArrow(run, "number long, result binary")
        with track(label, tasks) as say, _Watching(session, say):
            rows = frame.collect()
        results: list[Result] = [None] * len(items)  # type: ignore[list-item]
        for row in rows:
            done = pickle.loads(row["result"])
            if isinstance(done, TallystickError):
                raise done
            results[cuts[row["number"]] : cuts[row["number"] + 1]] = done
        return results

    def stop(self) -> None:
        """End the session, if there is one."""
        if self._session is not None:
            self._session.stop()
            self._session = None


def _work_through(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result] | TallystickError:
    """The results, or the error that its user can act on: an answer like another, so that Spark does not retry it."""
    try:
        return [work(item) for item in items]
    except TallystickError as error:
        return error
    except Exception as error:
        refused = refusal_of(error)
        if refused is None:
            raise
        return refused


def _start(settings: EngineSettings) -> SparkSession:
    from pyspark import SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if "PYSPARK_GATEWAY_PORT" not in os.environ:  # spark-submit has not started a JVM for us
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ["PYSPARK_SUBMIT_ARGS"] = f"--master {settings.master or 'local[*]'} {_quiet()} pyspark-shell"
    builder = SparkSession.builder.appName("tallystick")
    for name, value in SESSION.items():
        builder = builder.config(name, value)
    builder = builder.config("spark.executorEnv.PYTHONPATH", str(LIBRARY))
    try:
        session = builder.getOrCreate()
    except PySparkRuntimeError as error:
        if error.getCondition() != "JAVA_GATEWAY_EXITED":
            raise
        raise ToolMissingError(
            "Spark cannot start Java", where=os.environ.get("JAVA_HOME"), next_step="tallystick doctor"
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    assert SparkContext._active_spark_context is not None
    return session


def _quiet() -> str:
    """Submit arguments that keep the JVM's start-up talk out of stderr."""
    file = Path(__file__).with_name("log4j2.properties")
    return f"--driver-java-options -Dlog4j2.configurationFile={file.as_uri()}" if file.is_file() else ""


class _Watching:
    """While open, tells `say` every half second how many tasks of the session's running stages are done."""

    def __init__(self, session: SparkSession, say: Callable[[int], None]) -> None:
        self._tracker = session.sparkContext.statusTracker()
        self._say = say
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.5):
            stages = [self._tracker.getStageInfo(stage) for stage in self._tracker.getActiveStageIds()]
            self._say(sum(stage.numCompletedTasks for stage in stages if stage is not None))
