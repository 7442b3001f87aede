"""docs/reference/dags.md: the DAG files' own words, read without importing Airflow."""

from __future__ import annotations

import ast
from pathlib import Path

from generators.markdown import code, table, whole_page

FOLDER = Path(__file__).resolve().parents[2] / "dags"
LEAD = """\
Airflow lives in an environment of its own; a DAG only wires, and every task runs the job file of its name with
spark-submit. [Auditing from Airflow](../how-to/airflow.md) says how to install and start one."""


def page() -> str:
    """The page."""
    return whole_page("DAGs", LEAD, *(_section(name, tree) for name, tree in dag_files().items()))


def dag_files() -> dict[str, ast.Module]:
    """The id of every DAG, and the file that makes it."""
    found = {}
    for file in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for call in _calls(tree, "DAG"):
            found[str(_keyword(call, "dag_id"))] = tree
    return found


def _section(name: str, tree: ast.Module) -> str:
    params = [
        [code(key), str(_keyword(value, "title") or ""), str(_keyword(value, "description") or "")]
        for call in _calls(tree, "DAG")
        for one in call.keywords
        if one.arg == "params" and isinstance(one.value, ast.Dict)
        for key, value in zip(map(_constant, one.value.keys), one.value.values, strict=True)
        if isinstance(value, ast.Call)
    ]
    return "\n\n".join([f"## {name}", ast.get_docstring(tree) or "", table(["parameter", "title", "says"], params)])


def _calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def _keyword(call: ast.Call, name: str) -> object:
    return next((_constant(one.value) for one in call.keywords if one.arg == name), None)


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None
