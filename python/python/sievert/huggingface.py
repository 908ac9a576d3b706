"""Hugging Face datasets: functions for ``map`` and ``filter``, which build their scanner once in each process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._finding import Confidence
from ._policy import PolicyLike
from ._scanner import OnIncomplete, Scanner
from ._work import Work

if TYPE_CHECKING:
    import pyarrow as pa


class _Batched:
    """A function of a batch. The same policy with the same key is the same function to the cache of ``datasets``."""

    def __init__(self, policy: PolicyLike | Scanner = None, *, on_incomplete: OnIncomplete = "raise") -> None:
        self._work = Work(policy, on_incomplete=on_incomplete)


class Redact(_Batched):
    """Rewrites batches: ``dataset.map(Redact(policy), batched=True)``.

    Columns keep their types. A policy that drops records makes the dataset shorter. With ``streaming=True`` datasets
    it works as they are read. A function of batches does not see ``dataset.info``, which ``map`` passes on as it is;
    :func:`sievert.redact` of a whole dataset rewrites that too.
    """

    def __call__(self, batch: Any) -> Any:
        table = _table(batch)
        clean, _ = self._work.redact(table)
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
        columns = self._work.findings(table)
        keeps = [True] * table.num_rows
        for row, confidence in zip(columns["row"].to_pylist(), columns["confidence"].to_pylist()):
            if confidence in self._counts:
                keeps[row] = False
        return keeps


def _table(batch: Any) -> pa.Table:
    import pyarrow as pa

    return batch if isinstance(batch, pa.Table) else pa.table(dict(batch))
