"""Hugging Face datasets: functions for ``map`` and ``filter``, which build their scanner once in each process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._finding import Confidence
from ._policy import Policy, PolicyLike
from ._scanner import OnIncomplete, Scanner, complete, scanner_of

if TYPE_CHECKING:
    import pyarrow as pa


class _Batched:
    """A function of a batch. It pickles as its policy, so that it can be sent to processes and be hashed for the
    cache of ``datasets``: the same policy is the same function."""

    def __init__(self, policy: PolicyLike | Scanner = None, *, on_incomplete: OnIncomplete = "raise") -> None:
        self._of = policy if isinstance(policy, Scanner) else Policy.of(policy)
        self._on_incomplete: OnIncomplete = on_incomplete
        scanner_of(self._of)  # what is wrong with it is said here, not in a process far away


class Redact(_Batched):
    """Rewrites batches: ``dataset.map(Redact(policy), batched=True)``.

    Columns keep their types. A policy that drops records makes the dataset shorter. With ``streaming=True`` datasets
    it works as they are read.
    """

    def __call__(self, batch: Any) -> Any:
        table = _table(batch)
        clean = scanner_of(self._of).redact(table, on_incomplete=self._on_incomplete)
        return clean if table is batch else clean.to_pydict()


class Clean(_Batched):
    """Keeps the rows in which nothing was found: ``dataset.filter(Clean(policy), batched=True)``.

    A row goes for a finding of ``min_confidence`` or better.
    """

    def __init__(
        self,
        policy: PolicyLike | Scanner = None,
        *,
        min_confidence: Confidence = "likely",
        on_incomplete: OnIncomplete = "raise",
    ) -> None:
        super().__init__(policy, on_incomplete=on_incomplete)
        levels = ("possible", "likely", "certain")
        if min_confidence not in levels:
            raise ValueError(f"min_confidence is {min_confidence!r}; it takes one of {', '.join(levels)}")
        self._counts = levels[levels.index(min_confidence) :]

    def __call__(self, batch: Any) -> list[bool]:
        table = _table(batch)
        columns, report = scanner_of(self._of)._findings(table)
        complete(report, self._on_incomplete)
        keeps = [True] * table.num_rows
        for row, confidence in zip(columns["row"].to_pylist(), columns["confidence"].to_pylist()):
            if confidence in self._counts:
                keeps[row] = False
        return keeps


def _table(batch: Any) -> pa.Table:
    import pyarrow as pa

    return batch if isinstance(batch, pa.Table) else pa.table(dict(batch))
