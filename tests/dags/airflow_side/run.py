"""Run by Airflow's python: runs one DAG with `dag.test()` and writes as JSON how each task ended."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

from airflow.dag_processing.dagbag import BundleDagBag

if __name__ == "__main__":
    folder, dag_id, parameters, answer = sys.argv[1:]
    dag = BundleDagBag(folder, bundle_path=Path(folder), bundle_name="dags-folder").dags[dag_id]
    for task in dag.tasks:
        task.retry_delay = timedelta(0)  # a test does not wait out the minutes between two tries
    run = dag.test(run_conf=json.loads(parameters))
    states = {task.task_id: task.state for task in run.get_task_instances()}
    Path(answer).write_text(json.dumps({"state": run.state, "tasks": states}), encoding="utf-8")
