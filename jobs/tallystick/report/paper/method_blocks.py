"""Method, how to check, and how to make the report again, on paper."""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.report.made_with import MadeWith
from tallystick.report.page import CHECKS, FILES, METHOD
from tallystick.report.paper.parts import Block, Cell, cell, code, column, heading, listed, paragraph, table, terms
from tallystick.report.visible import visible
from tallystick.report.words import Words


def method(words: Words) -> list[Block]:
    """The rules behind every number."""
    rules = [words.plain(f"method.{rule}") for rule in METHOD]
    return [paragraph(words.plain("method.lead"), "lead"), listed(rules)]


def checking(signers: Sequence[str], words: Words) -> list[Block]:
    """Who signed, how anybody checks the bundle, step by step, and what each of its files holds."""
    signed = [paragraph(words.plain("checking.signed")), listed(list(signers))]
    unsigned = [{**paragraph(words.plain("checking.unsigned")), "alarm": True}]
    blocks = [paragraph(words.plain("checking.lead"), "lead"), *(signed if signers else unsigned)]
    for step in CHECKS:
        blocks += [
            heading(3, words.plain(f"checking.{step}.what")),
            code(words.plain(f"checking.{step}.type")),
            paragraph(_typed(words.plain(f"checking.{step}.means"))),
        ]
    named = (*FILES, "statement.dsse.json") if signers else FILES
    return [
        *blocks,
        heading(3, words.plain("checking.files")),
        terms([(name, _typed(words.plain(f"file.{name}"))) for name in named]),
        paragraph(words.plain("paper.attached_says"), "fine"),
    ]


def reproducibility(made: MadeWith, report_sha256: str, words: Words) -> list[Block]:
    """The command, the program and its parts by version, and every input by digest, as far as run.json states them."""
    blocks = [paragraph(words.plain("reproducibility.lead"), "lead")]
    if made.command is not None:
        blocks += [heading(3, words.plain("reproducibility.command")), code(visible(made.command))]
    if made.programs:
        columns = [column(words.plain(f"reproducibility.{name}"), wide=1) for name in ("program", "version")]
        rows: list[list[Cell]] = [[visible(name), visible(version)] for name, version in made.programs]
        blocks.append(table(words.plain("reproducibility.programs"), columns, rows))
    inputs = [(words.plain("reproducibility.report"), report_sha256)]
    inputs += [
        (words.plain("reproducibility.agreement", version=version), visible(digest))
        for version, digest in made.agreements
    ]
    if made.log_files is not None and made.log_files_sha256 is not None:
        inputs.append((words.plain("reproducibility.log_files", n=made.log_files), visible(made.log_files_sha256)))
    columns = [column(words.plain("reproducibility.input"), wide=1), column(words.plain("reproducibility.digest"))]
    digests: list[list[Cell]] = [[name, cell(digest, mono=True)] for name, digest in inputs]
    blocks.append(table(words.plain("reproducibility.inputs"), columns, digests))
    if made.provider is not None and made.time_zone is not None:
        said = words.plain("reproducibility.settings", provider=made.provider, zone=made.time_zone)
        blocks.append(paragraph(said, "fine"))
    return [*blocks, paragraph(words.plain("reproducibility.more"), "fine")]


def _typed(sentence: str) -> str:
    """A sentence of the catalogue without the marks around what is typed."""
    return sentence.replace("`", "")
