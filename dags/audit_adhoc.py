"""Audit one licensee over one period, now.

Trigger it with a form: the licensee's id, the period (`2022`, `2022-Q4`, `2022-12`, `2022-12-05` or `START/END`) and
the project's folder, which holds `tallystick.toml` and is in reach of every worker. A task is the stage of its name:

`ingest` → `refine` → `tally` → `audit` → `publish` → `verify`

A stage that has nothing new to do says so and changes nothing, so a run may be repeated at any time. In a **dry run**
`publish` makes the report and checks that the count is fit, but publishes nothing, and `verify` is skipped.

A task fails at once where trying again would not help: wrong arguments (exit code 2), a count that is not fit to
publish (4), missing input (5), a report that fails its verification (6) or was published with other content (7).
Anything else, such as a store out of reach (75), is tried twice more. The end of the task's log says what to do.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, Param, chain

from spark_job import StageOperator

PROJECT = "--project={{ params.project }}"
CASE = (PROJECT, "--licensee={{ params.licensee }}", "--period={{ params.period }}")

with DAG(
    dag_id="audit_adhoc",
    schedule=None,
    doc_md=__doc__,
    tags=["tallystick", "audit"],
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1)},
    params={
        "licensee": Param(type="string", minLength=1, title="Licensee", description="An id of the register."),
        "period": Param(
            type="string", minLength=4, title="Period", description="2022, 2022-Q4, 2022-12, 2022-12-05 or START/END."
        ),
        "project": Param(type="string", minLength=1, title="Project", description="The folder of tallystick.toml."),
        "dry_run": Param(
            False, type="boolean", title="Dry run", description="Make and check the report, publish nothing."
        ),
    },
):
    chain(
        StageOperator(task_id="ingest", arguments=[PROJECT]),
        StageOperator(task_id="refine", arguments=[PROJECT]),
        StageOperator(task_id="tally", arguments=[PROJECT]),
        StageOperator(task_id="audit", arguments=CASE),
        StageOperator(task_id="publish", arguments=[*CASE, "{{ '--dry-run' if params.dry_run else '' }}"]),
        StageOperator(task_id="verify", arguments=CASE, skip="{{ params.dry_run }}"),
    )
