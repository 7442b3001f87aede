"""What a clause is judged on: whose usage, bound by which version, in which span."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.agreements.load import Binding
from tallystick.clauses.usage_reader import UsageReader
from tallystick.period import Period
from tallystick.register.model import Licensee


@dataclass(frozen=True, kw_only=True)
class Judging:
    """One licensee's usage in the part of a period that one version judges; `in_period` are its requests there."""

    reader: UsageReader
    licensee: Licensee
    binding: Binding
    span: Period
    in_period: int
