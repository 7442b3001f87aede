"""`run`: one stage run."""

from tallystick.tables.promise import Column, Table

RUN = Table(
    name="run",
    grain="One run of one stage that did something.",
    key=("id",),
    columns=(
        Column(name="id", type="VARCHAR", sentence="A random id."),
        Column(name="stage", type="VARCHAR", sentence="The stage."),
        Column(name="arguments", type="VARCHAR", sentence="Its arguments, as JSON."),
        Column(name="started_at", type="TIMESTAMPTZ", sentence="When it started."),
        Column(name="duration_ms", type="BIGINT", unit="milliseconds", sentence="How long it took."),
        Column(name="inputs", type="VARCHAR", sentence="Tables and versions it read, as JSON."),
        Column(name="outputs", type="VARCHAR", sentence="Tables and versions it wrote, as JSON."),
        Column(name="totals", type="VARCHAR", sentence="What it counted, as JSON."),
        Column(name="code_version", type="VARCHAR", sentence="The version of this program."),
    ),
)
