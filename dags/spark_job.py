"""A stage as an Airflow task: spark-submit on the job file of the same name, its exit code told to Airflow."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

HOME = Path(os.environ.get("TALLYSTICK_HOME", Path(__file__).resolve().parents[1]))
"""The checkout that holds jobs/ and the environment of the jobs, .venv/; Airflow runs in another one."""

FINAL = {
    2: "the arguments name nothing or make no sense together",
    3: "there are findings at or over --fail-on",
    4: "the count is not fit to publish",
    5: "input is missing or cannot be read",
    6: "the published report is not what its manifest says",
    7: "already published with other content",
}
"""Exit codes that trying again cannot change. Others, 75 above all, are left to the task's retries."""


class StageOperator(SparkSubmitOperator):
    """Runs jobs/<stage>.py of the task's own name on the cluster of the Spark connection `spark_default`.

    `arguments` may be templates; those that render to nothing are left out. Is skipped when `skip` renders to "True".
    """

    template_fields: Sequence[str] = (*SparkSubmitOperator.template_fields, "skip")

    def __init__(self, *, task_id: str, arguments: Sequence[str], skip: str = "", **kwargs: Any) -> None:
        programs = HOME / ".venv" / "bin"
        super().__init__(
            task_id=task_id,
            name=f"tallystick {task_id}",
            application=str(HOME / "jobs" / f"{task_id}.py"),
            application_args=list(arguments),
            spark_binary=str(programs / "spark-submit"),
            env_vars={f"PYSPARK_{part}PYTHON": str(programs / "python") for part in ("", "DRIVER_")},
            **kwargs,
        )
        self.skip = skip

    def execute(self, context: Any) -> None:
        """Submit the job and wait for its end. Raises AirflowFailException for a final exit code."""
        if self.skip == "True":
            raise AirflowSkipException(f"{self.task_id} has nothing to do in this run")
        self.application_args = [argument for argument in self.application_args or [] if argument]
        try:
            super().execute(context)
        except AirflowException as error:
            found = re.search(r"Error code is: (\d+)", str(error))
            if found is None or int(found[1]) not in FINAL:
                raise
            raise AirflowFailException(f"exit code {found[1]}: {FINAL[int(found[1])]}") from error
