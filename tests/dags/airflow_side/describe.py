"""Run by Airflow's python: prints as JSON what the folder of DAGs holds, and what its files do when they are read."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import airflow.providers.apache.spark.operators.spark_submit  # noqa: F401  (read before watching: not the DAGs' doing)
from airflow.dag_processing.dagbag import BundleDagBag

WATCHED = ("subprocess.Popen", "os.system", "socket.connect", "glob.glob", "shutil.", "os.mkdir", "os.rename")


def watch(deeds: list[str]) -> None:
    """From now on note every file that is opened and is no source, every program, connection and search for files."""

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str) and not arguments[0].endswith((".py", ".pyc", ".so")):
            if not arguments[0].startswith((sys.prefix, sys.base_prefix, "/proc/", "/dev/")):
                deeds.append(f"open {arguments[0]}")
        elif event.startswith(WATCHED):
            deeds.append(f"{event} {arguments[0]}")

    sys.dont_write_bytecode = True
    sys.addaudithook(note)


def describe(folder: Path) -> dict[str, Any]:
    """Import errors and DAGs of a folder: per DAG its file, tags, doc, timetable and per task its wiring."""
    bag = BundleDagBag(str(folder), bundle_path=folder, bundle_name="dags", collect_dags=False)
    deeds: list[str] = []
    watch(deeds)
    bag.collect_dags(str(folder))
    done = list(deeds)
    dags = {
        name: {
            "file": dag.fileloc,
            "tags": sorted(dag.tags),
            "doc": dag.doc_md,
            "timetable": type(dag.timetable).__name__,
            "params": {key: dag.params.get_param(key).schema for key in dag.params},
            "retries": {task.task_id: task.retries for task in dag.tasks},
            "downstream": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
            "applications": {task.task_id: getattr(task, "application", None) for task in dag.tasks},
            "arguments": {task.task_id: list(getattr(task, "application_args", None) or []) for task in dag.tasks},
        }
        for name, dag in bag.dags.items()
    }
    return {"import_errors": dict(bag.import_errors), "deeds": done, "dags": dags}


if __name__ == "__main__":
    logging.disable(logging.INFO)
    answer = describe(Path(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps(answer), encoding="utf-8")
